# SPDX-License-Identifier: Apache-2.0
"""From confidences to difficulties, and from difficulties to what the next round hears."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from spatialevo_rl.ouroboros.records import Difficulty, Feedback, Judged, Sample, Told
from spatialevo_rl.ouroboros.settings import OuroborosSettings

FACTORS: Final[Mapping[Difficulty, float]] = {
    Difficulty.EASY: 0.5,
    Difficulty.FRONTIER: 1.5,
    Difficulty.HARD: 0.5,
}
"""What a question of each difficulty makes of the weight of its cell (D19)."""
LEAST: Final = 0.1
MOST: Final = 10.0
"""A cell is never given up, nor all there is."""
NOTHING: Final = Feedback(weights={}, scenes={})


def difficulty_of(p: float, settings: OuroborosSettings) -> Difficulty:
    """Return what a confidence says: easy above 0.9, hard below 0.1, frontier in between."""
    if p > settings.easy_above:
        return Difficulty.EASY
    return Difficulty.HARD if p < settings.hard_below else Difficulty.FRONTIER


def judged(
    samples: Sequence[Sample], first: Mapping[int, float | None], settings: OuroborosSettings
) -> tuple[Judged, ...]:
    """Label samples.

    Args:
        samples: In the order of learning.
        first: The confidence when each was first learnt from, by place; a sample that no step
            reached is not there, and gets no label.
        settings: The thresholds.
    """
    found = []
    for place, sample in enumerate(samples):
        p = first[place] if place in first else None
        found.append(
            Judged(sample=sample, p=p, difficulty=None if p is None else difficulty_of(p, settings))
        )
    return tuple(found)


def feedback_of(rows: Iterable[Judged], last: Feedback) -> Feedback:
    """Return what the next round hears: of each scene its questions, and the cells' new weights.

    A cell's weight is multiplied by the mean of its questions' factors and clipped; a cell nobody
    asked from keeps its weight.

    Args:
        rows: The round's samples with their labels.
        last: What this round heard.
    """
    scenes: dict[str, list[Told]] = defaultdict(list)
    cells: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.difficulty is None:
            continue
        labelled = row.sample.labelled
        told = Told(question=labelled.question, answer=labelled.answer, difficulty=row.difficulty)
        scenes[labelled.scene_id].append(told)
        if row.sample.cell:
            cells[row.sample.cell].append(FACTORS[row.difficulty])
    weights = dict(last.weights)
    for cell, factors in sorted(cells.items()):
        weight = weights[cell] if cell in weights else 1.0
        weights[cell] = min(MOST, max(LEAST, weight * sum(factors) / len(factors)))
    kept = {**last.scenes, **{scene: tuple(told) for scene, told in sorted(scenes.items())}}
    return Feedback(weights=weights, scenes=kept)


def difficulties(rows: Iterable[Judged]) -> dict[str, int]:
    """Count samples of each difficulty; those without are not counted."""
    counts = Counter(row.difficulty for row in rows if row.difficulty is not None)
    return {each.value: counts[each] for each in Difficulty}
