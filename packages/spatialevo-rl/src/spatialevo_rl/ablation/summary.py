# SPDX-License-Identifier: Apache-2.0
"""From what every adapter answered to the numbers of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from spatialevo_rl.ablation.arms import BASE, STATIC_SFT, Arm
from spatialevo_rl.ablation.records import Answering, HeldOutResult, Point, Training
from spatialevo_rl.ablation.statistics import MEAN, Difference, Draws, Scores, difference, pooled
from spatialevo_rl.evaluation_record import BlankCheck, Evaluation
from spatialevo_rl.gains import Interval

EQUAL_LABELS: Final = f"{STATIC_SFT} (equal labels)"
EQUAL_TIME: Final = f"{STATIC_SFT} (equal processor time)"
COMPARED: Final = (
    ("main", BASE),
    ("consensus", BASE),
    ("consensus-full", BASE),
    ("main", "consensus"),
    ("main", "consensus-full"),
    ("main", "static-rl"),
    (EQUAL_LABELS, "main"),
    (EQUAL_TIME, "main"),
    ("ouroboros", BASE),
    ("ouroboros", EQUAL_LABELS),
    ("ouroboros", "ouroboros-no-feedback"),
)
"""Pairs of rows whose difference is said; those that were not run are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one adapter answered."""

    point: Point
    result: HeldOutResult


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task in a row of the table.

    Attributes:
        task: The task.
        skill: Over seeds.
        reward: Mean score, over seeds.
        top_share: Share of the most frequent reply.
        flat: Share of questions whose samples all score the same.
    """

    task: str
    skill: Interval
    reward: Interval
    top_share: float
    flat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table: an arm, or one of its adapters.

    Attributes:
        label: What it is called.
        arm: The arm.
        said: What the arm is.
        core: Whether the arm is of the core table.
        seeds: Mean skill of each seed.
        skill: Mean skill over tasks and seeds.
        reward: Mean score over tasks and seeds.
        greedy: Mean skill of greedy replies.
        change: Its difference from the base; None for the base.
        tasks: Task by task.
        entropy: Entropy of a question's samples, nats, mean over tasks and seeds.
        blanks: The questioner's check of each seed; empty where it was not asked.
        training: What each seed took; empty for the base.
    """

    label: str
    arm: str
    said: str
    core: bool
    seeds: tuple[float, ...]
    skill: Interval
    reward: Interval
    greedy: Interval
    change: Difference | None
    tasks: tuple[TaskRow, ...]
    entropy: float
    blanks: tuple[BlankCheck, ...]
    training: tuple[Training, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Held-out skill of one adapter on its way.

    Attributes:
        samples: Samples learnt from, repeats included.
        skill: Mean skill on the curve's questions.
    """

    samples: int
    skill: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """How many samples an arm needs to be as good as a row of another.

    Attributes:
        arm: The arm.
        target: The row.
        seeds: Of each seed: what is to be reached, and the samples of the first adapter that
            reaches it; None where none does.
    """

    arm: str
    target: str
    seeds: tuple[tuple[float, int | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything that the table and the page say.

    Attributes:
        rows: In the table's order.
        differences: Of the pairs compared.
        curves: Of supervised arms: by arm and seed, ascending.
        needed: What Ouroboros needs.
        tasks: The trained tasks, with the floor of each.
        questions: Held-out questions.
        scenes: Scenes that they are about.
        samples: Replies to each at temperature 1.
    """

    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    curves: Mapping[str, Mapping[int, tuple[CurvePoint, ...]]]
    needed: tuple[Needed, ...]
    tasks: Mapping[str, float]
    questions: int
    scenes: int
    samples: int


def summarise(answered: Sequence[Answered], arms: Sequence[Arm]) -> Summary:
    """Work out the table.

    Args:
        answered: What every adapter answered, the base among them.
        arms: The arms that were run, in order.

    Raises:
        ValueError: There is no base, or evaluations are of different questions.
    """
    whole = [each for each in answered if each.point.label]
    first = next((each for each in whole if each.point.arm == BASE), None)
    if first is None:
        raise ValueError("answered: the base is missing")
    scores = Scores(first.result.evaluation)
    labels = dict.fromkeys(
        each.point.label for arm in arms for each in whole if each.point.arm == arm.name
    )
    skills = {label: _skills(scores, whole, label) for label in labels}
    named = {arm.name: arm for arm in arms}
    rows = tuple(
        _row(scores, [each for each in whole if each.point.label == label], skills, named)
        for label in labels
    )
    curves = _curves(answered, first.result.evaluation)
    found = first.result.evaluation
    return Summary(
        rows=rows,
        differences=tuple(
            difference(better, worse, skills[better], skills[worse])
            for better, worse in COMPARED
            if better in skills and worse in skills
        ),
        curves=curves,
        needed=_needed(whole, curves),
        tasks={task: found.floors[task] for task in scores.tasks},
        questions=len(found.scores),
        scenes=len({each.scene_id for each in found.scores}),
        samples=found.samples,
    )


def _skills(scores: Scores, whole: Sequence[Answered], label: str) -> dict[int, Draws]:
    return {
        each.point.seed: scores.skill(each.result.evaluation)
        for each in whole
        if each.point.label == label
    }


def _row(
    scores: Scores,
    mine: Sequence[Answered],
    skills: Mapping[str, Mapping[int, Draws]],
    arms: Mapping[str, Arm],
) -> Row:
    point = mine[0].point
    evaluations = [each.result.evaluation for each in mine]
    ours = skills[point.label]
    answering = [each.result.answering[task] for each in mine for task in scores.tasks]
    return Row(
        label=point.label,
        arm=point.arm,
        said=arms[point.arm].said,
        core=arms[point.arm].core,
        seeds=tuple(float(ours[seed][0]) for seed in sorted(ours)),
        skill=pooled(list(ours.values())),
        reward=pooled([scores.mean_reward(each) for each in evaluations]),
        greedy=pooled([scores.skill(each, MEAN, greedy=True) for each in evaluations]),
        change=None if point.arm == BASE else difference(point.label, BASE, ours, skills[BASE]),
        tasks=tuple(_task(scores, mine, task) for task in scores.tasks),
        entropy=float(np.mean([each.entropy for each in answering])),
        blanks=tuple(each.blank for each in evaluations if each.blank is not None),
        training=tuple(each.point.training for each in mine if each.point.training is not None),
    )


def _task(scores: Scores, mine: Sequence[Answered], task: str) -> TaskRow:
    evaluations = [each.result.evaluation for each in mine]
    answering: list[Answering] = [each.result.answering[task] for each in mine]
    return TaskRow(
        task=task,
        skill=pooled([scores.skill(each, task) for each in evaluations]),
        reward=pooled([scores.reward(each, task) for each in evaluations]),
        top_share=float(np.mean([each.top_share for each in answering])),
        flat=float(np.mean([each.flat for each in answering])),
    )


def _curves(
    answered: Sequence[Answered], base: Evaluation
) -> Mapping[str, Mapping[int, tuple[CurvePoint, ...]]]:
    """Return skill over samples of the arms that keep adapters on their way."""
    small = next((each for each in answered if not each.point.label), None)
    if small is None:
        return {}
    asked = {(one.task, one.scene_id, one.question) for one in small.result.evaluation.scores}
    floors = base.floors
    found: dict[str, dict[int, list[CurvePoint]]] = {}
    ways = {each.point.arm for each in answered if not each.point.label}
    for each in answered:
        point = each.point
        if point.arm in ways and point.training is not None:
            skill = curve_skill(each.result.evaluation, asked, floors)
            by_seed = found.setdefault(point.arm, {}).setdefault(point.seed, [])
            by_seed.append(CurvePoint(samples=point.training.questions, skill=skill))
    start = CurvePoint(samples=0, skill=curve_skill(base, asked, floors))
    return {
        arm: {
            seed: (start, *sorted(points, key=lambda one: one.samples))
            for seed, points in seeds.items()
        }
        for arm, seeds in found.items()
    }


def curve_skill(
    found: Evaluation, asked: set[tuple[str, str, str]], floors: Mapping[str, float]
) -> float:
    """Return the mean skill over trained tasks on some of an evaluation's questions."""
    scores: dict[str, list[float]] = {}
    for each in found.scores:
        if (each.task, each.scene_id, each.question) in asked and each.task in found.trained:
            scores.setdefault(each.task, []).append(each.sampled)
    skills = [
        (float(np.mean(values)) - floors[task]) / (1.0 - floors[task])
        for task, values in scores.items()
    ]
    return float(np.mean(skills))


def _needed(
    whole: Sequence[Answered], curves: Mapping[str, Mapping[int, tuple[CurvePoint, ...]]]
) -> tuple[Needed, ...]:
    found = []
    for arm in ("ouroboros", "ouroboros-no-feedback"):
        for target in (EQUAL_LABELS, EQUAL_TIME, STATIC_SFT):
            goals = {e.point.seed: e.point for e in whole if e.point.label == target}
            if arm not in curves or STATIC_SFT not in curves or not goals:
                continue
            seeds = [seed for seed in sorted(curves[arm]) if seed in goals]
            reached = tuple(_reached(curves, arm, goals[seed]) for seed in seeds)
            if reached:
                found.append(Needed(arm=arm, target=target, seeds=reached))
    return tuple(found)


def _reached(
    curves: Mapping[str, Mapping[int, tuple[CurvePoint, ...]]], arm: str, goal: Point
) -> tuple[float, int | None]:
    if goal.training is None:
        raise ValueError(f"{goal.label}: what it took is not known")
    there = curves[STATIC_SFT][goal.seed]
    aim = next(one.skill for one in there if one.samples == goal.training.questions)
    for one in curves[arm][goal.seed]:
        if one.skill >= aim:
            return aim, one.samples
    return aim, None
