# SPDX-License-Identifier: Apache-2.0
"""Held-out questions and questioner prompts: the same ones for every model of a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from spatialevo_dge import DEFAULT
from spatialevo_dge.answer import Answer, Choice, Count, Direction
from spatialevo_dge.enumerate_questions import enumerate_questions
from spatialevo_dge.tasks import all_tasks, task_named
from spatialevo_rl.draws import dice
from spatialevo_rl.records import Assignment, Job, Role
from spatialevo_rl.scenes.assign import Assigner, Curriculum
from spatialevo_rl.scenes.frames import draw_frames
from spatialevo_rl.scenes.sample import ENUMERATED, Asked
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore

_SPARE: Final = 40  # scenes
_NOTE: Final = re.compile(r" In front means nearer.*$")
_FURTHER: Final = re.compile(r"\b(?:same|tilt|pose)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutOptions:
    """Which questions a model is held to.

    Attributes:
        tasks: Ids of the tasks.
        count: Questions a task; fewer where twice as many scenes, and forty, allow no more.
        scene_views: Most images of a whole-scene view.
        split: Scenes they come from.
        per_scene: Most questions of a task from one scene; all of them about one view.
        plain: Ask the simplest forms alone, without explanatory sentences: the lab's model knows
            no others.
        seed: Of every draw.
    """

    tasks: tuple[str, ...] = tuple(task.id for task in all_tasks())
    count: int = 100
    scene_views: int = 2
    split: Split = Split.VALIDATION
    per_scene: int = 1
    plain: bool = True
    seed: int = 0


def held_out_questions(store: SceneStore, options: HeldOutOptions) -> tuple[Asked, ...]:
    """Return held-out questions, task by task, at most `per_scene` of a task from each scene.

    Of the questions that a view allows one with an answer is taken that was rare so far: what
    counts is seeing, not knowing which answer is frequent. The floors of these very questions are
    the measure.
    """
    return tuple(
        asked
        for task in options.tasks
        for asked in islice(_of(store, task, options), options.count)
    )


def _of(store: SceneStore, task: str, options: HeldOutOptions) -> Iterator[Asked]:
    seen: Counter[str] = Counter()
    kind = task_named(task).view
    for place, scene_id in enumerate(store.ids(options.split)[: _looked_at(options.count)]):
        generator = dice(options.seed, place, f"held out {task}")
        scene, names = store.scene(scene_id), store.frames(scene_id)
        frames = draw_frames(scene, names, kind, options.scene_views, generator)
        if frames is None:
            continue
        found = list(islice(_asked(scene_id, store, task, frames, options), ENUMERATED))
        order = [found[index] for index in generator.permutation(len(found))]
        for _ in range(min(options.per_scene, len(order))):
            chosen = min(order, key=lambda item: seen[answer_group(item.ruling.answer)])
            order.remove(chosen)
            seen[answer_group(chosen.ruling.answer)] += 1
            yield chosen


def _looked_at(count: int) -> int:
    """Scenes looked at for a task: it may have few questions in a data set, or none at all."""
    return 2 * count + _SPARE


def _asked(
    scene_id: str, store: SceneStore, task: str, frames: tuple[str, ...], options: HeldOutOptions
) -> Iterator[Asked]:
    for question, ruling in enumerate_questions(store.scene(scene_id), task, frames, DEFAULT):
        if options.plain and _FURTHER.search(question.text):
            continue
        text = _NOTE.sub("", question.text) if options.plain else question.text
        yield Asked(scene_id=scene_id, question=replace(question, text=text), ruling=ruling)


def answer_group(answer: Answer) -> str:
    """Name the kind of an answer: a word, a count, which option, one digit of a number."""
    if isinstance(answer, Choice):
        return str(answer.options.index(answer.value))
    if isinstance(answer, Direction | Count):
        return answer.render()
    return f"{float(f'{answer.value:.1g}'):g}"


def as_job(asked: Asked) -> Job:
    """Return a question as the solver gets it."""
    return Job(role=Role.SOLVER, question=asked.question.text, ruling=asked.ruling)


def as_assignment(asked: Asked) -> Assignment:
    """Return what prompts read of a question's view."""
    return Assignment(
        step=0,
        slot=0,
        scene_id=asked.scene_id,
        frames=asked.question.frames,
        kind=task_named(asked.ruling.task).view,
        task=asked.ruling.task,
    )


def held_out_assignments(
    store: SceneStore, curriculum: Curriculum, scheduler: TaskScheduler, count: int, seed: int
) -> tuple[Assignment, ...]:
    """Return what the questioner is held to: assignments drawn as training draws them.

    Args:
        store: The scenes.
        curriculum: With the split to draw from.
        scheduler: A fresh one, so that tasks are drawn as at the start.
        count: How many.
        seed: Of every draw.
    """
    assigner = Assigner(store, curriculum, seed)
    return tuple(assigner.assign(0, slot, scheduler) for slot in range(count))
