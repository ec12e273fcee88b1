# SPDX-License-Identifier: Apache-2.0
"""The cameras of a ScanNet++ scene: the DSLR's, by nerfstudio's file or COLMAP's; the iPhone's."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import image_size
from spatialevo_dge.importers.colmap import ColmapImage, read_colmap
from spatialevo_dge.importers.matrices import nested_matrix, rigid_problem
from spatialevo_dge.importers.nerfstudio import NerfCameras, read_nerfstudio
from spatialevo_dge.importers.pixels import Pinhole, intrinsics_of
from spatialevo_dge.importers.scan_frames import ScanFrames
from spatialevo_dge.importers.selection import FrameSelection
from spatialevo_dge.json_fields import Fields, read_json
from spatialevo_dge.observe import DepthCamera, scaled
from spatialevo_dge.scene import Frame
from spatialevo_geometry import Intrinsics


class Capture(StrEnum):
    """Which of the two captures of a scene."""

    DSLR = "dslr"
    IPHONE = "iphone"


UNDISTORTED: Final = ("resized_undistorted_images", "undistorted_images")
"""Folders of pinhole images, today's name first; ``resized_images`` are fisheye and never paired
with pinhole intrinsics."""
FISHEYE: Final = ("resized_images", "images")
_ALIGNED: Final = np.eye(4)


def read_capture(
    folder: Path, capture: Capture | None, selection: FrameSelection, *, test_frames: bool
) -> ScanFrames:
    """Read the frames of a scene's folder; none where it has no cameras and none were asked for.

    Raises:
        SceneError: A file is missing or damaged.
    """
    if capture is None:
        found = [item for item in Capture if _cameras_of(folder, item) is not None]
        if not found:
            return ScanFrames()
        capture = found[0]
    path = _cameras_of(folder, capture)
    if path is None:
        raise SceneError(folder / capture.value, "cameras", "neither nerfstudio, COLMAP nor iPhone")
    if capture is Capture.IPHONE:
        return _iphone(path, selection)
    if path.is_dir():
        return _colmap(folder / "dslr", path, selection)
    return _dslr(folder / "dslr", read_nerfstudio(path, test_frames=test_frames), path, selection)


def _cameras_of(folder: Path, capture: Capture) -> Path | None:
    if capture is Capture.IPHONE:
        path = folder / "iphone" / "pose_intrinsic_imu.json"
        return path if path.is_file() else None
    for name in ("transforms_undistorted.json", "transforms.json"):
        path = folder / "dslr" / "nerfstudio" / name
        if path.is_file():
            return path
    model = folder / "dslr" / "colmap"
    return model if (model / "images.txt").is_file() else None


def _dslr(folder: Path, cameras: NerfCameras, path: Path, selection: FrameSelection) -> ScanFrames:
    pinhole = cameras.intrinsics
    kinds = FISHEYE if pinhole is None else UNDISTORTED
    images = _first_folder(folder, kinds)
    ordered = sorted(cameras.frames, key=lambda item: item.name)
    frames, skipped, tests = [], {}, 0
    for item in selection.pick(ordered):
        name = Path(item.name).stem
        if item.problem is not None or item.world_from_camera is None:
            skipped[name] = item.problem or "no pose"
            continue
        depth = folder / "undistorted_depths" / f"{name}.png"
        frames.append(
            Frame(
                id=name,
                world_from_camera=item.world_from_camera,
                intrinsics=pinhole,
                image_path=_image(images, item.name, pinhole),
                depth_path=depth if pinhole is not None and depth.is_file() else None,
            )
        )
        tests += item.is_test
    notes: dict[str, object] = {"capture": "dslr", "cameras": path.name, "test_frames": tests}
    model = folder / "colmap"
    if (model / "images.txt").is_file():
        notes["farthest_from_colmap_m"] = _farthest(frames, read_colmap(model))
    return ScanFrames(
        frames=_unique(frames, path),
        skipped=MappingProxyType(skipped),
        depth_camera=_same_camera(pinhole),
        notes=MappingProxyType(notes),
    )


def _farthest(frames: list[Frame], images: tuple[ColmapImage, ...]) -> float | None:
    """Return how far the same camera lies from where COLMAP's model has it, at most; metres."""
    by_name = {Path(item.name).stem: item.world_from_camera for item in images}
    apart = [
        float(np.linalg.norm(frame.world_from_camera[:3, 3] - by_name[frame.id][:3, 3]))
        for frame in frames
        if frame.id in by_name
    ]
    return max(apart, default=None)


