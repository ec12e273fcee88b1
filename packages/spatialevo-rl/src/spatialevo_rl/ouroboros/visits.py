# SPDX-License-Identifier: Apache-2.0
"""Which scenes a round is about. Every draw is keyed: a resumed round visits the same ones."""

from __future__ import annotations

from spatialevo_dge import Scene
from spatialevo_rl.draws import dice
from spatialevo_rl.ouroboros.records import Visit
from spatialevo_rl.ouroboros.settings import OuroborosSettings
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore


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


def others_of(
    store: SceneStore, visit: Visit, frames: tuple[str, ...], settings: OuroborosSettings, seed: int
) -> tuple[tuple[Scene, tuple[str, ...]], ...]:
    """Return other scenes in which a program is run to see whether it looks at the scene at all.

    They are the run's neighbours of the scene, with as many frames of theirs as the question has.
    """
    order = scene_order(store, seed)
    at = order.index(visit.scene_id)
    found: list[tuple[Scene, tuple[str, ...]]] = []
    for step in range(1, len(order)):
        if len(found) == settings.other_scenes:
            break
        name = order[(at + step) % len(order)]
        own = store.frames(name)
        if len(own) >= len(frames):
            found.append((store.scene(name), spread(own, len(frames))))
    return tuple(found)
