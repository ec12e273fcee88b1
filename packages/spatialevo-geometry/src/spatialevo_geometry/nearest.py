# SPDX-License-Identifier: Apache-2.0
"""Exact nearest points, by a k-d tree; of equally near points the lower index wins."""

from __future__ import annotations

import itertools
import math
import operator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import Indices, Scalars, as_points

__all__ = ["PointGap", "PointIndex", "point_gap"]


class PointIndex:
    """An immutable spatial index over a copy of the points, shape (n, 3), n >= 1."""

    __slots__ = ("_tree",)

    def __init__(self, points: ArrayLike) -> None:
        self._tree = _native.PointIndex(as_points(points, minimum=1))

    def __len__(self) -> int:
        return len(self._tree)

    def k_nearest(
        self, queries: ArrayLike, k: int
    ) -> tuple[
        Annotated[NDArray[np.float64], "(m, k)"],
        Annotated[NDArray[np.int64], "(m, k)"],
    ]:
        """Return distances and indices of the k nearest points of each query, nearest first.

        Raises:
            ValueError: if k is not in [1, number of points].
        """
        k = operator.index(k)
        if not 1 <= k <= len(self):
            raise ValueError(f"k: expected 1 to {len(self)} (the number of points), got {k}")
        return self._tree.k_nearest(as_points(queries, "queries"), k)

    def nearest(self, queries: ArrayLike) -> tuple[Scalars, Indices]:
        """Return the distance and the index of the point nearest to each query, shape (m,) each."""
        distances, indices = self._tree.k_nearest(as_points(queries, "queries"), 1)
        return distances[:, 0], indices[:, 0]

    def within(self, queries: ArrayLike, radius: float) -> list[Indices]:
        """Return, for each query, the ascending indices of the points at distance <= radius.

        Raises:
            ValueError: if the radius is negative or not finite.
        """
        if not (math.isfinite(radius) and radius >= 0.0):
            raise ValueError(f"radius: expected a finite number >= 0, got {radius}")
        indices, offsets = self._tree.within(as_points(queries, "queries"), radius)
        return [indices[i:j] for i, j in itertools.pairwise(offsets.tolist())]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointGap:
    """The closest pair of two point sets: its distance in metres and its two indices."""

    distance: float
    index_a: int
    index_b: int


def point_gap(points_a: ArrayLike, points_b: ArrayLike) -> PointGap:
    """Return the smallest distance between two sets of points, shape (n, 3) and (m, 3).

    Of equally close pairs the lowest (index_a, index_b) wins.

    Raises:
        ValueError: for an empty set, a wrong shape or a point that is not finite.
    """
    distance, index_a, index_b = _native.point_gap(
        as_points(points_a, "points_a", minimum=1), as_points(points_b, "points_b", minimum=1)
    )
    return PointGap(distance=distance, index_a=index_a, index_b=index_b)
