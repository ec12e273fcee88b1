# SPDX-License-Identifier: Apache-2.0
"""Polygons on the ground: hull, area, containment, intersection and distance.

A ring is an array of shape (k, 2) that does not repeat its first vertex. Outer rings run
counter-clockwise, holes clockwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import Mask, Points2, as_points2

__all__ = [
    "convex_hull_2d",
    "convex_intersection_area",
    "point_in_polygon",
    "polygon_area",
    "polygon_distance",
]


def _as_rings(rings: Sequence[ArrayLike]) -> list[Points2]:
    # A single ring given bare would otherwise be read as many rings of two numbers.
    return [as_points2(ring, f"rings[{i}]", minimum=3) for i, ring in enumerate(rings)]


def convex_hull_2d(points_xy: ArrayLike) -> Points2:
    """Return the convex hull of points of shape (n, 2), n >= 1, as a ring of shape (k, 2).

    It starts at the lexicographically smallest point and has no collinear vertices, decided
    exactly. Points in one place give one vertex, collinear points the two ends. Andrew's monotone
    chain with Shewchuk's adaptive predicate.

    Raises:
        ValueError: for no points, a wrong shape or a point that is not finite.
    """
    return _native.convex_hull(as_points2(points_xy, minimum=1))


def polygon_area(rings: Sequence[ArrayLike]) -> float:
    """Return the sum of the signed areas of the rings, so that holes subtract.

    Raises:
        ValueError: for a ring of fewer than three vertices or with one that is not finite.
    """
    return _native.signed_area(_as_rings(rings))


def point_in_polygon(points_xy: ArrayLike, rings: Sequence[ArrayLike]) -> Mask:
    """Return which points, shape (n, 2), lie inside an odd number of rings or on a boundary.

    Exact: no point near an edge falls on the wrong side of it.

    Raises:
        ValueError: for a wrong shape, a short ring or a point that is not finite.
    """
    return _native.contains_points(as_points2(points_xy), _as_rings(rings))


def convex_intersection_area(a: ArrayLike, b: ArrayLike) -> float:
    """Return the area common to two convex counter-clockwise rings, in square metres.

    Rings of one or two vertices have none. Sutherland and Hodgman's clipping.

    Raises:
        ValueError: for an empty ring, a wrong shape or a vertex that is not finite.
    """
    return _native.convex_intersection_area(
        as_points2(a, "a", minimum=1), as_points2(b, "b", minimum=1)
    )


def polygon_distance(a: ArrayLike, b: ArrayLike) -> float:
    """Return the gap between two convex counter-clockwise rings; 0 if they touch or overlap.

    A ring of one vertex is a point, one of two vertices a segment.

    Raises:
        ValueError: for an empty ring, a wrong shape or a vertex that is not finite.
    """
    return _native.convex_distance(as_points2(a, "a", minimum=1), as_points2(b, "b", minimum=1))
