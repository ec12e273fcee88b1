# SPDX-License-Identifier: Apache-2.0
"""Rooms built point by point, whose floor area is that of the polygon they start from."""

import numpy as np

ROOMS = {
    "3x3": [(0, 0), (3, 0), (3, 3), (0, 3)],
    "4x5": [(0, 0), (4, 0), (4, 5), (0, 5)],
    "6x8": [(0, 0), (6, 0), (6, 8), (0, 8)],
    "L": [(0, 0), (6, 0), (6, 3), (3, 3), (3, 6), (0, 6)],
    "slanted": [(0, 0), (5, 0), (5, 2.5), (3.2, 4.5), (0, 4.5)],
}
# x, y, size along x and y, height: a wardrobe near a wall, a table, a cupboard on a wall.
FURNITURE = [(0.02, 0.02, 0.6, 1.2, 2.0), (1.3, 1.2, 0.9, 0.6, 0.75), (1.0, 0.01, 0.8, 0.5, 0.9)]


def area_of(outline):
    x, y = np.asarray(outline, float).T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def patch(origin, u, v, step):
    """Points every `step` on a parallelogram."""
    origin, u, v = (np.asarray(a, float) for a in (origin, u, v))
    a, b = (np.linspace(0, 1, max(2, round(np.linalg.norm(w) / step) + 1)) for w in (u, v))
    grid_a, grid_b = (g.reshape(-1, 1) for g in np.meshgrid(a, b))
    return origin + grid_a * u + grid_b * v


def inside(points, outline):
    """The even-odd rule in numpy."""
    x, y = points[:, 0], points[:, 1]
    result = np.zeros(len(points), bool)
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y0 != y1:
            result ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return result


def cuboid(x, y, w, d, h, step):
    sides = [((x, y), (w, 0)), ((x, y + d), (w, 0)), ((x, y), (0, d)), ((x + w, y), (0, d))]
    top = patch((x, y, h), (w, 0, 0), (0, d, 0), step)
    return np.vstack([top, *(patch((*o, 0), (*u, 0), (0, 0, h), step) for o, u in sides)])


def furnished_room(outline, *, step=0.03, missing=(), ceiling=False, height=2.6):
    """Floor, walls and furniture; no floor under the furniture."""
    outline = np.asarray(outline, float)
    low, high = outline.min(axis=0), outline.max(axis=0)
    floor = patch((*low, 0), (high[0] - low[0], 0, 0), (0, high[1] - low[1], 0), step)
    floor = floor[inside(floor, outline)]
    parts = [cuboid(*piece, step) for piece in FURNITURE]
    for x, y, w, d, _ in FURNITURE:
        under = (
            (floor[:, 0] > x) & (floor[:, 0] < x + w) & (floor[:, 1] > y) & (floor[:, 1] < y + d)
        )
        floor = floor[~under]
    parts.append(floor)
    if ceiling:
        parts.append(floor + np.array([0.0, 0.0, height]))
    for i, (a, b) in enumerate(zip(outline, np.roll(outline, -1, axis=0), strict=True)):
        if i not in missing:
            parts.append(patch((*a, 0), (*(b - a), 0), (0, 0, height), step))
    return np.vstack(parts)


def placed(points, seed):
    """The room at a random yaw and place, its points in random order."""
    rng = np.random.default_rng(seed)
    yaw = rng.uniform(0.0, 2.0 * np.pi) if seed else 0.0
    c, s = np.cos(yaw), np.sin(yaw)
    turned = points @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    return rng.permutation(turned + np.append(rng.uniform(-9.0, 9.0, size=2), 0.0))
