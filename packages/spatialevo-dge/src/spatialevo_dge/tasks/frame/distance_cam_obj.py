# SPDX-License-Identifier: Apache-2.0
"""How far is an object from the camera? From the camera's centre to the nearest surface."""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import bearings, legality, proposals, surface, uncertainty
from spatialevo_dge.entities import One, Unit
from spatialevo_dge.legality import resolve_shown
from spatialevo_dge.lengths import UNIT_WORDS, length
from spatialevo_dge.resources import grammar
from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import RESOLUTION, Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: One) -> tuple[str, ...]:
    """Write the question in every wording."""
    name, unit = entities.object.text, UNIT_WORDS[entities.unit]
    return (
        f"How far is the {name} from the camera in {unit}?",
        f"What is the distance between the camera and the {name}, in {unit}?",
        f"Estimate the distance in {unit} from the camera to the nearest point of the {name}.",
    )


def check(entities: One, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about one object that the image shows."""
    return (
        *legality.optional_frame(view, entities.frame),
        *legality.objects(view, policy, ViewKind.FRAME, entities.object),
    )


def measure(entities: One, view: View, policy: Policy) -> Truth:
    """Measure from the camera's centre to the object's surface."""
    frame = resolve_shown(view, entities.frame)
    item = legality.resolve(view, policy, ViewKind.FRAME, entities.object)
    segment = surface.from_point(bearings.camera_centre(frame), item, policy)
    sd = uncertainty.camera_gap_sd(view.scene.noise, item)
    margin = uncertainty.interval(sd, "m", policy)
    return Truth(
        answer=length(segment.distance, entities.unit, policy),
        margin=margin,
        trace={
            "object_id": item.id,
            "frame": frame.id,
            "segment": segment.trace(),
            "surface": policy.surface.value,
        },
        doubts=(
            *_too_near(item, frame, segment.distance, sd, policy=policy),
            *uncertainty.wide(item.label, segment.distance, margin, policy),
        ),
    )


def _too_near(
    item: SceneObject, frame: Frame, distance: float, sd: float, *, policy: Policy
) -> tuple[Violation, ...]:
    least = policy.min_camera_distance
    if distance >= least + uncertainty.reach(sd, policy):
        return ()
    place = "inside the box of" if distance <= RESOLUTION else f"{distance:.3f} m from"
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=item.label,
        why=f"the camera is {place} {item.label!r}.",
        measured=distance,
        threshold=least,
        unit="m",
    )
    depth = surface.depth_within(bearings.camera_centre(frame), item, policy)
    return (uncertainty.hedged(broken, distance - depth - least, sd, policy),)


def propose(view: View, policy: Policy) -> Iterator[One]:
    """Propose every object that the image shows once."""
    for noun in proposals.unique_nouns(view, policy, ViewKind.FRAME):
        yield One(object=noun, unit=Unit.METRES)


TASK = SpatialTask(
    id="distance_cam_obj",
    title="distance from the camera",
    view=ViewKind.FRAME,
    forms=Forms(entities=One, grammar=grammar("frame/distance_cam_obj"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
