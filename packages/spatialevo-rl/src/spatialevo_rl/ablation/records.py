# SPDX-License-Identifier: Apache-2.0
"""What is kept of each arm: what its training said, and how it answers held-out questions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.evaluation_record import Evaluation
from spatialevo_rl.json_records import RecordError, from_json, to_json

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Means over a part of a run, from its log; None where the arm has no such thing.

    Attributes:
        own_reward: Mean r_A against the reference that the update used.
        true_reward: The same against the oracle.
        entropy: Mean entropy of the policy, nats a token.
        top_answer: Share of replies that are their task's most frequent one.
        flat: Share of solver groups without advantage.
        questioner_reward: Mean r_Q.
        validity: Share of legal questions.
    """

    own_reward: float | None = None
    true_reward: float | None = None
    entropy: float | None = None
    top_answer: float | None = None
    flat: float | None = None
    questioner_reward: float | None = None
    validity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What a run took and what its log says.

    Attributes:
        steps: Optimizer steps.
        questions: Questions that the solver learnt from, counted as often as they came.
        labels: Answers of the oracle among their references, each counted once.
        trained_tokens: Completion tokens that updates were computed from.
        cpu_seconds: Processor time of the steps.
        first: Means over the first fifth of the steps.
        last: Means over the last fifth.
    """

    steps: int
    questions: int
    labels: int
    trained_tokens: int
    cpu_seconds: float
    first: Part = Part()
    last: Part = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """How a task is answered.

    Attributes:
        top_share: Share of the most frequent reply among all samples.
        entropy: Mean over questions of the entropy of its samples, nats.
        flat: Share of questions whose samples all score the same.
    """

    top_share: float
    entropy: float
    flat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutResult:
    """One adapter on the held-out questions.

    Attributes:
        adapter: Hash of its weights; empty for the base.
        questions: Hash of the held-out questions.
        evaluation: Score of each question, and the questioner's check.
        answering: How each task is answered.
    """

    adapter: str
    questions: str
    evaluation: Evaluation
    answering: Mapping[str, Answering]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One adapter of an arm, and what it took to get there.

    Attributes:
        arm: The arm.
        seed: Of its run.
        step: Optimizer steps.
        label: What the table calls it: the arm, and of several adapters which one.
        training: What it took until there; None for the base.
    """

    arm: str
    seed: int
    step: int
    label: str
    training: Training | None


def write_record(path: Path, record: object) -> None:
    """Write a record as JSON, whole or not at all.

    Raises:
        OSError: The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(to_json(record), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    write_whole(path, f"{text}\n".encode("ascii"))


def read_record(path: Path, kind: type[RecordT]) -> RecordT:
    """Read a record.

    Raises:
        RecordError: The file is damaged; names it and the field.
        OSError: The file cannot be read.
    """
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise RecordError(str(path), "", f"not JSON: {error}") from error
    return from_json(kind, value, str(path))
