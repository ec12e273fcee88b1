# SPDX-License-Identifier: Apache-2.0
"""Cameras of data sets as `Intrinsics`, and quarter turns of images with all that belongs to them.

Pixel centres are at integer coordinates, so a turned principal point is measured from the last
pixel, ``width - 1``, and not from ``width``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_geometry import Intrinsics

MAX_SIDE: Final = 1 << 16
"""Pixels beyond which an image's side is damage: no camera of these data sets comes near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinhole:
    """Numbers of a pinhole camera as a file gives them, not checked yet."""

    fx: float
    fy: float
    cx: float
    cy: float


def intrinsics_of(
    camera: Pinhole, size: tuple[int, int], source: str | Path, field: str
) -> Intrinsics:
    """Return a camera's intrinsics; `size` is (width, height).

    Raises:
        SceneError: A focal length or side that cannot be, or a number that is not finite.
    """
    width, height = size
    if max(size) > MAX_SIDE:
        raise SceneError(source, field, f"an image of {width} x {height} pixels")
    try:
        return Intrinsics(
            fx=camera.fx, fy=camera.fy, cx=camera.cx, cy=camera.cy, width=width, height=height
        )
    except (TypeError, ValueError) as error:
        raise SceneError(source, field, str(error)) from error


def turned_intrinsics(intrinsics: Intrinsics, quarters: int) -> Intrinsics:
    """Return the intrinsics of an image turned clockwise by so many quarter turns."""
    k = intrinsics
    for _ in range(quarters % 4):
        # Clockwise: column u' = height - 1 - v, row v' = u.
        k = Intrinsics(
            fx=k.fy, fy=k.fx, cx=k.height - 1 - k.cy, cy=k.cx, width=k.height, height=k.width
        )
    return k


def turned_pose(world_from_camera: NDArray[np.float64], quarters: int) -> NDArray[np.float64]:
    """Return the pose of a camera whose image was turned clockwise by so many quarter turns."""
    quarter = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    turned = np.array(world_from_camera)
    # The new x axis is the old -y, the new y axis the old x.
    turned[:3, :3] = turned[:3, :3] @ np.linalg.matrix_power(quarter, quarters % 4)
    return turned
