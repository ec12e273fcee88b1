# SPDX-License-Identifier: Apache-2.0
"""Cases for observations: a small synthetic room, frames of it, and a legal question about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from spatialevo_dge import DEFAULT, TASKS, Legal, Scene, View, ViewKind, enumerate_questions
from spatialevo_dge.synthetic import RoomOptions, SyntheticRoom, make_room

SMALL = RoomOptions(cameras=8, image_size=(64, 64), spacing=0.3)
VIEWS = ((ViewKind.SCENE, 0.4), (ViewKind.FRAME, 0.2), (ViewKind.PAIR, 0.4))


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """What one observation is scored against."""

    scene: Scene
    frames: tuple[str, ...]
    ruling: Legal

    @property
    def task(self) -> str:
        return self.ruling.task


def small_room(seed: int) -> SyntheticRoom:
    return make_room(seed, SMALL)


def draw_frames(scene: Scene, kind: ViewKind, dice: np.random.Generator) -> tuple[str, ...]:
    ids = [frame.id for frame in scene.frames]
    if kind is ViewKind.SCENE:
        return tuple(ids)
    count = 1 if kind is ViewKind.FRAME else 2
    return tuple(ids[place] for place in dice.permutation(len(ids))[:count])


def cases_of(
    scene: Scene, dice: np.random.Generator, tasks: tuple[int, ...] = tuple(range(16))
) -> Iterator[Case]:
    """Yield a legal question of each task that has one among its first in frames drawn for it."""
    for task in (TASKS[place] for place in tasks):
        frames = draw_frames(scene, task.view, dice)
        found = [ruling for _, ruling in islice(enumerate_questions(scene, task.id, frames), 12)]
        if found:
            ruling = found[int(dice.integers(len(found)))]
            yield Case(scene=scene, frames=frames, ruling=ruling)


def common_labels(scenes: list[Scene], dice: np.random.Generator) -> frozenset[str]:
    """Return the labels shown in more than 60 % of the views that training would draw."""
    shown: Counter[str] = Counter()
    for scene in scenes:
        for kind, weight in VIEWS:
            frames = [scene.frames_by_id[name] for name in draw_frames(scene, kind, dice)]
            view = View(scene, tuple(frames))
            for label, items in scene.objects_by_label.items():
                if any(
                    view.visible_share(item, frame) >= DEFAULT.min_visible
                    for item in items
                    for frame in frames
                ):
                    shown[label] += weight
    return frozenset(label for label, weight in shown.items() if weight > 0.6 * len(scenes))
