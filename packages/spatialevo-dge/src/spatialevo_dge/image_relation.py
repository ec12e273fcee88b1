# SPDX-License-Identifier: Apache-2.0
"""Where one object lies from another as the viewer of an image sees it.

In everyday English, and here, "in front of" means nearer to the viewer and "behind" farther away.
Up and down are along gravity, not along the image.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from spatialevo_dge import bearings, surface, uncertainty
from spatialevo_dge.answer import Direction
from spatialevo_dge.bearings import Bearing
from spatialevo_dge.directions import EIGHT_WORDS, sector
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.scene import Frame, NoiseModel, SceneObject
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Margin
from spatialevo_dge.uncertainty import boundary, close_call, short_range
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_geometry import wrap_angle

_COMPOUNDS = tuple(
    f"{way}-{word}" for way in ("up", "down") for word in ("left", "right", "front", "back")
)
OPTIONS = (*EIGHT_WORDS, "up", "down")


def as_answer(word: str, policy: Policy) -> Direction:
    """Return the word as an answer, with the words it competed with under a policy."""
    return Direction(word, (*EIGHT_WORDS, *_COMPOUNDS) if policy.front_is_deeper else OPTIONS)


def offset_between(
    frame: Frame, reference: SceneObject, target: SceneObject, policy: Policy
) -> Bearing:
    """Take the target's bearing from the reference; azimuth 0 is what the policy calls front."""
    away = bearings.camera_bearing(
        frame,
        bearings.camera_centre(frame)
        + surface.box_of(target, policy).centre
        - surface.box_of(reference, policy).centre,
    )
    if policy.front_is_deeper:
        return away
    # Toward the viewer is front, but left stays the viewer's left: mirror, do not rotate.
    return Bearing(
        azimuth=wrap_angle(math.pi - away.azimuth),
        horizontal_range=away.horizontal_range,
        rise=away.rise,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The word for an offset and its distance to the two kinds of boundary, degrees.

    Attributes:
        word: The direction.
        edge: To the nearest edge of the horizontal sector; None where the word is vertical.
        tilt: To the elevation from which vertical dominates.
        range_sd: Standard deviation of the horizontal range, metres.
    """

    word: str
    edge: Margin | None
    tilt: Margin
    range_sd: float

    @property
    def margin(self) -> Margin:
        """The nearer of the two boundaries."""
        if self.edge is None or self.tilt.value < self.edge.value:
            return self.tilt
        return self.edge


def name_offset(offset: Bearing, sds: tuple[float, float, float], policy: Policy) -> Named:
    """Name an offset; `sds` are those of azimuth and elevation, degrees, and of its range."""
    found = sector(offset.azimuth, SectorForm.EIGHT)
    elevation = math.degrees(math.atan2(abs(offset.rise), offset.horizontal_range))
    limit = math.degrees(math.atan(policy.vertical_ratio))
    tilt = boundary(abs(elevation - limit), "deg", sds[1])
    if elevation <= limit:
        edge = boundary(found.edge_distance, "deg", sds[0])
        return Named(word=found.word, edge=edge, tilt=tilt, range_sd=sds[2])
    way = "up" if offset.rise > 0.0 else "down"
    word = f"{way}-{_dominant(offset.azimuth)}" if policy.front_is_deeper else way
    return Named(word=word, edge=None, tilt=tilt, range_sd=sds[2])


def doubts(entity: str, offset: Bearing, named: Named, policy: Policy) -> tuple[Violation, ...]:
    """Doubt a direction that is too short, too near an edge, or neither vertical nor level."""
    level: tuple[Violation, ...] = ()
    if named.edge is not None:
        level = (
            *short_range(
                entity,
                offset.horizontal_range,
                policy.min_range_objects,
                named.range_sd,
                policy=policy,
            ),
            *close_call(entity, named.edge, policy.sector_margin_objects, policy=policy),
        )
    elif policy.front_is_deeper:
        # A compound such as "up-left" needs at least some horizontal part.
        level = short_range(entity, offset.horizontal_range, 0.0)
    return (
        *level,
        *_neither_dominates(entity, offset, policy),
        *close_call(entity, named.tilt, policy=policy),
    )


def _dominant(azimuth: float) -> str:
    """Name the stronger of the sideways and the depth component; sideways wins a tie."""
    side, depth = math.sin(azimuth), math.cos(azimuth)
    if abs(side) >= abs(depth) - 1e-12:
        return "left" if side > 0.0 else "right"
    return "front" if depth > 0.0 else "back"


def offset_sds(
    noise: NoiseModel, reference: SceneObject, target: SceneObject, offset: Bearing
) -> tuple[float, float, float]:
    """Standard deviations between two centres: azimuth and elevation, degrees; range, metres.

    Elevation is over the floor: a wrong pose turns what is called front, and tilts nothing.
    """
    lateral = math.hypot(
        uncertainty.centre_sd(noise, reference), uncertainty.centre_sd(noise, target)
    )
    slant = math.hypot(offset.horizontal_range, offset.rise)
    azimuth = math.hypot(noise.pose_rotation_sigma, lateral / max(offset.horizontal_range, 1e-9))
    elevation = lateral / max(slant, 1e-9)
    return math.degrees(azimuth), math.degrees(elevation), lateral


def _neither_dominates(entity: str, offset: Bearing, policy: Policy) -> tuple[Violation, ...]:
    level = policy.vertical_ratio * offset.horizontal_range
    ratio = abs(offset.rise) / level if level > 0.0 else math.inf
    if not 1.0 / policy.vertical_band <= ratio <= policy.vertical_band:
        return ()
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=entity,
            why=f"the vertical offset is {ratio:.2f} times the horizontal one: neither dominates.",
            measured=ratio,
            threshold=policy.vertical_band,
            unit="ratio",
        ),
    )
