# SPDX-License-Identifier: Apache-2.0
"""The record of a step, from the records of its rows and what only the trainer knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from spatialevo_rl.records import Role
from spatialevo_rl.rollout_log import (
    Alarm,
    AnswerRecord,
    QuestionRecord,
    RowRecord,
    StepRecord,
)

MALFORMED: Final = "MALFORMED"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateNumbers:
    """What the rows of a step do not say; see `StepRecord`."""

    loss: float
    kl: float | None
    grad_norm: float | None
    learning_rate: float
    entropy: float | None
    completion_tokens: float
    trained_tokens: int
    truncated: float
    void_slots: int
    oracle_faults: int


def step_record(
    step: int,
    rows: Sequence[RowRecord],
    numbers: UpdateNumbers,
    scheduler_accuracy: Mapping[str, float],
    *,
    alpha: float,
    alarms: tuple[Alarm, ...] = (),
) -> StepRecord:
    """Make the line of one step.

    Args:
        step: The step.
        rows: Every row of it that is not void, from all processes.
        numbers: What only the trainer knows.
        scheduler_accuracy: The scheduler's running accuracy after the step, by task.
        alpha: Weight of the format term in the rewards.
        alarms: Signs of collapse.
    """
    asked = [row for row in rows if isinstance(row, QuestionRecord)]
    replies = [row for row in rows if isinstance(row, AnswerRecord)]
    answers = [row for row in replies if row.role is Role.SOLVER]
    explanations = [row for row in replies if row.role is Role.EXPLAINER]
    well_formed = [row.terms for row in asked if row.terms.format > 0]
    keys = [row.key for row in asked if row.key]
    return StepRecord(
        step=step,
        loss=numbers.loss,
        kl=numbers.kl,
        grad_norm=numbers.grad_norm,
        learning_rate=numbers.learning_rate,
        entropy=numbers.entropy,
        questioner_reward=_mean(row.terms.reward for row in asked),
        solver_reward=_mean(row.terms.reward for row in answers),
        solver_true_reward=_mean(_true_reward(row, alpha) for row in answers),
        explainer_reward=_mean(row.terms.reward for row in explanations),
        questioner_format=_mean(row.terms.format for row in asked),
        solver_format=_mean(row.terms.format for row in replies),
        validity=_mean(float(row.legal is True) for row in asked),
        observation=_mean(terms.observation for terms in well_formed),
        novelty=_mean(terms.novelty for terms in well_formed),
        explanation=_mean(row.terms.true_quality for row in explanations),
        accuracy=_by_task(answers),
        task_shares=_shares(asked or replies),
        scheduler_accuracy=scheduler_accuracy,
        flat_questioner=_flat(asked),
        flat_solver=_flat(replies),
        distinct_keys=_distinct(asked),
        top_key_share=Counter(keys).most_common(1)[0][1] / len(keys) if keys else None,
        top_answer_share=_top_answers(answers),
        rules=_rules(asked),
        completion_tokens=numbers.completion_tokens,
        trained_tokens=numbers.trained_tokens,
        truncated=numbers.truncated,
        void_slots=numbers.void_slots,
        dropped_rows=sum(row.terms.reward is None for row in rows),
        oracle_faults=numbers.oracle_faults,
        alarms=alarms,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _true_reward(row: AnswerRecord, alpha: float) -> float:
    return row.terms.format * (alpha + (1.0 - alpha) * row.terms.true_quality)


def _by_task(answers: Sequence[AnswerRecord]) -> Mapping[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for row in answers:
        found[row.task].append(row.terms.true_quality)
    return {task: sum(values) / len(values) for task, values in sorted(found.items())}


def _shares(rows: Sequence[RowRecord]) -> Mapping[str, float]:
    """Return each task's share of the scene slots."""
    counts = Counter({row.slot: row.task for row in rows}.values())
    return {task: count / counts.total() for task, count in sorted(counts.items())}


def _groups(rows: Iterable[RowRecord]) -> list[list[RowRecord]]:
    found: dict[tuple[int, int], list[RowRecord]] = defaultdict(list)
    for row in rows:
        found[row.slot, row.group if isinstance(row, AnswerRecord) else -1].append(row)
    return list(found.values())


def _flat(rows: Sequence[RowRecord]) -> float | None:
    """Return the share of groups in which no row has an advantage."""
    return _mean(float(not any(row.advantage for row in group)) for group in _groups(rows))


def _distinct(asked: Sequence[QuestionRecord]) -> float | None:
    keys: dict[int, set[str]] = {row.slot: set() for row in asked}
    for row in asked:
        if row.key:
            keys[row.slot].add(row.key)
    return _mean(len(each) for each in keys.values())


def _top_answers(answers: Sequence[AnswerRecord]) -> float | None:
    replies: dict[str, list[str]] = defaultdict(list)
    questions: dict[str, set[str]] = defaultdict(set)
    for row in answers:
        replies[row.task].append(" ".join(row.reply.casefold().split()))
        questions[row.task].add(row.key)
    several = [Counter(replies[task]) for task, keys in questions.items() if len(keys) > 1]
    if not several:
        return None
    top = sum(counts.most_common(1)[0][1] for counts in several)
    return top / sum(counts.total() for counts in several)


def _rules(asked: Sequence[QuestionRecord]) -> Mapping[str, int]:
    counts = Counter(row.rule or MALFORMED for row in asked if row.rule or row.legal is None)
    return dict(sorted(counts.items()))
