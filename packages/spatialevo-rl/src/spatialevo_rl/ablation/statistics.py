# SPDX-License-Identifier: Apache-2.0
"""How far arms lie apart, and when that may be called a difference.

    skill of a task = (mean score - floor) / (1 - floor),  of an arm = mean over its trained tasks

Intervals: percentile bootstrap that draws whole scenes (Efron and Tibshirani 1993, chapter 13), the
same draws for every arm and seed, so differences are paired by question. Over seeds the mean is
taken in each draw. Scenes are drawn and seeds are not: so beside the interval every seed is shown,
and ">" stands only where all of them agree in sign and the pooled interval excludes 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_rl.draws import dice
from spatialevo_rl.evaluation_record import Evaluation
from spatialevo_rl.gains import LEVEL, RESAMPLES, Interval

MEAN: Final = "mean"
FEWEST_SEEDS: Final = 2
"""With fewer, seeds cannot agree."""

Draws = NDArray[np.float64]
"""A number as it is, then once a resample: shape (1 + RESAMPLES,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One arm less another.

    Attributes:
        better: The arm that the other is taken from.
        worse: The other.
        seeds: The difference of each seed.
        pooled: Their mean, with its interval over scenes.
    """

    better: str
    worse: str
    seeds: tuple[float, ...]
    pooled: Interval

    @property
    def sign(self) -> str:
        """``">"`` or ``"<"`` where it is shown, else ``"?"``; one seed shows nothing."""
        if len(self.seeds) < FEWEST_SEEDS:
            return "?"
        if self.pooled.above_zero and all(each > 0 for each in self.seeds):
            return ">"
        if self.pooled.below_zero and all(each < 0 for each in self.seeds):
            return "<"
        return "?"


class Scores:
    """Scores of several evaluations of the same questions, ready to be resampled."""

    def __init__(self, first: Evaluation, seed: int = 0) -> None:
        """Draw the scenes.

        Args:
            first: Any of the evaluations: it says which questions there are.
            seed: Of the bootstrap.
        """
        self._first = first
        self._questions = _questions(first)
        self.tasks = tuple(task for task in first.floors if task in first.trained)
        scenes = {scene: place for place, scene in enumerate(_scenes(first))}
        self._scene = np.array([scenes[each.scene_id] for each in first.scores])
        self._task = np.array([each.task for each in first.scores])
        chance = dice(seed, 0, "ablation bootstrap")
        share = np.full(len(scenes), 1.0 / len(scenes))
        drawn = chance.multinomial(len(scenes), share, size=RESAMPLES).astype(np.float64)
        self._weights = np.concatenate([np.ones((1, len(scenes))), drawn])

    def reward(self, found: Evaluation, task: str, *, greedy: bool = False) -> Draws:
        """Return the mean score of a task.

        Raises:
            ValueError: The evaluation is of other questions.
        """
        if _questions(found) != self._questions:
            raise ValueError("the evaluations are not of the same questions")
        scores = np.array([each.greedy if greedy else each.sampled for each in found.scores])
        here = self._task == task
        size = self._weights.shape[1]
        total = np.bincount(self._scene[here], weights=scores[here], minlength=size)
        count = np.bincount(self._scene[here], minlength=size).astype(np.float64)
        asked = self._weights @ count
        with np.errstate(invalid="ignore"):
            return np.asarray((self._weights @ total) / np.where(asked > 0, asked, np.nan))

    def skill(self, found: Evaluation, task: str = MEAN, *, greedy: bool = False) -> Draws:
        """Return the skill of a task, or the mean over the trained tasks."""
        if task == MEAN:
            each = [self.skill(found, one, greedy=greedy) for one in self.tasks]
            return np.asarray(np.mean(np.stack(each), axis=0))
        floor = self._first.floors[task]
        return np.asarray((self.reward(found, task, greedy=greedy) - floor) / (1.0 - floor))

    def mean_reward(self, found: Evaluation, *, greedy: bool = False) -> Draws:
        """Return the mean over the trained tasks of the mean score."""
        each = [self.reward(found, one, greedy=greedy) for one in self.tasks]
        return np.asarray(np.mean(np.stack(each), axis=0))


def _questions(found: Evaluation) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.task, each.scene_id, each.question) for each in found.scores)


def _scenes(found: Evaluation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.scene_id for each in found.scores))


def pooled(draws: Sequence[Draws]) -> Interval:
    """Return the mean over seeds, with its interval over scenes."""
    return interval(np.mean(np.stack(draws), axis=0))


def interval(values: Draws) -> Interval:
    """Return a number with the interval of its resamples."""
    known = values[1:][np.isfinite(values[1:])]
    if not len(known):
        return Interval(value=float(values[0]), low=None, high=None)
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(known, (tail, 1.0 - tail))
    return Interval(value=float(values[0]), low=float(low), high=float(high))


def difference(
    better: str, worse: str, ours: Mapping[int, Draws], theirs: Mapping[int, Draws]
) -> Difference:
    """Compare two arms seed by seed; one that has no seeds is the same for all of the other's.

    Args:
        better: Name of the first.
        worse: Name of the second.
        ours: The first's number by seed.
        theirs: The second's; with one entry where it has no seeds.

    Raises:
        ValueError: They have no seed in common.
    """
    alone = len(theirs) == 1 and set(theirs) != set(ours)
    base = next(iter(theirs.values()))
    pairs = [
        (ours[seed], base if alone else theirs[seed])
        for seed in sorted(ours)
        if alone or seed in theirs
    ]
    if not pairs:
        raise ValueError(f"{better} and {worse} have no seed in common")
    found = [mine - other for mine, other in pairs]
    return Difference(
        better=better,
        worse=worse,
        seeds=tuple(float(each[0]) for each in found),
        pooled=pooled(found),
    )
