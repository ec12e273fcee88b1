# SPDX-License-Identifier: Apache-2.0
"""The frames of a ScanNet export: pose/, color/, depth/ and the intrinsics beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import image_size
from spatialevo_dge.importers.matrices import (
    read_matrix,
    read_rigid,
    rigid_problem,
)
from spatialevo_dge.importers.pixels import Pinhole, intrinsics_of
from spatialevo_dge.importers.scan_frames import ScanFrames
from spatialevo_dge.importers.selection import FrameSelection
from spatialevo_dge.observe import DepthCamera
from spatialevo_dge.scene import Frame
from spatialevo_geometry import Intrinsics
from spatialevo_geometry.rigid import compose, relative_pose

COLOUR_SUFFIXES: Final = (".jpg", ".jpeg", ".png")
_MAX_OFFSET = 1e-9  # of an intrinsic matrix from the pinhole form


def read_frames(
    directory: Path,
    record: Mapping[str, str],
    aligned_from_scan: NDArray[np.float64],
    selection: FrameSelection,
) -> ScanFrames:
    """Read the frames of a ScanNet folder's export.

    A frame whose pose is missing, not finite or not rigid is skipped, with the reason.

    Args:
        directory: The scene's folder.
        record: The pairs of ``<id>.txt``; image sizes and intrinsics are taken from it where the
            export has no files of them.
        aligned_from_scan: (4, 4) transform of the scan into the world frame.
        selection: Which frames.

    Raises:
        SceneError: A file that is there is damaged, or images and intrinsics contradict each other.
    """
    poses = _files(directory / "pose", (".txt",))
    colours = _files(directory / "color", COLOUR_SUFFIXES)
    depths = _files(directory / "depth", (".png",))
    chosen = selection.pick(sorted({*poses, *colours, *depths}, key=_capture_order))
    if not chosen:
        return ScanFrames()
    intrinsics = _intrinsics(directory, record, "color", colours.values())
    base_from_colour = _extrinsic(directory, "color")
    frames, skipped = [], {}
    for name in chosen:
        pose, problem = _pose(poses.get(name))
        if pose is None:
            skipped[name] = problem
            continue
        world_from_base = compose(aligned_from_scan, pose)
        frames.append(
            Frame(
                id=name,
                world_from_camera=compose(world_from_base, base_from_colour),
                intrinsics=intrinsics,
                image_path=colours.get(name),
                depth_path=depths.get(name),
            )
        )
    return ScanFrames(
        frames=tuple(frames),
        skipped=MappingProxyType(skipped),
        depth_camera=_depth_camera(directory, record, base_from_colour, depths.values()),
    )


def _files(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in suffixes and not path.name.startswith("."):
            if path.stem in found:
                raise SceneError(
                    path, "file", f"frame {path.stem} has two: {found[path.stem].name}"
                )
            found[path.stem] = path
    return found


def _capture_order(name: str) -> tuple[bool, int, str]:
    numbered = name.isascii() and name.isdigit() and len(name) < 19
    return not numbered, int(name) if numbered else 0, name


def _pose(path: Path | None) -> tuple[NDArray[np.float64] | None, str]:
    if path is None:
        return None, "no pose file"
    pose = read_matrix(path)
    problem = rigid_problem(pose)
    return (pose, "") if problem is None else (None, f"pose {problem}")


def _find(directory: Path, name: str) -> Path | None:
    for path in (directory / "intrinsic" / name, directory / name):
        if path.is_file():
            return path
    return None


def _extrinsic(directory: Path, kind: str) -> NDArray[np.float64]:
    """Return base_from_sensor; ScanNet's poses are those of the base camera."""
    path = _find(directory, f"extrinsic_{kind}.txt")
    # Without the file there is one camera: exports leave it out when colour and depth are aligned.
    return np.eye(4) if path is None else read_rigid(path)


def _intrinsics(
    directory: Path, record: Mapping[str, str], kind: str, images: Iterable[Path]
) -> Intrinsics | None:
    """Return the intrinsics of the colour or depth camera; None where the export has none."""
    source = directory / f"intrinsic_{kind}.txt"
    path = _find(directory, source.name)
    matrix = _recorded_matrix(record, kind) if path is None else read_matrix(path)
    first = next(iter(images), None)
    size = _size(record, kind) if first is None else image_size(first)
    if matrix is None or size is None:
        return None
    return pinhole_of(matrix, size, source if path is None else path)


def pinhole_of(matrix: NDArray[np.float64], size: tuple[int, int], source: Path) -> Intrinsics:
    """Return the camera of a (4, 4) intrinsic matrix and an image's width and height.

    Raises:
        SceneError: It is not a pinhole camera's.
    """
    fx, fy, cx, cy = matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]
    pinhole = np.array([[fx, 0, cx, 0], [0, fy, cy, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    if not bool(np.all(np.abs(matrix - pinhole) <= _MAX_OFFSET)):
        raise SceneError(source, "matrix", "not a pinhole camera's intrinsic matrix")
    camera = Pinhole(fx=float(fx), fy=float(fy), cx=float(cx), cy=float(cy))
    return intrinsics_of(camera, size, source, "matrix")


def _recorded_matrix(record: Mapping[str, str], kind: str) -> NDArray[np.float64] | None:
    keys = [f"{name}_{kind}" for name in ("fx", "fy", "mx", "my")]
    if not set(keys) <= set(record):
        return None
    matrix = np.eye(4)
    matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2] = (
        _recorded(record, key, float) for key in keys
    )
    return matrix


def _size(record: Mapping[str, str], kind: str) -> tuple[int, int] | None:
    keys = f"{kind}Width", f"{kind}Height"
    if not set(keys) <= set(record):
        return None
    return int(_recorded(record, keys[0], int)), int(_recorded(record, keys[1], int))


def _recorded(record: Mapping[str, str], key: str, kind: type[float]) -> float:
    try:
        return kind(record[key])
    except ValueError as error:
        raise SceneError("scene record", key, str(error)) from error


def _depth_camera(
    directory: Path,
    record: Mapping[str, str],
    base_from_colour: NDArray[np.float64],
    images: Iterable[Path],
) -> DepthCamera | None:
    paths = list(images)
    intrinsics = _intrinsics(directory, record, "depth", paths)
    if intrinsics is None or not paths:
        return None
    base_from_depth = _extrinsic(directory, "depth")
    return DepthCamera(
        intrinsics=intrinsics, colour_from_depth=relative_pose(base_from_colour, base_from_depth)
    )
