# SPDX-License-Identifier: Apache-2.0
"""Rendering a room: exact depth, and colours by which a person recognises the things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic.construction import Construction, turn_about_z
from spatialevo_dge.synthetic.mesh import Patches, Structure
from spatialevo_geometry import Intrinsics, rasterise
from spatialevo_geometry.rigid import apply, invert

_BOARD: Final = (1.3, 0.16)  # metres
_TILE: Final = 0.33  # metres
_OUTLINE: Final = 0.62  # brightness of an object's outline


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """What a camera sees.

    Attributes:
        rgb: (h, w, 3) sRGB.
        depth: (h, w) metres along the optical axis; 0: nothing there.
        owners: (h, w) whose surface it is, as in `Patches`; -1: nothing there.
    """

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float64]
    owners: NDArray[np.int64]


class Renderer:
    """Draws one room from any camera."""

    def __init__(self, construction: Construction, patches: Patches, structure: Structure) -> None:
        """Prepare the triangles: two for each patch."""
        self._construction = construction
        self._patches = patches
        self._structure = structure
        self._points = patches.corners.reshape(-1, 3)
        firsts = 4 * np.arange(len(patches.corners), dtype=np.int32)[:, None, None]
        triangles = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)
        self._faces = (firsts + triangles).reshape(-1, 3)
        self._floor = len(construction.objects) + len(construction.outline)
        self.owner_count = self._floor + 2

    def render(self, world_from_camera: NDArray[np.float64], intrinsics: Intrinsics) -> Picture:
        """Return what a camera at a (4, 4) pose sees."""
        depth, patch, owners = self._rasterise(world_from_camera, intrinsics)
        colour = self._patches.colours[patch].astype(np.float64)
        colour *= self._light()[patch][..., None]
        boards = owners == self._floor
        where = self._positions(world_from_camera, intrinsics, depth, boards)
        colour[boards] *= self._floor_pattern(where)[:, None]
        colour[_edges(owners, depth)] *= _OUTLINE
        colour[owners < 0] = 0.0
        rgb = np.clip(np.rint(colour), 0, 255).astype(np.uint8)
        return Picture(rgb=rgb, depth=depth, owners=owners)

    def depth(
        self, world_from_camera: NDArray[np.float64], intrinsics: Intrinsics
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return depth (h, w) and owners (h, w) alone."""
        depth, _, owners = self._rasterise(world_from_camera, intrinsics)
        return depth, owners

    def _rasterise(
        self, world_from_camera: NDArray[np.float64], intrinsics: Intrinsics
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        points_in_camera = apply(invert(world_from_camera), self._points)
        depth, face = rasterise(points_in_camera, self._faces, intrinsics)
        patch = np.asarray(face, dtype=np.int64) >> 1
        return depth, patch, np.where(face < 0, -1, self._patches.owners[patch])

    def _light(self) -> NDArray[np.float64]:
        """Brightness of each patch: most from above, and no two walls of a corner alike."""
        local = self._patches.normals @ turn_about_z(self._construction.yaw)
        light: NDArray[np.float64] = 0.87 + local @ (0.05, 0.09, 0.13)
        return light

    def _positions(
        self, world_from_camera: NDArray[np.float64], intrinsics: Intrinsics,
        depth: NDArray[np.float64], chosen: NDArray[np.bool_],
    ) -> NDArray[np.float64]:  # fmt: skip
        """Where the chosen pixels' surface lies in the room, seen from above: (k, 2)."""
        v, u = np.nonzero(chosen)
        z = depth[chosen]
        x, y = (u - intrinsics.cx) / intrinsics.fx * z, (v - intrinsics.cy) / intrinsics.fy * z
        world = np.stack([x, y, z], axis=1) @ world_from_camera[:3, :3].T + world_from_camera[:3, 3]
        room: NDArray[np.float64] = (world @ turn_about_z(self._construction.yaw))[:, :2]
        return room

    def _floor_pattern(self, where: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = where[:, 0], where[:, 1]
        if self._structure.tiled:
            even = (np.floor(x / _TILE) + np.floor(y / _TILE)) % 2.0
            return 0.93 + 0.12 * even
        row = np.floor(y / _BOARD[1])
        board = np.floor(x / _BOARD[0] + 0.37 * row)
        grain = np.sin(12.9898 * row + 78.233 * board) * 43758.5453
        return 0.90 + 0.18 * (grain - np.floor(grain))


def _edges(owners: NDArray[np.int64], depth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the pixels of a thing beside which a pixel of something farther away lies."""
    edge = np.zeros(owners.shape, dtype=bool)
    for axis in (0, 1):
        before = tuple(slice(None, -1) if a == axis else slice(None) for a in (0, 1))
        after = tuple(slice(1, None) if a == axis else slice(None) for a in (0, 1))
        differs = owners[before] != owners[after]
        nearer = depth[before] <= depth[after]
        edge[before] |= differs & nearer
        edge[after] |= differs & ~nearer
    return edge
