# SPDX-License-Identifier: Apache-2.0
"""Which of several objects is nearest to (or farthest from) an anchor?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from spatialevo_dge import legality, proposals, surface, uncertainty
from spatialevo_dge.answer import Choice
from spatialevo_dge.entities import Among, Comparator, Noun
from spatialevo_dge.resources import grammar
from spatialevo_dge.scene import SceneObject
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind

WORDS = {Comparator.NEAREST: "closest to", Comparator.FARTHEST: "farthest from"}


def phrase(entities: Among) -> tuple[str, ...]:
    """Write the question in every wording."""
    names = [noun.text for noun in entities.candidates]
    anchor, extreme = entities.anchor.text, WORDS[entities.comparator]
    offered = " or the ".join((", the ".join(names[:-1]), names[-1]) if names[:-1] else names)
    return (
        (
            f"Measuring from the closest point of each object, which of these objects "
            f"({', '.join(names)}) is the {extreme} the {anchor}?"
        ),
        f"Which is {extreme} the {anchor}: the {offered}?",
        f"Among the {', '.join(names)}, which one is {extreme} the {anchor}?",
    )


def check(entities: Among, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask for one of at least two candidates, none of which is the anchor."""
    return (
        *legality.same_objects((entities.anchor, *entities.candidates)),
        *_too_few(entities),
        *legality.one_object(view, policy, ViewKind.SCENE, entities.anchor),
        *(bad for noun in entities.candidates for bad in legality.category(view, policy, noun)),
    )


def measure(entities: Among, view: View, policy: Policy) -> Truth:
    """Rank the candidates by the gap of their nearest instance to the anchor."""
    anchor = legality.resolve(view, policy, ViewKind.SCENE, entities.anchor)
    ranked = sorted(
        ((*_nearest_instance(view, policy, anchor, noun), noun) for noun in entities.candidates),
        key=lambda entry: entry[0],
        reverse=entities.comparator is Comparator.FARTHEST,
    )
    best, runner_up = ranked[0], ranked[1] if len(ranked) > 1 else ranked[0]
    # The anchor's own face is common to both gaps, so the difference is not noisier than two gaps.
    sd = math.hypot(
        *(uncertainty.gap_sd(view.scene.noise, anchor, item) for _, item, _ in (best, runner_up))
    )
    margin = uncertainty.boundary(abs(runner_up[0] - best[0]), "m", sd)
    choice = Choice(best[2].text, tuple(noun.text for noun in entities.candidates))
    return Truth(
        answer=choice,
        margin=margin,
        trace={
            "anchor_id": anchor.id,
            "comparator": entities.comparator.value,
            "distances_m": {noun.text: distance for distance, _, noun in ranked},
            "instance_ids": {noun.text: item.id for _, item, noun in ranked},
        },
        doubts=uncertainty.tie(choice.value, margin.value, sd, policy)
        + uncertainty.close_call(choice.value, margin, policy=policy),
    )


def _nearest_instance(
    view: View, policy: Policy, anchor: SceneObject, noun: Noun
) -> tuple[float, SceneObject]:
    items = legality.candidates(view, policy, ViewKind.SCENE, noun)
    if not items:
        raise ValueError(f"{noun.text!r} stands for no object of scene {view.scene.id!r}")
    gaps = ((surface.gap(view.scene, anchor, item, policy).distance, item) for item in items)
    return min(gaps, key=lambda entry: entry[0])


def _too_few(entities: Among) -> Iterator[Violation]:
    count = len({noun.label or noun.text for noun in entities.candidates})
    if count < 2:
        yield Violation(
            rule=Rule.TOO_FEW_CANDIDATES,
            entity=", ".join(noun.text for noun in entities.candidates),
            why=f"the question offers {count} candidate; a choice needs two.",
            measured=float(count),
            threshold=2.0,
            unit="candidates",
        )


def propose(view: View, policy: Policy) -> Iterator[Among]:
    """Propose every set of four unique candidates, or of fewer where there are not four."""
    nouns = proposals.unique_nouns(view, policy, ViewKind.SCENE)
    size = min(4, len(nouns) - 1)
    for anchor in nouns if size >= 2 else ():
        others = [noun for noun in nouns if noun is not anchor]
        for chosen in combinations(others, size):
            for comparator in (Comparator.NEAREST, Comparator.FARTHEST):
                yield Among(anchor=anchor, candidates=chosen, comparator=comparator)


TASK = SpatialTask(
    id="relative_distance",
    title="nearest or farthest of several",
    view=ViewKind.SCENE,
    forms=Forms(entities=Among, grammar=grammar("scene/relative_distance"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
