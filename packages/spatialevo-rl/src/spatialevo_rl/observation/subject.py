# SPDX-License-Identifier: Apache-2.0
"""What a question is about: whom its observation has to name, and what it must not give away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from spatialevo_dge import Legal, Ruling
from spatialevo_dge.entities import (
    Category,
    Comparison,
    Entities,
    Noun,
    RegionFromCamera,
    Relation,
    Shown,
)
from spatialevo_dge.regions import lookup
from spatialevo_dge.scene import Scene
from spatialevo_rl.observation.claims import Claim, ClaimKind


def targets(entities: Entities, scene: Scene) -> tuple[frozenset[str], ...]:
    """Return the targets of a question, each as the names of which one names it.

    An object has one name, its label (or its phrase, where the scene has no such label). A region
    is named by itself or by a thing that makes it what it is: "sleeping area", or its bed. Questions
    about cameras or the room have no target.
    """
    if isinstance(entities, RegionFromCamera) and entities.object is None:
        kind = lookup(entities.region)
        makes = frozenset() if kind is None else kind.primary & frozenset(scene.labels)
        return (frozenset({entities.region}) | makes,)
    names = dict.fromkeys(noun.label or noun.text for noun in _nouns(entities))
    return tuple(frozenset({name}) for name in names)


def _nouns(entities: Entities) -> Iterator[Noun]:
    """Yield every noun in order of role; candidates after their anchor."""
    for field in fields(entities):
        value = getattr(entities, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Noun):
                yield item


def gives_away(claim: Claim, ruling: Ruling) -> bool:
    """Whether a true claim is the question's own truth, or settles it.

    The count asked for; the order of the two things asked about in depth; any relation of two things
    whose relation is asked for; in which image a thing is whose images are compared.
    """
    if not isinstance(ruling, Legal):
        return False
    entities = ruling.entities
    if isinstance(entities, Category):
        asked = {entities.category.label}
        return claim.kind is ClaimKind.COUNT and claim.names == asked and _is(ruling, claim.number)
    if isinstance(entities, Comparison):
        pair = {entities.first.label, entities.second.label}
        ordered = entities.attribute is None and claim.kind is ClaimKind.NEARER
        return ordered and claim.names == pair
    if isinstance(entities, Relation):
        pair = {entities.reference.label, entities.target.label}
        return claim.second is not None and claim.names == pair
    if isinstance(entities, Shown):
        return claim.image is not None and claim.names == {entities.object.label}
    return False


def _is(ruling: Legal, number: int) -> bool:
    return ruling.answer.value == number
