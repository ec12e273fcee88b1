# SPDX-License-Identifier: Apache-2.0
"""What the roles are told: text alone; the trainer puts the images before it.

The files beside this one are the prompts: `full` for pretrained models, `compact` for the lab's.
A questioner's prompt depends on the step, the slot, the task, the number of images and the
constraint, and on nothing that is known of the scene.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from spatialevo_dge import Illegal, Rule
from spatialevo_rl.draws import dice
from spatialevo_rl.records import Assignment, Job, Role
from spatialevo_rl.settings import (
    EpisodeSettings,
    IllegalPrompt,
    LabelSource,
    QuestionerContext,
)
from spatialevo_rl.templates import images_said, render

PACKAGE: Final = "spatialevo_rl"

MAX_LABELS: Final = 200
"""Most labels a prompt lists; of a longer vocabulary each prompt lists other ones."""

_SPECIAL: Final = re.compile(r"<\|[^<>]*?\|>|</?[A-Za-z_][^<>]*>")
_TITLES: Final = MappingProxyType(
    {
        QuestionerContext.VOCABULARY: "Kinds of objects that rooms may hold (most are not in this "
        "one)",
        QuestionerContext.POOLS: "Kinds of objects in this room",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWords:
    """What prompts say of one task; see ``tasks.toml``."""

    goal: str
    legal: tuple[str, ...]
    templates: tuple[str, ...]
    answer: str
    words: str


NO_TASK: Final = TaskWords(
    goal="",
    legal=(),
    templates=(),
    answer="a number with its unit, a direction, or one of the things that the question names",
    words="answer",
)
"""What the solver is told of a question that a program answers and no task asks."""


def task_words(task: str) -> TaskWords:
    """Return what prompts say of a task.

    Raises:
        ValueError: ``prompts/tasks.toml`` has no such task.
    """
    table = _table()
    if task not in table:
        raise ValueError(f"prompts/tasks.toml has no task {task!r}; it has {', '.join(table)}")
    return table[task]


def questioner_prompt(
    assignment: Assignment, vocabulary: Sequence[str], settings: EpisodeSettings
) -> str:
    """Write what the questioner is told.

    Args:
        assignment: The task, how many images are shown, and the constraint; the scene and the
            frames themselves are not read.
        vocabulary: Labels of the data set, absent ones included; under
            `QuestionerContext.POOLS` the scene's own. Listed in an order of the step and the slot.
        settings: Which prompts, and what they show.

    Raises:
        ValueError: ``prompts/tasks.toml`` has no such task.
    """
    order = dice(0, assignment.step, "vocabulary", assignment.slot).permutation(len(vocabulary))
    return render(
        PACKAGE,
        f"{settings.prompt_set}/questioner.jinja",
        task=task_words(assignment.task),
        count=len(assignment.frames),
        images=images_said(len(assignment.frames)),
        vocabulary=[vocabulary[place] for place in order[:MAX_LABELS]],
        vocabulary_title=_TITLES[settings.questioner_context],
        constraint=plain(assignment.constraint),
        max_words=settings.max_words,
    )


def solver_prompt(job: Job, assignment: Assignment, settings: EpisodeSettings) -> str:
    """Write what the solver is told: to answer a question, or to explain what is wrong with it.

    Under `IllegalPrompt.DETECT`, and where votes stand in for the oracle, one prompt serves legal
    and illegal questions: it says nothing of which this one is. The observation is never shown.
    An empty task stands for a question that none of them asks.

    Raises:
        ValueError: The job is void, or ``prompts/tasks.toml`` has no such task.
    """
    if job.role not in {Role.SOLVER, Role.EXPLAINER}:
        raise ValueError(f"job: a {job.role} has no solver prompt")
    kind = "answer" if job.role is Role.SOLVER else "explain"
    name = "detect" if one_prompt(settings) else kind
    return render(
        PACKAGE,
        f"{settings.prompt_set}/{name}.jinja",
        task=task_words(assignment.task) if assignment.task else NO_TASK,
        task_id=assignment.task,
        count=len(assignment.frames),
        images=images_said(len(assignment.frames)),
        question=plain(job.question),
        rules=[rule for rule in Rule if rule is not Rule.UNPARSED],
    )


def observation_judge_prompt(observation: str, question: str, task: str) -> str:
    """Write what the optional judge of observations is told."""
    return render(
        PACKAGE,
        "judge/observation.jinja",
        task=task_words(task),
        observation=plain(observation),
        question=plain(question),
    )


def explanation_judge_prompt(question: str, answer: str, ruling: Illegal) -> str:
    """Write what the optional judge of explanations is told."""
    broken = (ruling.violation, *ruling.also)
    return render(
        PACKAGE,
        "judge/explanation.jinja",
        question=plain(question),
        why=" ".join(f"{item.rule.sentence} ({item.entity})" for item in broken),
        answer=plain(answer),
    )


def one_prompt(settings: EpisodeSettings) -> bool:
    """Whether legal and illegal questions get the same prompt."""
    return (
        settings.illegal_prompt is IllegalPrompt.DETECT
        or settings.label_source is LabelSource.CONSENSUS_FULL
    )


def plain(text: str) -> str:
    """Return model text as plain text: special tokens, tags and control characters left out."""
    while True:
        shorter = _SPECIAL.sub("", text)
        if shorter == text:
            break
        text = shorter
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


@cache
def _table() -> dict[str, TaskWords]:
    text = files("spatialevo_rl").joinpath("prompts/tasks.toml").read_text(encoding="utf-8")
    return {
        task: TaskWords(
            goal=entry["goal"],
            legal=tuple(entry["legal"]),
            templates=tuple(entry["templates"]),
            answer=entry["answer"],
            words=entry["words"],
        )
        for task, entry in tomllib.loads(text).items()
    }
