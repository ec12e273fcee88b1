# SPDX-License-Identifier: Apache-2.0
"""Which of a mesh's vertices belong to which box, where a data set gives boxes and no segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_geometry import OrientedBox

TOLERANCE: Final = 1e-3
"""Metres that rounding may put a vertex outside its box."""
ABOVE_FLOOR: Final = 0.02
"""Metres above the floor up to which a vertex is the floor's, unless the box is flatter than …"""
FLAT: Final = 0.10
"""… this: a rug."""
INWARD: Final = 0.5
"""A vertex at a box's border whose normal has at least this component into the box is what the
thing stands against: the wall behind a curtain, the table under a lamp."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Vertices (n, 3) in the world frame, and their unit normals; None where unknown."""

    points: NDArray[np.float64]
    normals: NDArray[np.float64] | None


def owned_vertices(
    boxes: Sequence[OrientedBox],
    surface: Surface,
    floor_height: float | None,
    point_sigma: float,
) -> list[NDArray[np.int64]]:
    """Return each box's vertices, ascending; a vertex goes to the smallest box that holds it.

    Args:
        boxes: The boxes, world frame.
        surface: The mesh's vertices.
        floor_height: z of the floor, whose vertices belong to no box; None where unknown.
        point_sigma: Standard deviation of a vertex, by which boxes are widened, metres.
    """
    points = surface.points
    owner = np.full(len(points), -1, dtype=np.int64)
    by_height = np.argsort(points[:, 2], kind="stable")
    heights = points[by_height, 2]
    margin = TOLERANCE + point_sigma
    # The largest first, so that smaller ones take over what they hold.
    order = np.argsort([-box.volume for box in boxes], kind="stable")
    for place in order.tolist():
        box = boxes[place]
        low, high = box.aabb_min[2] - margin, box.aabb_max[2] + margin
        if floor_height is not None and high - low > FLAT:
            low = max(low, floor_height + ABOVE_FLOOR)
        start, stop = np.searchsorted(heights, [low, high])
        near = by_height[start:stop]
        owner[near[_held(box, surface, near, margin)]] = place
    return [np.flatnonzero(owner == place) for place in range(len(boxes))]


def _held(
    box: OrientedBox, surface: Surface, near: NDArray[np.int64], margin: float
) -> NDArray[np.bool_]:
    """Return which of some vertices a box holds as the thing's own."""
    local = (surface.points[near] - box.centre) @ box.axes.T
    beyond = np.abs(local) - box.extents / 2.0
    inside: NDArray[np.bool_] = np.all(beyond <= margin, axis=1)
    if surface.normals is None:
        return inside
    outward = np.sign(local) * (surface.normals[near] @ box.axes.T)
    against: NDArray[np.bool_] = np.any((beyond >= -margin) & (outward <= -INWARD), axis=1)
    return inside & ~against
