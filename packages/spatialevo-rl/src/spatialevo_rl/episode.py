# SPDX-License-Identifier: Apache-2.0
"""One step of self-evolution as pure functions: no model, no tensors, no state.

    completions --judge_completions--> proposals --choose_jobs--> jobs
    completions of a job --score_group--> attempts        (votes) --revote--> proposals

In training a question is judged with the frames shown: what they do not show cannot be asked about.
Any text gives a result; what the oracle itself cannot digest is a proposal without reward, counted
by `oracle_failed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from spatialevo_dge import (
    POLICIES,
    Illegal,
    Legal,
    Policy,
    Question,
    Rule,
    Ruling,
    Scene,
    View,
    judge,
    rule_on,
)
from spatialevo_dge.tasks import task_named
from spatialevo_rl.answers import score_group
from spatialevo_rl.draws import dice
from spatialevo_rl.judge_client import judge_of
from spatialevo_rl.keys import question_key
from spatialevo_rl.novelty import novelties
from spatialevo_rl.observation import score_observation
from spatialevo_rl.prompts import observation_judge_prompt, task_words
from spatialevo_rl.records import (
    VOID,
    Assignment,
    Attempt,
    Job,
    Key,
    Proposal,
    QuestionerTerms,
    Recent,
    Role,
)
from spatialevo_rl.rewards import consensus
from spatialevo_rl.rewards.questioner import MALFORMED, questioner_terms, validity
from spatialevo_rl.settings import EpisodeSettings, Judged, LabelSource
from spatialevo_rl.tags import Asked, Malformed, parse_questioner
from spatialevo_rl.training_rules import refusal

__all__ = [
    "GroupContext",
    "choose_jobs",
    "enumerated_jobs",
    "judge_completions",
    "oracle_failed",
    "revote",
    "score_group",
]

REFUSED: Final = "refused"
"""Verdict in the key of a question that the oracle would judge and training refuses."""

ORACLE_FAULT: Final = "oracle: "
"""How the fault of a proposal begins on which the oracle raised."""

ORACLE_ERRORS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a defect of the oracle raises on one question; a run must outlive it, and count it. Bad
scene data (SceneError) is another matter and passes."""

MAX_PROPOSED: Final = 100_000
"""Entity assignments drawn from at most: rooms of many things have millions of triples."""

