# SPDX-License-Identifier: Apache-2.0
"""Which task a text asks for, given what was scheduled and how many images are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from spatialevo_dge.entities import Entities, FrameRef, Relation
from spatialevo_dge.parsing.parse import Parse, Reading
from spatialevo_dge.question import Question
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import ViewKind


def route(
    parse: Parse, question: Question, tasks: Sequence[SpatialTask[Any]]
) -> Reading | Violation:
    """Choose the reading that was scheduled, or the one that the images shown admit.

    Args:
        parse: What the text may ask for.
        question: With the task it was scheduled for, if any, and the images shown.
        tasks: Those that were read for.

    Returns:
        The reading, or UNPARSED, WRONG_TASK, WRONG_VIEW or VIEWPOINT_DEPENDENT.
    """
    if not parse.readings:
        return _unparsed(question, parse.why)
    views = {task.id: task.view for task in tasks}
    readings = parse.readings
    if question.task is not None:
        readings = tuple(item for item in readings if item.task_id == question.task)
        if not readings:
            return _wrong_task(parse, question.task)
    fitting = tuple(item for item in readings if _fits(item, question, views))
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        shown = tuple(f"{item.task_id}: {item.entities}" for item in fitting)
        return Violation(
            rule=Rule.UNPARSED,
            entity=question.text,
            why=f"the text can be read in {len(fitting)} ways.",
            alternatives=shown,
        )
    return _wrong_view(readings[0], question, views)


def named_frames(entities: Entities) -> tuple[str, ...]:
    """Return the scene ids of images that a text names by id, each once, in order of role."""
    refs = (getattr(entities, field.name) for field in fields(entities))
    named = [ref.frame_id for ref in refs if isinstance(ref, FrameRef) and ref.frame_id is not None]
    return tuple(dict.fromkeys(named))


def _fits(item: Reading, question: Question, views: dict[str, ViewKind]) -> bool:
    return views[item.task_id].admits(_shown(item, question))


def _shown(item: Reading, question: Question) -> int:
    return len(question.frames or named_frames(item.entities))


def _unparsed(question: Question, why: str) -> Violation:
    return Violation(rule=Rule.UNPARSED, entity=question.text, why=f"{why}.")


def _wrong_task(parse: Parse, scheduled: str) -> Violation:
    asked = tuple(dict.fromkeys(item.task_id for item in parse.readings))
    return Violation(
        rule=Rule.WRONG_TASK,
        entity=scheduled,
        why=f"the text asks for {' or '.join(asked)}, not for {scheduled}.",
        alternatives=asked,
    )


def _wrong_view(item: Reading, question: Question, views: dict[str, ViewKind]) -> Violation:
    count = _shown(item, question)
    if isinstance(item.entities, Relation):
        return Violation(
            rule=Rule.VIEWPOINT_DEPENDENT,
            entity=f"{item.entities.target.text}, {item.entities.reference.text}",
            why=(
                f"where {item.entities.target.text!r} is from {item.entities.reference.text!r} "
                f"depends on the viewpoint, and {count} images are shown instead of one."
            ),
            measured=float(count),
            threshold=1.0,
            unit="images",
        )
    wanted = 1 if views[item.task_id] is ViewKind.FRAME else 2
    return Violation(
        rule=Rule.WRONG_VIEW,
        entity=f"{count} images",
        why=f"{item.task_id} is asked with {wanted} image(s), not with {count}.",
        measured=float(count),
        threshold=float(wanted),
        unit="images",
    )
