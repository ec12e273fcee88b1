# SPDX-License-Identifier: Apache-2.0
"""Which frames of a scene are shown: spread ones, one that shows things, or two that meet.

Every draw comes from the generator given, in a fixed order, so equal generators draw equal frames.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spatialevo_dge import DEFAULT, Scene, ViewKind

TRIES: Final = 6
"""Frames, or pairs, looked at for one that shows enough; the last stands if none does."""
NEIGHBOURS: Final = 0.5
"""How often a pair is taken from neighbours in capture order, which mostly overlap."""
_ENOUGH: Final = 2  # objects that a single image should show: the least that can be compared


def draw_frames(
    scene: Scene,
    frames: tuple[str, ...],
    kind: ViewKind,
    scene_views: int,
    generator: np.random.Generator,
) -> tuple[str, ...] | None:
    """Draw the frames of a view, in the order shown.

    A scene view has between half of `scene_views` and `scene_views` frames, one in each of as many
    equal parts of the capture. A single image should show at least two objects, a pair at least one
    object in both; half of the pairs are neighbours, in either order.

    Args:
        scene: The scene.
        frames: Ids of its frames that have an image, in capture order.
        kind: What the frames stand for.
        scene_views: Most frames of a scene view.
        generator: Source of every draw.

    Returns:
        None where the scene has too few frames for the kind.
    """
    if len(frames) < (2 if kind is ViewKind.PAIR else 1):
        return None
    if kind is ViewKind.SCENE:
        return _spread(frames, scene_views, generator)
    if kind is ViewKind.FRAME:
        return _single(scene, frames, generator)
    return _pair(scene, frames, generator)


def shown_ids(scene: Scene, frame: str, least: float = DEFAULT.min_visible) -> frozenset[int]:
    """Return the objects that a frame shows; none where its visibility was not computed."""
    index = scene.frame_index[frame]
    if scene.visibility is None or scene.frames[index].visibility_source is None:
        return frozenset()
    records = scene.visibility.in_frame(index)
    return frozenset(item for item, record in records.items() if record.of_facing >= least)


def shown_labels(scene: Scene, frame: str, least: float = DEFAULT.min_visible) -> frozenset[str]:
    """Return the labels of the objects that a frame shows."""
    by_id = scene.objects_by_id
    return frozenset(by_id[item].label for item in shown_ids(scene, frame, least) if item in by_id)


def _spread(
    frames: tuple[str, ...], scene_views: int, generator: np.random.Generator
) -> tuple[str, ...]:
    most = min(scene_views, len(frames))
    count = int(generator.integers((most + 1) // 2, most + 1))
    offset = float(generator.random())
    return tuple(frames[int((place + offset) * len(frames) / count)] for place in range(count))


def _single(scene: Scene, frames: tuple[str, ...], generator: np.random.Generator) -> tuple[str]:
    frame = frames[0]
    for place in generator.integers(len(frames), size=TRIES):
        frame = frames[int(place)]
        if len(shown_ids(scene, frame)) >= _ENOUGH:
            break
    return (frame,)


def _pair(scene: Scene, frames: tuple[str, ...], generator: np.random.Generator) -> tuple[str, str]:
    near = generator.random() < NEIGHBOURS
    swapped = generator.random() < 0.5
    first, second = frames[:2]
    for _ in range(TRIES):
        place = int(generator.integers(len(frames) - 1))
        other = int(generator.integers(len(frames) - 1))
        start = place if near else int(generator.integers(len(frames)))
        end = place + 1 if near else other + (other >= start)
        first, second = frames[start], frames[end]
        if shown_ids(scene, first) & shown_ids(scene, second):
            break
    return (second, first) if swapped else (first, second)
