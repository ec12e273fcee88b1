# SPDX-License-Identifier: Apache-2.0
"""Which of two images shows more of an object (or less, if asked)?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from spatialevo_dge import legality, proposals, sightings
from spatialevo_dge.choices import Contest, decide
from spatialevo_dge.entities import Comparator, Shown
from spatialevo_dge.resources import grammar
from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: Shown) -> tuple[str, ...]:
    """Write the question in every wording."""
    name, word = entities.object.text, entities.comparator.value
    first, second = str(entities.first), str(entities.second)
    same = ", or do they show the same amount" if entities.offers_same else ""
    return (
        f"Which image shows {word} of the {name}, {first} or {second}{same}?",
        f"In which image is {word} of the {name} visible, {first} or {second}{same}?",
        f"Does {first} or {second} show {word} of the {name}{same}?",
    )


def check(entities: Shown, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about one object that at least one of the two images shows."""
    return (
        *legality.frames(view, entities.first, entities.second),
        *legality.objects(view, policy, ViewKind.PAIR, entities.object),
    )


def measure(entities: Shown, view: View, policy: Policy) -> Truth:
    """Compare the visible shares of the object's whole surface."""
    shown = [legality.resolve_frame(view, ref) for ref in (entities.first, entities.second)]
    item = legality.resolve(view, policy, ViewKind.PAIR, entities.object)
    shares = [_share(view, item, frame) for frame in shown]
    outcome = decide(
        Contest(
            names=(str(entities.first), str(entities.second)),
            values=(shares[0], shares[1]),
            greater_wins=entities.comparator is Comparator.MORE,
            band=policy.same_visibility,
            sd=math.hypot(*(sightings.total_sd(view, item, frame) for frame in shown)),
            unit="fraction",
            offers_same=entities.offers_same,
        ),
        policy,
    )
    return Truth(
        answer=outcome.choice,
        margin=outcome.margin,
        trace={
            "object_id": item.id,
            "frames": [frame.id for frame in shown],
            "visible_shares": shares,
        },
        doubts=outcome.doubts,
    )


def _share(view: View, item: SceneObject, frame: Frame) -> float:
    record = view.visibility(item, frame)
    return 0.0 if record is None else record.of_total


def propose(view: View, policy: Policy) -> Iterator[Shown]:
    """Propose every object that the two images show once."""
    for noun in proposals.unique_nouns(view, policy, ViewKind.PAIR):
        for comparator in (Comparator.MORE, Comparator.LESS):
            for offers_same in (False, True):
                yield Shown(object=noun, comparator=comparator, offers_same=offers_same)


TASK = SpatialTask(
    id="visibility_compare",
    title="image that shows more of an object",
    view=ViewKind.PAIR,
    forms=Forms(entities=Shown, grammar=grammar("pair/visibility_compare"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
