# SPDX-License-Identifier: Apache-2.0
"""The frames of an ARKitScenes video: 256 x 192 images with LiDAR depth, turned upright."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import image_size
from spatialevo_dge.importers.made_images import COLOUR, DEPTH, require_folder, turned_file
from spatialevo_dge.importers.matrices import read_text, rigid_problem
from spatialevo_dge.importers.pixels import (
    Pinhole,
    intrinsics_of,
    turned_intrinsics,
    turned_pose,
)
from spatialevo_dge.importers.scan_frames import ScanFrames, ScanOptions
from spatialevo_dge.importers.trajectory import Trajectory, read_trajectory
from spatialevo_dge.observe import DepthCamera
from spatialevo_dge.scene import Frame
from spatialevo_geometry import Intrinsics

POSE_TOLERANCE: Final = 0.005
"""Seconds between an image and its pose; the official loader's."""
FILE_TOLERANCE: Final = 0.0015
"""Seconds between files of one image, whose names are rounded to milliseconds."""


class Sky(StrEnum):
    """Which side of an image the sky is on, and so how the device was held."""

    UP = "Up"
    LEFT = "Left"
    DOWN = "Down"
    RIGHT = "Right"

    @property
    def quarters(self) -> int:
        """Quarter turns clockwise that bring the sky up."""
        return {Sky.UP: 0, Sky.LEFT: 1, Sky.DOWN: 2, Sky.RIGHT: 3}[self]


@dataclass(frozen=True, slots=True)
class _Shot:
    """An image with the time in its name and its pose."""

    path: Path
    time: float
    world_from_camera: NDArray[np.float64]


def read_arkit_frames(
    folder: Path, video: str, options: ScanOptions, *, upright: bool
) -> ScanFrames:
    """Read the frames; ids are the time stamps in the images' names.

    Only images with a pose within `POSE_TOLERANCE` are frames: the camera takes six for each pose.

    Raises:
        SceneError: A file is missing or damaged.
        ValueError: Images have to be turned and there is no folder for them.
    """
    top = folder / f"{video}_frames" if (folder / f"{video}_frames").is_dir() else folder
    if not (top / "lowres_wide.traj").is_file() and not (top / "lowres_wide").is_dir():
        return ScanFrames()
    shots, unposed = _shots(top, video, read_trajectory(top / "lowres_wide.traj"))
    sky = sky_of([shot.world_from_camera for shot in shots])
    quarters = sky.quarters if upright else 0
    pincams = _by_time(top / "lowres_wide_intrinsics", video, ".pincam")
    depths = _by_time(top / "lowres_depth", video, ".png")
    frames, skipped, cameras = [], {}, {}
    for shot in options.frames.pick(shots):
        name = shot.path.stem.removeprefix(f"{video}_")
        problem = rigid_problem(shot.world_from_camera)
        if problem is not None:
            skipped[name] = f"pose {problem}"
            continue
        frame = _frame(name, shot, pincams.get(shot.time), depths.get(shot.time))
        if frame.intrinsics is not None:
            frame = _turned(frame, frame.intrinsics, quarters)
        if frame.intrinsics is not None and frame.depth_path is not None:
            cameras[name] = DepthCamera(intrinsics=frame.intrinsics, colour_from_depth=np.eye(4))
        frames.append(frame)
    notes: dict[str, object] = {
        "images_without_pose": unposed,
        "sky_direction": sky.value,
        "sky_direction_in_metadata": _stated_sky(folder, video),
        "turned": quarters,
    }
    return ScanFrames(
        frames=tuple(frames),
        skipped=MappingProxyType(skipped),
        depth_camera=MappingProxyType(cameras),
        make=_Turner(options, quarters, video) if quarters else None,
        notes=MappingProxyType(notes),
    )


def sky_of(poses: list[NDArray[np.float64]]) -> Sky:
    """Return where most cameras have the sky: the image's side that is nearest to world up."""
    votes = dict.fromkeys(Sky, 0)
    for pose in poses:
        if not bool(np.isfinite(pose).all()):
            continue
        right, down = float(pose[2, 0]), float(pose[2, 1])  # world up along the image's axes
        sides = {Sky.UP: -down, Sky.LEFT: -right, Sky.DOWN: down, Sky.RIGHT: right}
        votes[max(sides, key=lambda sky: sides[sky])] += 1
    return max(votes, key=lambda sky: votes[sky])


