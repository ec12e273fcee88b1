# SPDX-License-Identifier: Apache-2.0
"""Real scans, put together from what the test data hold of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from spatialevo_dge.importers import ScanNetOptions, import_scannet
from spatialevo_dge.scene import Scene


def write_photographed_folder(test_data: Callable[[str], Path], folder: Path) -> Path:
    """Link a ScanNet folder of scene0000_00: its mesh, and three photographs posed in scan axes."""
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


def import_photographed(folder: Path) -> Scene:
    """Import what `write_photographed_folder` wrote; frames "00000", "00011" and "00102"."""
    return import_scannet(folder, ScanNetOptions(alignment=folder / "axis_alignment.json"))
