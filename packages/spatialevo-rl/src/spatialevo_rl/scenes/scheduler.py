# SPDX-License-Identifier: Apache-2.0
"""The curriculum: weak tasks are drawn more often, and none is ever forgotten.

Of the tasks F that a view allows, task k is drawn with probability

    P(k) = d + (1 - d |F|) (1 - a_k + e) / sum over F of (1 - a_j + e),
    d = min(scheduler_floor, 1 / (2 |F|)),  e = 1e-3,

where a_k is the average of recent scores, each score clip((accuracy - c_k) / (1 - c_k), 0, 1) and
c_k what the best constant answer earns (`floors`). The average starts as if `scheduler_prior`
questions had scored `scheduler_start`; each new question multiplies the weight of all former ones,
the start included, by 2^(-1 / half_life). `lifetime` does not: then a_k is the released code's
(S + 0.35 * 2) / (N + 2).

Clipping each score at 0, as the method has it, is generous to a policy that always says the same:
on a two-way choice it is right in half of the questions and scores 0.5, not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypedDict

import numpy as np

from spatialevo_dge.json_fields import Fields
from spatialevo_dge.tasks import task_named
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import SchedulerKind, SchedulerScore, SchedulerSettings

EPSILON: Final = 1e-3
HIGHEST_FLOOR: Final = 0.99
"""A task whose answer was the same in every sampled question leaves no room for skill above it."""
NO_FLOORS: Final[Mapping[str, float]] = MappingProxyType({})
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """How well unique legal questions of one task were answered in one step.

    Attributes:
        task: The task.
        accuracy: Mean accuracy of the answers, 0 to 1.
        count: Unique questions; each counts once, however many proposals it stands for.
    """

    task: str
    accuracy: float
    count: int = 1

    def __post_init__(self) -> None:
        """Refuse an accuracy outside [0, 1] and a negative count."""
        if not 0.0 <= self.accuracy <= 1.0 or self.count < 0:
            raise ValueError(
                f"accuracy, count: expected [0, 1] and >= 0, got {self.accuracy}, {self.count}"
            )


class SchedulerState(TypedDict):
    """The scheduler's memory, as JSON."""

    format: int
    tasks: dict[str, list[float]]  # weight and weighted score by task
    floors: dict[str, float]


