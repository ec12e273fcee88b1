# SPDX-License-Identifier: Apache-2.0
"""What one step of self-evolution is made of: assignments, proposals, jobs and attempts.

    Assignment --questioner--> Proposal --choose--> Job --solver--> Attempt

Each record is immutable, holds no tensors and no images, and crosses process borders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from spatialevo_dge import Ruling, ViewKind

Key: TypeAlias = tuple[object, ...]
"""What makes two questions the same: task, canonical entities, answer form, legal or the rule."""


class Role(StrEnum):
    """What a row of the batch does."""

    QUESTIONER = "questioner"  # observes and asks
    SOLVER = "solver"  # answers a legal question
    EXPLAINER = "explainer"  # names the rule that an illegal question breaks
    VOID = "void"  # a slot without work: no part in loss, KL or any mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What one questioner group works on.

    Attributes:
        step: Optimizer step, from 0.
        slot: Scene slot in the step's global batch, from 0.
        scene_id: The scene.
        frames: Ids of the frames shown, in the order shown.
        kind: Kind of view the frames stand for.
        task: The task that the scheduler drew.
        feasible: Every task that has a legal question with these frames.
        constraint: A phrase that the question should involve so that prompts differ between
            visits: a label of the vocabulary, or an image ("image 2").
    """

    step: int
    slot: int
    scene_id: str
    frames: tuple[str, ...]
    kind: ViewKind
    task: str
    feasible: tuple[str, ...] = ()
    constraint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionerTerms:
    """Terms of r_Q = alpha * format + (1 - alpha) * valid * observation * novelty.

    `observation` is None where an optional judge did not answer: then `reward` is None too, and
    the row has no part in the update.
    """

    format: float
    valid: float
    observation: float | None
    novelty: float
    reward: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One questioner completion, judged.

    Attributes:
        completion: The raw text.
        observation: Text inside the observation tags; empty where malformed.
        question: Text inside the question tags; empty where malformed.
        ruling: The oracle's ruling; None where malformed, or where the oracle raised.
        key: Identity of the question; None where there is no ruling.
        terms: Reward terms.
        fault: Why there is no ruling, or what about the question training refuses ("41 words").
        claims: The observation's claims and their verdicts, for the log.
    """

    completion: str
    observation: str
    question: str
    ruling: Ruling | None
    key: Key | None
    terms: QuestionerTerms
    fault: str = ""
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one solver group works on.

    Attributes:
        role: SOLVER, EXPLAINER or VOID.
        question: The question's text; empty for VOID.
        ruling: The oracle's ruling; None for VOID.
        key: Identity of the question.
        proposal: Index of the proposal in its group that it comes from; -1 where it comes from
            none (a question enumerated by the oracle, or a void slot).
    """

    role: Role
    question: str = ""
    ruling: Ruling | None = None
    key: Key | None = None
    proposal: int = -1


VOID: Job = Job(role=Role.VOID)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolverTerms:
    """Terms of r_A = alpha * format + (1 - alpha) * (accuracy, or explanation).

    Attributes:
        format: 0 or 1.
        quality: Accuracy of an answer, or quality of an explanation; None where an optional judge
            did not answer, or where there is no reference (no votes).
        reward: What the update uses; None leaves the row out.
        true_quality: The same against the oracle, whatever the update uses as its reference.
    """

    format: float
    quality: float | None
    reward: float | None
    true_quality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One solver completion, scored.

    Attributes:
        completion: The raw text.
        answer: Text inside the answer tags; empty where malformed.
        terms: Reward terms.
        reference: What the answer was compared with, as text.
        why: One sentence.
    """

    completion: str
    answer: str
    terms: SolverTerms
    reference: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """How often each question of a scene was asked in its last visits (novelty).

    Attributes:
        counts: Occurrences by key.
    """

    counts: Mapping[Key, int] = field(default_factory=lambda: MappingProxyType({}))
