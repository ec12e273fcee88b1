# SPDX-License-Identifier: Apache-2.0
"""Rooms of the lab, and a visit to one."""

from __future__ import annotations

import pytest

from spatialevo_rl.ouroboros.records import Visit
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.settings import SceneSettings


@pytest.fixture(scope="session")
def rooms() -> SceneStore:
    return open_store(SceneSettings(scenes="lab", scene_count=12, scene_views=2, image_size=64))


@pytest.fixture
def visit(rooms: SceneStore) -> Visit:
    scene = rooms.ids(Split.TRAIN)[0]
    return Visit(number=0, scene_id=scene, frames=rooms.frames(scene))
