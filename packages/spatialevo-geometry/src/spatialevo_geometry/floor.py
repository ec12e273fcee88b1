# SPDX-License-Identifier: Apache-2.0
"""The outline of a room's floor from a point cloud. World with z up."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import Points2, as_points

__all__ = ["FloorPolygon", "floor_polygon"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FloorPolygon:
    """The floor of a room, or of the rooms of a scan.

    Attributes:
        rings: arrays of shape (k, 2), metres; outer rings counter-clockwise, holes clockwise.
        area: square metres.
        half_width: of the 95 % interval of the area, square metres. An edge without a wall counts
            with 0.10 m of its length.
        walled: share of the outline that lies on a wall, in [0, 1].
    """

    rings: tuple[Points2, ...]
    area: float
    half_width: float
    walled: float


def floor_polygon(
    points_in_world: ArrayLike, floor_height: float, *, cell: float = 0.05
) -> FloorPolygon:
    """Return the area that walls bound at floor level, furniture included.

    Whatever has a point above it is floor, down to one layer of 10 cm under `floor_height` [m].
    Faces that rise to the top of the walls bound it; gaps of up to 1.2 m in them (doorways) and
    niches narrower than 0.5 m are closed. Edges follow the wall faces, of any direction, fitted by
    least squares; where there is none, the boundary of the points. Another room counts if it has at
    least 2 m^2 and walls round half of it. The order of the points does not matter.

    Args:
        points_in_world: shape (n, 3), n >= 1; a vertex every 10 cm or closer.
        floor_height: z of the floor, as by `floor_height`.
        cell: side of a raster cell, metres.

    Raises:
        ValueError: for a wrong shape, a value that is not finite, a cell outside 0.02 to 0.10 m, an
            extent too large for a building, or points that cover no ground 0.5 m across.
    """
    if not math.isfinite(floor_height):
        raise ValueError(f"floor_height: expected a finite number, got {floor_height}")
    if not 0.02 <= cell <= 0.10:
        raise ValueError(f"cell: expected 0.02 to 0.10 m, got {cell}")
    points = as_points(points_in_world, "points_in_world", minimum=1)
    rings, area, half_width, walled = _native.floor_polygon(points, floor_height, cell)
    for ring in rings:
        ring.flags.writeable = False
    return FloorPolygon(rings=tuple(rings), area=area, half_width=half_width, walled=walled)
