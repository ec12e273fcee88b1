# SPDX-License-Identifier: Apache-2.0
"""Where is the target from the reference, as the viewer of one image sees it?

In everyday English, and here, "in front of" means nearer to the viewer and "behind" farther away;
the renderer says so in the question. Up and down are along gravity, not along the image.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from spatialevo_dge import bearings, legality, proposals, surface
from spatialevo_dge import image_relation as relation
from spatialevo_dge.entities import Relation
from spatialevo_dge.legality import resolve_shown
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import EXACT_MARGIN, Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind

MEANING = "In front means nearer to the viewer, behind means farther away."


def phrase(entities: Relation) -> tuple[str, ...]:
    """Write the question in every wording, each with what front and behind mean."""
    target, reference = entities.target.text, entities.reference.text
    return (
        f"Where is the {target} relative to the {reference}? {MEANING}",
        f"In this image, in which direction is the {target} from the {reference}? {MEANING}",
        f"What is the position of the {target} with respect to the {reference}? {MEANING}",
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
    steep = bearings.no_heading(frame, policy, view.scene.noise)
    if not bearings.has_heading(frame):
        return Truth(answer=None, margin=EXACT_MARGIN, trace={"frame": frame.id}, doubts=steep)
    offset = relation.offset_between(frame, reference, target, policy)
    sds = relation.offset_sds(view.scene.noise, reference, target, offset)
    named = relation.name_offset(offset, sds, policy)
    return Truth(
        answer=relation.as_answer(named.word, policy),
        margin=named.margin,
        trace={
            "frame": frame.id,
            "object_ids": [reference.id, target.id],
            "reference_in_world": surface.box_of(reference, policy).centre.tolist(),
            "target_in_world": surface.box_of(target, policy).centre.tolist(),
            "azimuth_from_front_deg": math.degrees(offset.azimuth),
            "horizontal_m": offset.horizontal_range,
            "rise_m": offset.rise,
        },
        doubts=(*steep, *relation.doubts(target.label, offset, named, policy)),
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
