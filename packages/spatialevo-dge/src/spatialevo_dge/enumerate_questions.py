# SPDX-License-Identifier: Apache-2.0
"""Every legal question that a scene allows, with its truth; and whether there is one at all.

Proposals come from the tasks, legality from the same `rule_on` that judges a stranger's question:
what a questioner is told is possible and what is judged possible cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from spatialevo_dge.entities import Entities
from spatialevo_dge.judge import rule_on
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Legal
from spatialevo_dge.scene import Frame, Scene
from spatialevo_dge.tasks import all_tasks, task_named
from spatialevo_dge.thresholds import DEFAULT, Policy
from spatialevo_dge.view import View, ViewKind


def enumerate_questions(
    scene: Scene,
    task_id: str,
    frames: tuple[str, ...] | None = None,
    policy: Policy = DEFAULT,
) -> Iterator[tuple[Question, Legal]]:
    """Yield every legal question of a task, with its ruling, lazily and in a fixed order.

    Args:
        scene: The scene.
        task_id: The task.
        frames: Images shown; None asks with no image (scene tasks), with each image (single-image
            tasks), or with each ordered pair of images (image-pair tasks).
        policy: Thresholds and conventions.

    Raises:
        ValueError: `task_id` is no task's id, or a frame is not in the scene.
    """
    task = task_named(task_id)
    for shown in views(scene, task.view) if frames is None else (frames,):
        view = View(scene, tuple(_frame(scene, frame) for frame in shown))
        if not task.view.admits(len(shown)):
            continue
        for entities in task.propose(view, policy):
            ruling = rule_on(task_id, entities, scene, shown, policy)
            if isinstance(ruling, Legal):
                text = task.forms.phrase(entities)[0]
                yield Question(text, frames=shown, task=task_id), ruling


def feasible_tasks(
    scene: Scene, frames: tuple[str, ...] = (), policy: Policy = DEFAULT
) -> tuple[str, ...]:
    """Return the ids of the tasks that have at least one legal question with these images."""
    return tuple(
        task.id
        for task in all_tasks()
        if task.view.admits(len(frames))
        and next(enumerate_questions(scene, task.id, frames, policy), None) is not None
    )


def views(scene: Scene, kind: ViewKind) -> Iterator[tuple[str, ...]]:
    """Yield every set of frames that a kind of task can be asked with."""
    ids = [frame.id for frame in scene.frames]
    if kind is ViewKind.SCENE:
        yield ()
    elif kind is ViewKind.FRAME:
        yield from ((frame,) for frame in ids)
    else:
        yield from permutations(ids, 2)


def render(task_id: str, entities: Entities) -> tuple[str, ...]:
    """Write entities as questions, one text for every wording."""
    return task_named(task_id).forms.phrase(entities)


def _frame(scene: Scene, frame: str) -> Frame:
    if frame not in scene.frames_by_id:
        raise ValueError(f"frames: scene {scene.id!r} has no frame {frame!r}")
    return scene.frames_by_id[frame]
