# SPDX-License-Identifier: Apache-2.0
"""A pool of legal questions about synthetic rooms, every task represented, made once a session."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from spatialevo_dge import TASKS, Legal, Question, Scene, ViewKind, enumerate_questions
from spatialevo_dge.enumerate_questions import views
from spatialevo_dge.synthetic import make_room
from spatialevo_dge.tasks import task_named

SEEDS = tuple(range(12))
PER_VIEW = 12
"""Questions taken from one view of one room, spread over all that were proposed."""


@dataclass(frozen=True)
class Case:
    """One legal question with the ruling it got."""

    scene: Scene
    question: Question
    ruling: Legal

    def __str__(self) -> str:
        return f"{self.scene.id}: {self.question.text!r} {self.question.frames}"


@cache
def rooms() -> tuple[Scene, ...]:
    """Make the rooms."""
    return tuple(make_room(seed).scene for seed in SEEDS)


@cache
def cases(task_id: str) -> tuple[Case, ...]:
    """Return legal questions of a task from all rooms."""
    return tuple(case for scene in rooms() for case in _from(scene, task_id))


def _from(scene: Scene, task_id: str) -> Iterator[Case]:
    kind = task_named(task_id).view
    shown = list(views(scene, kind))
    step = 1 if kind is not ViewKind.PAIR else max(1, len(shown) // 12)
    for frames in shown[::step]:
        room_for = 60 if kind is ViewKind.SCENE else PER_VIEW
        found = islice(enumerate_questions(scene, task_id, frames), 0, room_for * 7, 7)
        yield from (Case(scene, question, ruling) for question, ruling in found)


TASK_IDS = tuple(task.id for task in TASKS)
