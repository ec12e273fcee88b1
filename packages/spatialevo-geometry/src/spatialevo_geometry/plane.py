# SPDX-License-Identifier: Apache-2.0
"""Planes, normals and the height of the floor from points."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import Mask, Points, Vector3, as_points, as_scalars, as_vector3

__all__ = [
    "FloorEstimate",
    "Plane",
    "RobustPlane",
    "estimate_normals",
    "fit_plane",
    "fit_plane_robust",
    "floor_height",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plane:
    """The points x with normal . x = offset.

    Attributes:
        normal: unit, shape (3,); its largest component is positive.
        offset: metres.
        rms: root mean square distance of the points it was fitted to, metres.
    """

    normal: Vector3
    offset: float
    rms: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustPlane:
    """A plane and which of the points, shape (n,), lie within the threshold of it."""

    plane: Plane
    inliers: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorEstimate:
    """The height of a floor.

    Attributes:
        height: metres.
        spread: robust standard deviation of the points of the floor, metres.
        inliers: number of those points.
    """

    height: float
    spread: float
    inliers: int


def _plane(normal: Vector3, offset: float, rms: float) -> Plane:
    normal.flags.writeable = False
    return Plane(normal=normal, offset=offset, rms=rms)


def fit_plane(points: ArrayLike) -> Plane:
    """Return the plane of least squared distances (total least squares) to points, shape (n, 3).

    Raises:
        ValueError: for fewer than three points, collinear points or one that is not finite.
    """
    return _plane(*_native.fit_plane(as_points(points, minimum=3)))


def fit_plane_robust(
    points: ArrayLike, threshold: float, *, seed: int = 0, iterations: int = 1000
) -> RobustPlane:
    """Return the plane that has most points within the threshold [m] of it.

    RANSAC (Fischler and Bolles, 1981): at most `iterations` samples, fewer once a better plane is
    improbable (1e-9), then least squares on the inliers until they no longer change. The same input
    and seed give the same bytes.

    Raises:
        ValueError: for fewer than three points, no three that span a plane, a point that is not
            finite, or a threshold, seed or number of iterations out of range.
    """
    if not (math.isfinite(threshold) and threshold > 0.0):
        raise ValueError(f"threshold: expected a finite number > 0, got {threshold}")
    seed, iterations = operator.index(seed), operator.index(iterations)
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed: expected 0 to 2**64 - 1, got {seed}")
    if iterations < 1:
        raise ValueError(f"iterations: expected at least 1, got {iterations}")
    normal, offset, rms, inliers = _native.fit_plane_robust(
        as_points(points, minimum=3), threshold, seed, iterations
    )
    return RobustPlane(plane=_plane(normal, offset, rms), inliers=inliers)


def estimate_normals(points: ArrayLike, k: int, *, towards: ArrayLike | None = None) -> Points:
    """Return unit normals, shape (n, 3), of the planes through the k nearest points of each point.

    Each points towards the viewpoint `towards`, shape (3,); without one its largest component is
    positive. Where the neighbours are collinear, the normal is one of those of their line.

    Raises:
        ValueError: for a wrong shape, a value that is not finite or k outside [3, n].
    """
    checked = as_points(points, minimum=3)
    k = operator.index(k)
    if not 3 <= k <= len(checked):
        raise ValueError(f"k: expected 3 to {len(checked)} (the number of points), got {k}")
    viewpoint = None if towards is None else as_vector3(towards, "towards")
    return _native.estimate_normals(checked, k, viewpoint)


def floor_height(points_in_world: ArrayLike, weights: ArrayLike | None = None) -> FloorEstimate:
    """Return the height of the lowest large horizontal layer of points, shape (n, 3), z up.

    A layer is 10 cm thick and large if it covers at least 30 % of the ground that the largest
    covers, in cells of 10 cm. Its height is the median of the points within three deviations,
    weighted by `weights`, shape (n,), such as areas.

    Raises:
        ValueError: for no points, a wrong shape, a value that is not finite, negative weights,
            or an extent of more than 10 km.
    """
    points = as_points(points_in_world, "points_in_world", minimum=1)
    checked = None
    if weights is not None:
        checked = as_scalars(weights, "weights", length=len(points))
        if bool(np.any(checked < 0.0)):
            raise ValueError(f"weights[{int(np.argmax(checked < 0.0))}] is negative")
    height, spread, inliers = _native.floor_height(points, checked)
    return FloorEstimate(height=height, spread=spread, inliers=inliers)
