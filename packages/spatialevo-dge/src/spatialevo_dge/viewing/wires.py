# SPDX-License-Identifier: Apache-2.0
"""Boxes, cameras and polygons as lines and triangles."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.surface import box_of
from spatialevo_dge.thresholds import Policy
from spatialevo_geometry import OrientedBox, apply

EDGES: Final = tuple(
    (corner, corner | 1 << axis)
    for axis in range(3)
    for corner in range(8)
    if not corner >> axis & 1
)
"""The twelve edges of a box, as pairs of places in `OrientedBox.corners`."""


def shown_box(item: SceneObject, policy: Policy) -> OrientedBox:
    """Return the box by which a policy judges an object."""
    return box_of(item, policy)


def box_lines(box: OrientedBox) -> list[Any]:
    """Return a box's edges as one broken line: points, and None between edges."""
    corners = box.corners
    return [point for a, b in EDGES for point in (corners[a], corners[b], None)]


def frustum_lines(frame: Frame, depth: float) -> list[Any]:
    """Return a camera as one broken line: its image at a depth, and the rays to its corners.

    Without intrinsics the image's shape is unknown, and only the optical axis is drawn.
    """
    eye, *corners = frustum(frame, depth)
    if len(corners) == 1:
        return [eye, corners[0], None]
    rays = [point for corner in corners for point in (eye, corner, None)]
    return [*rays, *corners, corners[0], None]


def frustum(frame: Frame, depth: float) -> NDArray[np.float64]:
    """Return a camera's centre and its image's corners at a depth, (5, 3), world frame.

    Without intrinsics: the centre and a point on the optical axis, (2, 3).
    """
    points = [(0.0, 0.0, 0.0), (0.0, 0.0, depth)]
    if frame.intrinsics is not None:
        lens = frame.intrinsics
        sides = (-0.5 - lens.cx) / lens.fx, (lens.width - 0.5 - lens.cx) / lens.fx
        ends = (-0.5 - lens.cy) / lens.fy, (lens.height - 0.5 - lens.cy) / lens.fy
        pairs = ((0, 0), (1, 0), (1, 1), (0, 1))
        points = [points[0], *((sides[i] * depth, ends[j] * depth, depth) for i, j in pairs)]
    return apply(frame.world_from_camera, np.array(points))


def lifted(points: NDArray[np.float64], metres: float) -> NDArray[np.float64]:
    """Return points moved up, (..., 3)."""
    moved: NDArray[np.float64] = points + np.array((0.0, 0.0, metres))
    return moved


def middle_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the point half-way along a line through (k, d) points."""
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    half = along[-1] / 2.0
    return np.array([np.interp(half, along, points[:, axis]) for axis in range(points.shape[1])])


def triangulated(ring: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    """Cut a simple polygon of (k, 2) corners into triangles by clipping ears.

    Corners that leave no ear (the polygon crosses itself) end it early: what is left is not filled.
    """
    order = list(range(len(ring)))
    if _doubled_area(ring) < 0.0:
        order.reverse()
    triangles = []
    while len(order) > 2:
        place = next((i for i in range(len(order)) if _is_ear(ring, order, i)), None)
        if place is None:
            break
        before, at, after = order[place - 1], order[place], order[(place + 1) % len(order)]
        triangles.append((before, at, after))
        del order[place]
    return triangles


def _doubled_area(ring: NDArray[np.float64]) -> float:
    following = np.roll(ring, -1, axis=0)
    return float((ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]).sum())


def _is_ear(ring: NDArray[np.float64], order: list[int], place: int) -> bool:
    a, b, c = (ring[order[i % len(order)]] for i in (place - 1, place, place + 1))
    if _side(a, b, c) < 0.0:
        return False
    ends = {order[place - 1], order[place], order[(place + 1) % len(order)]}
    others = ring[[corner for corner in order if corner not in ends]]
    return not bool(
        np.any(
            (_side(a, b, others) > 0.0) & (_side(b, c, others) > 0.0) & (_side(c, a, others) > 0.0)
        )
    )


def _side(a: Any, b: Any, p: Any) -> Any:
    """Tell on which side of the line from a to b points lie: positive is left."""
    return (b[0] - a[0]) * (p[..., 1] - a[1]) - (b[1] - a[1]) * (p[..., 0] - a[0])
