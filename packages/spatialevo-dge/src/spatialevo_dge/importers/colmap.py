# SPDX-License-Identifier: Apache-2.0
"""COLMAP's text model: ``cameras.txt`` and ``images.txt`` (colmap.github.io/format.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.pixels import Pinhole, intrinsics_of
from spatialevo_geometry import Intrinsics
from spatialevo_geometry.rigid import invert

MAX_NORM_ERROR: Final = 1e-3
"""Of a quaternion, which COLMAP writes normalised."""
_PINHOLES: Final = {"SIMPLE_PINHOLE": 3, "PINHOLE": 4}
_IMAGE_FIELDS: Final = 10
_COMPONENT_LIMIT: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class ColmapImage:
    """One registered image.

    Attributes:
        name: Its file's name.
        world_from_camera: (4, 4), OpenCV axes, in the model's frame.
        intrinsics: None where the camera is not a pinhole: its image has to be undistorted first.
    """

    name: str
    world_from_camera: NDArray[np.float64]
    intrinsics: Intrinsics | None


def read_colmap(folder: Path) -> tuple[ColmapImage, ...]:
    """Read the images of a model, in the file's order.

    Raises:
        SceneError: A file is missing or damaged, or an image names a camera that is not there.
    """
    cameras = _cameras(folder / "cameras.txt")
    return tuple(_images(folder / "images.txt", cameras))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines that are no comments; empty ones too, for they mean something."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if not line.startswith("#"):
                    yield number, line.strip()
    except OSError as error:
        raise SceneError(path, "file", error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise SceneError(path, "text", str(error)) from error


def _cameras(path: Path) -> Mapping[str, Intrinsics | None]:
    cameras: dict[str, Intrinsics | None] = {}
    for number, line in _lines(path):
        if not line:
            continue
        where, words = f"line {number}", line.split()
        if len(words) < 5 or words[0] in cameras:
            problem = "expected CAMERA_ID MODEL WIDTH HEIGHT PARAMS, each camera once"
            raise SceneError(path, where, f"{problem}; got {line[:80]!r}")
        numbers = _numbers(words[4:], path, where)
        size = (_side(words[2], path, where), _side(words[3], path, where))
        cameras[words[0]] = _camera(words[1], numbers, size, (path, where))
    if not cameras:
        raise SceneError(path, "cameras", "none")
    return MappingProxyType(cameras)


def _camera(
    model: str, numbers: NDArray[np.float64], size: tuple[int, int], where: tuple[Path, str]
) -> Intrinsics | None:
    if model not in _PINHOLES:
        return None
    if len(numbers) != _PINHOLES[model]:
        raise SceneError(*where, f"{model} has {_PINHOLES[model]} parameters, got {len(numbers)}")
    fx, fy, cx, cy = (numbers[0], *numbers) if model == "SIMPLE_PINHOLE" else numbers
    # COLMAP puts the origin at the corner of the first pixel, we at its centre.
    camera = Pinhole(fx=float(fx), fy=float(fy), cx=float(cx) - 0.5, cy=float(cy) - 0.5)
    return intrinsics_of(camera, size, *where)


def _images(path: Path, cameras: Mapping[str, Intrinsics | None]) -> Iterator[ColmapImage]:
    names: set[str] = set()
    lines = _lines(path)
    for number, line in lines:
        if not line:
            continue  # after the last image
        where, words = f"line {number}", line.split(maxsplit=_IMAGE_FIELDS - 1)
        if len(words) != _IMAGE_FIELDS:
            raise SceneError(path, where, f"expected {_IMAGE_FIELDS} fields, got {len(words)}")
        if words[8] not in cameras:
            raise SceneError(path, where, f"there is no camera {words[8]!r}")
        if words[9] in names:
            raise SceneError(path, where, f"image {words[9]!r} occurs twice")
        names.add(words[9])
        pose = _pose(_numbers(words[1:8], path, where), path, where)
        yield ColmapImage(name=words[9], world_from_camera=pose, intrinsics=cameras[words[8]])
        if next(lines, None) is None:
            raise SceneError(path, where, "truncated: the line of its points is missing")


def _pose(numbers: NDArray[np.float64], path: Path, where: str) -> NDArray[np.float64]:
    """Return world_from_camera of QW QX QY QZ TX TY TZ, which is camera_from_world."""
    norm = float(np.linalg.norm(numbers[:4]))
    if abs(norm - 1.0) > MAX_NORM_ERROR:
        raise SceneError(path, where, f"the quaternion's norm is {norm:.6g}")
    camera_from_world = np.eye(4)
    camera_from_world[:3, :3] = _rotation(numbers[:4] / norm)
    camera_from_world[:3, 3] = numbers[4:7]
    return invert(camera_from_world)


def _rotation(q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation of a unit quaternion w, x, y, z: v + 2w(u×v) + 2u×(u×v)."""
    w, x, y, z = q
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    rotation: NDArray[np.float64] = np.eye(3) + 2.0 * w * cross + 2.0 * cross @ cross
    return rotation


def _numbers(words: list[str], path: Path, where: str) -> NDArray[np.float64]:
    try:
        numbers = np.array([float(word) for word in words], dtype=np.float64)
    except ValueError as error:
        raise SceneError(path, where, str(error)) from error
    if not bool((np.abs(numbers) < _COMPONENT_LIMIT).all()):
        raise SceneError(path, where, f"a number is not finite or far too large: {words}"[:200])
    return numbers


def _side(word: str, path: Path, where: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise SceneError(path, where, f"expected a width and a height, got {word!r}")
    return int(word)