_DEFAULT: Final = EpisodeSettings()
_NO_REWARD: Final = QuestionerTerms(
    format=1.0, valid=0.0, observation=None, novelty=1.0, reward=None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContext:
    """What judging one group needs beside the scene.

    Attributes:
        recent: What was asked in the scene's last visits.
        common_labels: Labels so frequent that saying they exist says nothing.
        truncated: Of each completion, whether generation stopped at its limit.
    """

    recent: Recent
    common_labels: frozenset[str]
    truncated: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the proposals of one group have in common."""

    assignment: Assignment
    scene: Scene
    common_labels: frozenset[str]
    settings: EpisodeSettings
    policy: Policy


def judge_completions(
    completions: Sequence[str],
    assignment: Assignment,
    scene: Scene,
    context: GroupContext,
    settings: EpisodeSettings,
) -> tuple[Proposal, ...]:
    """Judge one questioner group.

    Args:
        completions: What the questioner wrote, one text a row.
        assignment: Task and frames that the group works on.
        scene: The assignment's scene.
        context: What else judging needs.
        settings: Rewards and their ablations.

    Raises:
        ValueError: The assignment's task is unknown, or `truncated` has another length.
    """
    task_words(assignment.task)
    shown = _Shown(
        assignment=assignment,
        scene=scene,
        common_labels=context.common_labels,
        settings=settings,
        policy=_policy(settings),
    )
    asked = [
        parse_questioner(text, settings, cut)
        for text, cut in zip(completions, context.truncated, strict=True)
    ]
    questions = dict.fromkeys(parts.question for parts in asked if isinstance(parts, Asked))
    ruled = {question: _rule(question, shown) for question in questions}
    drafts = [
        unruled(text, parts.why, MALFORMED)
        if isinstance(parts, Malformed)
        else _draft(text, parts, ruled[parts.question])
        for text, parts in zip(completions, asked, strict=True)
    ]
    keys = [draft.key for draft in drafts]
    novel = novelties(keys, context.recent) if settings.novelty else (1.0,) * len(keys)
    return tuple(
        draft if draft.ruling is None else _valued(draft, draft.ruling, nov, shown)
        for draft, nov in zip(drafts, novel, strict=True)
    )


def oracle_failed(proposal: Proposal) -> bool:
    """Whether the oracle raised on a question; a run counts these and stops where they are many."""
    return proposal.fault.startswith(ORACLE_FAULT)


def choose_jobs(
    proposals: Sequence[Proposal],
    count: int,
    assignment: Assignment,
    seed: int,
    settings: EpisodeSettings = _DEFAULT,
) -> tuple[Job, ...]:
    """Choose what the solver groups of a scene work on: exactly `count`, void where there is less.

    Each question once: legal ones first, then illegal ones (which the solver explains), each kind
    in an order drawn for the seed, the step and the slot. So more than one illegal question in four
    is chosen only where legal ones are too few. Where votes stand in for the oracle, its verdict
    gives no precedence. Malformed, unread and refused questions are never chosen.

    Args:
        proposals: The judged questioner group.
        count: Solver groups a scene (K).
        assignment: Step and slot.
        seed: Seed of the run.
        settings: Whether illegal questions are explained at all.
    """
    unique: dict[Key, int] = {}
    for place, proposal in enumerate(proposals):
        if _can_be_a_job(proposal, settings) and proposal.key is not None:
            unique.setdefault(proposal.key, place)
    order = dice(seed, assignment.step, "jobs", assignment.slot).permutation(len(unique))
    places = [list(unique.values())[index] for index in order]
    if settings.label_source is not LabelSource.CONSENSUS_FULL:
        places.sort(key=lambda place: isinstance(proposals[place].ruling, Illegal))
    jobs = [_job(proposals[place], place) for place in places[:count]]
    return (*jobs, *(VOID,) * (count - len(jobs)))


def enumerated_jobs(
    assignment: Assignment, scene: Scene, count: int, seed: int, settings: EpisodeSettings
) -> tuple[Job, ...]:
    """Choose legal questions from all that the scene allows: the ablation without a questioner.

    Args:
        assignment: Task and frames.
        scene: The assignment's scene.
        count: Jobs wanted; void where the scene allows fewer.
        seed: Seed of the run.
        settings: The oracle's policy.
    """
    generator = dice(seed, assignment.step, "enumerated", assignment.slot)
    task, policy = task_named(assignment.task), _policy(settings)
    view = View(scene, tuple(scene.frames_by_id[frame] for frame in assignment.frames))
    entities = list(islice(task.propose(view, policy), MAX_PROPOSED))
    jobs: dict[Key, Job] = {}
    for place in generator.permutation(len(entities)):
        if len(jobs) == count:
            break
        wordings = task.forms.phrase(entities[place])
        ruling = rule_on(task.id, entities[place], scene, assignment.frames, policy)
        if isinstance(ruling, Legal):
            key = question_key(ruling, assignment.frames)
            text = wordings[generator.integers(len(wordings))]
            jobs.setdefault(key, Job(role=Role.SOLVER, question=text, ruling=ruling, key=key))
    return (*jobs.values(), *(VOID,) * (count - len(jobs)))


def revote(
    proposals: Sequence[Proposal],
    jobs: Sequence[Job],
    groups: Sequence[Sequence[Attempt]],
    settings: EpisodeSettings,
) -> tuple[Proposal, ...]:
    """Value questions by what the solver groups decided; a change under `consensus-full` alone.

    A question is legal iff at least half of its group's replies answer it. One that no group worked
    on, or whose group said nothing readable, has no votes and so no reward.

    Args:
        proposals: The judged questioner group.
        jobs: The scene's jobs.
        groups: The attempts of each job; empty where it is void.
        settings: The source of labels.
    """
    if settings.label_source is not LabelSource.CONSENSUS_FULL:
        return tuple(proposals)
    decided: dict[Key | None, bool | None] = {
        job.key: consensus.verdict([attempt.answer or None for attempt in group]).legal
        for job, group in zip(jobs, groups, strict=True)
        if job.role is not Role.VOID
    }
    return tuple(
        _revalued(item, decided[item.key] if item.key in decided else None, settings)
        for item in proposals
    )


def _revalued(proposal: Proposal, legal: bool | None, settings: EpisodeSettings) -> Proposal:
    terms = proposal.terms
    if terms.valid == 0.0:
        return proposal
    if legal is None:
        return replace(proposal, terms=replace(terms, reward=None))
    valued = questioner_terms(float(legal), terms.observation, terms.novelty, settings)
    return replace(proposal, terms=valued)


def unruled(completion: str, why: str, terms: QuestionerTerms) -> Proposal:
    """Return the proposal of a completion on which there is no ruling."""
    return Proposal(
        completion=completion,
        observation="",
        question="",
        ruling=None,
        key=None,
        terms=terms,
        fault=why,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruled:
    """What is known of one question's text; rows of a group that ask the same share it."""

    ruling: Ruling | None
    key: Key | None
    fault: str


def _rule(text: str, shown: _Shown) -> _Ruled:
    """Rule on a question with the frames shown."""
    frames = shown.assignment.frames
    question = Question(text, frames=frames, task=shown.assignment.task)
    try:
        ruling = judge(question, shown.scene, shown.policy)
        unread = isinstance(ruling, Illegal) and ruling.rule is Rule.UNPARSED
        fault = "" if unread else refusal(question, ruling, shown.scene, shown.settings)
        key = question_key(ruling, frames, refused=REFUSED if fault else "")
    except ORACLE_ERRORS as error:
        return _Ruled(ruling=None, key=None, fault=_fault(error))
    return _Ruled(ruling=ruling, key=key, fault=fault)


def _draft(completion: str, parts: Asked, ruled: _Ruled) -> Proposal:
    """Return a well-formed completion's proposal; its terms are still to come."""
    return Proposal(
        completion=completion,
        observation=parts.observation,
        question=parts.question,
        ruling=ruled.ruling,
        key=ruled.key,
        terms=_NO_REWARD,
        fault=ruled.fault,
    )


def _valued(draft: Proposal, ruling: Ruling, novelty: float, shown: _Shown) -> Proposal:
    """Give a question that was ruled on its reward terms."""
    settings, frames = shown.settings, shown.assignment.frames
    valid = validity(ruling, bool(draft.fault), settings)
    if valid == 0.0:  # nothing that the observation says would count
        return replace(draft, terms=questioner_terms(0.0, 0.0, novelty, settings))
    if settings.observation is not Judged.ORACLE:
        seen = _judged_observation(draft, shown.assignment.task, settings)
        return replace(draft, terms=questioner_terms(valid, seen, novelty, settings))
    try:
        found = score_observation(
            draft.observation, ruling, shown.scene, frames, shown.common_labels, shown.policy
        )
    except ORACLE_ERRORS as error:
        return replace(draft, ruling=None, key=None, terms=_NO_REWARD, fault=_fault(error))
    terms = questioner_terms(valid, found.value, novelty, settings)
    return replace(draft, terms=terms, claims=found.claims)


def _fault(error: Exception) -> str:
    return f"{ORACLE_FAULT}{type(error).__name__}: {error}"


def _judged_observation(draft: Proposal, task: str, settings: EpisodeSettings) -> float | None:
    if settings.observation is Judged.OFF:
        return 1.0
    prompt = observation_judge_prompt(draft.observation, draft.question, task)
    return judge_of(settings).rate(prompt)


def _can_be_a_job(proposal: Proposal, settings: EpisodeSettings) -> bool:
    if proposal.ruling is None or proposal.fault:
        return False
    if isinstance(proposal.ruling, Legal):
        return True
    explained = settings.explanation is not Judged.OFF
    return explained and proposal.ruling.rule is not Rule.UNPARSED


def _job(proposal: Proposal, place: int) -> Job:
    legal = isinstance(proposal.ruling, Legal)
    return Job(
        role=Role.SOLVER if legal else Role.EXPLAINER,
        question=proposal.question,
        ruling=proposal.ruling,
        key=proposal.key,
        proposal=place,
    )


def _policy(settings: EpisodeSettings) -> Policy:
    if settings.policy not in POLICIES:
        raise ValueError(f"policy: {settings.policy!r} is none of {', '.join(POLICIES)}")
    return POLICIES[settings.policy]