def _colmap(folder: Path, model: Path, selection: FrameSelection) -> ScanFrames:
    images = sorted(read_colmap(model), key=lambda item: item.name)
    undistorted, fisheye = (_first_folder(folder, kinds) for kinds in (UNDISTORTED, FISHEYE))
    frames = [
        Frame(
            id=Path(item.name).stem,
            world_from_camera=item.world_from_camera,
            intrinsics=item.intrinsics,
            image_path=_image(
                fisheye if item.intrinsics is None else undistorted, item.name, item.intrinsics
            ),
        )
        for item in selection.pick(images)
    ]
    notes = MappingProxyType({"capture": "dslr", "cameras": "colmap"})
    return ScanFrames(frames=_unique(frames, model / "images.txt"), notes=notes)


def _unique(frames: list[Frame], path: Path) -> tuple[Frame, ...]:
    by_name = {frame.id: frame for frame in frames}
    if len(by_name) != len(frames):
        raise SceneError(path, "frames", "two images have the same name but for folder or suffix")
    return tuple(frames)


def _first_folder(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_dir()), None)


def _image(folder: Path | None, name: str, intrinsics: Intrinsics | None) -> Path | None:
    """Return the path of an image that is there, after its size was compared with its camera's."""
    if folder is None or not (folder / name).is_file():
        return None
    path = folder / name
    if intrinsics is not None:
        size = image_size(path)
        expected = (intrinsics.width, intrinsics.height)
        if size != expected:
            raise SceneError(path, "size", f"expected {expected} as its camera has, got {size}")
    return path


def _same_camera(intrinsics: Intrinsics | None) -> DepthCamera | None:
    if intrinsics is None:
        return None
    return DepthCamera(intrinsics=intrinsics, colour_from_depth=_ALIGNED)


def _iphone(path: Path, selection: FrameSelection) -> ScanFrames:
    """Read ARKit's poses registered to the mesh (``aligned_pose``: camera to world, OpenCV)."""
    records = read_json(path)
    folder, frames, skipped = path.parent, [], {}
    cameras: dict[str, DepthCamera] = {}
    for name in selection.pick(list(_with_image(records, folder / "rgb"))):
        record = records.fields(name)
        pose = nested_matrix(record, "aligned_pose", 4)
        problem = rigid_problem(pose)
        if problem is not None:
            skipped[name] = f"pose {problem}"
            continue
        image = folder / "rgb" / f"{name}.jpg"
        intrinsics = _pinhole(record, image) if image.is_file() else None
        depth = folder / "depth" / f"{name}.png"
        has_depth = intrinsics is not None and depth.is_file()
        if has_depth and intrinsics is not None:
            cameras[name] = _depth_camera(intrinsics, depth)
        frames.append(
            Frame(
                id=name,
                world_from_camera=pose,
                intrinsics=intrinsics,
                image_path=image if image.is_file() else None,
                depth_path=depth if has_depth else None,
            )
        )
    return ScanFrames(
        frames=tuple(frames),
        skipped=MappingProxyType(skipped),
        depth_camera=MappingProxyType(cameras),
        notes=MappingProxyType({"capture": "iphone", "cameras": path.name}),
    )


def _with_image(records: Fields, folder: Path) -> Iterator[str]:
    """Yield the frames in capture order: those whose image was extracted, or all where none was."""
    extracted = {path.stem for path in folder.glob("*.jpg")} if folder.is_dir() else set()
    yield from (name for name in sorted(records) if not extracted or name in extracted)


def _pinhole(record: Fields, image: Path) -> Intrinsics:
    matrix: NDArray[np.float64] = nested_matrix(record, "intrinsic", 3)
    (fx, skew, cx), (zero, fy, cy), last = matrix.tolist()
    if skew or zero or last != [0.0, 0.0, 1.0]:
        record.fail("intrinsic", "not a pinhole camera's intrinsic matrix")
    camera = Pinhole(fx=fx, fy=fy, cx=cx, cy=cy)
    return intrinsics_of(camera, image_size(image), record.source, record.where("intrinsic"))


def _depth_camera(intrinsics: Intrinsics, depth: Path) -> DepthCamera:
    """Return the same camera at the resolution of its depth image."""
    width, height = image_size(depth)
    image = scaled(intrinsics, width / intrinsics.width)
    if (image.width, image.height) != (width, height):
        problem = (
            f"{width} x {height} is not of the shape of {intrinsics.width} x {intrinsics.height}"
        )
        raise SceneError(depth, "size", problem)
    return DepthCamera(intrinsics=image, colour_from_depth=_ALIGNED)
