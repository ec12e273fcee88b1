# SPDX-License-Identifier: Apache-2.0
"""The trained tasks, and those of them that a view allows: by the oracle's own enumeration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import get_args, get_type_hints

from spatialevo_dge import DEFAULT, Policy, Scene, ViewKind, enumerate_questions
from spatialevo_dge.entities import FrameRef, Noun
from spatialevo_dge.tasks import all_tasks, task_named
from spatialevo_rl.settings import SchedulerSettings


def trained_tasks(settings: SchedulerSettings) -> tuple[str, ...]:
    """Return the ids of the tasks trained, in the oracle's order.

    Raises:
        ValueError: An id is no task's.
    """
    named = {name.strip() for name in settings.trained_tasks.split(",")} - {""}
    for name in sorted(named):
        try:
            task_named(name)
        except ValueError as error:
            raise ValueError(f"trained_tasks: {error}") from error
    return tuple(task.id for task in all_tasks() if not named or task.id in named)


def kind_shares(settings: SchedulerSettings) -> Mapping[ViewKind, float]:
    """Return the probability of each kind of view that a trained task needs; they sum to 1.

    Raises:
        ValueError: A probability is negative, or no trained task's kind has one above 0.
    """
    given = {
        ViewKind.SCENE: settings.view_scene,
        ViewKind.FRAME: settings.view_frame,
        ViewKind.PAIR: settings.view_pair,
    }
    if min(given.values()) < 0.0:
        raise ValueError(f"view_scene, view_frame, view_pair: expected >= 0, got {given}")
    needed = {task_named(task).view for task in trained_tasks(settings)}
    shares = {kind: share for kind, share in given.items() if kind in needed and share > 0.0}
    total = sum(shares.values())
    if not shares:
        raise ValueError(
            "view_scene, view_frame, view_pair: no trained task is asked with such views "
            f"(trained: {', '.join(trained_tasks(settings))})"
        )
    return {kind: share / total for kind, share in shares.items()}


def feasible(
    scene: Scene,
    frames: tuple[str, ...],
    tasks: tuple[str, ...],
    policy: Policy = DEFAULT,
) -> tuple[str, ...]:
    """Return those of the tasks that have a legal question with these frames.

    The same test as `spatialevo_dge.feasible_tasks`, for the tasks given alone.
    """
    return tuple(
        task
        for task in tasks
        if task_named(task).view.admits(len(frames))
        and next(enumerate_questions(scene, task, frames, policy), None) is not None
    )


def names_objects(task: str) -> bool:
    """Whether questions of a task name an object."""
    return _names(task, Noun)


def names_images(task: str) -> bool:
    """Whether questions of a task name an image."""
    return _names(task, FrameRef)


def _names(task: str, wanted: type) -> bool:
    entities = task_named(task).forms.entities
    hints = get_type_hints(entities)
    return any(wanted in _parts(hints[field.name]) for field in fields(entities))


def _parts(hint: object) -> set[object]:
    """Return a type and those it is made of: `Noun | None`, `tuple[Noun, ...]`."""
    found: set[object] = {hint}
    for part in get_args(hint):
        found |= _parts(part)
    return found
