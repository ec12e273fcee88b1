# SPDX-License-Identifier: Apache-2.0
"""Noise of a scan, put on an exact room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.mesh import Surface


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Draws the errors that a noise model describes, one stream for each kind of data.

    Attributes:
        seed: Of the room.
        noise: Standard deviations; where one is 0, data of its kind stay as they are.
    """

    seed: int
    noise: NoiseModel

    def offsets(self, count: int) -> NDArray[np.float64]:
        """Return the (n, 3) offset that each of n objects' points share."""
        return self.noise.object_offset_sigma * Dice(self.seed, "offsets").normal(count, 3)

    def surface(self, surface: Surface, count: int, purpose: str) -> NDArray[np.float64]:
        """Return a surface's points (n, 3), moved with their object (of `count`) and each alone."""
        if self.noise.is_exact:
            return surface.points
        moves = np.zeros((int(surface.owners[-1]) + 1, 3))
        moves[:count] = self.offsets(count)
        own = Dice(self.seed, purpose).normal(*surface.points.shape)
        moved: NDArray[np.float64] = (
            surface.points + moves[surface.owners] + self.noise.point_sigma * own
        )
        return moved

    def pose(self, world_from_camera: NDArray[np.float64], index: int) -> NDArray[np.float64]:
        """Return the pose that a scanner would record for frame `index`."""
        if self.noise.is_exact:
            return world_from_camera
        draws = Dice(self.seed, f"pose {index}").normal(2, 3)
        pose = world_from_camera.copy()
        pose[:3, :3] = _rotation(self.noise.pose_rotation_sigma * draws[0]) @ pose[:3, :3]
        pose[:3, 3] += self.noise.pose_translation_sigma * draws[1]
        return pose

    def depth(self, depth: NDArray[np.float64], purpose: str) -> NDArray[np.float64]:
        """Return a depth image as a sensor would measure it; 0 stays 0."""
        noise = self.noise
        if noise.is_exact:
            return depth
        sigma = noise.depth_sigma_constant + noise.depth_sigma_quadratic * depth**2
        measured = depth + sigma * Dice(self.seed, purpose).normal(*depth.shape)
        return np.where(depth > 0.0, np.maximum(measured, 0.0), 0.0)


def _rotation(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation by a rotation vector (Rodrigues' formula)."""
    angle = float(np.linalg.norm(vector))
    if angle == 0.0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned: NDArray[np.float64] = (
        np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross)
    )
    return turned
