# SPDX-License-Identifier: Apache-2.0
"""How far apart are two objects? The gap between their nearest surfaces."""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import legality, proposals, surface, uncertainty
from spatialevo_dge.entities import Gap
from spatialevo_dge.lengths import UNIT_WORDS, length
from spatialevo_dge.resources import grammar
from spatialevo_dge.scene import SceneObject
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import RESOLUTION, Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind
from spatialevo_dge.vsi import sampled_distance


def phrase(entities: Gap) -> tuple[str, ...]:
    """Write the question in every wording."""
    first, second = entities.first.text, entities.second.text
    unit = UNIT_WORDS[entities.unit]
    return (
        (
            f"Measuring from the closest point of each object, what is the distance between the "
            f"{first} and the {second} (in {unit})?"
        ),
        f"How far is the {first} from the {second} in {unit}?",
        f"How far apart are the {first} and the {second}, in {unit}?",
        f"Estimate the distance in {unit} from the {first} to the {second}.",
    )


def check(entities: Gap, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about two different objects of the scene."""
    return legality.objects(view, policy, ViewKind.SCENE, entities.first, entities.second)


def measure(entities: Gap, view: View, policy: Policy) -> Truth:
    """Measure the gap between the two surfaces."""
    first = legality.resolve(view, policy, ViewKind.SCENE, entities.first)
    second = legality.resolve(view, policy, ViewKind.SCENE, entities.second)
    segment = surface.gap(view.scene, first, second, policy)
    metres = segment.distance
    if policy.annotated_counts:
        metres = sampled_distance(first.obb, second.obb)
    sd = uncertainty.gap_sd(view.scene.noise, first, second)
    margin = uncertainty.interval(sd, "m", policy)
    return Truth(
        answer=length(metres, entities.unit, policy),
        margin=margin,
        trace={
            "object_ids": [first.id, second.id],
            "distance_m": metres,
            "surface": policy.surface.value,
            "segment": segment.trace(),
            "models": surface.gap_models(first, second),
        },
        doubts=()
        if policy.annotated_counts
        else (
            *_touching((first, second), segment.distance, sd, policy),
            *uncertainty.wide(first.label, segment.distance, margin, policy),
        ),
    )


def _touching(
    items: tuple[SceneObject, SceneObject], distance: float, sd: float, policy: Policy
) -> tuple[Violation, ...]:
    """Doubt the distance between surfaces that touch or overlap."""
    if distance > RESOLUTION + uncertainty.reach(sd, policy):
        return ()
    entity = " and ".join(item.label for item in items)
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=entity,
        why=f"the boxes of {entity} touch or overlap: there is no gap to measure.",
        measured=distance,
        threshold=RESOLUTION,
        unit="m",
    )
    return (uncertainty.hedged(broken, distance - surface.overlap(*items, policy), sd, policy),)


def propose(view: View, policy: Policy) -> Iterator[Gap]:
    """Propose every pair of unique objects."""
    for first, second in proposals.pairs(proposals.unique_nouns(view, policy, ViewKind.SCENE)):
        yield Gap(first=first, second=second)


TASK = SpatialTask(
    id="absolute_distance",
    title="gap between two objects",
    view=ViewKind.SCENE,
    forms=Forms(entities=Gap, grammar=grammar("scene/absolute_distance"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
