# SPDX-License-Identifier: Apache-2.0
"""Oriented boxes: distances, overlap and containment, exact for any orientation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import (
    Mask,
    Matrix3,
    Points2,
    Scalars,
    Vector3,
    as_matrix3,
    as_points,
    as_vector3,
)

__all__ = [
    "BoxGap",
    "OrientedBox",
    "box_box_distance",
    "box_contains_box",
    "box_contains_points",
    "box_to_boxes_distance",
    "boxes_overlap",
    "closest_point_in_box",
    "fit_axis_aligned",
    "fit_gravity_aligned",
    "fit_minimum_volume",
    "point_box_distance",
]

# Boxes of published annotations are printed with six digits or fewer.
ORTHONORMAL_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrientedBox:
    """A box of any rotation, in metres.

    Boxes are equal if all their numbers are. The arrays are read-only.

    Attributes:
        centre: shape (3,).
        axes: shape (3, 3); the ROWS are the unit axes in the world, of either handedness. They are
            kept as given, orthonormal within 1e-4.
        extents: shape (3,); full side lengths along the axes, 0 allowed.

    Raises:
        ValueError: for a wrong shape, a value that is not finite, axes that are not orthonormal or
            a negative extent.
    """

    centre: Vector3
    axes: Matrix3
    extents: Vector3
    # What the native side reads: centre, axes and extents are views of it.
    _packed: Annotated[NDArray[np.float64], "(15,)"] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        centre = as_vector3(self.centre, "centre")
        axes = as_matrix3(self.axes, "axes")
        extents = as_vector3(self.extents, "extents")
        error = _native.orthonormality_error(axes)
        if error > ORTHONORMAL_TOLERANCE:
            raise ValueError(f"axes: rows are not orthonormal (error {error:.3g})")
        if min(extents.tolist()) < 0.0:
            raise ValueError(f"extents: negative in {extents.tolist()}")
        # Adding 0 turns -0.0 into 0.0, so that equal boxes have equal bytes.
        self._adopt(np.concatenate((centre, axes.ravel(), extents)) + 0.0)

    def _adopt(self, packed: NDArray[np.float64]) -> None:
        packed.flags.writeable = False
        object.__setattr__(self, "_packed", packed)
        object.__setattr__(self, "centre", packed[:3])
        object.__setattr__(self, "axes", packed[3:12].reshape(3, 3))
        object.__setattr__(self, "extents", packed[12:])

    @classmethod
    def _from_packed(cls, packed: NDArray[np.float64]) -> OrientedBox:
        """Wrap 15 numbers that the native side computed; they need no validation."""
        box = cls.__new__(cls)
        box._adopt(packed + 0.0)  # see __post_init__
        return box

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OrientedBox):
            return NotImplemented
        return self._packed.tobytes() == other._packed.tobytes()

    def __hash__(self) -> int:
        return hash(self._packed.tobytes())

    def __reduce__(self) -> tuple[object, ...]:
        # Copies and unpickled boxes pass the constructor, which makes them read-only again.
        return (_rebuild, (self.centre, self.axes, self.extents))

    @property
    def corners(self) -> Annotated[NDArray[np.float64], "(8, 3)"]:
        """The corners; corner k lies on the positive side of axis j if bit j of k is set."""
        return _native.box_corners(self._packed)

    @property
    def footprint(self) -> Points2:
        """The convex outline of the box on the xy plane, shape (k, 2), counter-clockwise.

        A vertical segment or a point has one vertex, a vertical rectangle has two.
        """
        return _native.box_footprint(self._packed)

    @property
    def longest_side(self) -> float:
        """The largest extent."""
        return float(self.extents.max())

    @property
    def volume(self) -> float:
        """The product of the extents, in cubic metres."""
        return float(self.extents.prod())

    @property
    def aabb_min(self) -> Vector3:
        """The lowest coordinates of the box, shape (3,)."""
        return self.centre - self._half_size()

    @property
    def aabb_max(self) -> Vector3:
        """The highest coordinates of the box, shape (3,)."""
        return self.centre + self._half_size()

    @property
    def height(self) -> float:
        """The extent along z of the whole box, whatever its rotation."""
        return 2.0 * float(self._half_size()[2])

    def _half_size(self) -> Vector3:
        half: Vector3 = np.abs(self.axes.T) @ (0.5 * self.extents)
        return half


def _rebuild(centre: Vector3, axes: Matrix3, extents: Vector3) -> OrientedBox:
    return OrientedBox(centre=centre, axes=axes, extents=extents)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoxGap:
    """The gap between two boxes: its length in metres and its end points, shape (3,) each.

    Where the boxes touch or overlap the distance is 0 and the two points are one point of both.
    """

    distance: float
    point_on_a: Vector3
    point_on_b: Vector3


def point_box_distance(points: ArrayLike, box: OrientedBox) -> Scalars:
    """Return the distance of each point, shape (n,), to the solid box; 0 inside."""
    return _native.point_box_distance(as_points(points), box._packed)


def closest_point_in_box(point: ArrayLike, box: OrientedBox) -> Vector3:
    """Return the point of the solid box closest to the point of shape (3,); itself if inside."""
    return _native.closest_point_in_box(as_vector3(point, "point"), box._packed)


def box_box_distance(a: OrientedBox, b: OrientedBox) -> BoxGap:
    """Return the exact gap between two solid boxes.

    A gap of less than 1e-12 of the boxes' sizes and distance counts as touching. The closest points
    are a corner and a point of the other box, or lie inside two edges: all are tried.
    """
    distance, point_on_a, point_on_b = _native.box_gap(a._packed, b._packed)
    return BoxGap(distance=distance, point_on_a=point_on_a, point_on_b=point_on_b)


def box_to_boxes_distance(a: OrientedBox, boxes: Sequence[OrientedBox]) -> Scalars:
    """Return the distances of one box to many, shape (m,); m may be 0."""
    packed = np.array([box._packed for box in boxes]).reshape(-1, 15)
    return _native.box_to_boxes_distance(a._packed, packed)


def boxes_overlap(a: OrientedBox, b: OrientedBox) -> bool:
    """Return whether the boxes share a point (touching counts): whether their distance is 0."""
    return _native.boxes_overlap(a._packed, b._packed)


def box_contains_box(outer: OrientedBox, inner: OrientedBox, tolerance: float = 0.0) -> bool:
    """Return whether all of `inner` lies in `outer` grown by the tolerance [m] on each side.

    Surfaces may touch, as in `box_contains_points`: a box contains itself.

    Raises:
        ValueError: if the tolerance is not finite.
    """
    if not math.isfinite(tolerance):
        raise ValueError(f"tolerance: expected a finite number, got {tolerance}")
    return _native.box_contains_box(outer._packed, inner._packed, tolerance)


def box_contains_points(box: OrientedBox, points: ArrayLike) -> Mask:
    """Return which of the points, shape (n, 3), lie in the box, as a mask of shape (n,).

    Its surface counts as inside, and with it what rounding may have moved off the surface: 1e-12 of
    the box's size and the point's distance from its centre.
    """
    return _native.box_contains_points(box._packed, as_points(points))


def fit_axis_aligned(points: ArrayLike) -> OrientedBox:
    """Return the smallest box with axes x, y, z round points of shape (n, 3), n >= 1."""
    return OrientedBox._from_packed(_native.fit_axis_aligned(as_points(points, minimum=1)))


def fit_gravity_aligned(points: ArrayLike) -> OrientedBox:
    """Return the box of smallest footprint with a vertical axis round points, n >= 1.

    The axes are right-handed: two horizontal ones, the first at an azimuth in [0, pi/2), and +z.
    Of equal footprints the smallest azimuth wins, whatever the order of the points. Rotating
    callipers on the convex hull: Toussaint, 1983.
    """
    return OrientedBox._from_packed(_native.fit_gravity_aligned(as_points(points, minimum=1)))


def fit_minimum_volume(points: ArrayLike) -> OrientedBox:
    """Return the box of smallest volume, of any rotation, round points of shape (n, 3), n >= 1.

    Every box with a face on a face of the convex hull is tried and the best are improved by turning
    them. Points on a plane, on a line or in one place give a flat box.
    """
    return OrientedBox._from_packed(_native.fit_minimum_volume(as_points(points, minimum=1)))