class TaskScheduler:
    """Draws tasks; the same results in the same order give the same probabilities, bit for bit.

    Illegal questions are no results: a task whose questions fail does not look hard for it.
    """

    def __init__(
        self, settings: SchedulerSettings, floors: Mapping[str, float] = NO_FLOORS
    ) -> None:
        """Start with every trained task at `scheduler_start`.

        Args:
            settings: The curriculum.
            floors: Score of the best constant answer by task, in [0, 1]; a task that is absent has
                0. Not used where `scheduler_score` is raw.

        Raises:
            ValueError: A setting or a floor is out of its range, or a trained task is unknown.
        """
        _check(settings, floors)
        self._settings = settings
        self._floors = {task: float(value) for task, value in sorted(floors.items())}
        prior = settings.scheduler_prior
        self._weights = dict.fromkeys(trained_tasks(settings), prior)
        self._sums = dict.fromkeys(self._weights, prior * settings.scheduler_start)
        lifetime = settings.scheduler is SchedulerKind.LIFETIME
        self._kept = 1.0 if lifetime else 2.0 ** (-1.0 / settings.scheduler_half_life)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The trained tasks, in the oracle's order."""
        return tuple(self._weights)

    def average(self, task: str) -> float:
        """Return the running average a_k of a trained task."""
        return self._sums[task] / self._weights[task]

    def averages(self) -> dict[str, float]:
        """Return the running averages of all trained tasks."""
        return {task: self.average(task) for task in self._weights}

    def probabilities(self, feasible: Sequence[str]) -> dict[str, float]:
        """Return the probability of each feasible task, in the order given.

        Raises:
            ValueError: No task, one that is not trained, or one twice.
        """
        if not feasible or len(set(feasible)) < len(feasible):
            raise ValueError(f"feasible: expected different tasks, got {tuple(feasible)}")
        unknown = [task for task in feasible if task not in self._weights]
        if unknown:
            raise ValueError(f"feasible: {unknown[0]!r} is not trained ({', '.join(self.tasks)})")
        if self._settings.scheduler is SchedulerKind.UNIFORM:
            return dict.fromkeys(feasible, 1.0 / len(feasible))
        floor = min(self._settings.scheduler_floor, 0.5 / len(feasible))
        needs = [1.0 - self.average(task) + EPSILON for task in feasible]
        total = sum(needs)
        rest = 1.0 - floor * len(feasible)
        return {
            task: floor + rest * need / total for task, need in zip(feasible, needs, strict=True)
        }

    def draw(self, feasible: Sequence[str], generator: np.random.Generator) -> str:
        """Draw a task by its probability, with one number of the generator."""
        left = float(generator.random())
        shares = self.probabilities(feasible)
        for task, share in shares.items():
            left -= share
            if left < 0.0:
                return task
        return feasible[-1]  # rounding: the shares sum to a little less than 1

    def update(self, results: Sequence[TaskResult]) -> None:
        """Take in a step's results, once a step, those of all processes in the order of slots.

        Raises:
            ValueError: A task is not trained. Nothing is then taken in.
        """
        for result in results:
            if result.task not in self._weights:
                raise ValueError(f"results: {result.task!r} is not trained")
        for result in results:
            score = self.score(result)
            for _ in range(result.count):
                self._weights[result.task] = self._kept * self._weights[result.task] + 1.0
                self._sums[result.task] = self._kept * self._sums[result.task] + score

    def score(self, result: TaskResult) -> float:
        """Return what a result counts as: its skill over the best constant, or as it is."""
        if self._settings.scheduler_score is SchedulerScore.RAW or result.task not in self._floors:
            return result.accuracy
        floor = min(self._floors[result.task], HIGHEST_FLOOR)
        return min(max((result.accuracy - floor) / (1.0 - floor), 0.0), 1.0)

    def state(self) -> SchedulerState:
        """Return everything that the next draw depends on, as JSON values."""
        return {
            "format": _FORMAT,
            "tasks": {task: [self._weights[task], self._sums[task]] for task in self._weights},
            "floors": dict(self._floors),
        }

    def load(self, state: SchedulerState | Mapping[str, object]) -> None:
        """Go on from a state.

        Raises:
            SceneError: The state is damaged.
            ValueError: It is of other tasks or floors: the run would not be the same run.
        """
        fields = Fields(dict(state), "scheduler state")
        tasks = {task: fields.fields("tasks").numbers(task, 2) for task in fields.fields("tasks")}
        record = fields.fields("floors")
        floors = {task: record.number(task) for task in record}
        if fields.integer("format") != _FORMAT:
            raise ValueError(f"format: this version reads {_FORMAT}, got {fields.get('format')}")
        if set(tasks) != set(self.tasks):
            raise ValueError(f"tasks: expected {sorted(self.tasks)}, got {sorted(tasks)}")
        if floors != self._floors:
            raise ValueError(f"floors: expected {self._floors}, got {floors}: other scenes?")
        self._weights = {task: float(tasks[task][0]) for task in self.tasks}
        self._sums = {task: float(tasks[task][1]) for task in self.tasks}


def _check(settings: SchedulerSettings, floors: Mapping[str, float]) -> None:
    if not settings.scheduler_half_life > 0.0 or not settings.scheduler_prior > 0.0:
        raise ValueError(
            "scheduler_half_life, scheduler_prior: expected above 0, got "
            f"{settings.scheduler_half_life}, {settings.scheduler_prior}"
        )
    if not 0.0 <= settings.scheduler_start <= 1.0 or not 0.0 <= settings.scheduler_floor <= 1.0:
        raise ValueError(
            "scheduler_start, scheduler_floor: expected [0, 1], got "
            f"{settings.scheduler_start}, {settings.scheduler_floor}"
        )
    for task, floor in floors.items():
        task_named(task)
        if not 0.0 <= floor <= 1.0:
            raise ValueError(f"floors: {task}: expected [0, 1], got {floor}")
