# SPDX-License-Identifier: Apache-2.0
"""How much of the floor a set of images covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import FloorPlan, Frame
from spatialevo_geometry import apply, invert, point_in_polygon, project

SAMPLES_PER_SIDE: Final = 40
"""Grid resolution over the floor's bounding rectangle; the share is good to one row, 2.5 %."""


def floor_coverage(floor: FloorPlan, frames: Sequence[Frame]) -> float | None:
    """Return the share of the floor that lies in the view frusta of the frames.

    Occlusion does not count: a floor hidden by a sofa still shows how far the room extends.

    Returns:
        A share in [0, 1]; None where the floor's outline or height or a frame's intrinsics are
        unknown.
    """
    cameras = [(frame, frame.intrinsics) for frame in frames if frame.intrinsics is not None]
    samples = floor_samples(floor)
    if samples is None or len(cameras) < len(frames):
        return None
    covered = np.zeros(len(samples), dtype=np.bool_)
    for frame, intrinsics in cameras:
        points_in_camera = apply(invert(frame.world_from_camera), samples)
        pixels, depths = project(points_in_camera, intrinsics)
        with np.errstate(invalid="ignore"):
            covered |= (
                (depths > 0.0)
                & (pixels[:, 0] >= -0.5)
                & (pixels[:, 0] < intrinsics.width - 0.5)
                & (pixels[:, 1] >= -0.5)
                & (pixels[:, 1] < intrinsics.height - 0.5)
            )
    return float(np.count_nonzero(covered)) / len(samples)


def floor_samples(floor: FloorPlan) -> NDArray[np.float64] | None:
    """Return points (n, 3) evenly on the floor; None where its outline or height is unknown."""
    if not floor.rings or floor.height is None:
        return None
    outer = floor.rings[0]
    low, high = outer.min(axis=0), outer.max(axis=0)
    steps = (np.arange(SAMPLES_PER_SIDE) + 0.5) / SAMPLES_PER_SIDE
    x, y = np.meshgrid(low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1]))
    grid = np.column_stack((x.ravel(), y.ravel()))
    inside = grid[point_in_polygon(grid, floor.rings)]
    return np.column_stack((inside, np.full(len(inside), floor.height)))
