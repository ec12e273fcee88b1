# SPDX-License-Identifier: Apache-2.0
"""Rooms in the official files of every data set, and how each is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from spatialevo_dge.importers import (
    ARKitScenesOptions,
    ScanNetOptions,
    ScanNetPPOptions,
    ScanOptions,
    import_arkitscenes,
    import_own,
    import_scannet,
    import_scannetpp,
    import_vsibench,
)
from spatialevo_dge.scene import EXACT, Scene
from spatialevo_dge.synthetic import RoomOptions, SyntheticRoom, make_room
from support.exporters import (
    Faults,
    export_arkitscenes,
    export_own,
    export_scannet,
    export_scannetpp,
    export_vsibench,
)
from support.exporters.arkitscenes import room_for_arkit

SOUND = Faults()
ROOM = RoomOptions(yaw=None, floor_height=0.3, cameras=4, image_size=(640, 480))


@dataclass(frozen=True)
class Format:
    """One kind of official files.

    Attributes:
        room: Makes a room whose images have the format's size.
        write: Writes it; with faults where some are asked for.
        load: Imports it, with a folder for images that have to be made.
        carries_boxes: Whether the format has boxes; else they are fitted to points.
        pose_digits: What poses are stored with.
    """

    room: Callable[[int, RoomOptions], SyntheticRoom]
    write: Callable[[SyntheticRoom, Path, Faults], Path]
    load: Callable[[Path, ScanOptions], Scene]
    carries_boxes: bool = True
    pose_error: float = 1e-9
    no_faults: Faults = SOUND

    def imported(self, room: SyntheticRoom, folder: Path, faults: Faults = SOUND) -> Scene:
        path = self.write(room, folder, faults)
        return self.load(path, ScanOptions(images=folder / "made"))


def _scannet(path: Path, options: ScanOptions) -> Scene:
    return import_scannet(
        path,
        ScanNetOptions(noise=EXACT, frames=options.frames, images=options.images,
                       visibility=options.visibility),
    )  # fmt: skip


def _scannetpp(path: Path, options: ScanOptions) -> Scene:
    return import_scannetpp(
        path,
        ScanNetPPOptions(noise=EXACT, frames=options.frames, images=options.images,
                         visibility=options.visibility),
    )  # fmt: skip


def _arkitscenes(path: Path, options: ScanOptions) -> Scene:
    return import_arkitscenes(
        path,
        ARKitScenesOptions(noise=EXACT, frames=options.frames, images=options.images,
                           visibility=options.visibility),
    )  # fmt: skip


def _cameras(kind: str) -> Callable[[SyntheticRoom, Path, Faults], Path]:
    return lambda room, folder, faults: export_scannetpp(room, folder, cameras=kind, faults=faults)


FORMATS = {
    "scannet": Format(
        make_room,
        lambda room, folder, faults: export_scannet(room, folder, faults=faults),
        _scannet,
        carries_boxes=False,
    ),
    "scannet-sens": Format(
        make_room,
        lambda room, folder, faults: export_scannet(room, folder, stream=True, faults=faults),
        _scannet,
        carries_boxes=False,
        pose_error=2e-6,  # the stream holds poses as 32-bit floats
    ),
    "scannetpp-nerfstudio": Format(make_room, _cameras("nerfstudio"), _scannetpp),
    "scannetpp-colmap": Format(make_room, _cameras("colmap"), _scannetpp),
    "scannetpp-iphone": Format(make_room, _cameras("iphone"), _scannetpp),
    "arkitscenes": Format(
        room_for_arkit,
        lambda room, folder, faults: export_arkitscenes(room, folder, faults=faults),
        _arkitscenes,
    ),
    "vsibench": Format(
        make_room,
        lambda room, folder, faults: export_vsibench(room, folder),
        lambda path, options: next(import_vsibench(path)),
    ),
    "own": Format(make_room, lambda room, folder, faults: export_own(room, folder), import_own),
}


@pytest.fixture(scope="session")
def formats() -> dict[str, Format]:
    return FORMATS


@pytest.fixture(scope="session")
def room_options() -> RoomOptions:
    return ROOM


@pytest.fixture(scope="session")
def small_options() -> RoomOptions:
    """Few points and small images: for what is imported a hundred times."""
    return replace(ROOM, cameras=2, image_size=(64, 48), spacing=0.5, objects=4)
