# SPDX-License-Identifier: Apache-2.0
"""What may truly be said of some images, found claim by claim through the same judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from spatialevo_dge import DEFAULT, Policy, Ruling, Scene
from spatialevo_dge.parsing.nouns import find_noun
from spatialevo_rl.observation.claims import Claim, ClaimKind, Thing, Verdict
from spatialevo_rl.observation.lines import NUMBERS
from spatialevo_rl.observation.sights import Sights, sights
from spatialevo_rl.observation.subject import gives_away, targets
from spatialevo_rl.observation.verdicts import judge_claim

_WORDS: Final = (
    (ClaimKind.LEFT, "left", "right"),
    (ClaimKind.NEARER, "nearer", "farther"),
    (ClaimKind.ON, "on", ""),
    (ClaimKind.IN, "in", ""),
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What may be said in front of a question.

    Attributes:
        scene: The scene.
        frames: Ids of the frames shown, in order.
        ruling: On the question.
        common_labels: Labels whose existence earns nothing.
        policy: Thresholds.
    """

    scene: Scene
    frames: tuple[str, ...]
    ruling: Ruling
    common_labels: frozenset[str]
    policy: Policy = DEFAULT

    @cached_property
    def sights(self) -> Sights:
        """What the frames show."""
        return sights(self.scene, self.frames, self.policy)

    @cached_property
    def nameable(self) -> tuple[str, ...]:
        """Labels that are shown and that their own name singles out."""
        found = ((label, find_noun(label, self.scene)) for label in self.sights.shown)
        return tuple(label for label, noun in found if noun.label == label and not noun.rivals)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """A name for each of the question's targets that the frames show."""
        if self.ruling.entities is None:
            return ()
        aims = targets(self.ruling.entities, self.scene)
        names = (next((n for n in sorted(aim) if n in self.nameable), "") for aim in aims)
        return tuple(name for name in names if name)

    @cached_property
    def surroundings(self) -> tuple[str, ...]:
        """Labels that may be named and are no targets; those that earn something first."""
        aims = () if self.ruling.entities is None else targets(self.ruling.entities, self.scene)
        others = [label for label in self.nameable if not any(label in aim for aim in aims)]
        return tuple(sorted(others, key=lambda label: label in self.common_labels))

    def count(self, label: str) -> int:
        """Return how many instances of a label the frames surely show; 0 where that is open."""
        tally = self.sights.tallies[label]
        sure = tally.sure if tally.sure == tally.most < len(NUMBERS) else 0
        claim = Claim(kind=ClaimKind.COUNT, first=_thing(label), number=sure)
        return 0 if gives_away(claim, self.ruling) else sure

    def relations(self, first: str, second: str) -> Iterator[str]:
        """Yield every relation word that truly leads from one label to another."""
        for kind, word, reverse in _WORDS:
            if self._holds(kind, first, second):
                yield word
            elif reverse and self._holds(kind, second, first):
                yield reverse

    def _holds(self, kind: ClaimKind, first: str, second: str) -> bool:
        if first not in self.sights.unique or second not in self.sights.unique:
            return False
        claim = Claim(kind=kind, first=_thing(first), second=_thing(second))
        if gives_away(claim, self.ruling):
            return False
        return judge_claim(claim, self.scene, self.frames, self.policy) is Verdict.TRUE


def _thing(label: str) -> Thing:
    return Thing(name=label, known=True)
