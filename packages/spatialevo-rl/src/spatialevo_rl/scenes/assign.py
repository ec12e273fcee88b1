# SPDX-License-Identifier: Apache-2.0
"""What each questioner group works on: a view first, then a task that the view allows.

    kind of view -> scene -> frames -> feasible tasks -> task (scheduler) -> constraint

Every draw is keyed by (seed, step, purpose, slot). The view depends on nothing else, so the next
step's views can be made while the model generates; the task depends on the scheduler as well.
"""

from __future__ import annotations

import atexit
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge import DEFAULT, POLICIES, Policy, SceneError, ViewKind
from spatialevo_dge.tasks import task_named
from spatialevo_rl.draws import dice
from spatialevo_rl.records import Assignment
from spatialevo_rl.scenes.caching import Cache
from spatialevo_rl.scenes.frames import draw_frames
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.scenes.tasks import (
    feasible,
    kind_shares,
    names_images,
    names_objects,
    trained_tasks,
)
from spatialevo_rl.settings import SchedulerSettings

REDRAWS: Final = 20
"""Scenes tried beside the first where a view allows no trained task."""
_VIEWS: Final = 4096  # views whose feasible tasks are remembered
_ORDERS: Final = 8  # steps whose order of scenes is remembered
_IMAGE_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """What assignments are drawn by.

    Attributes:
        tasks: The scheduler's settings: trained tasks and shares of the kinds of view.
        scene_views: Most images of a whole-scene view.
        policy: Name of the oracle's policy.
        split: Scenes drawn from.
    """

    tasks: SchedulerSettings = field(default_factory=SchedulerSettings)
    scene_views: int = 8
    policy: str = DEFAULT.name
    split: Split = Split.TRAIN

    def __post_init__(self) -> None:
        """Refuse a policy that there is not, and views without images."""
        if self.policy not in POLICIES:
            raise ValueError(f"policy: expected one of {sorted(POLICIES)}, got {self.policy!r}")
        if self.scene_views < 1:
            raise ValueError(f"scene_views: expected at least 1, got {self.scene_views}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnView:
    """A view that allows at least one trained task.

    Attributes:
        scene_id: The scene.
        frames: Ids of the frames shown, in the order shown.
        kind: Kind of view the frames stand for.
        feasible: Trained tasks of that kind with a legal question, in the oracle's order.
        redraws: Scenes that were drawn before and allowed none.
    """

    scene_id: str
    frames: tuple[str, ...]
    kind: ViewKind
    feasible: tuple[str, ...]
    redraws: int = 0


class Assigner:
    """Draws views and assignments of one run; safe to use from several threads."""

    def __init__(self, store: SceneStore, curriculum: Curriculum, seed: int) -> None:
        """Prepare the draws.

        Raises:
            ValueError: No trained task's kind of view is ever drawn, or a task is unknown.
            SceneError: The split has no scene.
        """
        self._store = store
        self._curriculum = curriculum
        self._seed = seed
        self._policy: Policy = POLICIES[curriculum.policy]
        self._shares = tuple(kind_shares(curriculum.tasks).items())
        trained = trained_tasks(curriculum.tasks)
        self._tasks = {
            kind: tuple(task for task in trained if task_named(task).view is kind)
            for kind in ViewKind
        }
        self._ids = store.ids(curriculum.split)
        if not self._ids:
            raise SceneError(store.name, "scenes", f"no scene in the split {curriculum.split}")
        self._views: Cache[tuple[str, tuple[str, ...], ViewKind], tuple[str, ...]]
        self._views = Cache(_VIEWS)
        self._orders: Cache[tuple[int, int], NDArray[np.int64]] = Cache(_ORDERS)

    def view(self, step: int, slot: int) -> DrawnView:
        """Draw the view of a slot: no scheduler takes part.

        Raises:
            SceneError: 21 scenes in a row allow no trained task with such a view.
        """
        kind = self._kind(step, slot)
        for attempt in range(REDRAWS + 1):
            scene_id = self._scene_id(step, slot, attempt)
            frames = self._frames(step, slot, attempt, (scene_id, kind))
            if frames is None:
                continue
            tasks = self.feasible(scene_id, frames, kind)
            if tasks:
                return DrawnView(
                    scene_id=scene_id, frames=frames, kind=kind, feasible=tasks, redraws=attempt
                )
        raise SceneError(
            self._store.name,
            "feasible tasks",
            f"{REDRAWS + 1} scenes in a row allow none of {', '.join(self._tasks[kind])} with a "
            f"{kind} view (step {step}, slot {slot}, last scene {scene_id}); view_{kind}=0 leaves "
            "such views out",
        )

    def assign(self, step: int, slot: int, scheduler: TaskScheduler) -> Assignment:
        """Draw what a slot's questioner group works on.

        Raises:
            SceneError: As `view` does.
        """
        view = self.view(step, slot)
        task = scheduler.draw(view.feasible, dice(self._seed, step, "task", slot))
        return Assignment(
            step=step,
            slot=slot,
            scene_id=view.scene_id,
            frames=view.frames,
            kind=view.kind,
            task=task,
            feasible=view.feasible,
            constraint=self._constraint(step, slot, task, len(view.frames)),
        )

    def feasible(self, scene_id: str, frames: tuple[str, ...], kind: ViewKind) -> tuple[str, ...]:
        """Return the trained tasks of a kind that have a legal question with these frames."""
        return self._views.get(
            (scene_id, frames, kind),
            lambda: feasible(self._store.scene(scene_id), frames, self._tasks[kind], self._policy),
        )

    def _kind(self, step: int, slot: int) -> ViewKind:
        left = float(dice(self._seed, step, "view", slot).random())
        for kind, share in self._shares:
            left -= share
            if left < 0.0:
                return kind
        return self._shares[-1][0]  # rounding

    def _scene_id(self, step: int, slot: int, attempt: int) -> str:
        """Draw a scene; the slots of a step get different ones as long as there are enough."""
        order = self._orders.get(
            (step, attempt),
            lambda: dice(self._seed, step, f"scene {attempt}").permutation(len(self._ids)),
        )
        return self._ids[int(order[slot % len(self._ids)])]

    def _frames(
        self, step: int, slot: int, attempt: int, what: tuple[str, ViewKind]
    ) -> tuple[str, ...] | None:
        scene_id, kind = what
        return draw_frames(
            self._store.scene(scene_id),
            self._store.frames(scene_id),
            kind,
            self._curriculum.scene_views,
            dice(self._seed, step, f"frames {attempt}", slot),
        )

    def _constraint(self, step: int, slot: int, task: str, images: int) -> str:
        """Draw a label of the vocabulary or one of the images, as the task's questions name them.

        The label may be one that the scene does not have: what it has is never told.
        """
        generator = dice(self._seed, step, "constraint", slot)
        by_image, which = float(generator.random()), float(generator.random())
        can_image = names_images(task) and images > 1
        vocabulary = self._store.vocabulary if names_objects(task) else ()
        if can_image and (by_image < _IMAGE_SHARE or not vocabulary):
            return f"image {1 + int(which * images)}"
        return vocabulary[int(which * len(vocabulary))] if vocabulary else ""


def assign(
    step: int,
    slot: int,
    store: SceneStore,
    scheduler: TaskScheduler,
    settings: Curriculum,
    seed: int,
) -> Assignment:
    """Draw what a slot's questioner group works on; see `Assigner.assign`."""
    return _assigner(store, settings, seed).assign(step, slot, scheduler)


@lru_cache(maxsize=4)
def _assigner(store: SceneStore, settings: Curriculum, seed: int) -> Assigner:
    return Assigner(store, settings, seed)


# Native objects in scenes want to be let go before the interpreter ends.
atexit.register(_assigner.cache_clear)
