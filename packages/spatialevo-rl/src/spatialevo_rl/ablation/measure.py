# SPDX-License-Identifier: Apache-2.0
"""What a run of the trainer took and said, from its log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from spatialevo_rl.ablation.records import Part, Training
from spatialevo_rl.records import Role
from spatialevo_rl.rollout_log import AnswerRecord, RolloutLog, StepRecord


def training_of(folder: Path, *, oracle_labels: bool) -> Training:
    """Read a run's log.

    Args:
        folder: The run.
        oracle_labels: Whether its answers are compared with the oracle's.

    Raises:
        ValueError: The log holds no step.
        RecordError: A line is damaged.
    """
    log = RolloutLog(folder)
    steps = tuple(log.steps())
    if not steps:
        raise ValueError(f"{folder}: the log holds no step")
    questions, keys = _questions(log)
    return Training(
        steps=len(steps),
        questions=questions,
        labels=len(keys) if oracle_labels else 0,
        trained_tokens=sum(each.trained_tokens for each in steps),
        cpu_seconds=sum(each.cpu_seconds for each in log.timing()),
        first=part_of(fifth(steps, last=False)),
        last=part_of(fifth(steps, last=True)),
    )


def _questions(log: RolloutLog) -> tuple[int, set[tuple[str, str]]]:
    """Return how many solver groups there were, and the different questions that they answered."""
    count, keys = 0, set()
    for row in log.rows():
        if isinstance(row, AnswerRecord) and row.role is Role.SOLVER and row.row == 0:
            count += 1
            keys.add((row.scene_id, row.key))
    return count, keys


def fifth(steps: Sequence[StepRecord], *, last: bool) -> Sequence[StepRecord]:
    """Return the first or the last fifth of a run's steps, at least one."""
    size = max(1, len(steps) // 5)
    return steps[-size:] if last else steps[:size]


def part_of(steps: Sequence[StepRecord]) -> Part:
    """Return the means over steps; a step without a value has no part in its mean."""

    def mean(read: Callable[[StepRecord], float | None]) -> float | None:
        return _mean(map(read, steps))

    return Part(
        own_reward=mean(lambda each: each.solver_reward),
        true_reward=mean(lambda each: each.solver_true_reward),
        entropy=mean(lambda each: each.entropy),
        top_answer=mean(lambda each: each.top_answer_share),
        flat=mean(lambda each: each.flat_solver),
        questioner_reward=mean(lambda each: each.questioner_reward),
        validity=mean(lambda each: each.validity),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
