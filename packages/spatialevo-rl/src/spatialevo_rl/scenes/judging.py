# SPDX-License-Identifier: Apache-2.0
"""Judging and scoring groups so that one text on which the oracle raises costs one row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from spatialevo_dge import Scene
from spatialevo_rl.episode import (
    ORACLE_ERRORS,
    ORACLE_FAULT,
    GroupContext,
    oracle_failed,
    unruled,
)
from spatialevo_rl.records import (
    Assignment,
    Attempt,
    Job,
    Proposal,
    QuestionerTerms,
    SolverTerms,
)
from spatialevo_rl.settings import EpisodeSettings

JudgeItem: TypeAlias = tuple[Assignment, Sequence[str], GroupContext]
"""A questioner group: what it works on, its completions, what else judging needs."""
ScoreItem: TypeAlias = tuple[Job, Sequence[str], Assignment, Sequence[bool]]
"""A solver group: its job, its completions, the assignment, which completions were cut off."""

_VOID_QUESTION: Final = QuestionerTerms(
    format=0.0, valid=0.0, observation=None, novelty=1.0, reward=None
)
_VOID_ANSWER: Final = SolverTerms(format=0.0, quality=None, reward=None, true_quality=0.0)

RowT = TypeVar("RowT")


class Judge(Protocol):
    """`spatialevo_rl.episode.judge_completions`."""

    def __call__(
        self,
        completions: Sequence[str],
        assignment: Assignment,
        scene: Scene,
        context: GroupContext,
        settings: EpisodeSettings,
    ) -> tuple[Proposal, ...]:
        """Judge one questioner group."""


class ScoreGroup(Protocol):
    """`spatialevo_rl.episode.score_group`."""

    def __call__(
        self,
        completions: Sequence[str],
        job: Job,
        scene: Scene,
        assignment: Assignment,
        truncated: Sequence[bool],
        settings: EpisodeSettings,
    ) -> tuple[Attempt, ...]:
        """Score one solver group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """The functions of an episode that a pool calls; module-level ones, so that they pickle.

    Attributes:
        judge: Judges a questioner group.
        score: Scores a solver group.
        settings: Prompts and rewards.
    """

    judge: Judge
    score: ScoreGroup
    settings: EpisodeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Generic[RowT]):
    """A group's results, one a row, and what the oracle raised on.

    Attributes:
        rows: In the order of the completions.
        faults: One message for each row that is void because the oracle raised.
    """

    rows: tuple[RowT, ...]
    faults: tuple[str, ...] = ()


def judge_group(item: JudgeItem, scene: Scene, episode: Episode) -> Rows[Proposal]:
    """Judge a questioner group; rows on which the oracle raises are void."""
    assignment, completions, context = item

    def judge(texts: Sequence[str], cut: tuple[bool, ...]) -> tuple[Proposal, ...]:
        group = replace(context, truncated=cut)
        return episode.judge(texts, assignment, scene, group, episode.settings)

    found, errors = _guarded(judge, completions, context.truncated)
    rows = tuple(
        unruled(text, errors[row], _VOID_QUESTION) if row in errors else proposal
        for row, (text, proposal) in enumerate(zip(completions, found, strict=True))
    )
    faults = [_place(assignment, n, row.fault) for n, row in enumerate(rows) if oracle_failed(row)]
    return Rows(rows=rows, faults=tuple(faults))


def score_job(item: ScoreItem, scene: Scene, episode: Episode) -> Rows[Attempt]:
    """Score a solver group; rows on which the oracle raises are void."""
    job, completions, assignment, truncated = item

    def score(texts: Sequence[str], cut: tuple[bool, ...]) -> tuple[Attempt, ...]:
        return episode.score(texts, job, scene, assignment, cut, episode.settings)

    found, errors = _guarded(score, completions, tuple(truncated))
    rows = tuple(
        _void_attempt(text, errors[row]) if row in errors else attempt
        for row, (text, attempt) in enumerate(zip(completions, found, strict=True))
    )
    faults = tuple(_place(assignment, row, why) for row, why in errors.items())
    return Rows(rows=rows, faults=faults)


def _guarded(
    run: Callable[[Sequence[str], tuple[bool, ...]], tuple[RowT, ...]],
    texts: Sequence[str],
    cut: tuple[bool, ...],
) -> tuple[tuple[RowT, ...], dict[int, str]]:
    """Run on a group; where that raises, on the group with the rows that raise alone emptied.

    Raises:
        Exception: What the group raised, where no row raises alone: it is no text's fault.
    """
    try:
        return run(texts, cut), {}
    except ORACLE_ERRORS:
        found = {row: _error(run, texts, cut, row) for row in range(len(texts))}
        errors = {row: why for row, why in found.items() if why}
        if not errors:
            raise
    emptied = ["" if row in errors else text for row, text in enumerate(texts)]
    return run(emptied, cut), errors


def _error(
    run: Callable[[Sequence[str], tuple[bool, ...]], object],
    texts: Sequence[str],
    cut: tuple[bool, ...],
    row: int,
) -> str:
    try:
        run((texts[row],), (cut[row],))
    except ORACLE_ERRORS as error:
        return f"{ORACLE_FAULT}{type(error).__name__}: {error}"
    return ""


def _place(assignment: Assignment, row: int, why: str) -> str:
    where = f"step {assignment.step}, slot {assignment.slot}, row {row}"
    return f"{where}, scene {assignment.scene_id}, task {assignment.task}: {why}"


def _void_attempt(completion: str, why: str) -> Attempt:
    return Attempt(completion=completion, answer="", terms=_VOID_ANSWER, reference="", why=why)
