# SPDX-License-Identifier: Apache-2.0
"""One row of the demo's table: a question, the ruling on its text alone, and what was expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from spatialevo_dge import ruling as rulings
from spatialevo_dge.cli.demonstration.constructed import agrees
from spatialevo_dge.cli.demonstration.pick import pick
from spatialevo_dge.cli.demonstration.spoil import Legal, Spoilt, spoilt
from spatialevo_dge.judge import judge
from spatialevo_dge.question import Question
from spatialevo_dge.scene import Scene
from spatialevo_dge.synthetic import SyntheticRoom, make_room
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks import TASKS, all_tasks
from spatialevo_dge.verdict import Rule

FURTHER_ROOMS: Final = 6
"""Rooms searched for a question that the first does not allow."""
WARM_UP: Final = ("How large is this room?", "Count the aquariums.")
"""Asked before any clock runs: the grammar, and the search for labels, are made at first use."""
REPEATS: Final = 3
STRIDE: Final = 29
"""Step through a task's legal questions from one task to the next, so that not all are alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question and its ruling.

    Attributes:
        task: The task it was made for.
        scene: The scene it was asked about.
        question: What was asked.
        ruling: What the oracle said to the text.
        seconds: How long that took.
        as_expected: Whether a legal question got the answer it was made with, an illegal one the
            rule it was made to break.
        as_built: Whether the answer is what the room's construction says; None where that says
            nothing.
    """

    task: SpatialTask[Any]
    scene: Scene
    question: Question
    ruling: rulings.Ruling
    seconds: float
    as_expected: bool
    as_built: bool | None = None


def rows(room: SyntheticRoom, seed: int) -> Iterator[Row]:
    """Ask one legal and one illegal question of every task, in the tasks' order.

    Args:
        room: The room of `seed`.
        seed: Further rooms follow it, for tasks that the room has no legal question of.
    """
    spent: Counter[Rule] = Counter()
    rooms = {seed: room}
    for text in WARM_UP:
        judge(Question(text), room.scene)
    for place, task in enumerate(all_tasks()):
        for candidate in range(seed, seed + 1 + FURTHER_ROOMS):
            if candidate not in rooms:
                rooms[candidate] = make_room(candidate)
            found = pick(task, rooms[candidate].scene, seed + STRIDE * place)
            if found is not None:
                yield from _pair(task, rooms[candidate], *found, spent)
                break


def every_task(found: list[Row]) -> bool:
    """Whether there is a legal and an illegal question of each of our tasks."""
    asked = {(row.task.id, row.ruling.legal) for row in found}
    return asked >= {(task.id, legal) for task in TASKS for legal in (True, False)}


def _pair(
    task: SpatialTask[Any],
    room: SyntheticRoom,
    question: Question,
    known: rulings.Legal,
    spent: Counter[Rule],
) -> Iterator[Row]:
    scene = room.scene
    ruling, seconds = _timed(question, scene)
    same = isinstance(ruling, rulings.Legal) and ruling.answer == known.answer
    frames = [frame.id for frame in scene.frames]
    yield Row(
        task=task,
        scene=scene,
        question=question,
        ruling=ruling,
        seconds=seconds,
        as_expected=same and ruling.task == task.id,
        as_built=agrees(question, known, room.construction, frames),
    )
    legal = Legal(task=task, scene=scene, entities=known.entities, question=question)
    bad = _least_used(legal, spent)
    if bad is None:
        return
    spent[bad.rule] += 1
    ruling, seconds = _timed(bad.question, scene)
    yield Row(
        task=task,
        scene=scene,
        question=bad.question,
        ruling=ruling,
        seconds=seconds,
        as_expected=isinstance(ruling, rulings.Illegal) and ruling.rule is bad.rule,
    )


def _least_used(legal: Legal, spent: Counter[Rule]) -> Spoilt | None:
    """Choose the way of spoiling whose rule the table shows least so far."""
    return min(spoilt(legal), key=lambda bad: spent[bad.rule], default=None)


def _timed(question: Question, scene: Scene) -> tuple[rulings.Ruling, float]:
    """Judge a question; the time is the best of a few, what else the machine does left out."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        ruling = judge(question, scene)
        times.append(perf_counter() - start)
    return ruling, min(times)
