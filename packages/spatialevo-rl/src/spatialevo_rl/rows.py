# SPDX-License-Identifier: Apache-2.0
"""From what a step holds to the lines of its log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from spatialevo_dge.ruling import Illegal, Legal, Ruling
from spatialevo_rl.records import Assignment, Attempt, Job, Key, Proposal
from spatialevo_rl.rollout_log import AnswerRecord, QuestionRecord

TRAINING_RULE: Final = "TRAINING_RULE"
"""Stands for the rule where the oracle would answer but training refuses the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a slot a row stands.

    Attributes:
        row: Place in its group.
        group: Solver group of the slot; unused for a questioner's row.
        advantage: What the update used.
    """

    row: int
    group: int = 0
    advantage: float = 0.0


def key_text(key: Key | None) -> str:
    """Write the identity of a question as text: equal keys give equal texts; None gives none."""
    if key is None:
        return ""
    return json.dumps(key, ensure_ascii=True, separators=(",", ":"), default=str)


def question_record(
    assignment: Assignment,
    proposal: Proposal,
    place: Place,
    probabilities: Mapping[str, float],
) -> QuestionRecord:
    """Make the line of one questioner completion.

    Args:
        assignment: What its group worked on.
        proposal: The completion, judged.
        place: Its row and advantage.
        probabilities: The scheduler's probability of each task feasible for this view.
    """
    ruling = proposal.ruling
    legal = None if ruling is None else ruling.legal and not proposal.fault
    return QuestionRecord(
        step=assignment.step,
        slot=assignment.slot,
        row=place.row,
        scene_id=assignment.scene_id,
        frames=assignment.frames,
        kind=assignment.kind.value,
        task=assignment.task,
        probabilities=probabilities,
        constraint=assignment.constraint,
        completion="" if proposal.question else proposal.completion,
        observation=proposal.observation,
        question=proposal.question,
        claims=proposal.claims,
        legal=legal,
        rule="" if legal is not False else _rule(ruling),
        why=_why(proposal),
        answer=truth_text(ruling) if isinstance(ruling, Legal) else "",
        trace={} if ruling is None else ruling.to_json(),
        key=key_text(proposal.key),
        terms=proposal.terms,
        advantage=place.advantage,
    )


def _rule(ruling: Ruling | None) -> str:
    return ruling.rule.value if isinstance(ruling, Illegal) else TRAINING_RULE


def _why(proposal: Proposal) -> str:
    ruling = proposal.ruling
    if proposal.fault or ruling is None or isinstance(ruling, Legal):
        return proposal.fault
    return ruling.why


def answer_record(assignment: Assignment, job: Job, attempt: Attempt, place: Place) -> AnswerRecord:
    """Make the line of one completion of the solver or of the explainer.

    Args:
        assignment: What the slot worked on.
        job: What its group worked on; not VOID.
        attempt: The completion, scored.
        place: Its group, row and advantage.
    """
    return AnswerRecord(
        step=assignment.step,
        slot=assignment.slot,
        group=place.group,
        row=place.row,
        role=job.role,
        scene_id=assignment.scene_id,
        frames=assignment.frames,
        task=assignment.task,
        question=job.question,
        key=key_text(job.key),
        proposal=job.proposal,
        reference=attempt.reference,
        truth=truth_text(job.ruling),
        completion="" if attempt.answer else attempt.completion,
        reply=attempt.answer,
        why=attempt.why,
        terms=attempt.terms,
        advantage=place.advantage,
    )


def truth_text(ruling: Ruling | None) -> str:
    """Write the answer of a legal question, or the rule that an illegal one breaks."""
    if ruling is None:
        return ""
    return ruling.answer.render() if isinstance(ruling, Legal) else ruling.rule.value
