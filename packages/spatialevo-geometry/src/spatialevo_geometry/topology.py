# SPDX-License-Identifier: Apache-2.0
"""How boxes relate: support, containment and adjacency. World with z up."""

from __future__ import annotations

import math

from spatialevo_geometry import _native
from spatialevo_geometry.box import OrientedBox, box_box_distance, box_contains_box

__all__ = ["box_inside", "box_supports", "boxes_adjacent"]


def _require_not_negative(value: float, name: str) -> None:
    if not (math.isfinite(value) and value >= 0.0):
        raise ValueError(f"{name}: expected a finite number >= 0, got {value}")


def box_supports(
    lower: OrientedBox, upper: OrientedBox, gap_tolerance: float = 0.05, min_overlap: float = 0.3
) -> bool:
    """Return whether `upper` rests on `lower`.

    The lowest point of `upper` is within the tolerance [m] of the highest point of `lower`, and at
    least the share `min_overlap` of its footprint lies over that of `lower`. A footprint without
    area (a flat, upright box) counts as over it where the footprints touch.

    Raises:
        ValueError: for a negative tolerance or a share outside [0, 1].
    """
    _require_not_negative(gap_tolerance, "gap_tolerance")
    if not 0.0 <= min_overlap <= 1.0:
        raise ValueError(f"min_overlap: expected a share in [0, 1], got {min_overlap}")
    if lower is upper:
        return False
    gap = float(upper.aabb_min[2]) - float(lower.aabb_max[2])
    if abs(gap) > gap_tolerance:
        return False
    upper_outline, lower_outline = upper.footprint, lower.footprint
    area = _native.signed_area([upper_outline])
    if area == 0.0:
        return _native.convex_distance(lower_outline, upper_outline) == 0.0
    return _native.convex_intersection_area(lower_outline, upper_outline) >= min_overlap * area


def box_inside(outer: OrientedBox, inner: OrientedBox, tolerance: float = 0.0) -> bool:
    """Return whether all of `inner` lies in `outer` grown by the tolerance [m] on each side.

    Raises:
        ValueError: for a negative tolerance.
    """
    _require_not_negative(tolerance, "tolerance")
    return box_contains_box(outer, inner, tolerance)


def boxes_adjacent(a: OrientedBox, b: OrientedBox, gap: float) -> bool:
    """Return whether the distance between two boxes is at most `gap` [m]; overlapping ones are.

    Raises:
        ValueError: for a negative gap.
    """
    _require_not_negative(gap, "gap")
    return box_box_distance(a, b).distance <= gap
