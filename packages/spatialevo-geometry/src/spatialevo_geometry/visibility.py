# SPDX-License-Identifier: Apache-2.0
"""How much of a sampled surface a depth image shows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import (
    Points,
    Scalars,
    Transform,
    as_points,
    as_scalars,
    as_transform,
)
from spatialevo_geometry.depth import Intrinsics, as_depth
from spatialevo_geometry.rigid import rotation_error

__all__ = ["DepthBand", "PosedCamera", "SurfaceSamples", "VisibleSurface", "visible_fraction"]

# Published poses are printed with six digits or fewer.
RIGID_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurfaceSamples:
    """Points of a surface in the world. Copies of the arrays are kept, read-only.

    Attributes:
        points_in_world: shape (n, 3), n >= 1.
        normals_in_world: shape (n, 3), outward, of any positive length; None where unknown: then
            every point counts as facing the camera.
        weights: area of each point, shape (n,), >= 0.

    Raises:
        ValueError: for a wrong shape, a value that is not finite, a zero normal, a negative weight
            or weights without a positive one.
    """

    points_in_world: Points
    normals_in_world: Points | None
    weights: Scalars
    _handle: _native.Surface = field(init=False, repr=False)

    def __post_init__(self) -> None:
        points = as_points(self.points_in_world, "points_in_world", minimum=1).copy()
        weights = as_scalars(self.weights, "weights", length=len(points)).copy()
        if bool(weights.min() < 0.0):
            raise ValueError(f"weights[{int(weights.argmin())}] is negative")
        if not bool(weights.max() > 0.0):
            raise ValueError("weights: none is positive")
        normals = None
        if self.normals_in_world is not None:
            normals = as_points(self.normals_in_world, "normals_in_world").copy()
            if len(normals) != len(points):
                raise ValueError(f"normals_in_world: expected {points.shape}, got {normals.shape}")
            lengths = np.linalg.norm(normals, axis=1)
            if not bool(lengths.min() > 0.0):
                raise ValueError(f"normals_in_world[{int(lengths.argmin())}] is zero")
            normals /= lengths[:, np.newaxis]
            normals.flags.writeable = False
        points.flags.writeable = False
        weights.flags.writeable = False
        object.__setattr__(self, "points_in_world", points)
        object.__setattr__(self, "normals_in_world", normals)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "_handle", _native.Surface(points, normals, weights))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosedCamera:
    """A camera in the world.

    Attributes:
        world_from_camera: rigid within 1e-3, shape (4, 4); read-only copy.
        intrinsics: of its image.

    Raises:
        ValueError: for a wrong shape, a value that is not finite or a transform that is not rigid.
    """

    world_from_camera: Transform
    intrinsics: Intrinsics
    _handle: _native.PosedCamera = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pose = as_transform(self.world_from_camera, "world_from_camera").copy()
        error = rotation_error(pose)
        if not error <= RIGID_TOLERANCE:
            raise ValueError(f"world_from_camera: not a rigid transform (error {error:.3g})")
        pose.flags.writeable = False
        object.__setattr__(self, "world_from_camera", pose)
        native = _native.PosedCamera(pose, self.intrinsics._handle)
        object.__setattr__(self, "_handle", native)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthBand:
    """The noise that sets how far a point may lie from the measured depth, metres.

    Attributes:
        point_sigma: standard deviation of the points along the normal of the surface.
        depth_sigma_constant: of the depth image, sigma(z) = constant + quadratic * z^2.
        depth_sigma_quadratic: likewise, 1/metres.
        maximum: of the band; the depth of what hides a surface differs by more.

    Raises:
        ValueError: for a value that is negative or not finite.
    """

    point_sigma: float = 0.0
    depth_sigma_constant: float = 0.0
    depth_sigma_quadratic: float = 0.0
    maximum: float = 0.08
    _handle: _native.DepthBand = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        values = (
            self.point_sigma,
            self.depth_sigma_constant,
            self.depth_sigma_quadratic,
            self.maximum,
        )
        if not all(math.isfinite(value) and value >= 0.0 for value in values):
            raise ValueError(f"DepthBand: expected finite numbers >= 0, got {values}")
        object.__setattr__(self, "_handle", _native.DepthBand(*values))


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleSurface:
    """What an image shows of a surface.

    Attributes:
        of_facing: visible share of the area that faces the camera, points outside the image
            included, points without depth left out; 0 if nothing is visible.
        of_total: visible share of the whole area, points without depth left out.
        unknown_of_facing: share of the facing area that has no depth.
        visible_pixels: pixels of the image that hold a visible point.
        box_2d: (u_min, v_min, u_max, v_max) of the visible points in pixels; None without any.
        nearest_depth: 5th percentile by weight of the visible points' z, metres; 0 without any.
        median_depth: likewise, the median.
        truncated: whether some facing point is outside the image or behind the camera.
    """

    of_facing: float
    of_total: float
    unknown_of_facing: float
    visible_pixels: int
    box_2d: tuple[float, float, float, float] | None
    nearest_depth: float
    median_depth: float
    truncated: bool


def visible_fraction(
    surface: SurfaceSamples,
    camera: PosedCamera,
    depth: ArrayLike,
    noise: DepthBand,
    *,
    depth_intrinsics: Intrinsics | None = None,
) -> VisibleSurface:
    """Return how much of a surface an image shows, by the depth measured at its nearest pixels.

    A point is visible if its normal faces the camera, it is inside the image, and its z differs
    from the depth by at most 3 sqrt(sigma_depth(z)^2 + (sigma_point z / d)^2) + one pixel of slope,
    never more than `noise.maximum`. d is the distance of the camera from the plane of the point, so
    that z / d is the slant at which an error along the normal shows in depth. The slope is that of
    the plane of the point, or without normals the smaller difference to the neighbours in depth.
    With sigma_point > 0 a depth farther than that is no objection: the point may lie beside its
    true place and fall past its own silhouette, and still nothing stands before it.

    Args:
        surface: the points.
        camera: the image.
        depth: metres, 0 = missing; (height, width) of `depth_intrinsics`, or of the camera.
        noise: of the points and the depth.
        depth_intrinsics: of a depth image of another size, with the camera's centre and axes.

    Raises:
        ValueError: for a depth of the wrong shape, or a negative or not finite depth at a point.
    """
    sampled = camera.intrinsics if depth_intrinsics is None else depth_intrinsics
    found = _native.visible_fraction(
        surface._handle, camera._handle, as_depth(depth, sampled), sampled._handle, noise._handle
    )
    return VisibleSurface(
        of_facing=found.of_facing,
        of_total=found.of_total,
        unknown_of_facing=found.unknown_of_facing,
        visible_pixels=found.visible_pixels,
        box_2d=found.box_2d,
        nearest_depth=found.nearest_depth,
        median_depth=found.median_depth,
        truncated=found.truncated,
    )
