# SPDX-License-Identifier: Apache-2.0
"""Real scans, put together from what the test data hold of them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spatialevo_dge.importers import ScanNetOptions, import_scannet
from spatialevo_dge.scene import Scene


@pytest.fixture(scope="session")
def photographed_folder(
    test_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A ScanNet folder of scene0000_00 with its mesh and three photographs, poses in scan axes."""
    folder = tmp_path_factory.mktemp("scene0000_00")
    for source in test_data("scannet_scene0000_00").iterdir():
        (folder / source.name).symlink_to(source)
    photographs = test_data("posed_frames")
    infos = json.loads((photographs / "infos.json").read_text())
    for name in ("pose", "color", "intrinsic"):
        (folder / name).mkdir()
    np.savetxt(folder / "intrinsic" / "intrinsic_color.txt", np.array(infos["intrinsics"]))
    for path, scan_from_camera in zip(infos["img_paths"], infos["extrinsics"], strict=True):
        name = Path(path).name
        (folder / "color" / name).symlink_to(photographs / name)
        np.savetxt(folder / "pose" / f"{Path(name).stem}.txt", np.array(scan_from_camera))
    return folder


@pytest.fixture(scope="session")
def photographed_scene(photographed_folder: Path) -> Scene:
    """scene0000_00 in its aligned axes, with frames "00000", "00011" and "00102"."""
    alignment = photographed_folder / "axis_alignment.json"
    return import_scannet(photographed_folder, ScanNetOptions(alignment=alignment))
