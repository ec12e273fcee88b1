# SPDX-License-Identifier: Apache-2.0
"""Which of a mesh's vertices belong to which box, where a data set gives boxes and no segments."""

from __future__ import annotations

from collections.abc import Sequence
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


def owned_vertices(
    boxes: Sequence[OrientedBox],
    points: NDArray[np.float64],
    floor_height: float | None,
    point_sigma: float,
) -> list[NDArray[np.int64]]:
    """Return each box's vertices, ascending; a vertex goes to the smallest box that holds it.

    Args:
        boxes: The boxes, world frame.
        points: (n, 3) vertices, world frame.
        floor_height: z of the floor, whose vertices belong to no box; None where unknown.
        point_sigma: Standard deviation of a vertex, by which boxes are widened, metres.
    """
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
        local = (points[near] - box.centre) @ box.axes.T
        inside = (np.abs(local) <= box.extents / 2.0 + margin).all(axis=1)
        owner[near[inside]] = place
    return [np.flatnonzero(owner == place) for place in range(len(boxes))]
