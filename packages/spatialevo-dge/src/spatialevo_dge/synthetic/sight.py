# SPDX-License-Identifier: Apache-2.0
"""What each frame shows of each object, exactly: a straight line from the camera to every sample.

No image and no operator of the oracle takes part. Objects are unions of convex parts, so that a
line is blocked if clipping it with the half-spaces of some part leaves a piece of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic.construction import BuiltObject, Construction
from spatialevo_dge.synthetic.mesh import Surface
from spatialevo_dge.synthetic.render import Picture
from spatialevo_geometry import Intrinsics

_SHORT_OF: Final = 1.0 - 1e-4  # of the way to a sample: there it meets its own surface
_PARALLEL: Final = 1e-14
_NEAREST_SHARE: Final = 0.05  # nearest depth is this weighted quantile, see `Visibility`


class Sight:
    """Casts lines through one room."""

    def __init__(self, construction: Construction, centroids: Surface) -> None:
        """Take the room, and its surface with one sample in the middle of every triangle."""
        self._construction = construction
        self._centroids = centroids
        self._solids = [_Solid(item) for item in construction.objects]
        count = len(construction.objects)
        self._ranges = centroids.ranges[:count]
        self._stop = self._ranges[-1][1]

    def records(
        self, index: int, intrinsics: Intrinsics, picture: Picture
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a row of `VISIBILITY_DTYPE` for every object that shows in frame `index`."""
        view = self._view(self._construction.cameras[index].world_from_camera, intrinsics)
        owned = picture.owners[picture.owners >= 0]
        pixels = np.bincount(owned, minlength=len(self._ranges))
        areas = self._centroids.areas
        for place, item in enumerate(self._construction.objects):
            own = slice(*self._ranges[place])
            visible = np.flatnonzero(view.visible[own]) + own.start
            if len(visible) == 0:
                continue
            seen = areas[visible].sum()
            low, high = view.pixels[visible].min(axis=0), view.pixels[visible].max(axis=0)
            nearest, median = _quantiles(view.depths[visible], areas[visible])
            yield (
                index, item.id,
                min(1.0, float(seen / areas[own][view.facing[own]].sum())),
                min(1.0, float(seen / areas[own].sum())),
                0.0, int(pixels[place]), (*low, *high), nearest, median,
                bool((view.facing[own] & ~view.inside[own]).any()),
            )  # fmt: skip

    def _view(self, pose: NDArray[np.float64], intrinsics: Intrinsics) -> _View:
        points = self._centroids.points[: self._stop]
        rays = points - pose[:3, 3]
        facing = np.einsum("ni,ni->n", self._centroids.normals[: self._stop], rays) < 0.0
        x, y, z = (rays @ pose[:3, :3]).T
        ahead = z > 0.0
        depth = np.where(ahead, z, 1.0)
        u = intrinsics.fx * x / depth + intrinsics.cx
        v = intrinsics.fy * y / depth + intrinsics.cy
        inside = ahead & (u >= -0.5) & (u < intrinsics.width - 0.5)
        inside &= (v >= -0.5) & (v < intrinsics.height - 0.5)
        visible = facing & inside
        rows = np.flatnonzero(visible)
        visible[rows] = ~self.blocked(pose[:3, 3], rays[rows])
        return _View(facing, inside, visible, z, np.stack([u, v], axis=1))

    def blocked(self, origin: NDArray[np.float64], rays: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which (n, 3) rays meet something before their end."""
        hidden = self._behind_wall(origin, rays)
        for solid in self._solids:
            open_rays = np.flatnonzero(~hidden)
            hidden[open_rays] = solid.blocks(origin, rays[open_rays])
        return hidden

    def _behind_wall(
        self, origin: NDArray[np.float64], rays: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Tell which rays cross a side of the outline, seen from above."""
        hidden = np.zeros(len(rays), dtype=bool)
        outline = self._construction.outline
        for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            span, offset = end - start, start - origin[:2]
            determinant = rays[:, 1] * span[0] - rays[:, 0] * span[1]
            safe = np.where(np.abs(determinant) < _PARALLEL, np.inf, determinant)
            along_ray = (span[0] * offset[1] - span[1] * offset[0]) / safe
            along_wall = (rays[:, 0] * offset[1] - rays[:, 1] * offset[0]) / safe
            meets = (along_ray > 0.0) & (along_ray < _SHORT_OF)
            hidden |= meets & (along_wall > 0.0) & (along_wall < 1.0)
        return hidden


@dataclass(frozen=True, slots=True)
class _View:
    """Samples of all objects as one camera has them."""

    facing: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    visible: NDArray[np.bool_]
    depths: NDArray[np.float64]
    pixels: NDArray[np.float64]


class _Solid:
    """An object as convex sets of half-spaces, in the object's frame."""

    def __init__(self, item: BuiltObject) -> None:
        self._item = item
        # A prism's sides, one strip of the far cap and one of the near one; the rest lie in these.
        faces = [part.quads[[*range(part.sides + 1), -1]] for part in item.parts]
        most = max(len(quads) for quads in faces)
        self._normals = np.zeros((len(faces), most, 3))
        self._offsets = np.ones((len(faces), most))  # 0 . x <= 1: no bound
        for place, quads in enumerate(faces):
            normals = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
            normals /= np.linalg.norm(normals, axis=1)[:, None]
            self._normals[place, : len(quads)] = normals
            self._offsets[place, : len(quads)] = np.einsum("ki,ki->k", normals, quads[:, 0])
        box = np.concatenate([np.eye(3), -np.eye(3)])
        self._box = (box[None], np.tile(item.size / 2, 2)[None])

    def blocks(self, origin: NDArray[np.float64], rays: NDArray[np.float64]) -> NDArray[np.bool_]:
        start = self._item.axes @ (origin - self._item.centre)
        local = rays @ self._item.axes.T
        hits = _meets(*self._box, start, local)
        near = np.flatnonzero(hits)
        if len(near):
            hits[near] = _meets(self._normals, self._offsets, start, local[near])
        return hits


def _meets(
    normals: NDArray[np.float64], offsets: NDArray[np.float64],
    start: NDArray[np.float64], rays: NDArray[np.float64],
) -> NDArray[np.bool_]:  # fmt: skip
    """Tell which rays meet one of (p, k, 3) sets of half-spaces before their end."""
    room = offsets - normals @ start
    enter = np.zeros((len(rays), len(room)))
    leave = np.full((len(rays), len(room)), np.inf)
    for k in range(normals.shape[1]):
        speeds = rays @ normals[:, k].T
        # A ray along a plane is wholly inside (room > 0) or outside it: it crosses at infinity.
        speeds[np.abs(speeds) < _PARALLEL] = _PARALLEL
        crossings = room[:, k] / speeds
        outward = speeds > 0.0
        leave = np.minimum(leave, np.where(outward, crossings, np.inf))
        enter = np.maximum(enter, np.where(outward, 0.0, crossings))
    cut = (enter < leave) & (enter < _SHORT_OF)
    return np.asarray(cut.any(axis=1), dtype=np.bool_)


def _quantiles(depths: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Return the weighted 5th percentile and median."""
    order = np.argsort(depths, kind="stable")
    below = np.cumsum(weights[order])
    places = np.searchsorted(below, np.array([_NEAREST_SHARE, 0.5]) * below[-1])
    nearest, median = depths[order][places]
    return float(nearest), float(median)