def _shots(top: Path, video: str, trajectory: Trajectory) -> tuple[list[_Shot], int]:
    shots, unposed = [], 0
    for time, path in _images(top / "lowres_wide", video):
        found = trajectory.nearest(time)
        if found is None or found[1] > POSE_TOLERANCE:
            unposed += 1
            continue
        shots.append(_Shot(path, time, trajectory.world_from_camera[found[0]]))
    return shots, unposed


def _images(folder: Path, video: str) -> Iterator[tuple[float, Path]]:
    yield from sorted((_time_of(path, video), path) for path in folder.glob("*.png"))


def _time_of(path: Path, video: str) -> float:
    text = path.stem.removeprefix(f"{video}_")
    try:
        time = float(text)
    except ValueError:
        time = float("nan")
    if not np.isfinite(time):
        raise SceneError(path, "name", f"expected {video}_SECONDS, got {path.stem!r}")
    return time


class _ByTime:
    """Files by the time in their names."""

    def __init__(self, files: list[tuple[float, Path]]) -> None:
        self._paths = [path for _, path in files]
        self._times = Trajectory(
            times=np.array([time for time, _ in files]), world_from_camera=np.empty((0, 4, 4))
        )

    def get(self, time: float) -> Path | None:
        """Return the file of a time, where there is one."""
        found = self._times.nearest(time)
        return None if found is None or found[1] > FILE_TOLERANCE else self._paths[found[0]]


def _by_time(folder: Path, video: str, suffix: str) -> _ByTime:
    return _ByTime(sorted((_time_of(path, video), path) for path in folder.glob(f"*{suffix}")))


def _frame(name: str, shot: _Shot, pincam: Path | None, depth: Path | None) -> Frame:
    intrinsics = None
    if pincam is not None:
        intrinsics = read_pincam(pincam)
        for path in (shot.path, depth):
            size = None if path is None else image_size(path)
            if path is not None and size != (intrinsics.width, intrinsics.height):
                raise SceneError(path, "size", f"{size} is not that of {pincam.name}")
    return Frame(
        id=name,
        world_from_camera=shot.world_from_camera,
        intrinsics=intrinsics,
        image_path=shot.path,
        depth_path=None if intrinsics is None else depth,
    )


def read_pincam(path: Path) -> Intrinsics:
    """Read ``width height fx fy cx cy``.

    Raises:
        SceneError: Not six numbers, or not those of a camera.
    """
    words = read_text(path).split()
    try:
        width, height, fx, fy, cx, cy = (float(word) for word in words)
    except ValueError as error:
        raise SceneError(path, "pincam", f"expected 6 numbers: {error}") from error
    if not (width.is_integer() and height.is_integer()):
        raise SceneError(path, "pincam", f"expected whole pixels, got {width} x {height}")
    camera = Pinhole(fx=fx, fy=fy, cx=cx, cy=cy)
    return intrinsics_of(camera, (int(width), int(height)), path, "pincam")


def _turned(frame: Frame, intrinsics: Intrinsics, quarters: int) -> Frame:
    return replace(
        frame,
        world_from_camera=turned_pose(frame.world_from_camera, quarters),
        intrinsics=turned_intrinsics(intrinsics, quarters),
    )


class _Turner:
    """Turns the image files of a frame that was chosen."""

    def __init__(self, options: ScanOptions, quarters: int, video: str) -> None:
        self._quarters = quarters
        why = f"the images of {video} were taken sideways and have to be turned"
        self._folder = require_folder(options.images, why)

    def __call__(self, frame: Frame) -> Frame:
        image = frame.intrinsics
        if image is None:
            return frame  # without intrinsics it was not turned either
        sideways = self._quarters % 2 == 1
        size = (image.height, image.width) if sideways else (image.width, image.height)
        made: dict[str, Path | None] = {}
        for kind, path in ((COLOUR, frame.image_path), (DEPTH, frame.depth_path)):
            target = (self._folder, kind)
            made[kind] = None if path is None else turned_file(path, self._quarters, size, target)
        return replace(frame, image_path=made[COLOUR], depth_path=made[DEPTH])


def _stated_sky(folder: Path, video: str) -> str | None:
    """Return what ``metadata.csv`` beside or above the video's folder says; None: nothing."""
    parents = (folder, *folder.resolve().parents[:2])
    path = next((p / "metadata.csv" for p in parents if (p / "metadata.csv").is_file()), None)
    if path is None:
        return None
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path))))
    except csv.Error as error:
        raise SceneError(path, "csv", str(error)) from error
    for row in rows:
        if {"video_id", "sky_direction"} <= set(row) and row["video_id"] == video:
            return row["sky_direction"]
    return None
