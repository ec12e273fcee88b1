# SPDX-License-Identifier: Apache-2.0
"""What the warm-up teaches the questioner: to look, to say what it sees, and to ask.

Observations are true by construction and questions are legal, except for the shares below: a base
that is never wrong leaves nothing for the reward to teach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from spatialevo_dge import Legal, Question, Ruling, Scene, judge
from spatialevo_dge.enumerate_questions import enumerate_questions
from spatialevo_rl.lab.examples import TASKS, short, shown_views
from spatialevo_rl.lab.rooms import LABELS
from spatialevo_rl.observation import spoil_observation, write_observation

SPOILT: Final = 0.4
"""Share of observations that are wrong or say too little."""
ILLEGAL: Final = 0.3
"""Share of questions that name something else than a legal one does."""
_PER_TASK: Final = 2  # askings a view and task
_FREE: Final = 0.3  # share of prompts whose constraint the question does not meet


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A questioner's turn.

    Attributes:
        frames: Indices of the frames shown, in the order shown.
        task: The task.
        constraint: What the prompt says the question should involve.
        observation: What it says it sees.
        question: What it asks.
    """

    frames: tuple[int, ...]
    task: str
    constraint: str
    observation: str
    question: str


def askings(scene: Scene, dice: np.random.Generator, common: frozenset[str]) -> Iterator[Asking]:
    """Yield some turns for every view of a room and every trained task that it allows.

    Args:
        scene: The room.
        dice: Source of every draw.
        common: Labels so frequent that saying they exist says nothing.
    """
    for shown in shown_views(scene):
        ids = tuple(scene.frames[index].id for index in shown)
        for task in TASKS:
            legal = list(enumerate_questions(scene, task, ids))
            for place in dice.permutation(len(legal))[:_PER_TASK]:
                asked = _asking(scene, shown, legal[int(place)], dice, common)
                if asked is not None:
                    yield asked


def _asking(
    scene: Scene,
    shown: tuple[int, ...],
    drawn: tuple[Question, Legal],
    dice: np.random.Generator,
    common: frozenset[str],
) -> Asking | None:
    question, legal = drawn
    text, ruling = short(question.text), legal
    if dice.random() < ILLEGAL:
        text, ruling = _renamed(text, question, scene, dice)
    write = spoil_observation if dice.random() < SPOILT else write_observation
    observation = write(scene, question.frames, ruling, common, dice, brief=True)
    if observation is None:
        return None
    return Asking(
        frames=shown,
        task=legal.task,
        constraint=_constraint(text, len(shown), dice),
        observation=observation,
        question=text,
    )


def _renamed(
    text: str, question: Question, scene: Scene, dice: np.random.Generator
) -> tuple[str, Ruling]:
    """Put another label in place of one that the question names, whatever comes of it."""
    named = [label for label in LABELS if f" {label}" in text]
    if named:
        old = named[int(dice.integers(len(named)))]
        new = LABELS[int(dice.integers(len(LABELS)))]
        text = text.replace(f" {old}", f" {new}")
    return text, judge(Question(text, frames=question.frames, task=question.task), scene)


def _constraint(text: str, images: int, dice: np.random.Generator) -> str:
    """Draw what the prompt asks for: mostly something that the question is about."""
    named = [label for label in LABELS if f" {label}" in text]
    choices = [*LABELS, *(f"image {place + 1}" for place in range(images))]
    if named and dice.random() >= _FREE:
        choices = named
    return choices[int(dice.integers(len(choices)))]
