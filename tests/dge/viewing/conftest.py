# SPDX-License-Identifier: Apache-2.0
"""A synthetic room with its images, written once."""

from pathlib import Path

import pytest

from spatialevo_dge import Scene
from spatialevo_dge.synthetic import make_room, save_room


@pytest.fixture(scope="session")
def room_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The room as a bundle; nothing may write to it."""
    folder = tmp_path_factory.mktemp("viewing") / "room"
    save_room(make_room(7), folder)
    return folder


@pytest.fixture(scope="session")
def room(room_folder: Path) -> Scene:
    return Scene.load(room_folder)
