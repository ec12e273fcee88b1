# SPDX-License-Identifier: Apache-2.0
"""ARKitScenes' trajectories: a line each of time, angle-axis and translation, world to camera."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.matrices import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """Poses in order of time.

    Attributes:
        times: (n,) seconds, ascending.
        world_from_camera: (n, 4, 4), OpenCV axes; NaN where a line is not finite.
    """

    times: NDArray[np.float64]
    world_from_camera: NDArray[np.float64]

    def nearest(self, time: float) -> tuple[int, float] | None:
        """Return the pose nearest in time and how far it is, seconds; None without poses."""
        if not len(self.times):
            return None
        right = int(np.searchsorted(self.times, time))
        places = [place for place in (right - 1, right) if 0 <= place < len(self.times)]
        best = min(places, key=lambda place: abs(float(self.times[place]) - time))
        return best, abs(float(self.times[best]) - time)


def read_trajectory(path: Path) -> Trajectory:
    """Read a ``.traj`` file.

    Raises:
        SceneError: Missing, or a line without seven numbers.
    """
    rows: list[list[float]] = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        if len(words) != 7:
            raise SceneError(path, f"line {number}", f"expected 7 numbers, got {len(words)}")
        try:
            rows.append([float(word) for word in words])
        except ValueError as error:
            raise SceneError(path, f"line {number}", str(error)) from error
        if not np.isfinite(rows[-1][0]):
            raise SceneError(path, f"line {number}", f"the time is {words[0]}")
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return Trajectory(
        times=table[:, 0], world_from_camera=np.array([_pose(row) for row in table[:, 1:]])
    )


def _pose(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert [R | t]: the camera's centre is -Rᵀt."""
    pose = np.eye(4)
    if not bool(np.isfinite(row).all()):
        return np.full((4, 4), np.nan)
    rotation = rotation_of(row[:3])
    pose[:3, :3] = rotation.T
    pose[:3, 3] = -rotation.T @ row[3:]
    return pose


def rotation_of(angle_axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (3, 3) rotation about an axis by its length in radians (Rodrigues' formula)."""
    angle = float(np.linalg.norm(angle_axis))
    if angle == 0.0:
        return np.eye(3)
    x, y, z = angle_axis / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    rotation: NDArray[np.float64] = (
        np.eye(3) + np.sin(angle) * cross + 2.0 * np.sin(angle / 2.0) ** 2 * cross @ cross
    )
    return rotation
