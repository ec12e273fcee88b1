# SPDX-License-Identifier: Apache-2.0
"""What the warm-up teaches: answers to legal questions, and where in an image things are.

The second kind, grounding, is no part of the method. It stands in for what a pretrained model knows
already, and without it a model of this size stays at chance for as long as anyone would wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spatialevo_dge import Question, Scene
from spatialevo_dge.answer import Answer, Choice, Count, Direction, Metres
from spatialevo_dge.enumerate_questions import enumerate_questions
from spatialevo_dge.ruling import Legal
from spatialevo_dge.thresholds import DEFAULT
from spatialevo_dge.visibility import Visibility
from spatialevo_rl.lab.rooms import IMAGE_SIZE

TASKS: Final = (
    "object_counting",
    "depth_order_obj_obj",
    "distance_cam_obj",
    "single_image_relative_direction",
    "motion_camera",
    "visibility_compare",
)
"""The tasks that the lab trains."""

NOWHERE: Final = "none"
CELLS: Final = 8
"""Places are told on a grid of so many columns and rows."""
_FURTHER: Final = re.compile(r"\b(?:same|tilt|pose)\b")
_NOTE: Final = re.compile(r" In front means nearer.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A legal question and a reply that scores 1, or nearly so for a length.

    Attributes:
        frames: Indices of the frames shown, in the order shown.
        task: The task.
        question: Its text.
        reply: What should stand in the answer tags.
        group: Kind of answer, for balancing: a word, a count, half metres, first or second.
    """

    frames: tuple[int, ...]
    task: str
    question: str
    reply: str
    group: str


def shown_views(scene: Scene) -> tuple[tuple[int, ...], ...]:
    """Return the views the lab asks about: each image, and both in either order."""
    count = len(scene.frames)
    singles = tuple((index,) for index in range(count))
    pairs = tuple((i, i + step) for i in range(count) for step in (1, -1) if 0 <= i + step < count)
    return singles + pairs


def answered(scene: Scene, tasks: tuple[str, ...] = TASKS) -> Iterator[Answered]:
    """Yield the plain legal questions of some tasks about the lab's views of a room."""
    for shown in shown_views(scene):
        for task in tasks:
            for question, ruling in plain_questions(scene, task, shown):
                yield Answered(
                    frames=shown,
                    task=task,
                    question=short(question.text),
                    reply=reply_of(ruling.answer),
                    group=group_of(ruling.answer),
                )


def plain_questions(
    scene: Scene, task: str, shown: tuple[int, ...]
) -> Iterator[tuple[Question, Legal]]:
    """Yield the legal questions of a task in the oracle's first wording, the simplest forms alone.

    Forms that offer "same", and of a camera's motion tilts and open questions, are left to chance:
    every further form costs the warm-up minutes.
    """
    ids = tuple(scene.frames[index].id for index in shown)
    for question, ruling in enumerate_questions(scene, task, ids):
        if _FURTHER.search(question.text) is None:
            yield question, ruling


def reply_of(answer: Answer) -> str:
    """Write an answer as the lab's model does: lengths with one decimal."""
    return answer.render(1) if isinstance(answer, Metres) else answer.render()


def group_of(answer: Answer) -> str:
    """Name the kind of an answer, so that none of them crowds out the others."""
    if isinstance(answer, Choice):
        return str(answer.options.index(answer.value))
    if isinstance(answer, Count | Direction):
        return answer.render()
    return str(round(2.0 * float(answer.value)))


def short(question: str) -> str:
    """Leave out the sentence that explains front and behind: the lab's model reads 48 tokens."""
    return _NOTE.sub("", question)


def grounded(scene: Scene, shown: tuple[int, ...], label: str) -> Iterator[tuple[str, str]]:
    """Yield for each image shown where a label's things stand: column and foot on 8 x 8 cells."""
    for place, index in enumerate(shown, 1):
        where = f" in image {place}" if len(shown) > 1 else ""
        yield f"find {label}{where}", _places(scene, index, label)


def _places(scene: Scene, index: int, label: str) -> str:
    if scene.visibility is None:
        raise ValueError(f"scene {scene.id!r}: visibility was not computed")
    seen = scene.visibility.in_frame(index)
    items = [seen[item.id] for item in scene.objects if item.label == label and item.id in seen]
    cells = sorted(_cell(item) for item in items if item.of_facing >= DEFAULT.min_visible)
    return ", ".join(f"{column}.{row}" for column, row in cells) or NOWHERE


def _cell(item: Visibility) -> tuple[int, int]:
    left, _, right, bottom = item.box_2d
    side = IMAGE_SIZE[0] / CELLS
    column, row = int((left + right) / 2 / side), int(bottom / side)
    return min(max(column, 0), CELLS - 1), min(max(row, 0), CELLS - 1)
