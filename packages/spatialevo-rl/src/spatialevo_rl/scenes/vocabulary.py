# SPDX-License-Identifier: Apache-2.0
"""Labels of a data set, and those so common that naming one says nothing about a view."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from spatialevo_dge import DEFAULT, Scene, ViewKind
from spatialevo_rl.draws import dice
from spatialevo_rl.scenes.caching import kept
from spatialevo_rl.scenes.frames import draw_frames, shown_labels
from spatialevo_rl.scenes.splits import Split

if TYPE_CHECKING:
    from spatialevo_rl.scenes.store import SceneStore

COMMON_SHARE: Final = 0.6
SCENES: Final = 48
"""Training scenes whose views are looked at."""

_WEIGHTS: Final = {ViewKind.SCENE: 0.4, ViewKind.FRAME: 0.2, ViewKind.PAIR: 0.4}
"""How often each kind of view is trained on, before feasibility."""


def common_labels(store: SceneStore) -> frozenset[str]:
    """Return the labels that more than 60 % of training views show.

    One view of each kind is drawn in 48 training scenes spread over the store; each counts as often
    as its kind is trained on. The draws depend on nothing but the store.
    """
    record = kept(
        store.folder,
        f"common-{store.fingerprint}-{store.settings.scene_views}.json",
        lambda: {"labels": sorted(_common(store))},
    )
    return frozenset(str(label) for label in record.items("labels"))


def _common(store: SceneStore) -> set[str]:
    weights: defaultdict[str, float] = defaultdict(float)
    total = 0.0
    for place, scene_id in enumerate(sampled_ids(store, Split.TRAIN, SCENES)):
        scene = store.scene(scene_id)
        for kind, weight in _WEIGHTS.items():
            generator = dice(0, place, f"common {kind}")
            frames = draw_frames(
                scene, store.frames(scene_id), kind, store.settings.scene_views, generator
            )
            if frames is None:
                continue
            total += weight
            for label in labels_in_view(scene, frames):
                weights[label] += weight
    return {label for label, weight in weights.items() if weight > COMMON_SHARE * total}


def labels_in_view(scene: Scene, frames: tuple[str, ...]) -> frozenset[str]:
    """Return the labels that at least one frame shows (as the oracle's NOT_VISIBLE has it)."""
    return frozenset[str]().union(
        *(shown_labels(scene, frame, DEFAULT.min_visible) for frame in frames)
    )


def sampled_ids(store: SceneStore, split: Split, count: int) -> tuple[str, ...]:
    """Return at most `count` scenes, evenly spread over a split."""
    ids = store.ids(split)
    if len(ids) <= count:
        return ids
    return tuple(ids[place * len(ids) // count] for place in range(count))
