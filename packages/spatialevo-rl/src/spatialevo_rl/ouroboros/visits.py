# SPDX-License-Identifier: Apache-2.0
"""Which scenes a round is about. Every draw is keyed: a resumed round visits the same ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from spatialevo_dge import Scene
from spatialevo_rl.draws import dice
from spatialevo_rl.ouroboros.records import Visit
from spatialevo_rl.ouroboros.settings import OuroborosSettings
from spatialevo_rl.scenes.frames import shown_ids
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore

LOOKED_AT: Final = 64
"""Other scenes looked through for what a program names."""
VIEWS: Final = 8
"""Views of each that are looked at."""


def visits_of(
    store: SceneStore, settings: OuroborosSettings, scene_views: int, turn: tuple[int, int]
) -> tuple[Visit, ...]:
    """Return a round's visits.

    Args:
        store: The scenes.
        settings: How many, and out of how many scenes.
        scene_views: Most frames shown, spread over the capture.
        turn: Seed of the run, and the round from 1.

    Raises:
        SceneError: A scene is damaged.
        ValueError: The store has no training scene.
    """
    seed, number = turn
    order = scene_order(store, seed)
    if not order:
        raise ValueError(f"{store.name}: no scene is in split {Split.TRAIN}")
    pool = order[: settings.visited_scenes or len(order)]
    start = (number - 1) * settings.visits
    return tuple(
        Visit(
            number=place,
            scene_id=(scene := pool[(start + place) % len(pool)]),
            frames=spread(store.frames(scene), scene_views),
        )
        for place in range(settings.visits)
    )


def scene_order(store: SceneStore, seed: int) -> tuple[str, ...]:
    """Return the training scenes in the run's order."""
    ids = store.ids(Split.TRAIN)
    return tuple(ids[place] for place in dice(seed, 0, "visited scenes").permutation(len(ids)))


def spread(frames: tuple[str, ...], most: int) -> tuple[str, ...]:
    """Return at most so many frames, uniformly spread over the capture."""
    count = min(most, len(frames))
    return tuple(frames[(2 * place + 1) * len(frames) // (2 * count)] for place in range(count))


class Others:
    """Finds other scenes in which to run a program, to see whether its answer is the scene's.

    Args:
        store: The scenes.
        settings: How many are wanted.
        seed: Of the run: scenes are looked through in its order, from the question's on.
    """

    def __init__(self, store: SceneStore, settings: OuroborosSettings, seed: int) -> None:
        self._store, self._wanted = store, settings.other_scenes
        self._order = scene_order(store, seed)
        self._place = {scene: place for place, scene in enumerate(self._order)}
        self._shown: dict[tuple[str, tuple[str, ...]], Counter[str]] = {}

    def of(
        self, scene_id: str, frames: tuple[str, ...], program: str
    ) -> tuple[tuple[Scene, tuple[str, ...]], ...]:
        """Return other scenes, each with as many frames as the question has.

        Where a program wants the only thing of a kind, those come first whose frames show one: in a
        scene without a bed a program about the bed fails, and that shows nothing.

        Args:
            scene_id: The question's scene.
            frames: The question's frames.
            program: Whose names of things count.
        """
        labels = [label for label in self._store.vocabulary if _wants(program, label)]
        good: list[tuple[str, tuple[str, ...]]] = []
        spare: list[tuple[str, tuple[str, ...]]] = []
        start = self._place[scene_id]
        for step in range(1, min(LOOKED_AT, len(self._order) - 1) + 1):
            if len(good) == self._wanted:
                break
            scene = self._order[(start + step) % len(self._order)]
            views = self._views(scene, len(frames))
            fits = [view for view in views if self._shows(scene, view, labels)]
            good += [(scene, view) for view in fits[:1]]
            spare += [(scene, view) for view in views[:1] if not fits]
        chosen = (*good, *spare)[: self._wanted]
        return tuple((self._store.scene(scene), view) for scene, view in chosen)

    def _views(self, scene: str, count: int) -> list[tuple[str, ...]]:
        """Return views of a scene with so many frames: from each frame on, and the spread one."""
        frames = self._store.frames(scene)
        if len(frames) < count:
            return []
        runs = [frames[at : at + count] for at in range(min(len(frames) - count + 1, VIEWS))]
        return [spread(frames, count), *runs]

    def _shows(self, scene: str, view: tuple[str, ...], labels: Sequence[str]) -> bool:
        key = (scene, view)
        if key not in self._shown:
            self._shown[key] = _labels_shown(self._store.scene(scene), view)
        return all(self._shown[key][label] == 1 for label in labels)


def _labels_shown(scene: Scene, view: tuple[str, ...]) -> Counter[str]:
    """Count the instances of each label that at least one of the frames shows."""
    ids = frozenset().union(*(shown_ids(scene, frame) for frame in view))
    return Counter(scene.objects_by_id[item].label for item in ids)


def _wants(program: str, label: str) -> bool:
    """Whether a program asks for the only thing of a label."""
    return re.search(rf"""only(?:_shown)?\(["']{re.escape(label)}["']\)""", program) is not None
