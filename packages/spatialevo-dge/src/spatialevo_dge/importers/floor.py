# SPDX-License-Identifier: Apache-2.0
"""The floor of a scan, measured on its points."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import FloorPlan, FloorSource
from spatialevo_geometry import floor_height, floor_polygon

LARGEST: Final = 1e5
"""Square metres of the rectangle round a scan beyond which it is not one storey of one building,
but a scan in other units or with stray points; the raster of the floor would be as large."""
STRAY: Final = 1e-3
"""Share of the points at either end that may be strays …"""
MARGIN: Final = 2.0
"""… if they lie farther than this beyond the others, metres."""


def measure_floor(points_in_world: NDArray[np.float64]) -> FloorPlan | None:
    """Measure the floor's height, outline and area.

    Returns:
        None where the points show no floor: a question about it is then not answerable, and no area
        is made up.
    """
    points = _without_strays(points_in_world)
    if _rectangle(points) > LARGEST:
        return None
    try:
        estimate = floor_height(points)
        polygon = floor_polygon(points, estimate.height)
    except ValueError:
        return None
    return FloorPlan(
        area=polygon.area,
        half_width=polygon.half_width,
        rings=tuple(polygon.rings),
        height=estimate.height,
        source=FloorSource.MEASURED,
    )


def _rectangle(points: NDArray[np.float64]) -> float:
    if not len(points):
        return 0.0
    width, depth = np.ptp(points[:, :2], axis=0)
    return float(width * depth)


def _without_strays(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points, less a few that make the scan far larger than all others do."""
    if _rectangle(points) <= LARGEST:
        return points
    low, high = np.quantile(points, [STRAY, 1.0 - STRAY], axis=0)
    near: NDArray[np.bool_] = ((points >= low - MARGIN) & (points <= high + MARGIN)).all(axis=1)
    kept: NDArray[np.float64] = points[near]
    return kept
