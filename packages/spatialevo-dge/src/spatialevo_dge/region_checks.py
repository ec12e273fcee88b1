# SPDX-License-Identifier: Apache-2.0
"""When a functional region can be asked about: one of its kind, shown, and in one direction."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge import bearings, sightings, uncertainty
from spatialevo_dge.directions import span
from spatialevo_dge.entities import RegionFromCamera
from spatialevo_dge.from_camera import Sight, word_of
from spatialevo_dge.region_extent import Region
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View
from spatialevo_geometry import convex_intersection_area, point_in_polygon, polygon_area

FAR: Final = 1000.0
"""Radius of the wedge that stands for a sector, metres: beyond any scan."""

FLAT: Final = 1e-9
"""A hull of a smaller area, square metres, is a point or a line."""

ARC_STEPS: Final = 4
"""Corners of the wedge's rim; at most 45 degrees apart, so that its chords stay far away too."""


def share_in_sector(region: Region, sight: Sight) -> float:
    """Return the share of the region's hull that lies in the answer's sector."""
    answer = word_of(sight)
    if answer is None:
        return 1.0
    word, heading = answer
    if len(region.hull) < 3 or polygon_area((region.hull,)) < FLAT:
        return 1.0  # a thin region has no area to divide; its centre alone decides
    x, y, _ = bearings.camera_centre(sight.frame).tolist()
    start, end = (heading + math.radians(edge) for edge in span(word, sight.form))
    arc = [start + (end - start) * step / ARC_STEPS for step in range(ARC_STEPS + 1)]
    rim = [(x + FAR * math.cos(angle), y + FAR * math.sin(angle)) for angle in arc]
    wedge = np.array(rim if end - start >= math.pi - 1e-9 else [(x, y), *rim])
    return convex_intersection_area(region.hull, wedge) / polygon_area((region.hull,))


def inside(
    region: Region, sight: Sight, noise: NoiseModel, policy: Policy
) -> tuple[Violation, ...]:
    """Doubt the direction to a region that the camera stands in."""
    centre = bearings.camera_centre(sight.frame)[:2]
    if len(region.hull) < 3:
        return ()
    within = bool(point_in_polygon(centre.reshape(1, 2), (region.hull,))[0])
    sd = max(uncertainty.camera_gap_sd(noise, item) for item in region.members)
    margin = uncertainty.reach(sd, policy)
    beyond = _to_edge(centre, region.hull) if margin > 0.0 else 0.0
    if not within and beyond >= margin:
        return ()
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=sight.entity,
        why=f"the camera of frame {sight.frame.id!r} is inside the {sight.entity}.",
        measured=0.0,
        threshold=0.0,
        unit="m",
    )
    return (uncertainty.hedged(broken, beyond, sd, policy),)


def _to_edge(point: NDArray[np.float64], hull: NDArray[np.float64]) -> float:
    """Return the distance of a point (2,) from a polygon's outline, metres."""
    spans = np.roll(hull, -1, axis=0) - hull
    offsets = point - hull
    lengths = np.maximum((spans * spans).sum(axis=1), 1e-18)
    along = np.clip((offsets * spans).sum(axis=1) / lengths, 0.0, 1.0)
    return float(np.linalg.norm(offsets - along[:, None] * spans, axis=1).min())


def blurred(entities: RegionFromCamera, policy: Policy) -> Violation:
    """Doubt a region whose anchors stand about as far apart as those of two regions."""
    return Violation(
        rule=Rule.BORDERLINE,
        entity=entities.region,
        why=f"which objects make up the {entities.region} is within the scan's noise.",
        threshold=policy.region_gap,
        unit="m",
    )


def scattered(entity: str, share: float, policy: Policy) -> tuple[Violation, ...]:
    """Doubt a direction in which too little of the region lies."""
    if share >= policy.region_share or math.isclose(share, policy.region_share):
        return ()
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=entity,
            why=f"only {share:.0%} of the {entity} lies in that direction.",
            measured=share,
            threshold=policy.region_share,
            unit="fraction",
        ),
    )


def not_one(entities: RegionFromCamera, found: tuple[Region, ...]) -> Violation:
    """Refuse a region that the scene does not have, or has several times."""
    if not found:
        return Violation(
            rule=Rule.UNKNOWN_OBJECT,
            entity=entities.region,
            why=f"the scene has no {entities.region!r}.",
        )
    return Violation(
        rule=Rule.AMBIGUOUS_OBJECT,
        entity=entities.region,
        why=f"the scene has {len(found)} separate places that are a {entities.region!r}.",
        measured=float(len(found)),
        threshold=1.0,
        unit="instances",
        alternatives=tuple(", ".join(item.label for item in region.primary) for region in found),
    )


def unseen(
    entities: RegionFromCamera, region: Region, view: View, policy: Policy
) -> tuple[Violation, ...]:
    """Check that the images show a primary object of the region."""
    hidden, doubtful = sightings.split_hidden(view, region.primary, policy)
    if len(hidden) + len(doubtful) < len(region.primary):
        return ()
    if doubtful:
        return tuple(sightings.unsure(entities.region, doubtful, policy))
    best = max(view.visible_share(item, frame) for item in region.primary for frame in view.frames)
    return (
        Violation(
            rule=Rule.NOT_VISIBLE,
            entity=entities.region,
            why=f"the images show {best:.0%} of what makes the {entities.region} at best.",
            measured=best,
            threshold=policy.min_visible,
            unit="fraction",
        ),
    )
