# SPDX-License-Identifier: Apache-2.0
"""An example question of every task, legal in one synthetic room, so that it can be tried."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from spatialevo_dge.answer import Answer, Centimetres, Choice, Count, Direction, Metres
from spatialevo_dge.cli.errors import PROGRAM
from spatialevo_dge.cli.quantities import listed
from spatialevo_dge.cli.scenes import open_scene
from spatialevo_dge.enumerate_questions import enumerate_questions, render
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask

EXAMPLE_SCENE: Final = "synthetic:7"
"""A room in which every task has a legal question."""
MOST_OPTIONS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One legal question.

    Attributes:
        text: The question.
        wordings: The same in every wording.
        answer_kind: What an answer is.
        command: The shell command that asks it.
    """

    text: str
    wordings: tuple[str, ...]
    answer_kind: str
    command: str


@cache
def _scene() -> Scene:
    return open_scene(EXAMPLE_SCENE)


def example_of(task: SpatialTask[Any]) -> Example | None:
    """Return the first legal question of a task in the room, None where there is none."""
    found = next(enumerate_questions(_scene(), task.id), None)
    if found is None:
        return None
    question, ruling = found
    words = [PROGRAM, "ask", EXAMPLE_SCENE, question.text]
    words += ["--frames", ",".join(question.frames)] if question.frames else []
    return Example(
        text=question.text,
        wordings=render(task.id, ruling.entities),
        answer_kind=kind_of(ruling.answer),
        command=shlex.join(words),
    )


def kind_of(answer: Answer) -> str:
    """Say what kind of answer this is."""
    match answer:
        case Count():
            return "a number"
        case Metres():
            return "metres"
        case Centimetres():
            return "centimetres"
        case Direction():
            return _words("a direction", answer.options)
        case Choice():
            return "one of those offered"
        case _:
            return "square metres"


def _words(name: str, options: tuple[str, ...]) -> str:
    return name if len(options) > MOST_OPTIONS else f"{name}: {listed(options)}"
