# SPDX-License-Identifier: Apache-2.0
"""Functional regions as geometry: which anchors stand together, and where their middle is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.entities import RegionFromCamera
from spatialevo_dge.regions import RegionKind, lookup
from spatialevo_dge.scene import SceneObject
from spatialevo_dge.surface import box_of
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.view import View
from spatialevo_geometry import convex_hull_2d, point_in_polygon, polygon_distance

SAMPLES_PER_SIDE: Final = 12
"""Grid over a hull's bounding rectangle by which its share in a sector is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One instance of a functional region.

    Attributes:
        members: Its anchor objects.
        primary: Those of them that make it what it is ("bed" for a sleeping area).
        hull: (k, 2) convex hull of their footprints, counter-clockwise, world x, y.
        centre_in_world: (3,) centroid of the hull, at the members' mean height.
    """

    members: tuple[SceneObject, ...]
    primary: tuple[SceneObject, ...]
    hull: NDArray[np.float64]
    centre_in_world: NDArray[np.float64]


def find_regions(entities: RegionFromCamera, view: View, policy: Policy) -> tuple[Region, ...]:
    """Find every instance of the region that a question names.

    Anchor objects whose footprints lie within the policy's gap of one another, directly or through
    others, form one instance; it counts when it holds at least one primary object.
    """
    if entities.object is not None:
        items = view.instances(entities.object.label or "")
        return tuple(_region((item,), (item,), policy) for item in items)
    kind = lookup(entities.region)
    if kind is None:
        return ()
    anchors = [item for item in view.scene.objects if item.label in kind.primary | kind.supporting]
    groups = _linked(anchors, policy)
    found = ((group, _primary(group, kind)) for group in groups)
    return tuple(_region(group, primary, policy) for group, primary in found if primary)


def _primary(group: tuple[SceneObject, ...], kind: RegionKind) -> tuple[SceneObject, ...]:
    return tuple(item for item in group if item.label in kind.primary)


def _linked(items: list[SceneObject], policy: Policy) -> list[tuple[SceneObject, ...]]:
    """Group objects by single linkage of their footprints."""
    groups: list[list[SceneObject]] = []
    for item in items:
        near = [group for group in groups if any(_near(item, other, policy) for other in group)]
        merged = [member for group in near for member in group] + [item]
        groups = [group for group in groups if group not in near] + [merged]
    return [tuple(sorted(group, key=lambda item: item.id)) for group in groups]


def _near(first: SceneObject, second: SceneObject, policy: Policy) -> bool:
    gap = polygon_distance(box_of(first, policy).footprint, box_of(second, policy).footprint)
    return gap <= policy.region_gap


def _region(
    members: tuple[SceneObject, ...], primary: tuple[SceneObject, ...], policy: Policy
) -> Region:
    boxes = [box_of(item, policy) for item in members]
    hull = convex_hull_2d(np.concatenate([box.footprint for box in boxes]))
    height = float(np.mean([box.centre[2] for box in boxes]))
    x, y = _centroid(hull)
    return Region(
        members=members,
        primary=primary,
        hull=hull,
        centre_in_world=np.array((x, y, height)),
    )


def _centroid(hull: NDArray[np.float64]) -> tuple[float, float]:
    """Return the centroid of a convex polygon's area, or of its vertices where it has none."""
    following = np.roll(hull, -1, axis=0)
    cross = hull[:, 0] * following[:, 1] - following[:, 0] * hull[:, 1]
    doubled = float(cross.sum())
    if abs(doubled) < 1e-12:
        return float(hull[:, 0].mean()), float(hull[:, 1].mean())
    x, y = ((hull + following) * cross[:, None]).sum(axis=0) / (3.0 * doubled)
    return float(x), float(y)


def samples_of(region: Region) -> NDArray[np.float64]:
    """Return points spread evenly over the region's hull, (n, 3), at its centre's height."""
    low, high = region.hull.min(axis=0), region.hull.max(axis=0)
    steps = (np.arange(SAMPLES_PER_SIDE) + 0.5) / SAMPLES_PER_SIDE
    x, y = np.meshgrid(low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1]))
    grid = np.column_stack((x.ravel(), y.ravel()))
    inside = grid[point_in_polygon(grid, (region.hull,))]
    return np.column_stack((inside, np.full(len(inside), region.centre_in_world[2])))
