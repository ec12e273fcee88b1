# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms and the angles of a camera.

A transform is a (4, 4) matrix named ``target_from_source``: it maps ``points_in_source`` to
``points_in_target``, and ``c_from_a = compose(c_from_b, b_from_a)``. Every function but
`rotation_error` raises ValueError for a matrix that is not finite, whose bottom row is not
``[0, 0, 0, 1]``, or whose `rotation_error` exceeds 1e-3.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import Points, Transform, as_points, as_transform, as_vector3

__all__ = [
    "apply",
    "azimuth_in_levelled",
    "compose",
    "heading",
    "invert",
    "levelled",
    "pitch",
    "relative_pose",
    "roll",
    "rotation_error",
    "wrap_angle",
]


def compose(c_from_b: ArrayLike, b_from_a: ArrayLike) -> Transform:
    """Return ``c_from_a``, the transform that applies ``b_from_a`` first."""
    return _native.compose(as_transform(c_from_b, "c_from_b"), as_transform(b_from_a, "b_from_a"))


def invert(target_from_source: ArrayLike) -> Transform:
    """Return ``source_from_target``; the rotation is transposed, not solved for."""
    return _native.invert(as_transform(target_from_source, "target_from_source"))


def apply(target_from_source: ArrayLike, points_in_source: ArrayLike) -> Points:
    """Return ``points_in_target``, shape (n, 3), for points of shape (n, 3); n may be 0.

    Raises:
        ValueError: for a wrong shape, a point that is not finite or a transform that is not rigid.
    """
    transform = as_transform(target_from_source, "target_from_source")
    return _native.apply(transform, as_points(points_in_source, "points_in_source"))


def relative_pose(world_from_a: ArrayLike, world_from_b: ArrayLike) -> Transform:
    """Return ``a_from_b``, the pose of b seen from a."""
    return _native.relative_pose(
        as_transform(world_from_a, "world_from_a"), as_transform(world_from_b, "world_from_b")
    )


def rotation_error(transform: ArrayLike) -> float:
    """Return how far the (4, 4) matrix is from a rigid transform.

    The larger of max |RᵀR - I| and |det R - 1| (so 2 for a reflection); infinity if the bottom row
    is not ``[0, 0, 0, 1]`` or anything is not finite.
    """
    return _native.rotation_error(as_transform(transform, "transform"))


def heading(world_from_camera: ArrayLike) -> float:
    """Return the azimuth of the optical axis about +z, counter-clockwise from +x, in [-pi, pi).

    Raises:
        ValueError: if the horizontal part of the axis is shorter than 1e-9.
    """
    return _native.heading(as_transform(world_from_camera, "world_from_camera"))


def pitch(world_from_camera: ArrayLike) -> float:
    """Return the angle of the optical axis above the horizon, in [-pi/2, pi/2] radians."""
    return _native.pitch(as_transform(world_from_camera, "world_from_camera"))


def roll(world_from_camera: ArrayLike) -> float:
    """Return the turn about the optical axis, 0 where the image's x axis is level, in [-pi, pi).

    Positive when the right side of the camera dips (clockwise seen from behind it).

    Raises:
        ValueError: if the horizontal part of the optical axis is shorter than 1e-9.
    """
    return _native.roll(as_transform(world_from_camera, "world_from_camera"))


def levelled(world_from_camera: ArrayLike) -> Transform:
    """Return ``world_from_levelled``, the camera with pitch and roll taken out.

    The levelled frame is not a camera frame: x is right and horizontal, y is FORWARD and
    horizontal, z is up (against gravity). The centre is the camera's.

    Raises:
        ValueError: if the horizontal part of the optical axis is shorter than 1e-9.
    """
    return _native.levelled(as_transform(world_from_camera, "world_from_camera"))


def azimuth_in_levelled(vector_in_world: ArrayLike, heading: float) -> float:
    """Return the signed angle from the heading to the vector about +z, left positive.

    The vector has shape (3,), its vertical part does not count; the angle is in [-pi, pi).

    Raises:
        ValueError: if the horizontal part of the vector is shorter than 1e-9.
    """
    return _native.azimuth_in_levelled(as_vector3(vector_in_world, "vector_in_world"), heading)


def wrap_angle(angle: float) -> float:
    """Return the equal angle in [-pi, pi), without rounding.

    Raises:
        ValueError: if the angle is not finite.
    """
    return _native.wrap_angle(angle)
