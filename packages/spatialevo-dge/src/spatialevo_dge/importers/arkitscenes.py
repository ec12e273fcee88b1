# SPDX-License-Identifier: Apache-2.0
"""ARKitScenes, from its official files (G. Baruch et al., "ARKitScenes", NeurIPS 2021).

A video's folder holds ``<id>_3dod_annotation.json`` (oriented boxes), ``<id>_3dod_mesh.ply`` and,
there or in ``<id>_frames/``, ``lowres_wide.traj``, ``lowres_wide/``, ``lowres_wide_intrinsics/``
and ``lowres_depth/``. The world frame is ARKit's: metres, z up, walls at any angle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import radians
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.arkit_frames import read_arkit_frames
from spatialevo_dge.importers.boxed_points import Surface, owned_vertices
from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.importers.given_boxes import bounds, read_box
from spatialevo_dge.importers.labels import vocabulary
from spatialevo_dge.importers.meshes import read_mesh
from spatialevo_dge.importers.scan_frames import ScanOptions, with_frames
from spatialevo_dge.importers.scene_builder import Instance, arranged, surface
from spatialevo_dge.json_fields import Fields, frozen_record, read_json
from spatialevo_dge.scene import BoxKind, NoiseModel, Scene, SceneObject
from spatialevo_geometry import OrientedBox

ARKITSCENES_NOISE: Final = NoiseModel(
    point_sigma=0.02,
    object_offset_sigma=0.02,
    pose_translation_sigma=0.02,
    pose_rotation_sigma=radians(1.0),
    depth_sigma_quadratic=0.003,
)
"""A tablet's mesh and poses; boxes were drawn by people around things in it."""

CENTIMETRE: Final = 0.01
STRAY: Final = 1.0
"""Metres by which an annotated centre may lie beyond the mesh: boxes close gaps of the scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ARKitScenesOptions(ScanOptions):
    """Choices of an import, beside those of every importer of scans.

    Attributes:
        upright: Whether images of a device that was held sideways are turned so that up is up,
            together with their intrinsics and poses; what is made goes to `images`.
        noise: Noise of the scan.
    """

    upright: bool = True
    noise: NoiseModel = ARKITSCENES_NOISE


def import_arkitscenes(directory: str | Path, options: ARKitScenesOptions | None = None) -> Scene:
    """Import one ARKitScenes video.

    Args:
        directory: The video's folder, named by the video's id.
        options: Choices; the defaults where None.

    Raises:
        SceneError: A file is missing, damaged or contradicts another, or the annotators skipped the
            video.
        ValueError: Images have to be turned and `options.images` names no folder for them.
    """
    chosen = ARKitScenesOptions() if options is None else options
    folder = Path(directory)
    if not folder.is_dir():
        raise SceneError(folder, "folder", "there is no such folder")
    name = folder.absolute().name
    mesh_path = folder / f"{name}_3dod_mesh.ply"
    mesh = read_mesh(mesh_path)
    floor = measure_floor(mesh.points, chosen.noise)
    annotation = folder / f"{name}_3dod_annotation.json"
    boxes = list(_annotated(annotation, mesh.points))
    height = None if floor is None else floor.height
    normals = None if mesh.faces is None else surface(mesh.points, mesh.faces)[0]
    vertices = owned_vertices(
        [box for _, box in boxes],
        Surface(mesh.points, normals),
        height,
        chosen.noise.point_sigma,
    )
    instances = [
        Instance(id=place, label=label[0], source_label=label[1], vertices=own)
        for place, ((label, _), own) in enumerate(zip(boxes, vertices, strict=True))
    ]
    rows, cloud = arranged(mesh, instances)
    objects = tuple(
        _object(item, box, own) for item, (_, box), own in zip(instances, boxes, rows, strict=True)
    )
    bare = Scene(
        id=name,
        source="arkitscenes",
        objects=objects,
        cloud=cloud,
        floor=floor,
        noise=chosen.noise,
        provenance=frozen_record(
            {
                "importer": "arkitscenes",
                "files": {"mesh": mesh_path.name, "annotation": annotation.name},
                "boxes": "as annotated",
                "points": "a vertex belongs to the smallest box that holds it",
            }
        ),
    )
    found = read_arkit_frames(folder, name, chosen, upright=chosen.upright)
    return with_frames(bare, found, chosen)


def _annotated(
    path: Path, points: NDArray[np.float64]
) -> Iterator[tuple[tuple[str, str], OrientedBox]]:
    """Yield the label, the data set's label and the box of each annotated object."""
    words = vocabulary("arkitscenes")
    fields = read_json(path)
    if "skipped" in fields and fields.boolean("skipped"):
        fields.fail("skipped", "the annotators skipped this video: it has no boxes")
    low, high = points.min(axis=0) - STRAY, points.max(axis=0) + STRAY
    for record in fields.records("data"):
        source_label = record.text("label")
        if not source_label.strip():
            record.fail("label", "empty")
        box = _box(record.fields("segments"))
        if not bool(((box.centre >= low) & (box.centre <= high)).all()):
            record.fail("segments", f"the box's centre {box.centre.tolist()} is off the mesh")
        yield (words.label(source_label), source_label), box


def _box(segments: Fields) -> OrientedBox:
    """Read ``obbAligned``, in metres; without it ``obb``, which is in centimetres."""
    if "obbAligned" in segments:
        return read_box(segments.fields("obbAligned"))
    return read_box(segments.fields("obb"), scale=CENTIMETRE)


def _object(item: Instance, box: OrientedBox, rows: tuple[int, int]) -> SceneObject:
    return SceneObject(
        id=item.id,
        label=item.label,
        source_label=item.source_label,
        aabb=bounds(box),
        obb_raw=box,
        obb=box,
        box_kind=BoxKind.GIVEN,
        point_range=rows,
    )


def arkitscenes_folders(directory: Path) -> list[Path]:
    """Return the folders under a directory that hold an ARKitScenes video, or it itself."""
    for pattern in ("", "*/", "*/*/"):
        found = sorted(path.parent for path in directory.glob(f"{pattern}*_3dod_annotation.json"))
        if found:
            return found
    return []
