# SPDX-License-Identifier: Apache-2.0
"""A synthetic room as an importer would bring it in: nothing of the construction but the labels.

Points, poses and depth images carry noise; boxes are fitted to the points, visibility is observed
against the depth images, the floor is measured. Without noise the same pipeline gives the truth
that noisy scans of the room are compared with.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spatialevo_dge.cloud import points_of
from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.importers.robust_box import fit_robustly
from spatialevo_dge.scene import BoxKind, NoiseModel, Scene, SceneObject
from spatialevo_dge.synthetic.options import RoomOptions
from spatialevo_dge.synthetic.room import SyntheticRoom
from spatialevo_dge.synthetic.scenes import Identity, scene_of
from spatialevo_geometry import fit_axis_aligned, fit_gravity_aligned


def rescan(
    room: SyntheticRoom, options: RoomOptions, noise: NoiseModel, draw: int, *, floor: bool = False
) -> Scene:
    """Scan a room with noise and import the scan.

    Args:
        room: A room.
        options: What it was made with.
        noise: Noise of the scan, which the scene states too.
        draw: Seed of the noise.
        floor: Whether to measure the floor; else it is the construction's.

    Raises:
        ValueError: The draw is negative.
    """
    scene, _ = scene_of(
        replace(room.construction, seed=draw),
        room.structure,
        room.intrinsics,
        replace(options, noise=noise),
        Identity(id=f"{room.scene.id} scan {draw}", provenance=room.scene.provenance),
    )
    scene = replace(scene, objects=tuple(_refitted(scene, item) for item in scene.objects))
    if not floor or scene.cloud is None:
        return scene
    points = np.asarray(scene.cloud.points_in_world, dtype=np.float64)
    return replace(scene, floor=measure_floor(points, scene.noise))


def _refitted(scene: Scene, item: SceneObject) -> SceneObject:
    if scene.cloud is None:
        raise ValueError(f"scene {scene.id!r} has no points")
    points = points_of(scene.cloud, item)
    oriented = fit_gravity_aligned(points)
    robust = fit_robustly(points, oriented, scene.noise)
    return replace(
        item,
        aabb=fit_axis_aligned(points),
        obb_raw=oriented,
        obb=robust.box,
        box_kind=BoxKind.GRAVITY,
        box_slack=robust.slack,
    )
