# SPDX-License-Identifier: Apache-2.0
"""Functional regions as geometry: which anchors stand together, and where their middle is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.entities import RegionFromCamera
from spatialevo_dge.regions import RegionKind, lookup
from spatialevo_dge.scene import SceneObject
from spatialevo_dge.surface import box_of
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.uncertainty import gap_sd, reach
from spatialevo_dge.view import View
from spatialevo_geometry import convex_hull_2d, polygon_distance


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


def cut_is_clear(entities: RegionFromCamera, view: View, policy: Policy) -> bool:
    """Whether the same anchors stand together when footprints err by the scan's noise."""
    noise = view.scene.noise
    if entities.object is not None or noise.is_exact:
        return True
    found = [region.members for region in find_regions(entities, view, policy)]
    if not found:
        return True
    sd = max(gap_sd(noise, item, item) for members in found for item in members)
    return all(
        found
        == [
            region.members
            for region in find_regions(
                entities, view, replace(policy, region_gap=policy.region_gap + change)
            )
        ]
        for change in (-reach(sd, policy), reach(sd, policy))
    )


def _primary(group: tuple[SceneObject, ...], kind: RegionKind) -> tuple[SceneObject, ...]:
    return tuple(item for item in group if item.label in kind.primary)


def _linked(items: list[SceneObject], policy: Policy) -> list[tuple[SceneObject, ...]]:
    """Group objects by single linkage of their footprints."""
    groups: list[list[SceneObject]] = []
    for item in items:
        joined, apart = [item], []
        for group in groups:
            if any(_near(item, other, policy) for other in group):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, joined]
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
