# SPDX-License-Identifier: Apache-2.0
"""What stands for an object's surface, and the distances between such surfaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.cloud import points_of
from spatialevo_dge.errors import SceneError
from spatialevo_dge.scene import Scene, SceneObject
from spatialevo_dge.thresholds import Policy, Surface
from spatialevo_dge.truth import JsonValue
from spatialevo_geometry import (
    OrientedBox,
    box_box_distance,
    closest_point_in_box,
    point_gap,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The shortest connection between two surfaces, world frame, metres."""

    distance: float
    start_in_world: NDArray[np.float64]
    end_in_world: NDArray[np.float64]

    def trace(self) -> JsonValue:
        """Write it as JSON."""
        return {
            "distance_m": self.distance,
            "start_in_world": self.start_in_world.tolist(),
            "end_in_world": self.end_in_world.tolist(),
        }


def box_of(item: SceneObject, policy: Policy) -> OrientedBox:
    """Return the box that a policy judges an object by (points have the oriented one)."""
    return item.aabb if policy.surface is Surface.AXIS_ALIGNED else item.obb


def gap(scene: Scene, first: SceneObject, second: SceneObject, policy: Policy) -> Segment:
    """Measure the gap between the nearest surfaces of two objects.

    Raises:
        SceneError: The policy judges by points and the scene has none.
    """
    if policy.surface is Surface.POINTS:
        points, others = _points(scene, first), _points(scene, second)
        nearest = point_gap(points, others)
        return Segment(
            distance=nearest.distance,
            start_in_world=points[nearest.index_a],
            end_in_world=others[nearest.index_b],
        )
    return _box_gap(box_of(first, policy), box_of(second, policy))


def gap_models(first: SceneObject, second: SceneObject) -> JsonValue:
    """Measure the gap under every box model the scene allows, metres."""
    return {
        "oriented_m": _box_gap(first.obb, second.obb).distance,
        "axis_aligned_m": _box_gap(first.aabb, second.aabb).distance,
    }


def from_point(point_in_world: NDArray[np.float64], item: SceneObject, policy: Policy) -> Segment:
    """Measure from a point to the nearest surface of an object (zero inside its box)."""
    nearest = closest_point_in_box(point_in_world, box_of(item, policy))
    return Segment(
        distance=float(np.linalg.norm(nearest - point_in_world)),
        start_in_world=point_in_world,
        end_in_world=nearest,
    )


def depth_within(point_in_world: NDArray[np.float64], item: SceneObject, policy: Policy) -> float:
    """Return how deep a point lies inside an object's box, metres; 0 outside."""
    box = box_of(item, policy)
    beyond = np.abs(box.axes @ (point_in_world - box.centre)) - box.extents / 2.0
    return max(0.0, -float(beyond.max()))


def overlap(first: SceneObject, second: SceneObject, policy: Policy) -> float:
    """Return how far two boxes reach into each other at least, metres; 0 where they are apart.

    The least overlap of their shadows on the axes of either.
    """
    a, b = box_of(first, policy), box_of(second, policy)
    depths = []
    for axis in (*a.axes, *b.axes):
        halves = (float(np.abs(box.axes @ axis) @ box.extents) / 2.0 for box in (a, b))
        depths.append(sum(halves) - abs(float(axis @ (b.centre - a.centre))))
    return max(0.0, min(depths))


def box_trace(box: OrientedBox) -> JsonValue:
    """Write a box as JSON: centre, unit axes as rows, full side lengths, metres."""
    return {
        "centre_in_world": box.centre.tolist(),
        "axes": box.axes.tolist(),
        "extents_m": box.extents.tolist(),
    }


def _box_gap(first: OrientedBox, second: OrientedBox) -> Segment:
    nearest = box_box_distance(first, second)
    return Segment(
        distance=nearest.distance,
        start_in_world=nearest.point_on_a,
        end_in_world=nearest.point_on_b,
    )


def _points(scene: Scene, item: SceneObject) -> NDArray[np.float64]:
    if scene.cloud is None or item.point_range is None:
        raise SceneError(scene.id, "cloud", f"object {item.id} has no points to measure by")
    return points_of(scene.cloud, item)
