# SPDX-License-Identifier: Apache-2.0
"""A sandbox and a few made rooms for all tests of programs."""

from collections.abc import Iterator

import pytest

from spatialevo_dge import Scene
from spatialevo_dge.synthetic import make_room
from spatialevo_rl.programs import Sandbox

pytest.importorskip("pydantic_monty", reason="spatialevo-rl[programs] is not installed")

ROOMS = (3, 4, 5)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Return one sandbox that all tests share, and so what one leaves behind shows in the next."""
    with Sandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def rooms() -> tuple[Scene, ...]:
    """Return made rooms."""
    return tuple(make_room(seed).scene for seed in ROOMS)


@pytest.fixture(scope="session")
def room(rooms: tuple[Scene, ...]) -> Scene:
    """Return one made room."""
    return rooms[0]


@pytest.fixture(scope="session")
def shown(room: Scene) -> tuple[str, ...]:
    """Return two of its frames."""
    return tuple(frame.id for frame in room.frames[:2])
