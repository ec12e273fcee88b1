# SPDX-License-Identifier: Apache-2.0
"""ScanNet, from its official files (A. Dai et al., "ScanNet", CVPR 2017).

A scene's folder holds the mesh ``<id>_vh_clean_2.ply`` (or ``_vh_clean``), its over-segmentation
``*.segs.json``, the annotation ``*.aggregation.json``, the record ``<id>.txt``, and where exported
``pose/``, ``color/``, ``depth/`` and ``intrinsic/``. The world frame is the axis-aligned one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import radians
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.importers.labels import Vocabulary, vocabulary
from spatialevo_dge.importers.matrices import (
    FARTHEST,
    matrix_of,
    read_alignment,
    read_pairs,
    required_rigid,
)
from spatialevo_dge.importers.ply import Mesh, read_ply
from spatialevo_dge.importers.scannet_frames import FrameSelection, read_frames
from spatialevo_dge.importers.scene_builder import Instance, build
from spatialevo_dge.json_fields import Fields, frozen_record, read_json
from spatialevo_dge.observe import observe
from spatialevo_dge.scene import NoiseModel, Scene
from spatialevo_geometry.rigid import apply

SCANNET_NOISE: Final = NoiseModel(
    point_sigma=0.02,
    object_offset_sigma=0.01,
    pose_translation_sigma=0.02,
    pose_rotation_sigma=radians(1.0),
    depth_sigma_quadratic=0.0015,
)
"""Points 2 cm, a whole object 1 cm, poses 2 cm and 1 degree, depth 1.5 mm at 1 m and as z²."""

_MESHES: Final = ("_vh_clean_2", "_vh_clean")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanNetOptions:
    """Choices of an import; each is written into the scene's provenance.

    Attributes:
        alignment: File with the scan's axis alignment (16 numbers, or JSON by scene id), or "none"
            where the scan's own axes are to be kept. None: from the scan's record.
        frames: Which frames.
        visibility: Whether to compute what each frame shows.
        noise: Noise of the scan.
    """

    alignment: Path | Literal["none"] | None = None
    frames: FrameSelection = field(default_factory=FrameSelection)
    visibility: bool = True
    noise: NoiseModel = SCANNET_NOISE


@dataclass(frozen=True, slots=True)
class _Files:
    scene_id: str
    mesh: Path
    segments: Path
    aggregation: Path
    record: Path | None


def import_scannet(directory: str | Path, options: ScanNetOptions | None = None) -> Scene:
    """Import one ScanNet scene.

    Args:
        directory: The scene's folder.
        options: Choices; the defaults where None.

    Raises:
        SceneError: A file is missing, damaged or contradicts another, or nothing says how the scan
            is aligned.
        ImportError: The folder holds images and Pillow is not installed.
    """
    chosen = ScanNetOptions() if options is None else options
    files = _find_files(Path(directory))
    record = {} if files.record is None else read_pairs(files.record)
    aligned_from_scan, alignment_source = _alignment(files, record, chosen.alignment)
    mesh = _aligned(read_ply(files.mesh), aligned_from_scan, files.mesh)
    words = vocabulary("scannet")
    instances = _instances(files, len(mesh.points), words)
    built = build(
        mesh,
        [item for item in instances if item.label not in words.structure],
        [item for item in instances if item.label in words.structure],
    )
    found = read_frames(files.mesh.parent, record, aligned_from_scan, chosen.frames)
    scene = Scene(
        id=files.scene_id,
        source="scannet",
        objects=built.objects,
        structure=built.structure,
        frames=found.frames,
        cloud=built.cloud,
        floor=measure_floor(mesh.points),
        noise=chosen.noise,
        skipped_frames=found.skipped,
        provenance=_provenance(files, alignment_source, chosen),
    )
    return observe(scene, found.depth_camera) if chosen.visibility else scene


def _provenance(
    files: _Files, alignment_source: str, chosen: ScanNetOptions
) -> Mapping[str, object]:
    record: dict[str, object] = {
        "importer": "scannet",
        "files": {
            "mesh": files.mesh.name,
            "segments": files.segments.name,
            "aggregation": files.aggregation.name,
            "record": None if files.record is None else files.record.name,
        },
        "alignment": alignment_source,
        "frames": {"every": chosen.frames.every, "at_most": chosen.frames.at_most},
        "boxes": "fitted to all points of an instance; not corrected for the scan's noise",
    }
    return frozen_record(record)


def _find_files(directory: Path) -> _Files:
    if not directory.is_dir():
        raise SceneError(directory, "folder", "there is no such folder")
    for suffix in _MESHES:
        meshes = sorted(directory.glob(f"*{suffix}.ply"))
        if len(meshes) > 1:
            names = ", ".join(path.name for path in meshes)
            raise SceneError(directory, "mesh", f"expected one scene, found {names}")
        if meshes:
            return _companions(meshes[0], suffix)
    raise SceneError(directory, "mesh", "no *_vh_clean_2.ply or *_vh_clean.ply")


def _companions(mesh: Path, suffix: str) -> _Files:
    directory, stem = mesh.parent, mesh.stem
    scene_id = stem.removesuffix(suffix)
    segments = [path for path in sorted(directory.glob("*.segs.json")) if _is_of(path, stem)]
    if len(segments) != 1:
        names = ", ".join(path.name for path in segments) or "none"
        raise SceneError(directory, "segments", f"expected one {stem}[.*].segs.json, found {names}")
    # The annotation of the full mesh carries the mesh's name, that of the decimated one does not.
    candidates = [directory / f"{name}.aggregation.json" for name in (stem, scene_id)]
    if suffix == "_vh_clean":
        candidates = candidates[:1]
    aggregation = next((path for path in candidates if path.is_file()), None)
    if aggregation is None:
        names = " or ".join(path.name for path in candidates)
        raise SceneError(directory, "aggregation", f"no {names}")
    record = directory / f"{scene_id}.txt"
    return _Files(scene_id, mesh, segments[0], aggregation, record if record.is_file() else None)


def _is_of(path: Path, stem: str) -> bool:
    rest = path.name.removeprefix(stem)
    return rest != path.name and rest.startswith(".")


def _alignment(
    files: _Files, record: Mapping[str, str], choice: Path | Literal["none"] | None
) -> tuple[NDArray[np.float64], str]:
    """Return aligned_from_scan and where it comes from."""
    if choice == "none":
        return np.eye(4), "none: the scan's own axes were kept"
    if choice is not None:
        return read_alignment(Path(choice), files.scene_id), f"file {Path(choice).name}"
    if files.record is None or "axisAlignment" not in record:
        source = files.mesh.with_name(f"{files.scene_id}.txt")
        problem = "missing; give a file with the alignment, or 'none' to keep the scan's own axes"
        raise SceneError(source, "axisAlignment", problem)
    matrix = matrix_of(record["axisAlignment"], files.record, "axisAlignment")
    return required_rigid(matrix, files.record, "axisAlignment"), f"record {files.record.name}"


def _aligned(mesh: Mesh, aligned_from_scan: NDArray[np.float64], source: Path) -> Mesh:
    far = np.abs(mesh.points).max(axis=1) > FARTHEST
    if bool(far.any()):
        place = int(np.argmax(far))
        raise SceneError(source, f"vertex {place}", f"lies at {mesh.points[place].tolist()} m")
    points = apply(aligned_from_scan, mesh.points)
    return Mesh(points=points, colours=mesh.colours, faces=mesh.faces)


def _instances(files: _Files, vertex_count: int, words: Vocabulary) -> list[Instance]:
    segments = read_json(files.segments)
    _require_scene(segments, files.scene_id)
    of_vertex = segments.integers("segIndices")
    if len(of_vertex) != vertex_count:
        problem = f"{len(of_vertex)} segments for the {vertex_count} vertices of {files.mesh.name}"
        segments.fail("segIndices", problem)
    by_segment = _Groups(of_vertex)
    aggregation = read_json(files.aggregation)
    _require_scene(aggregation, files.scene_id)
    instances: dict[int, Instance] = {}
    for group in aggregation.records("segGroups"):
        item = _instance(group, by_segment, words)
        if item.id in instances:
            group.fail("objectId", f"{item.id} occurs twice")
        instances[item.id] = item
    return [instances[number] for number in sorted(instances)]


def _require_scene(fields: Fields, scene_id: str) -> None:
    found = fields.text("sceneId")
    if found != scene_id and not found.endswith(f".{scene_id}"):
        fields.fail("sceneId", f"expected {scene_id!r}, got {found!r}")


def _instance(group: Fields, by_segment: _Groups, words: Vocabulary) -> Instance:
    source_label = group.text("label")
    if not source_label.strip():
        group.fail("label", "empty")
    segments = np.unique(group.integers("segments"))
    if not len(segments):
        group.fail("segments", "empty")
    parts = [by_segment.vertices(segment) for segment in segments.tolist()]
    for segment, part in zip(segments.tolist(), parts, strict=True):
        if not len(part):
            group.fail("segments", f"segment {segment} has no vertex")
    return Instance(
        id=group.integer("objectId"),
        label=words.label(source_label),
        source_label=source_label,
        vertices=np.sort(np.concatenate(parts)),
    )


class _Groups:
    """The vertices of each segment."""

    def __init__(self, of_vertex: NDArray[np.int64]) -> None:
        self._order = np.argsort(of_vertex, kind="stable")
        self._sorted = of_vertex[self._order]

    def vertices(self, segment: int) -> NDArray[np.int64]:
        """Return the vertices of a segment, ascending; none for a segment that does not occur."""
        start, stop = np.searchsorted(self._sorted, [segment, segment + 1])
        return self._order[start:stop]


def scene_folders(directories: Sequence[str | Path]) -> list[Path]:
    """Return the folders that hold a ScanNet scene: those given, or their direct subfolders."""
    found: list[Path] = []
    for directory in map(Path, directories):
        if any(directory.glob("*_vh_clean*.ply")):
            found.append(directory)
        else:
            found += sorted({path.parent for path in directory.glob("*/*_vh_clean*.ply")})
    return found
