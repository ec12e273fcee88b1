# SPDX-License-Identifier: Apache-2.0
"""Rooms built point by point, whose floor area is that of the polygon they start from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROOMS: Final[Mapping[str, list[tuple[float, float]]]] = MappingProxyType({
    "3x3": [(0, 0), (3, 0), (3, 3), (0, 3)],
    "4x5": [(0, 0), (4, 0), (4, 5), (0, 5)],
    "6x8": [(0, 0), (6, 0), (6, 8), (0, 8)],
    "L": [(0, 0), (6, 0), (6, 3), (3, 3), (3, 6), (0, 6)],
    "slanted": [(0, 0), (5, 0), (5, 2.5), (3.2, 4.5), (0, 4.5)],
})  # fmt: skip
"""Corners of the four room shapes of the design, and of one with a slanted wall; metres."""

# x, y, size along x and y, height: a wardrobe near a wall, a table, a cupboard on a wall.
FURNITURE: Final = [
    (0.02, 0.02, 0.6, 1.2, 2.0),
    (1.3, 1.2, 0.9, 0.6, 0.75),
    (1.0, 0.01, 0.8, 0.5, 0.9),
]


def area_of(outline: ArrayLike) -> float:
    """Return the area of a polygon (Gauss)."""
    x, y = np.asarray(outline, float).T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def patch(origin: ArrayLike, u: ArrayLike, v: ArrayLike, step: float) -> NDArray[np.float64]:
    """Return points every `step` on a parallelogram."""
    start, along, across = (np.asarray(vector, float) for vector in (origin, u, v))
    a, b = (
        np.linspace(0, 1, max(2, round(float(np.linalg.norm(side)) / step) + 1))
        for side in (along, across)
    )
    grid_a, grid_b = (grid.reshape(-1, 1) for grid in np.meshgrid(a, b))
    points: NDArray[np.float64] = start + grid_a * along + grid_b * across
    return points


def inside(points: NDArray[np.float64], outline: ArrayLike) -> NDArray[np.bool_]:
    """Tell which points lie in a polygon, by the even-odd rule."""
    corners = np.asarray(outline, float)
    x, y = points[:, 0], points[:, 1]
    result = np.zeros(len(points), bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            result ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return result


def cuboid(piece: tuple[float, ...], step: float) -> NDArray[np.float64]:
    """Return points on a box on the floor: x, y, and its sizes along x, y and z."""
    x, y, w, d, h = piece
    sides = [((x, y), (w, 0)), ((x, y + d), (w, 0)), ((x, y), (0, d)), ((x + w, y), (0, d))]
    top = patch((x, y, h), (w, 0, 0), (0, d, 0), step)
    return np.vstack([top, *(patch((*o, 0), (*u, 0), (0, 0, h), step) for o, u in sides)])


def furnished_room(
    outline: ArrayLike,
    *,
    step: float = 0.03,
    missing: Collection[int] = (),
    ceiling: bool = False,
    height: float = 2.6,
) -> NDArray[np.float64]:
    """Return points on floor, walls and furniture; no floor under the furniture."""
    corners = np.asarray(outline, float)
    low, high = corners.min(axis=0), corners.max(axis=0)
    floor = patch((*low, 0), (high[0] - low[0], 0, 0), (0, high[1] - low[1], 0), step)
    floor = floor[inside(floor, corners)]
    parts = [cuboid(piece, step) for piece in FURNITURE]
    for x, y, w, d, _ in FURNITURE:
        under = (
            (floor[:, 0] > x) & (floor[:, 0] < x + w) & (floor[:, 1] > y) & (floor[:, 1] < y + d)
        )
        floor = floor[~under]
    parts.append(floor)
    if ceiling:
        parts.append(floor + np.array([0.0, 0.0, height]))
    for i, (a, b) in enumerate(zip(corners, np.roll(corners, -1, axis=0), strict=True)):
        if i not in missing:
            parts.append(patch((*a, 0), (*(b - a), 0), (0, 0, height), step))
    return np.vstack(parts)


def placed(points: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return the room at a random yaw and place, its points in random order."""
    rng = np.random.default_rng(seed)
    yaw = rng.uniform(0.0, 2.0 * np.pi) if seed else 0.0
    c, s = np.cos(yaw), np.sin(yaw)
    turned = points @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    moved: NDArray[np.float64] = rng.permutation(
        turned + np.append(rng.uniform(-9.0, 9.0, size=2), 0.0)
    )
    return moved
