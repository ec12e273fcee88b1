# SPDX-License-Identifier: Apache-2.0
"""Fixtures that several parts of the oracle's tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spatialevo_dge.scene import Scene
from support.real_scenes import import_photographed, write_photographed_folder


@pytest.fixture(scope="session")
def photographed_folder(
    test_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A ScanNet folder of scene0000_00 with its mesh and three photographs."""
    return write_photographed_folder(test_data, tmp_path_factory.mktemp("scene0000_00"))


@pytest.fixture(scope="session")
def photographed_scene(photographed_folder: Path) -> Scene:
    """scene0000_00 in its aligned axes, with the three photographs as frames."""
    return import_photographed(photographed_folder)
