# SPDX-License-Identifier: Apache-2.0
"""What each frame shows of a scene's objects and floor: quick, from poses and a coarse z-buffer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.cloud import Cloud
from spatialevo_dge.coverage import floor_samples
from spatialevo_dge.scene import FloorPlan, Frame, SceneObject
from spatialevo_geometry import Intrinsics
from spatialevo_geometry.rigid import apply, invert

SAMPLES: Final = 48
"""Points that stand for an object: its share seen is known to 2 %, enough to rank frames."""
OCCLUDERS: Final = 30_000
"""Points of the scan that may hide others, evenly drawn: walls and furniture without holes at …"""
BUFFER_WIDTH: Final = 40
"""… this width of the z-buffer, pixels."""
BAND: Final = (0.10, 0.05)
"""A point is hidden behind what is nearer by more than 10 cm and 5 % of its depth."""
FLOOR_SHARE: Final = 0.25
"""Weight of the whole floor beside that of all objects together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What frames are to show.

    Attributes:
        objects: Instances; each counts alike, whatever its size.
        cloud: The scan, where there is one; without it nothing hides anything.
        floor: The floor, where it is known.
    """

    objects: Sequence[SceneObject]
    cloud: Cloud | None
    floor: FloorPlan | None


@dataclass(frozen=True, slots=True)
class _Samples:
    """Points (n, 3) to be shown, their normals (zeros: seen from all sides) and weights (n,)."""

    points: NDArray[np.float64]
    normals: NDArray[np.float64]
    weights: NDArray[np.float64]


def samples_seen(
    frames: Sequence[Frame], subject: Subject
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which sample each frame shows (frames, samples), and the weight of each sample."""
    samples = _samples(subject)
    occluders = _occluders(subject.cloud)
    seen = np.zeros((len(frames), len(samples.points)), dtype=np.bool_)
    for row, frame in zip(seen, frames, strict=True):
        if frame.intrinsics is not None:
            row[:] = _seen(frame, frame.intrinsics, samples, occluders)
    return seen, samples.weights


def _samples(subject: Subject) -> _Samples:
    parts = [_samples_of(item, subject.cloud) for item in subject.objects]
    floor = None if subject.floor is None else floor_samples(subject.floor)
    if floor is not None and len(floor):
        weight = FLOOR_SHARE * max(1, len(parts)) / len(floor)
        parts.append(_Samples(floor, np.zeros_like(floor), np.full(len(floor), weight)))
    if not parts:
        return _Samples(np.empty((0, 3)), np.empty((0, 3)), np.empty(0))
    return _Samples(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


def _samples_of(item: SceneObject, cloud: Cloud | None) -> _Samples:
    """Return up to `SAMPLES` points of an object, or its box's corners and centre."""
    if cloud is None or item.point_range is None or item.point_range[0] == item.point_range[1]:
        points = np.vstack([item.obb.corners, item.obb.centre[None]])
        normals = np.zeros_like(points)
    else:
        points = _thinned(cloud.points_in_world, *item.point_range, SAMPLES)
        known = cloud.normals_in_world
        normals = np.zeros_like(points)
        if known is not None:
            normals = _thinned(known, *item.point_range, SAMPLES)
    return _Samples(points, normals, np.full(len(points), 1.0 / len(points)))


def _occluders(cloud: Cloud | None) -> NDArray[np.float64]:
    if cloud is None:
        return np.empty((0, 3))
    return _thinned(cloud.points_in_world, 0, len(cloud.points_in_world), OCCLUDERS)


def _thinned(
    points: NDArray[np.float32], start: int, stop: int, at_most: int
) -> NDArray[np.float64]:
    places = np.linspace(start, stop - 1, min(at_most, stop - start)).round().astype(np.int64)
    return np.asarray(points[places], dtype=np.float64)


def _seen(
    frame: Frame, intrinsics: Intrinsics, samples: _Samples, occluders: NDArray[np.float64]
) -> NDArray[np.bool_]:
    camera_from_world = invert(frame.world_from_camera)
    cells, depths = _cells(apply(camera_from_world, samples.points), intrinsics)
    towards = frame.world_from_camera[:3, 3] - samples.points
    facing = np.einsum("ni,ni->n", towards, samples.normals) >= 0.0
    inside: NDArray[np.bool_] = (cells >= 0) & facing
    if not len(occluders):
        return inside
    size = _buffer_size(intrinsics)
    nearest = np.full(size[0] * size[1], np.inf)
    hidden_by, hiding_depths = _cells(apply(camera_from_world, occluders), intrinsics)
    front = hidden_by >= 0
    np.minimum.at(nearest, hidden_by[front], hiding_depths[front])
    limit = nearest[np.where(inside, cells, 0)] * (1.0 + BAND[1]) + BAND[0]
    return inside & (depths <= limit)


def _buffer_size(intrinsics: Intrinsics) -> tuple[int, int]:
    height = max(1, round(BUFFER_WIDTH * intrinsics.height / intrinsics.width))
    return BUFFER_WIDTH, height


def _cells(
    points_in_camera: NDArray[np.float64], intrinsics: Intrinsics
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the z-buffer's cell of each point (-1: not in the image) and its depth."""
    width, height = _buffer_size(intrinsics)
    x, y, z = points_in_camera.T
    front = z > 1e-6
    safe = np.where(front, z, 1.0)
    across = (intrinsics.fx * x / safe + intrinsics.cx + 0.5) / intrinsics.width
    down = (intrinsics.fy * y / safe + intrinsics.cy + 0.5) / intrinsics.height
    inside = front & (across >= 0.0) & (across < 1.0) & (down >= 0.0) & (down < 1.0)
    column = np.where(inside, across * width, 0.0).astype(np.int64)
    row = np.where(inside, down * height, 0.0).astype(np.int64)
    return np.where(inside, row * width + column, -1), z
