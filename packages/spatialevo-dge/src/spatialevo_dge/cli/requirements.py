# SPDX-License-Identifier: Apache-2.0
"""What a task needs of a scene and which rules its questions can break, from what they name."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, get_args, get_type_hints

from spatialevo_dge.entities import Category, Comparison, FrameRef, Noun, Relation, Room, Shown
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.verdict import Rule
from spatialevo_dge.view import ViewKind

ALWAYS: Final = frozenset({Rule.UNPARSED, Rule.WRONG_TASK, Rule.NOT_AVAILABLE, Rule.UNKNOWN_FRAME})
# Sizes and shares of what is named exist in any geometry; directions, gaps and motions do not.
NEVER_DEGENERATE: Final = (Room, Comparison, Shown)


def needs(task: SpatialTask[Any]) -> tuple[str, ...]:
    """Say what the scene must hold."""
    found = ["the floor's area"] if task.forms.entities is Room else []
    nouns = _named(task, Noun)
    if nouns:
        found.append("labelled objects with boxes")
    if task.view is not ViewKind.SCENE:
        found.append("posed images")
    if nouns and task.view is not ViewKind.SCENE:
        found.append("what each image shows (from depth images, a mesh or points)")
    elif task.view is ViewKind.SCENE:
        found.append("where images are shown with it: their poses, and what each of them shows")
    return tuple(found)


def rules(task: SpatialTask[Any]) -> tuple[Rule, ...]:
    """Return the rules that a question of the task can break, in order of precedence."""
    entities = task.forms.entities
    nouns, images = _named(task, Noun), _named(task, FrameRef)
    objects = nouns if entities is not Category else 0
    broken = set(ALWAYS)
    broken |= {Rule.WRONG_VIEW} if task.view is not ViewKind.SCENE else set()
    broken |= {Rule.VIEWPOINT_DEPENDENT} if entities is Relation else set()
    broken |= {Rule.SAME_FRAME} if images > 1 else set()
    broken |= {Rule.UNKNOWN_OBJECT, Rule.AMBIGUOUS_OBJECT} if nouns else set()
    broken |= {Rule.SAME_OBJECT} if nouns > 1 else set()
    broken |= {Rule.TOO_FEW_CANDIDATES} if _chooses(task) else set()
    broken |= {Rule.NOT_VISIBLE} if nouns or entities is Room else set()
    broken |= {Rule.TOO_FEW_POINTS} if objects and not _by_phrase(task) else set()
    broken |= {Rule.DEGENERATE} if _can_degenerate(task) else set()
    broken |= {Rule.BORDERLINE} if entities is not Category else set()
    return tuple(sorted(broken, key=lambda rule: rule.precedence))


def _can_degenerate(task: SpatialTask[Any]) -> bool:
    alone = task.view is ViewKind.SCENE and _named(task, Noun) == 1
    counts = task.forms.entities is Category  # a count below the policy's least
    return counts or not (alone or issubclass(task.forms.entities, NEVER_DEGENERATE))


def _chooses(task: SpatialTask[Any]) -> bool:
    return any(hint == tuple[Noun, ...] for hint in _hints(task))


def _by_phrase(task: SpatialTask[Any]) -> bool:
    """Whether the object is named by a phrase of its own, as a region is."""
    return Noun not in _hints(task) and not _chooses(task)


def _named(task: SpatialTask[Any], kind: type) -> int:
    """Count the roles of a kind; a list of candidates counts as two."""
    return sum(
        2 if hint == tuple[kind, ...] else hint is kind or kind in get_args(hint)  # type: ignore[valid-type]
        for hint in _hints(task)
    )


def _hints(task: SpatialTask[Any]) -> list[object]:
    hints = get_type_hints(task.forms.entities)
    return [hints[field.name] for field in fields(task.forms.entities)]
