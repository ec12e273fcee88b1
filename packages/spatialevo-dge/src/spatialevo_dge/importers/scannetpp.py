# SPDX-License-Identifier: Apache-2.0
"""ScanNet++, from its official files (C. Yeshwanth et al., "ScanNet++", ICCV 2023).

A scene's folder holds ``scans/mesh_aligned_0.05.ply`` (gravity-aligned, metres), its segments
``segments.json``, the annotation ``segments_anno.json``, and cameras: ``dslr/nerfstudio`` or
``dslr/colmap``, and ``iphone/pose_intrinsic_imu.json``. The world frame is the mesh's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import radians
from pathlib import Path
from typing import Final

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.importers.given_boxes import read_box
from spatialevo_dge.importers.labels import vocabulary
from spatialevo_dge.importers.meshes import read_mesh
from spatialevo_dge.importers.scan_frames import ScanOptions, with_frames
from spatialevo_dge.importers.scannetpp_frames import Capture, read_capture
from spatialevo_dge.importers.scene_builder import Built, Instance, build
from spatialevo_dge.importers.segments import SegmentVertices
from spatialevo_dge.json_fields import Fields, frozen_record, read_json
from spatialevo_dge.scene import BoxKind, NoiseModel, Scene, SceneObject
from spatialevo_geometry import OrientedBox

SCANNETPP_NOISE: Final = NoiseModel(
    point_sigma=0.01,
    object_offset_sigma=0.005,
    pose_translation_sigma=0.02,
    pose_rotation_sigma=radians(0.5),
    depth_sigma_quadratic=0.0015,
)
"""The mesh comes from laser scans and was decimated to 5 %; poses were registered to it."""

SCANS: Final = "scans"
MESH: Final = "mesh_aligned_0.05.ply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanNetPPOptions(ScanOptions):
    """Choices of an import, beside those of every importer of scans.

    Attributes:
        capture: Which cameras; None: the DSLR's where there are any, else the iPhone's.
        test_frames: Whether the benchmark's test views are frames too.
        annotated_boxes: Whether the annotation's oriented boxes are taken where it has them; else
            boxes are fitted to the points.
        noise: Noise of the scan.
    """

    capture: Capture | None = None
    test_frames: bool = True
    annotated_boxes: bool = True
    noise: NoiseModel = SCANNETPP_NOISE


def import_scannetpp(directory: str | Path, options: ScanNetPPOptions | None = None) -> Scene:
    """Import one ScanNet++ scene.

    Args:
        directory: The scene's folder, named by the scene's id.
        options: Choices; the defaults where None.

    Raises:
        SceneError: A file is missing, damaged or contradicts another.
    """
    chosen = ScanNetPPOptions() if options is None else options
    folder = Path(directory)
    if not folder.is_dir():
        raise SceneError(folder, "folder", "there is no such folder")
    mesh = read_mesh(folder / SCANS / MESH)
    annotation = _Annotation(folder / SCANS, len(mesh.points))
    built = build(mesh, annotation.objects, annotation.structure, chosen.noise)
    if chosen.annotated_boxes:
        built = replace(built, objects=_boxed(built, annotation.boxes))
    bare = Scene(
        id=folder.absolute().name,
        source="scannetpp",
        objects=built.objects,
        structure=built.structure,
        cloud=built.cloud,
        floor=measure_floor(mesh.points, chosen.noise),
        noise=chosen.noise,
        provenance=frozen_record(
            {
                "importer": "scannetpp",
                "files": {"mesh": MESH, "segments": SEGMENTS, "annotation": ANNOTATION},
                "boxes": "as annotated, else fitted to all points of an instance"
                if chosen.annotated_boxes
                else "fitted to all points of an instance, its noise taken out for judging",
            }
        ),
    )
    found = read_capture(folder, chosen.capture, chosen.frames, test_frames=chosen.test_frames)
    return with_frames(bare, found, chosen)


SEGMENTS: Final = "segments.json"
ANNOTATION: Final = "segments_anno.json"


class _Annotation:
    """Instances and their annotated boxes by id."""

    def __init__(self, folder: Path, vertex_count: int) -> None:
        words = vocabulary("scannetpp")
        by_segment = SegmentVertices(read_json(folder / SEGMENTS), vertex_count, MESH)
        self.boxes: dict[int, OrientedBox] = {}
        found: dict[int, Instance] = {}
        for group in read_json(folder / ANNOTATION).records("segGroups"):
            label = words.label(_label(group))
            if label in words.ignored:
                continue
            item = by_segment.instance(group, label)
            if item.id in found:
                group.fail("objectId", f"{item.id} occurs twice")
            found[item.id] = item
            if "obb" in group:
                self.boxes[item.id] = read_box(group.fields("obb"))
        instances = [found[number] for number in sorted(found)]
        self.objects = [item for item in instances if item.label not in words.structure]
        self.structure = [item for item in instances if item.label in words.structure]


def _label(group: Fields) -> str:
    label = group.text("label")
    if not label.strip():
        group.fail("label", "empty")
    return label


def _boxed(built: Built, boxes: dict[int, OrientedBox]) -> tuple[SceneObject, ...]:
    """Return the objects with their annotated boxes; the axis-aligned one stays the points'."""
    return tuple(
        replace(item, obb_raw=boxes[item.id], obb=boxes[item.id], box_kind=BoxKind.GIVEN)
        if item.id in boxes
        else item
        for item in built.objects
    )


def scannetpp_folders(directory: Path) -> list[Path]:
    """Return the folders under a directory that hold a ScanNet++ scene, or it itself."""
    for pattern in (f"{SCANS}/{MESH}", f"*/{SCANS}/{MESH}", f"data/*/{SCANS}/{MESH}"):
        found = sorted(path.parent.parent for path in directory.glob(pattern))
        if found:
            return found
    return []
