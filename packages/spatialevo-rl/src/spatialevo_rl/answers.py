# SPDX-License-Identifier: Apache-2.0
"""Scoring the replies of one solver group: a group at once, since votes need all of it."""

from __future__ import annotations

from collections.abc import Sequence

from spatialevo_dge import Answer, Illegal, Legal, Question, Ruling, Scene
from spatialevo_rl.judge_client import judge_of
from spatialevo_rl.prompts import explanation_judge_prompt
from spatialevo_rl.records import Assignment, Attempt, Job, Role
from spatialevo_rl.rewards import consensus
from spatialevo_rl.rewards.explanation import explanation_quality, read_refusal
from spatialevo_rl.rewards.solver import MALFORMED, Marked, accuracy, solver_terms
from spatialevo_rl.settings import EpisodeSettings, Judged, LabelSource
from spatialevo_rl.tags import Malformed, parse_answer


def score_group(
    completions: Sequence[str],
    job: Job,
    scene: Scene,
    assignment: Assignment,
    truncated: Sequence[bool],
    settings: EpisodeSettings,
) -> tuple[Attempt, ...]:
    """Score one solver group.

    Args:
        completions: What the solver wrote, one text a row.
        job: The question and its ruling.
        scene: The assignment's scene.
        assignment: With the frames shown.
        truncated: Of each completion, whether generation stopped at its limit.
        settings: Rewards and their ablations.

    Raises:
        ValueError: The job is void, or `truncated` has another length.
    """
    del scene  # the ruling holds all that counts
    if job.role is Role.VOID or job.ruling is None:
        raise ValueError("job: a void slot has no replies to score")
    parsed = [
        parse_answer(text, settings, cut) for text, cut in zip(completions, truncated, strict=True)
    ]
    texts = [None if isinstance(item, Malformed) else item.text for item in parsed]
    question = Question(job.question, frames=assignment.frames, task=assignment.task)
    reference = _Reference(question, job.ruling, texts, settings)
    return tuple(
        Attempt(
            completion=completion,
            answer="",
            terms=MALFORMED,
            reference=reference.text,
            why=item.why,
        )
        if isinstance(item, Malformed)
        else _attempt(completion, item.text, reference, settings)
        for completion, item in zip(completions, parsed, strict=True)
    )


def _attempt(
    completion: str, answer: str, reference: _Reference, settings: EpisodeSettings
) -> Attempt:
    used = reference.mark(answer)
    true = reference.true_mark(answer)
    return Attempt(
        completion=completion,
        answer=answer,
        terms=solver_terms(used.value, true.value or 0.0, settings),
        reference=reference.text,
        why=used.why,
    )


class _Reference:
    """What the replies of one group are compared with."""

    def __init__(
        self,
        question: Question,
        ruling: Ruling,
        replies: Sequence[str | None],
        settings: EpisodeSettings,
    ) -> None:
        self._question = question
        self._ruling = ruling
        self._settings = settings
        self._votes = settings.label_source
        self._voted: Answer | None = None
        self._decided = consensus.Verdict(legal=None)
        if self._votes is LabelSource.CONSENSUS and isinstance(ruling, Legal):
            self._voted = consensus.voted_answer(replies, ruling.answer)
        elif self._votes is LabelSource.CONSENSUS_FULL:
            self._decided = consensus.verdict(replies)

    @property
    def text(self) -> str:
        """The reference as text; empty where votes gave none."""
        if self._votes is LabelSource.CONSENSUS_FULL:
            return self._decided.text
        if isinstance(self._ruling, Illegal):
            return f"{self._ruling.rule}: {self._ruling.violation.entity}"
        if self._votes is LabelSource.CONSENSUS:
            return "" if self._voted is None else self._voted.render()
        return self._ruling.answer.render()

    def mark(self, answer: str) -> Marked:
        """Return the quality that the update uses."""
        if self._votes is LabelSource.CONSENSUS_FULL:
            value = consensus.agreement(answer, self._decided)
            return Marked(value=value, why=f"The group decided {self._decided.text!r}.")
        if isinstance(self._ruling, Illegal):
            return self._explained(answer, self._ruling)
        if self._votes is not LabelSource.CONSENSUS:
            return self.true_mark(answer)
        if self._voted is None:
            return Marked(value=None, why="No reply of the group can be read: no votes.")
        return accuracy(answer, self._voted, self._settings)

    def true_mark(self, answer: str) -> Marked:
        """Return the quality against the oracle."""
        if isinstance(self._ruling, Legal):
            return accuracy(answer, self._ruling.truth, self._settings)
        value = explanation_quality(read_refusal(answer), self._ruling, self._question.frames)
        return Marked(value=value, why=f"{self._ruling.rule}: {self._ruling.why}")

    def _explained(self, answer: str, ruling: Illegal) -> Marked:
        if self._settings.explanation is not Judged.MODEL:
            return self.true_mark(answer)
        prompt = explanation_judge_prompt(self._question.text, answer, ruling)
        value = judge_of(self._settings).rate(prompt)
        return Marked(value=value, why="Rated by the judge." if value is not None else "No rating.")
