# SPDX-License-Identifier: Apache-2.0
"""Legal questions of a store, with the frames they are asked with: for floors and for evaluation.

Views are drawn as training draws them, questions from the oracle's enumeration of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from spatialevo_dge import DEFAULT, Legal, Policy, Question, enumerate_questions
from spatialevo_dge.tasks import task_named
from spatialevo_rl.draws import dice
from spatialevo_rl.scenes.frames import draw_frames
from spatialevo_rl.scenes.store import SceneStore

ENUMERATED: Final = 96
"""Questions of one task and view that a sample is drawn from; a large scene allows thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOptions:
    """What is sampled.

    Attributes:
        tasks: Ids of the tasks.
        per_view: Most questions of one task from one view.
        scene_views: Most images of a whole-scene view.
        policy: The oracle's policy.
        seed: Seed of every draw; equal seeds give equal questions.
    """

    tasks: tuple[str, ...]
    per_view: int = 4
    scene_views: int = 8
    policy: Policy = DEFAULT
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A legal question about a scene.

    Attributes:
        scene_id: The scene.
        question: Its text, task and frames.
        ruling: The truth.
    """

    scene_id: str
    question: Question
    ruling: Legal


def sample_questions(
    store: SceneStore, scene_ids: tuple[str, ...], options: SampleOptions
) -> Iterator[Asked]:
    """Yield legal questions, scene by scene, at most `per_view` of each task and scene.

    Args:
        store: The scenes.
        scene_ids: Which of them, in this order.
        options: What is sampled.
    """
    for place, scene_id in enumerate(scene_ids):
        for task in options.tasks:
            yield from _of_scene(store, scene_id, task, (place, options))


def _of_scene(
    store: SceneStore, scene_id: str, task: str, how: tuple[int, SampleOptions]
) -> Iterator[Asked]:
    place, options = how
    generator = dice(options.seed, place, f"sample {task}")
    scene = store.scene(scene_id)
    kind = task_named(task).view
    frames = draw_frames(scene, store.frames(scene_id), kind, options.scene_views, generator)
    if frames is None:
        return
    found = list(islice(enumerate_questions(scene, task, frames, options.policy), ENUMERATED))
    chosen = sorted(generator.permutation(len(found))[: options.per_view].tolist())
    for index in chosen:
        question, ruling = found[index]
        yield Asked(scene_id=scene_id, question=question, ruling=ruling)
