# SPDX-License-Identifier: Apache-2.0
"""Choosing a legal question of a task in a room: not always the first, in the fewest words."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from spatialevo_dge.answer import Count
from spatialevo_dge.enumerate_questions import enumerate_questions, views
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Legal
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask

VIEWS: Final = 6
"""Images, or pairs of images, that are tried; spread over all there are."""
QUESTIONS: Final = 240
"""Legal questions to choose from, as many from each."""


def text_of(task: SpatialTask[Any], entities: Any) -> str:
    """Write entities in the task's shortest wording."""
    return min(task.forms.phrase(entities), key=len)


def pick(task: SpatialTask[Any], scene: Scene, number: int) -> tuple[Question, Legal] | None:
    """Return one legal question of a task, None where there is none.

    Args:
        task: The task.
        scene: The room.
        number: Which one; another number gives another question.
    """
    found: list[tuple[Question, Legal]] = []
    shown = list(views(scene, task.view))
    step = max(1, len(shown) // VIEWS)
    spread = [*shown[::step], *(view for start in range(1, step) for view in shown[start::step])]
    for place, frames in enumerate(spread):
        if place >= VIEWS and found:
            break
        share = QUESTIONS // min(VIEWS, len(spread))
        found += islice(enumerate_questions(scene, task.id, frames), share)
    if not found:
        return None
    telling = _telling(found)
    question, ruling = telling[number % len(telling)]
    text = text_of(task, ruling.entities)
    return Question(text, frames=question.frames), ruling


def _telling(found: list[tuple[Question, Legal]]) -> list[tuple[Question, Legal]]:
    """Keep the counts above one where there are any: a count of one shows little."""
    kept = [
        (question, ruling)
        for question, ruling in found
        if not isinstance(ruling.answer, Count) or ruling.answer.value > 1
    ]
    return kept or found
