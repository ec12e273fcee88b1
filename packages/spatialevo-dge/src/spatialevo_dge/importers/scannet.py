# SPDX-License-Identifier: Apache-2.0
"""ScanNet, from its official files (A. Dai et al., "ScanNet", CVPR 2017).

A scene's folder holds the mesh ``<id>_vh_clean_2.ply`` (or ``_vh_clean``), its over-segmentation
``*.segs.json``, the annotation ``*.aggregation.json``, the record ``<id>.txt``, and the frames: as
exported (``pose/``, ``color/``, ``depth/``, ``intrinsic/``) or as the raw stream ``<id>.sens``. The
world frame is the axis-aligned one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import radians
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.importers.label_map import CATEGORY, read_label_map
from spatialevo_dge.importers.labels import normalised, vocabulary
from spatialevo_dge.importers.matrices import (
    matrix_of,
    read_alignment,
    read_pairs,
    required_rigid,
)
from spatialevo_dge.importers.meshes import read_mesh
from spatialevo_dge.importers.scan_frames import ScanFrames, ScanOptions, with_frames
from spatialevo_dge.importers.scannet_frames import read_frames
from spatialevo_dge.importers.scannet_stream import read_stream
from spatialevo_dge.importers.scene_builder import Instance, build
from spatialevo_dge.importers.segments import SegmentVertices
from spatialevo_dge.json_fields import Fields, frozen_record, read_json
from spatialevo_dge.scene import NoiseModel, Scene

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
class ScanNetOptions(ScanOptions):
    """Choices of an import, beside those of every importer of scans.

    Attributes:
        alignment: File with the scan's axis alignment (16 numbers, or JSON by scene id), or "none"
            where the scan's own axes are to be kept. None: from the scan's record.
        noise: Noise of the scan.
        label_map: ScanNet's ``scannetv2-labels.combined.tsv``, whose words then stand for the
            annotators'. None: the annotators' words.
        label_column: The column of that table.
    """

    alignment: Path | Literal["none"] | None = None
    noise: NoiseModel = SCANNET_NOISE
    label_map: Path | None = None
    label_column: str = CATEGORY


@dataclass(frozen=True, slots=True)
class _Files:
    scene_id: str
    mesh: Path
    segments: Path
    aggregation: Path
    record: Path | None
    stream: Path | None


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
    mesh = read_mesh(files.mesh, aligned_from_scan)
    instances = _instances(files, len(mesh.points), _Labels(chosen))
    structure = vocabulary("scannet").structure
    built = build(
        mesh,
        [item for item in instances if item.label not in structure],
        [item for item in instances if item.label in structure],
        chosen.noise,
    )
    bare = Scene(
        id=files.scene_id,
        source="scannet",
        objects=built.objects,
        structure=built.structure,
        cloud=built.cloud,
        floor=measure_floor(mesh.points, chosen.noise),
        noise=chosen.noise,
        provenance=_provenance(files, alignment_source, chosen),
    )
    return with_frames(bare, _frames(files, record, aligned_from_scan, chosen), chosen)


def _frames(
    files: _Files,
    record: Mapping[str, str],
    aligned_from_scan: NDArray[np.float64],
    chosen: ScanNetOptions,
) -> ScanFrames:
    """Return the exported frames; without an export those of the raw stream, where there is one."""
    exported = read_frames(files.mesh.parent, record, aligned_from_scan, chosen.frames)
    if exported.frames or exported.skipped or files.stream is None:
        return exported
    return read_stream(files.stream, aligned_from_scan, chosen)


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
        "label_map": None
        if chosen.label_map is None
        else f"{chosen.label_map.name}: {chosen.label_column}",
        "boxes": "fitted to all points of an instance, its noise taken out for judging",
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
    record, stream = directory / f"{scene_id}.txt", directory / f"{scene_id}.sens"
    return _Files(
        scene_id,
        mesh,
        segments[0],
        aggregation,
        record if record.is_file() else None,
        stream if stream.is_file() else None,
    )


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
        problem = (
            "missing; give --alignment FILE with its 16 numbers, "
            "or --alignment none to keep the scan's own axes"
        )
        raise SceneError(source, "axisAlignment", problem)
    matrix = matrix_of(record["axisAlignment"], files.record, "axisAlignment")
    return required_rigid(matrix, files.record, "axisAlignment"), f"record {files.record.name}"


class _Labels:
    """The labels of one import: the annotators', or what a table says for them, harmonised."""

    def __init__(self, chosen: ScanNetOptions) -> None:
        self._words = vocabulary("scannet")
        self._table: Mapping[str, str] = {}
        if chosen.label_map is not None:
            self._table = read_label_map(chosen.label_map, chosen.label_column)

    def label(self, source_label: str) -> str:
        """Return the label questions use."""
        words = normalised(source_label)
        return self._words.label(self._table[words] if words in self._table else words)


def _instances(files: _Files, vertex_count: int, labels: _Labels) -> list[Instance]:
    segments = read_json(files.segments)
    _require_scene(segments, files.scene_id)
    by_segment = SegmentVertices(segments, vertex_count, files.mesh.name)
    aggregation = read_json(files.aggregation)
    _require_scene(aggregation, files.scene_id)
    instances: dict[int, Instance] = {}
    for group in aggregation.records("segGroups"):
        item = by_segment.instance(group, labels.label(_label(group)))
        if item.id in instances:
            group.fail("objectId", f"{item.id} occurs twice")
        instances[item.id] = item
    return [instances[number] for number in sorted(instances)]


def _label(group: Fields) -> str:
    label = group.text("label")
    if not label.strip():
        group.fail("label", "empty")
    return label


def _require_scene(fields: Fields, scene_id: str) -> None:
    found = fields.text("sceneId")
    if found != scene_id and not found.endswith(f".{scene_id}"):
        fields.fail("sceneId", f"expected {scene_id!r}, got {found!r}")


def scene_folders(directories: Sequence[str | Path]) -> list[Path]:
    """Return the folders that hold a ScanNet scene: those given, or their direct subfolders."""
    found: list[Path] = []
    for directory in map(Path, directories):
        if any(directory.glob("*_vh_clean*.ply")):
            found.append(directory)
        else:
            found += sorted({path.parent for path in directory.glob("*/*_vh_clean*.ply")})
    return found
