# SPDX-License-Identifier: Apache-2.0
"""True observations by construction: composed from facts, and scored before they are returned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

import numpy as np

from spatialevo_dge import Ruling, Scene
from spatialevo_rl.observation.facts import Facts
from spatialevo_rl.observation.lines import Line, brief, full
from spatialevo_rl.observation.scoring import FULL_AT, MAX_THINGS, score_observation

DRAWS: Final = 8
"""How often other surroundings are drawn before it is said that there is no good observation."""
TRIES: Final = 4
"""Outlines of one draw that are scored; the first is nearly always perfect."""
SHORT_ENOUGH: Final = 15
"""Words and marks of a brief observation that are few enough: two things, and one relation …"""
WORDS_PER_TARGET: Final = 3
"""… with so many more for each target beyond two: ", a sink"."""


def write_observation(
    scene: Scene,
    frames: tuple[str, ...],
    ruling: Ruling,
    common_labels: frozenset[str],
    dice: np.random.Generator,
    brief: bool,
) -> str | None:
    """Write an observation that scores 1.

    Args:
        scene: The scene.
        frames: Ids of the frames shown, in order.
        ruling: On the question that follows. Of an illegal question those targets are named that
            the frames show; its observation is true, but need not score 1.
        common_labels: Labels whose existence earns nothing.
        dice: Draws what is said of all that is true, and the wording.
        brief: In about 15 words and marks, lower case, blanks between all of them, for models whose
            words are tokens; else plain English sentences.

    Returns:
        The text; None where the view allows none.

    Raises:
        KeyError: A frame is not in the scene.
    """
    facts = Facts(scene=scene, frames=frames, ruling=ruling, common_labels=common_labels)
    best: str | None = None
    enough = _enough(facts) if brief else math.inf
    for _ in range(DRAWS):
        text = _drawn_text(facts, dice, brief)
        if text is not None and (best is None or len(text.split()) < len(best.split())):
            best = text
        if best is not None and len(best.split()) <= enough:
            break
    return best


def _enough(facts: Facts) -> int:
    return SHORT_ENOUGH + WORDS_PER_TARGET * max(len(facts.targets) - 2, 0)


def _drawn_text(facts: Facts, dice: np.random.Generator, short: bool) -> str | None:
    """Draw surroundings and something that can be said with them, if it is perfect."""
    pool = [lines for lines in _candidates(facts, dice) if _earns(lines, facts)]
    order = [pool[place] for place in dice.permutation(len(pool))]
    enough = _enough(facts)
    order.sort(key=lambda lines: max(_length(lines), enough) if short else -len(lines))
    for lines in order[:TRIES]:
        text = _text(lines, dice, short)
        if not facts.ruling.legal or _is_perfect(text, facts):
            return text
    return None


def _text(lines: Sequence[Line], dice: np.random.Generator, short: bool) -> str:
    return brief(lines) if short else full(lines, dice)


def _is_perfect(text: str, facts: Facts) -> bool:
    score = score_observation(
        text, facts.ruling, facts.scene, facts.frames, facts.common_labels, facts.policy
    )
    return score.value == 1.0


def _length(lines: Sequence[Line]) -> int:
    return len(brief(lines).split())


def _earns(lines: Sequence[Line], facts: Facts) -> bool:
    """Whether lines state enough; a fact said twice counts once."""
    said: set[object] = set()
    detailed = False
    for line in lines:
        for name, number in line.things:
            if number:
                said.add((name, number))
                detailed = True
            elif line.seen and name not in facts.common_labels:
                said.add(name)
            said |= {_relation(line.relation, name, other) for other in line.others}
        detailed = detailed or bool(line.relation)
    return detailed and len(said) >= FULL_AT


def _relation(word: str, first: str, second: str) -> object:
    swapped = {"right": "left", "farther": "nearer"}
    return (swapped[word], second, first) if word in swapped else (word, first, second)


def _candidates(facts: Facts, dice: np.random.Generator) -> Iterator[tuple[Line, ...]]:
    """Yield outlines: surroundings first, perhaps how they lie, the targets last."""
    around = _drawn(facts, dice)
    firsts = list(_opening(facts, around))
    lasts = list(_closing(facts, around))
    if not firsts:  # nothing but targets is in view
        yield from product(_middles(facts, around), lasts)
    for first, last in product(firsts, lasts):
        if first != last:
            yield (first, last)
    for first, middle, last in product(firsts, _middles(facts, around), lasts):
        if middle not in (first, last):
            yield (first, middle, last)


def _drawn(facts: Facts, dice: np.random.Generator) -> tuple[str, ...]:
    """Draw up to three labels around the targets, those that earn something first."""
    drawn = [facts.surroundings[place] for place in dice.permutation(len(facts.surroundings))]
    drawn.sort(key=lambda label: label in facts.common_labels)
    return tuple(drawn[:MAX_THINGS])


def _opening(facts: Facts, around: Sequence[str]) -> Iterator[Line]:
    """Say what is around: two things, or as many as there are."""
    if not around:
        return
    pair = tuple(around[:2])
    yield Line(things=tuple((name, 0) for name in pair))
    counted = [(name, facts.count(name)) for name in pair]
    if any(number > 1 for _, number in counted):
        yield Line(things=tuple((name, number if number > 1 else 0) for name, number in counted))
    if len(pair) == 2:
        for word in facts.relations(*pair):
            yield Line(things=((pair[0], 0),), relation=word, others=pair[1:])
            yield Line(things=((pair[0], 0),), relation=word, others=pair[1:], seen=False)


def _middles(facts: Facts, around: Sequence[str]) -> list[Line]:
    """Say how the surroundings lie."""
    pairs = [(a, b) for i, a in enumerate(around) for b in around[i + 1 :]]
    pairs += [(target, other) for target in facts.targets[:2] for other in around[:2]]
    return [
        Line(things=((first, 0),), relation=word, others=(second,), seen=False)
        for first, second in pairs
        for word in facts.relations(first, second)
    ]


def _closing(facts: Facts, around: Sequence[str]) -> Iterator[Line]:
    """Name every target, with or without a relation."""
    aims = facts.targets
    if not aims:
        yield from _middles(facts, around)
        yield from (Line(things=((name, 0),)) for name in around[2:])
        return
    yield Line(things=tuple((name, 0) for name in aims))
    rest = tuple(around) if len(aims) < MAX_THINGS else ()
    first = aims[0]
    for others in ((*aims[1:], other) for other in rest):
        yield from _related(facts, first, others)
    if len(aims) > 1:
        yield from _related(facts, first, aims[1:])
    if len(aims) == 2:
        for other in rest:
            words = set(facts.relations(first, other)) & set(facts.relations(aims[1], other))
            for word in sorted(words):
                things = tuple((name, 0) for name in aims)
                yield Line(things=things, relation=word, others=(other,), seen=False)


def _related(facts: Facts, first: str, others: tuple[str, ...]) -> Iterator[Line]:
    """Relate one thing to others, in a relation that holds for all of them."""
    words = set(facts.relations(first, others[0]))
    for other in others[1:]:
        words &= set(facts.relations(first, other))
    for word in sorted(words):
        if len(others) == 1:
            yield Line(things=((first, 0),), relation=word, others=others)
        yield Line(things=((first, 0),), relation=word, others=others, seen=False)
