# SPDX-License-Identifier: Apache-2.0
"""Whether a scan agrees with itself: known points against what a depth image measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatialevo_dge.cloud import Cloud
from spatialevo_dge.images import read_depth
from spatialevo_dge.observe import DepthCamera, scaled
from spatialevo_dge.scene import Frame, NoiseModel
from spatialevo_geometry import Intrinsics, project, z_buffer
from spatialevo_geometry.rigid import apply, compose, invert

MESH_WIDTH: Final = 160
"""Width of a rendered mesh to compare a depth image with, pixels."""
POINTS_WIDTH: Final = 40
"""The same for bare points, which leave holes in anything finer."""
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


def disagreement(frame: Frame, camera: DepthCamera, cloud: Cloud) -> float | None:
    """Compare a frame's depth image with the scan as it is seen from the frame's pose.

    Returns:
        Median absolute difference over the pixels that both know, metres; infinity where they share
        none though the image has depth; None where it has none.

    Raises:
        SceneError: The depth image is missing, damaged or of another size than its camera's.
        ValueError: The frame names no depth image.
    """
    if frame.depth_path is None:
        raise ValueError(f"frame {frame.id!r} has no depth image")
    full = camera.intrinsics
    measured = read_depth(frame.depth_path, (full.width, full.height))
    if not bool((measured > 0.0).any()):
        return None
    width = POINTS_WIDTH if cloud.faces is None else MESH_WIDTH
    image = scaled(full, min(1.0, width / full.width))
    world_from_depth = compose(frame.world_from_camera, camera.colour_from_depth)
    points = apply(invert(world_from_depth), np.asarray(cloud.points_in_world, dtype=np.float64))
    expected = z_buffer(points, image, faces=cloud.faces)
    measured = measured[np.ix_(*map(_centres, expected.shape, measured.shape))]
    known = (measured > 0.0) & (expected > 0.0)
    return float(np.median(np.abs(measured - expected)[known])) if bool(known.any()) else math.inf


def _centres(coarse: int, fine: int) -> NDArray[np.int64]:
    """Return the fine pixel at the centre of each coarse one."""
    centres = np.round((np.arange(coarse) + 0.5) * fine / coarse - 0.5).astype(np.int64)
    return np.clip(centres, 0, fine - 1)
