# SPDX-License-Identifier: Apache-2.0
"""Making rooms ahead of a run, so that no step waits for one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from spatialevo_rl.scenes.store import SceneStore


def fill(store: SceneStore, scene_ids: tuple[str, ...], processes: int = 1) -> Iterator[str]:
    """Make the scenes that the store's folder does not hold yet, and yield each id when it is done.

    Args:
        store: A store with a folder.
        scene_ids: Which scenes.
        processes: Processes that make them; 1: this one.

    Raises:
        ValueError: The store keeps nothing on disk, so the work would be lost.
    """
    if store.folder is None:
        raise ValueError("scene_cache: name a folder to keep the rooms in")
    if processes == 1:
        for scene_id in scene_ids:
            yield _made(store, scene_id)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context) as pool:
        yield from pool.map(partial(_made, store), scene_ids, chunksize=16)


def _made(store: SceneStore, scene_id: str) -> str:
    store.scene(scene_id)
    return scene_id
