# SPDX-License-Identifier: Apache-2.0
"""How long is the longest side of an object?"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import legality, proposals, surface, uncertainty
from spatialevo_dge.entities import One, Unit
from spatialevo_dge.lengths import UNIT_WORDS, length
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: One) -> tuple[str, ...]:
    """Write the question in every wording."""
    name, unit = entities.object.text, UNIT_WORDS[entities.unit]
    return (
        (
            f"What is the length of the longest dimension (length, width, or height) of the "
            f"{name}, measured in {unit}?"
        ),
        f"How long is the longest side of the {name} in {unit}?",
        f"How big is the {name} along its longest side, in {unit}?",
        f"Estimate the longest dimension of the {name} in {unit}.",
    )


def check(entities: One, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about one object of the scene."""
    return legality.objects(view, policy, ViewKind.SCENE, entities.object)


def measure(entities: One, view: View, policy: Policy) -> Truth:
    """Take the longest side of the object's box."""
    item = legality.resolve(view, policy, ViewKind.SCENE, entities.object)
    box = surface.box_of(item, policy)
    side = box.longest_side
    margin = uncertainty.interval(uncertainty.side_sd(view.scene.noise, item), "m", policy)
    return Truth(
        answer=length(side, entities.unit, policy),
        margin=margin,
        trace={
            "object_id": item.id,
            "longest_side_m": side,
            "models": {
                "oriented_m": item.obb.longest_side,
                "axis_aligned_m": item.aabb.longest_side,
            },
            "box": surface.box_trace(box),
        },
        doubts=uncertainty.wide(item.label, side, margin, policy),
    )


def propose(view: View, policy: Policy) -> Iterator[One]:
    """Propose every unique object, in centimetres."""
    for noun in proposals.unique_nouns(view, policy, ViewKind.SCENE):
        yield One(object=noun, unit=Unit.CENTIMETRES)


TASK = SpatialTask(
    id="object_size",
    title="longest side",
    view=ViewKind.SCENE,
    forms=Forms(entities=One, grammar=grammar("scene/object_size"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
