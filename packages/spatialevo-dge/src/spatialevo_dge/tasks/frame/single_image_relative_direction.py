# SPDX-License-Identifier: Apache-2.0
"""Where is the target from the reference, as the viewer of one image sees it?

In everyday English, and here, "in front of" means nearer to the viewer and "behind" farther away;
the renderer says so in the question. Up and down are along gravity, not along the image.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from spatialevo_dge import bearings, legality, proposals, surface, uncertainty
from spatialevo_dge.answer import Direction
from spatialevo_dge.bearings import Bearing
from spatialevo_dge.directions import EIGHT_WORDS, sector
from spatialevo_dge.entities import Relation, SectorForm
from spatialevo_dge.legality import resolve_shown
from spatialevo_dge.resources import grammar
from spatialevo_dge.scene import Frame, NoiseModel, SceneObject
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import EXACT_MARGIN, Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind
from spatialevo_geometry import wrap_angle

_COMPOUNDS = tuple(
    f"{way}-{word}" for way in ("up", "down") for word in ("left", "right", "front", "back")
)
OPTIONS = (*EIGHT_WORDS, "up", "down")


def phrase(entities: Relation) -> tuple[str, ...]:
    """Write the question in every wording; the first says what front and behind mean."""
    target, reference = entities.target.text, entities.reference.text
    return (
        f"Where is the {target} relative to the {reference}? In front means nearer to the viewer, "
        f"behind means farther away.",
        f"In this image, in which direction is the {target} from the {reference}?",
        f"What is the position of the {target} with respect to the {reference}?",
    )


def check(entities: Relation, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about two different objects that the image shows."""
    return (
        *legality.optional_frame(view, entities.frame),
        *legality.objects(view, policy, ViewKind.FRAME, entities.reference, entities.target),
    )


def measure(entities: Relation, view: View, policy: Policy) -> Truth:
    """Compare the two centres in the camera's levelled axes."""
    frame = resolve_shown(view, entities.frame)
    reference, target = (
        legality.resolve(view, policy, ViewKind.FRAME, noun)
        for noun in (entities.reference, entities.target)
    )
    if not bearings.has_heading(frame):
        return Truth(
            answer=None,
            margin=EXACT_MARGIN,
            trace={"frame": frame.id},
            doubts=bearings.no_heading(frame, policy),
        )
    offset = _offset(frame, reference, target, policy)
    word, distance = _word(offset, policy)
    margin = uncertainty.boundary(distance, "deg", _sd(view.scene.noise, reference, target, offset))
    vertical = abs(offset.rise) > policy.vertical_ratio * offset.horizontal_range
    return Truth(
        answer=Direction(word, OPTIONS if word in OPTIONS else (*OPTIONS, *_COMPOUNDS)),
        margin=margin,
        trace={
            "frame": frame.id,
            "object_ids": [reference.id, target.id],
            "reference_in_world": surface.box_of(reference, policy).centre.tolist(),
            "target_in_world": surface.box_of(target, policy).centre.tolist(),
            "azimuth_from_front_deg": math.degrees(offset.azimuth),
            "horizontal_m": offset.horizontal_range,
            "rise_m": offset.rise,
        },
        doubts=(
            *bearings.no_heading(frame, policy),
            *(
                ()
                if vertical
                else uncertainty.short_range(
                    target.label, offset.horizontal_range, policy.min_range_objects
                )
            ),
            *_ratio_doubt(target.label, offset, policy),
            *uncertainty.close_call(
                target.label,
                margin,
                0.0 if vertical else policy.sector_margin_objects,
                policy=policy,
            ),
        ),
    )


def _offset(frame: Frame, reference: SceneObject, target: SceneObject, policy: Policy) -> Bearing:
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


def _word(offset: Bearing, policy: Policy) -> tuple[str, float]:
    """Name the direction; the number is the distance to the word's nearest edge, degrees."""
    found = sector(offset.azimuth, SectorForm.EIGHT)
    elevation = math.degrees(math.atan2(abs(offset.rise), offset.horizontal_range))
    limit = math.degrees(math.atan(policy.vertical_ratio))
    way = "up" if offset.rise > 0.0 else "down"
    if elevation <= limit:
        return found.word, min(found.edge_distance, limit - elevation)
    if policy.front_is_deeper:
        return f"{way}-{_dominant(offset.azimuth)}", elevation - limit
    return way, elevation - limit


def _dominant(azimuth: float) -> str:
    """Name the stronger of the sideways and the depth component; sideways wins a tie."""
    side, depth = math.sin(azimuth), math.cos(azimuth)
    if abs(side) >= abs(depth) - 1e-12:
        return "left" if side > 0.0 else "right"
    return "front" if depth > 0.0 else "back"


def _sd(noise: NoiseModel, reference: SceneObject, target: SceneObject, offset: Bearing) -> float:
    lateral = math.hypot(
        uncertainty.centre_sd(noise, reference), uncertainty.centre_sd(noise, target)
    )
    span = math.hypot(offset.horizontal_range, offset.rise)
    return math.degrees(math.hypot(noise.pose_rotation_sigma, lateral / max(span, 1e-9)))


def _ratio_doubt(entity: str, offset: Bearing, policy: Policy) -> tuple[Violation, ...]:
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


def propose(view: View, policy: Policy) -> Iterator[Relation]:
    """Propose every ordered pair of objects that the image shows once."""
    nouns = proposals.unique_nouns(view, policy, ViewKind.FRAME)
    for reference, target in proposals.ordered_pairs(nouns):
        yield Relation(reference=reference, target=target)


TASK = SpatialTask(
    id="single_image_relative_direction",
    title="direction between two objects in an image",
    view=ViewKind.FRAME,
    forms=Forms(
        entities=Relation, grammar=grammar("frame/single_image_relative_direction"), phrase=phrase
    ),
    check=check,
    measure=measure,
    propose=propose,
)
