# SPDX-License-Identifier: Apache-2.0
"""What a question is about: whom its observation has to name, and what it must not give away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from spatialevo_dge import Legal, Ruling
from spatialevo_dge.entities import (
    Among,
    Category,
    Comparison,
    Entities,
    Gap,
    Noun,
    RegionFromCamera,
    Relation,
    Shown,
)
from spatialevo_dge.regions import lookup
from spatialevo_dge.scene import Scene
from spatialevo_rl.observation.claims import RELATIONS, Claim, ClaimKind


def targets(entities: Entities, scene: Scene) -> tuple[frozenset[str], ...]:
    """Return the targets of a question, each as the names of which one names it.

    An object has one name, its label (or its phrase, where the scene has no such label). A region
    is named by itself or by a thing that makes it what it is: "sleeping area", or its bed.
    Questions about cameras or the room have no target.
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

    The count asked for; the order of the two things asked about in depth; any relation of two
    things whose relation is asked for; that one thing touches another whose distance is asked
    for; in which image a thing is whose images are compared.
    """
    if not isinstance(ruling, Legal):
        return False
    entities = ruling.entities
    asked = {noun.label for noun in _nouns(entities)}
    match entities:
        case Category():
            settles = claim.kind is ClaimKind.COUNT and claim.number == ruling.answer.value
        case Comparison(attribute=None):
            settles = claim.kind is ClaimKind.NEARER
        case Relation():
            settles = claim.kind in RELATIONS
        case Gap() | Among():
            settles = claim.kind in {ClaimKind.ON, ClaimKind.IN}
        case Shown():
            settles = claim.image is not None
        case _:
            settles = False
    return settles and claim.names <= asked
