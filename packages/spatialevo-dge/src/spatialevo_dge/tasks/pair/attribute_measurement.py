# SPDX-License-Identifier: Apache-2.0
"""Which of two objects, seen across two images, is larger (or smaller, if asked)?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from spatialevo_dge import legality, proposals, surface
from spatialevo_dge.choices import Contest, decide
from spatialevo_dge.entities import Attribute, Comparator, Comparison
from spatialevo_dge.resources import grammar
from spatialevo_dge.sizes import size_of, size_sd
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind

_WORDS = {
    (Attribute.LONGEST_SIDE, Comparator.LARGER): "longer along its longest side",
    (Attribute.LONGEST_SIDE, Comparator.SMALLER): "shorter along its longest side",
    (Attribute.HEIGHT, Comparator.LARGER): "taller",
    (Attribute.HEIGHT, Comparator.SMALLER): "shorter in height",
    (Attribute.VOLUME, Comparator.LARGER): "larger in volume",
    (Attribute.VOLUME, Comparator.SMALLER): "smaller in volume",
}
_UNITS = {Attribute.LONGEST_SIDE: "m", Attribute.HEIGHT: "m", Attribute.VOLUME: "m3"}


def phrase(entities: Comparison) -> tuple[str, ...]:
    """Write the question in every wording."""
    first, second = entities.first.text, entities.second.text
    word = _WORDS[attribute_of(entities), entities.comparator]
    same = ", or are they the same size" if entities.offers_same else ""
    return (
        f"Which is {word}, the {first} or the {second}{same}?",
        f"Which object is {word}: the {first} or the {second}{same}?",
        f"Is the {first} or the {second} {word}{same}?",
    )


def attribute_of(entities: Comparison) -> Attribute:
    """Return what is compared; the longest side unless the question says otherwise."""
    return entities.attribute or Attribute.LONGEST_SIDE


def check(entities: Comparison, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about two different objects, each shown by at least one of the two images."""
    return (
        *legality.optional_frame(view, entities.frame),
        *legality.objects(view, policy, ViewKind.PAIR, entities.first, entities.second),
    )


def measure(entities: Comparison, view: View, policy: Policy) -> Truth:
    """Compare the two boxes."""
    attribute = attribute_of(entities)
    items = [
        legality.resolve(view, policy, ViewKind.PAIR, noun)
        for noun in (entities.first, entities.second)
    ]
    values = [size_of(item, attribute, policy) for item in items]
    sds = [size_sd(item, attribute, view.scene.noise, policy) for item in items]
    outcome = decide(
        Contest(
            names=(entities.first.text, entities.second.text),
            values=(values[0], values[1]),
            greater_wins=entities.comparator is Comparator.LARGER,
            band=policy.same_size * max(values),
            sd=math.hypot(*sds),
            unit=_UNITS[attribute],
            offers_same=entities.offers_same,
        ),
        policy,
    )
    return Truth(
        answer=outcome.choice,
        margin=outcome.margin,
        trace={
            "object_ids": [item.id for item in items],
            "attribute": attribute.value,
            "values": values,
            "unit": _UNITS[attribute],
            "boxes": [surface.box_trace(surface.box_of(item, policy)) for item in items],
        },
        doubts=outcome.doubts,
    )


def propose(view: View, policy: Policy) -> Iterator[Comparison]:
    """Propose every pair of objects shown once, each attribute and comparator."""
    for first, second in proposals.pairs(proposals.unique_nouns(view, policy, ViewKind.PAIR)):
        for attribute, comparator in _WORDS:
            for offers_same in (False, True):
                yield Comparison(
                    first=first,
                    second=second,
                    comparator=comparator,
                    attribute=attribute,
                    offers_same=offers_same,
                )


TASK = SpatialTask(
    id="attribute_measurement",
    title="larger or smaller of two objects",
    view=ViewKind.PAIR,
    forms=Forms(entities=Comparison, grammar=grammar("pair/attribute_measurement"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
