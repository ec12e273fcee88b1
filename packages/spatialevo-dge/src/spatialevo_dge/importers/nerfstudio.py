# SPDX-License-Identifier: Apache-2.0
"""ScanNet++'s DSLR cameras: ``transforms_undistorted.json`` or ``transforms.json``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.importers.matrices import nested_matrix, rigid_problem
from spatialevo_dge.importers.pixels import Pinhole, intrinsics_of
from spatialevo_dge.importers.poses import world_from_opencv_of_nerfstudio
from spatialevo_dge.json_fields import Fields, read_json
from spatialevo_geometry import Intrinsics

PINHOLE: Final = "PINHOLE"
_DISTORTIONS: Final = ("k1", "k2", "k3", "k4", "p1", "p2")


@dataclass(frozen=True, slots=True, kw_only=True)
class NerfFrame:
    """One frame of the file.

    Attributes:
        name: Its image file, relative to the folder of images.
        problem: Why it cannot be used; None where it can.
        world_from_camera: (4, 4), OpenCV axes, in the mesh's frame; None where that is the problem.
        is_test: Whether it belongs to the benchmark's test views.
    """

    name: str
    problem: str | None
    world_from_camera: NDArray[np.float64] | None
    is_test: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NerfCameras:
    """What the file holds; `intrinsics` is None where its images are distorted."""

    frames: tuple[NerfFrame, ...]
    intrinsics: Intrinsics | None


def read_nerfstudio(path: Path, *, test_frames: bool) -> NerfCameras:
    """Read the file; test views follow the others.

    Raises:
        SceneError: The file is missing or damaged.
    """
    fields = read_json(path)
    lists = ["frames", *(["test_frames"] if test_frames and "test_frames" in fields else [])]
    frames = [frame for name in lists for frame in _frames(fields, name)]
    seen: set[str] = set()
    for frame in frames:
        if frame.name in seen:
            fields.fail("frames", f"{frame.name!r} occurs twice")
        seen.add(frame.name)
    return NerfCameras(frames=tuple(frames), intrinsics=_intrinsics(fields, path))


def _frames(fields: Fields, name: str) -> Iterator[NerfFrame]:
    for record in fields.records(name):
        matrix = nested_matrix(record, "transform_matrix", 4)
        problem = rigid_problem(matrix)
        is_bad = "is_bad" in record and record.boolean("is_bad")
        yield NerfFrame(
            name=record.text("file_path"),
            problem=f"pose {problem}" if problem else "marked as bad" if is_bad else None,
            world_from_camera=None if problem else world_from_opencv_of_nerfstudio(matrix),
            is_test=name == "test_frames",
        )


def _intrinsics(fields: Fields, path: Path) -> Intrinsics | None:
    model = fields.text("camera_model")
    distorted = any(key in fields and fields.number(key) != 0.0 for key in _DISTORTIONS)
    if model != PINHOLE or distorted:
        return None
    # The origin is the corner of the first pixel here, its centre with us.
    camera = Pinhole(
        fx=fields.number("fl_x"),
        fy=fields.number("fl_y"),
        cx=fields.number("cx") - 0.5,
        cy=fields.number("cy") - 0.5,
    )
    size = (_side(fields, "w"), _side(fields, "h"))
    return intrinsics_of(camera, size, path, "fl_x, fl_y, cx, cy, w, h")


def _side(fields: Fields, key: str) -> int:
    value = fields.number(key)
    if not value.is_integer():
        fields.fail(key, f"expected whole pixels, got {value}")
    return int(value)
