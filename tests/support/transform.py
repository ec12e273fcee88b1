# SPDX-License-Identifier: Apache-2.0
"""Whole scenes moved, scaled, shuffled: the changes under which the laws say what must happen."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import FloorPlan, Frame, Scene, SceneObject
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.visibility import VisibilityTable
from spatialevo_geometry import OrientedBox


def turned_and_moved(scene: Scene, yaw: float, shift: NDArray[np.float64]) -> Scene:
    """Turn the world about the vertical by `yaw` radians, then move it by `shift` metres."""
    rotation = np.array(
        [
            [math.cos(yaw), -math.sin(yaw), 0.0],
            [math.sin(yaw), math.cos(yaw), 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    target_from_world = np.eye(4)
    target_from_world[:3, :3] = rotation
    target_from_world[:3, 3] = shift
    return replace(
        scene,
        cloud=None,
        objects=tuple(_moved_object(item, rotation, shift) for item in scene.objects),
        frames=tuple(
            replace(frame, world_from_camera=target_from_world @ frame.world_from_camera)
            for frame in scene.frames
        ),
        floor=None if scene.floor is None else _moved_floor(scene.floor, rotation, shift),
    )


def _moved_object(
    item: SceneObject, rotation: NDArray[np.float64], shift: NDArray[np.float64]
) -> SceneObject:
    def moved(box: OrientedBox) -> OrientedBox:
        return OrientedBox(
            centre=rotation @ box.centre + shift, axes=box.axes @ rotation.T, extents=box.extents
        )

    return replace(
        item,
        aabb=enclosing(moved(item.obb_raw)),
        obb_raw=moved(item.obb_raw),
        obb=moved(item.obb),
        point_range=None,
    )


def enclosing(box: OrientedBox) -> OrientedBox:
    """Return the axis-aligned box around an oriented one."""
    half = np.abs(box.axes.T) @ (box.extents / 2)
    return OrientedBox(centre=box.centre, axes=np.eye(3), extents=2 * half)


def _moved_floor(
    floor: FloorPlan, rotation: NDArray[np.float64], shift: NDArray[np.float64]
) -> FloorPlan:
    return replace(
        floor,
        rings=tuple(ring @ rotation[:2, :2].T + shift[:2] for ring in floor.rings),
        height=None if floor.height is None else floor.height + float(shift[2]),
    )


def scaled(scene: Scene, factor: float) -> Scene:
    """Scale every length of the world by `factor`."""

    def grown(box: OrientedBox) -> OrientedBox:
        return OrientedBox(centre=factor * box.centre, axes=box.axes, extents=factor * box.extents)

    def grown_frame(frame: Frame) -> Frame:
        pose = frame.world_from_camera.copy()
        pose[:3, 3] *= factor
        return replace(frame, world_from_camera=pose)

    return replace(
        scene,
        cloud=None,
        objects=tuple(
            replace(
                item,
                aabb=grown(item.aabb),
                obb_raw=grown(item.obb_raw),
                obb=grown(item.obb),
                point_range=None,
            )
            for item in scene.objects
        ),
        frames=tuple(grown_frame(frame) for frame in scene.frames),
        floor=None
        if scene.floor is None
        else replace(
            scene.floor,
            area=factor**2 * scene.floor.area,
            half_width=factor**2 * scene.floor.half_width,
            rings=tuple(factor * ring for ring in scene.floor.rings),
            height=None if scene.floor.height is None else factor * scene.floor.height,
        ),
        visibility=None if scene.visibility is None else _scaled_depths(scene, factor),
    )


def _scaled_depths(scene: Scene, factor: float) -> VisibilityTable:
    assert scene.visibility is not None
    records = scene.visibility.records.copy()
    records["nearest_depth"] *= factor
    records["median_depth"] *= factor
    return VisibilityTable(records, len(scene.frames))


def scaled_policy(policy: Policy, factor: float) -> Policy:
    """Scale the thresholds that are lengths."""
    return replace(
        policy,
        min_range_objects=factor * policy.min_range_objects,
        min_range_cameras=factor * policy.min_range_cameras,
        min_camera_distance=factor * policy.min_camera_distance,
        same_depth=factor * policy.same_depth,
        min_elevation=factor * policy.min_elevation,
        region_gap=factor * policy.region_gap,
        region_min_range=factor * policy.region_min_range,
        min_move=factor * policy.min_move,
        open_move=factor * policy.open_move,
    )


def reordered(scene: Scene, order: list[int]) -> Scene:
    """Put the objects in another order."""
    return replace(scene, objects=tuple(scene.objects[place] for place in order))


def without(scene: Scene, label: str) -> Scene:
    """Remove every instance of a label."""
    return replace(scene, objects=tuple(item for item in scene.objects if item.label != label))


def with_twin(scene: Scene, original: SceneObject) -> Scene:
    """Add a second instance of an object, seen exactly as the first is."""
    number = max(item.id for item in scene.objects) + 1
    twin = replace(original, id=number)
    return replace(
        scene,
        objects=(*scene.objects, twin),
        visibility=None if scene.visibility is None else _seen_twice(scene, original.id, number),
    )


def _seen_twice(scene: Scene, original: int, number: int) -> VisibilityTable:
    assert scene.visibility is not None
    records = scene.visibility.records
    copies = records[records["object"] == original].copy()
    copies["object"] = number
    both = np.concatenate((records, copies))
    order = np.lexsort((both["object"], both["frame"]))
    return VisibilityTable(both[order], len(scene.frames))
