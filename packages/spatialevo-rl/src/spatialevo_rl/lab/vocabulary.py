# SPDX-License-Identifier: Apache-2.0
"""Every word the lab's model may have to read or write."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from spatialevo_dge import Rule, Scene
from spatialevo_dge.answer import Direction, SquareMetres
from spatialevo_dge.enumerate_questions import enumerate_questions, render
from spatialevo_dge.labels import plural
from spatialevo_dge.tasks import all_tasks
from spatialevo_dge.view import ViewKind
from spatialevo_rl.lab.examples import NOWHERE, reply_of
from spatialevo_rl.lab.rooms import LABELS, make_lab_room
from spatialevo_rl.lab.tokenizer import words_of
from spatialevo_rl.prompts import questioner_prompt, solver_prompt
from spatialevo_rl.records import Assignment, Job, Role
from spatialevo_rl.settings import EpisodeSettings, PromptSet

_ROOMS: Final = range(40)
_OBSERVED: Final = (
    "There is a and are one two three four five six.",
    "I see image 1 and image 2 shows.",
    "The is left of right of in front of behind on in nearer than farther than closer to camera.",
    "Was image 2 taken from a higher or a lower position? Compared with the camera of image 1.",
)
"""What observations say, and questions that no room allows: their cameras are of one height."""

_ENOUGH: Final = 60  # questions a task and room: the rest only permutes labels


def lab_words() -> tuple[str, ...]:
    """Return the word tokens of everything that is said about the lab's rooms, sorted."""
    return words_of(lab_texts())


def lab_texts() -> Iterator[str]:
    """Yield what the oracle, the prompts and the roles say about some of the lab's rooms."""
    yield from _OBSERVED
    yield from LABELS
    yield from (plural(label) for label in LABELS)
    yield from (f"({label})" for label in LABELS)
    yield f"find {NOWHERE}"
    yield from (f"{rule.value}:" for rule in Rule)
    yield from _prompts()
    for seed in _ROOMS:
        yield from _asked(make_lab_room(seed).scene)


def _prompts() -> Iterator[str]:
    settings = EpisodeSettings(prompt_set=PromptSet.COMPACT)
    for task in all_tasks():
        for constraint in ("", "image 1", "image 2", *LABELS):
            asked = Assignment(
                step=0, slot=0, scene_id="", frames=("0",), kind=ViewKind.FRAME, task=task.id,
                constraint=constraint,
            )  # fmt: skip
            yield questioner_prompt(asked, LABELS, settings)
        for role in (Role.SOLVER, Role.EXPLAINER):
            yield solver_prompt(Job(role=role, question="?"), asked, settings)


def _asked(scene: Scene) -> Iterator[str]:
    ids = tuple(frame.id for frame in scene.frames)
    for task in all_tasks():
        frames = ids[:1] if task.view is ViewKind.FRAME else ids[:2]
        for _, ruling in islice(enumerate_questions(scene, task.id, frames), _ENOUGH):
            yield from render(task.id, ruling.entities)
            yield reply_of(ruling.answer)
            if isinstance(ruling.answer, Direction):
                yield from ruling.answer.options
            if isinstance(ruling.answer, SquareMetres):
                yield ruling.answer.render(1)
