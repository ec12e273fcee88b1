# SPDX-License-Identifier: Apache-2.0
"""A room whose pictures are easy to describe, and rooms to try everything on.

Image 004 of `room`, from left to right: a chair close by, a desk with a tv on it, a plant.
"""

from dataclasses import replace

import pytest

from spatialevo_dge import Scene
from spatialevo_dge.synthetic import SyntheticRoom, make_room
from support.observed import SMALL, small_room

FURNITURE = {"bed": 1, "desk": 1, "chair": 2, "plant": 1, "sofa": 1, "tv": 1, "floor lamp": 1}


@pytest.fixture(scope="session")
def room() -> SyntheticRoom:
    return make_room(5, replace(SMALL, labels=FURNITURE))


@pytest.fixture(scope="session")
def scene(room: SyntheticRoom) -> Scene:
    return room.scene


@pytest.fixture(scope="session")
def rooms() -> tuple[SyntheticRoom, ...]:
    return tuple(small_room(seed) for seed in range(8))
