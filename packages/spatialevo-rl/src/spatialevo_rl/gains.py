# SPDX-License-Identifier: Apache-2.0
"""Held-out skill before and after, and whether the difference is more than chance.

    skill = (mean score - floor) / (1 - floor),   floor = score of the best constant reply

Intervals: percentile bootstrap that draws whole scenes (Efron and Tibshirani 1993, chapter 13;
questions of one scene share rooms and images, so they are not independent). The difference is
paired: both evaluations answer the same questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_rl.draws import dice
from spatialevo_rl.evaluation_record import Evaluation, HeldOutScore

RESAMPLES: Final = 2000
LEVEL: Final = 0.95
FEWEST_SCENES: Final = 5
"""With fewer, a bootstrap over scenes says nothing: no interval is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate and its 95 % interval; no ends where there are too few scenes for one."""

    value: float
    low: float | None
    high: float | None

    @property
    def above_zero(self) -> bool:
        """Whether the whole interval lies above 0."""
        return self.low is not None and self.low > 0

    @property
    def below_zero(self) -> bool:
        """Whether the whole interval lies below 0."""
        return self.high is not None and self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGain:
    """One task, or the mean over tasks.

    Attributes:
        task: Its id; ``"trained"`` or ``"not trained"`` for a mean over tasks.
        trained: Whether it was trained.
        questions: How many.
        scenes: In how many scenes.
        floor: Score of the best constant reply.
        before: Skill of the first evaluation.
        after: Skill of the last; None where there is only one.
        gain: Their paired difference; None where there is only one.
    """

    task: str
    trained: bool
    questions: int
    scenes: int
    floor: float
    before: Interval
    after: Interval | None
    gain: Interval | None

    @property
    def words(self) -> str:
        """Say what is shown, and no more."""
        if self.gain is None:
            return "one evaluation only"
        if self.gain.above_zero:
            return "gain"
        return "loss" if self.gain.below_zero else "no effect shown"


def gains(
    first: Evaluation, last: Evaluation | None, *, greedy: bool = False, seed: int = 0
) -> tuple[TaskGain, ...]:
    """Compare two evaluations, task by task, then the means over trained and other tasks.

    Args:
        first: Before.
        last: After, of the same questions; None where there is none yet.
        greedy: Compare greedy replies instead of samples.
        seed: Of the bootstrap.

    Raises:
        ValueError: The evaluations are not of the same questions.
    """
    if last is not None:
        _check_paired(first, last)
    tasks = tuple(dict.fromkeys(each.task for each in first.scores))
    scenes = tuple(dict.fromkeys(each.scene_id for each in first.scores))
    weights = _weights(len(scenes), seed)
    skills = {
        task: _Skills(
            before=_skill(first, task, scenes, weights, greedy),
            after=None if last is None else _skill(last, task, scenes, weights, greedy),
        )
        for task in tasks
    }
    rows = [_row(task, (task,), skills, first) for task in tasks]
    for name, wanted in (("trained", True), ("not trained", False)):
        members = tuple(task for task in tasks if (task in first.trained) is wanted)
        if len(members) > 1:
            rows.append(_row(name, members, skills, first))
    return tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skills:
    """Skill of a task: the estimate, then one value a resample."""

    before: NDArray[np.float64]
    after: NDArray[np.float64] | None


def _check_paired(first: Evaluation, last: Evaluation) -> None:
    for name, one, other in (
        ("split", first.split, last.split),
        ("floors", dict(first.floors), dict(last.floors)),
        ("questions", _identities(first), _identities(last)),
    ):
        if one != other:
            raise ValueError(
                f"evaluations of step {first.step} and step {last.step} differ in their {name}"
            )


def _identities(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    return [(each.task, each.scene_id, each.question) for each in evaluation.scores]


def _weights(scenes: int, seed: int) -> NDArray[np.float64]:
    """Return how often each scene is drawn, (1 + RESAMPLES, scenes): first once each."""
    generator = dice(seed, 0, "bootstrap")
    counts = generator.multinomial(scenes, np.full(scenes, 1.0 / scenes), size=RESAMPLES)
    return np.concatenate([np.ones((1, scenes)), counts.astype(np.float64)])


def _skill(
    evaluation: Evaluation,
    task: str,
    scenes: tuple[str, ...],
    weights: NDArray[np.float64],
    greedy: bool,
) -> NDArray[np.float64]:
    """Return the skill as it is, then per resample; NaN where there is none.

    There is none where a resample has no question, or where a constant reply scores 1.
    """
    places = {scene: place for place, scene in enumerate(scenes)}
    total = np.zeros(len(scenes))
    count = np.zeros(len(scenes))
    for each in evaluation.scores:
        if each.task == task:
            total[places[each.scene_id]] += _score(each, greedy)
            count[places[each.scene_id]] += 1.0
    questions = weights @ count
    with np.errstate(invalid="ignore"):
        mean = (weights @ total) / np.where(questions > 0, questions, np.nan)
    floor = evaluation.floors[task]
    return np.asarray((mean - floor) / (1.0 - floor if floor < 1.0 else np.nan))


def _score(score: HeldOutScore, greedy: bool) -> float:
    return score.greedy if greedy else score.sampled


def _row(
    name: str, members: tuple[str, ...], skills: Mapping[str, _Skills], first: Evaluation
) -> TaskGain:
    asked = [each for each in first.scores if each.task in members]
    scenes = len({each.scene_id for each in asked})
    before = _mean([skills[task].before for task in members])
    later = [each for task in members if (each := skills[task].after) is not None]
    after = _mean(later) if later else None
    return TaskGain(
        task=name,
        trained=members[0] in first.trained,
        questions=len(asked),
        scenes=scenes,
        floor=float(np.mean([first.floors[task] for task in members])),
        before=_interval(before, scenes),
        after=None if after is None else _interval(after, scenes),
        gain=None if after is None else _interval(after - before, scenes),
    )


def _mean(values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.asarray(np.mean(np.stack(values), axis=0))


def _interval(values: NDArray[np.float64], scenes: int) -> Interval:
    value = float(values[0])
    drawn = values[1:][np.isfinite(values[1:])]
    if scenes < FEWEST_SCENES or not len(drawn):
        return Interval(value=value, low=None, high=None)
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(drawn, (tail, 1.0 - tail))
    return Interval(value=value, low=float(low), high=float(high))
