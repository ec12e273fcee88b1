# SPDX-License-Identifier: Apache-2.0
"""Whether a scan agrees with itself: known points against what a depth image measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatialevo_dge.scene import NoiseModel
from spatialevo_geometry import Intrinsics, project
from spatialevo_geometry.rigid import apply, invert

MAX_BAND = 0.08
"""Widest band, metres: what hides a surface differs from it by more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprojection:
    """How far points lie from the depth that a camera measured at their pixels.

    Attributes:
        overlapping: Number of points inside the image whose pixel has a depth.
        median_error: Median of the absolute difference in depth, metres.
        within_band: Share of them that agree within three standard deviations, at most `MAX_BAND`;
            what another surface hides, or moved, does not.
    """

    overlapping: int
    median_error: float
    within_band: float


def reproject(
    points_in_world: ArrayLike,
    world_from_camera: ArrayLike,
    depth: NDArray[np.float64],
    intrinsics: Intrinsics,
    noise: NoiseModel,
) -> Reprojection | None:
    """Compare points (n, 3) with a depth image (h, w) in metres, 0 where missing.

    Returns:
        None where no point falls on a pixel with a depth.
    """
    points = apply(invert(world_from_camera), points_in_world)
    pixels, z = project(points, intrinsics)
    known = z > 0.0
    columns, rows = np.floor(pixels[known] + 0.5).T
    inside = (
        (columns >= 0) & (columns < intrinsics.width) & (rows >= 0) & (rows < intrinsics.height)
    )
    measured = depth[rows[inside].astype(np.int64), columns[inside].astype(np.int64)]
    seen = measured > 0.0
    if not bool(seen.any()):
        return None
    measured, expected = measured[seen], z[known][inside][seen]
    error = np.abs(measured - expected)
    sigma_depth = noise.depth_sigma_constant + noise.depth_sigma_quadratic * measured**2
    band = np.minimum(3.0 * np.hypot(sigma_depth, noise.point_sigma), MAX_BAND)
    return Reprojection(
        overlapping=len(error),
        median_error=float(np.median(error)),
        within_band=float(np.mean(error <= band)),
    )
