# SPDX-License-Identifier: Apache-2.0
"""The floor of a scan, measured on its points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import FloorPlan, FloorSource
from spatialevo_geometry import floor_height, floor_polygon


def measure_floor(points_in_world: NDArray[np.float64]) -> FloorPlan | None:
    """Measure the floor's height, outline and area.

    Returns:
        None where the points show no floor: a question about it is then not answerable, and no area
        is made up.
    """
    try:
        estimate = floor_height(points_in_world)
        polygon = floor_polygon(points_in_world, estimate.height)
    except ValueError:
        return None
    return FloorPlan(
        area=polygon.area,
        half_width=polygon.half_width,
        rings=tuple(polygon.rings),
        height=estimate.height,
        source=FloorSource.MEASURED,
    )
