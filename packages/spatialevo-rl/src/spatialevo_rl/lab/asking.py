# SPDX-License-Identifier: Apache-2.0
"""What the warm-up teaches the questioner: to look, to say what it sees, and to ask.

Observations are true by construction and questions are legal, except for the shares below: a base
that is never wrong leaves nothing for the reward to teach.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from spatialevo_dge import Legal, Question, Ruling, Scene, judge
from spatialevo_dge.labels import plural
from spatialevo_dge.tasks import task_named
from spatialevo_rl.lab.examples import TASKS, plain_questions, short, shown_views
from spatialevo_rl.lab.rooms import LABELS
from spatialevo_rl.observation import spoil_observation, write_observation
from spatialevo_rl.observation.subject import targets
from spatialevo_rl.scenes.frames import shown_labels

SPOILT: Final = 0.15
"""Share of observations that are wrong or say too little."""
ILLEGAL: Final = 0.1
"""Share of questions that name something else than a legal one does."""
PLAIN: Final = 0.6
"""Share of observations that only say what is there: true, easy to learn, and worth 0.3 at most."""
_TRIED: Final = 14  # of the pairs of a view and a task of each room
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
    """Yield a turn for some of a room's views and trained tasks.

    Args:
        scene: The room.
        dice: Source of every draw.
        common: Labels so frequent that saying they exist says nothing.
    """
    choices = [(shown, task) for shown in shown_views(scene) for task in TASKS]
    for place in dice.permutation(len(choices))[:_TRIED]:
        shown, task = choices[int(place)]
        if not _is_trained(task, shown):
            continue
        legal = list(plain_questions(scene, task, shown))
        if legal:
            drawn = legal[int(dice.integers(len(legal)))]
            asked = _asking(scene, shown, drawn, dice, common)
            if asked is not None:
                yield asked


def _is_trained(task: str, shown: tuple[int, ...]) -> bool:
    """Whether a view is of the task's kind; a whole room is shown by one image or by both."""
    return task_named(task).view.admits(len(shown))


def _asking(
    scene: Scene,
    shown: tuple[int, ...],
    drawn: tuple[Question, Legal],
    dice: np.random.Generator,
    common: frozenset[str],
) -> Asking | None:
    question, legal = drawn
    text = short(question.text)
    ruling: Ruling = legal
    if dice.random() < ILLEGAL:
        text, ruling = _renamed(text, question, scene, dice)
    observation = None
    if dice.random() < PLAIN:
        observation = _plain(scene, question.frames, ruling, dice)
    if observation is None:
        observation = write_observation(scene, question.frames, ruling, common, dice, brief=True)
    if observation is None:
        return None
    if dice.random() < SPOILT:
        observation = _spoilt(observation, scene, ruling, dice)
    return Asking(
        frames=shown,
        task=legal.task,
        constraint=_constraint(text, len(shown), dice),
        observation=observation,
        question=text,
    )


def _plain(
    scene: Scene, frames: tuple[str, ...], ruling: Ruling, dice: np.random.Generator
) -> str | None:
    """Name two things around and then what is asked about; None where too little is shown."""
    shown = sorted(frozenset().union(*(shown_labels(scene, frame) for frame in frames)))
    aims = () if ruling.entities is None else targets(ruling.entities, scene)
    named = [label for label in shown if any(label in aim for aim in aims)]
    rest = [label for label in shown if label not in named]
    around = [rest[place] for place in dice.permutation(len(rest))][: 2 if named else 3]
    if len(around) < 2 or len(around) + len(named) < 3:
        return None
    first = f"i see a {around[0]} and a {around[1]}"
    return f"{first} . i see " + " and ".join(f"a {label}" for label in named or around[2:])


def _spoilt(text: str, scene: Scene, ruling: Ruling, dice: np.random.Generator) -> str:
    """Spoil an observation; one that no flaw fits stays as it is."""
    try:
        return spoil_observation(text, scene, ruling, LABELS, dice)
    except ValueError:
        return text


def _renamed(
    text: str, question: Question, scene: Scene, dice: np.random.Generator
) -> tuple[str, Ruling]:
    """Put another label in place of one that the question names, whatever comes of it."""
    named = [label for label in LABELS if _names(text, label)]
    if named:
        old = named[int(dice.integers(len(named)))]
        new = LABELS[int(dice.integers(len(LABELS)))]
        for before, after in ((plural(old), plural(new)), (old, new)):
            text = re.sub(rf"\b{before}\b", after, text)
    return text, judge(Question(text, frames=question.frames, task=question.task), scene)


def _constraint(text: str, images: int, dice: np.random.Generator) -> str:
    """Draw what the prompt asks for: mostly something that the question is about."""
    named = [label for label in LABELS if _names(text, label)]
    choices = [*LABELS, *(f"image {place + 1}" for place in range(images))]
    if named and dice.random() >= _FREE:
        choices = named
    return choices[int(dice.integers(len(choices)))]


def _names(text: str, label: str) -> bool:
    return re.search(rf"\b(?:{label}|{plural(label)})\b", text) is not None
