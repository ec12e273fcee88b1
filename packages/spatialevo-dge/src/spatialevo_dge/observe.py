# SPDX-License-Identifier: Apache-2.0
"""Computing what each image shows of each object, once, when a scene is made.

The depth image decides where there is one; else the mesh, or the bare points, are rendered from the
camera and stand in for it (`VisibilitySource.Z_BUFFER`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.cloud import Cloud
from spatialevo_dge.images import read_depth
from spatialevo_dge.scene import Frame, NoiseModel, Scene, SceneObject, VisibilitySource
from spatialevo_dge.visibility import VISIBILITY_DTYPE, VisibilityTable
from spatialevo_geometry import (
    DepthBand,
    Intrinsics,
    OrientedBox,
    PointIndex,
    PosedCamera,
    SurfaceSamples,
    depth_to_points,
    visible_fraction,
    z_buffer,
)
from spatialevo_geometry.rigid import apply, invert

Z_BUFFER_WIDTH: Final = 640
"""Width of a z-buffer, pixels: finer than the spacing of a scan's points, whatever the image."""
SPLAT_SPACINGS: Final = 1.5
"""Width of a pixel of a z-buffer of bare points, in units of their spacing."""
SAMPLE_EDGE: Final = 0.05
"""Longest side of the piece of a surface that one sample stands for, metres."""
MAX_SAMPLES: Final = 200_000
"""Samples of one object up to which triangles are cut: 250 m² of them. A scan in millimetres would
want a million times what the same scan in metres does."""
MAX_PARTS: Final = 100
"""Most parts a triangle's side is cut into: 5 m, more than a wall between two corners needs."""
Z_BUFFER_SIGMA: Final = 0.005
"""Disagreement, metres, between a mesh and its own rendering: a fold within one pixel."""

BAND_RANGE: Final = 2.0
"""Range, metres, at which a turned camera's error counts for the band: the middle of a room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthCamera:
    """The camera that took the depth images, where it is not the colour camera.

    Attributes:
        intrinsics: Its intrinsics.
        colour_from_depth: (4, 4) transform from its axes to the colour camera's.
    """

    intrinsics: Intrinsics
    colour_from_depth: NDArray[np.float64]

    @property
    def is_aligned(self) -> bool:
        """Whether it looks from where the colour camera does."""
        return bool(np.array_equal(self.colour_from_depth, np.eye(4)))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDepth:
    """Depth as seen from a frame's colour camera, at a resolution of its own.

    Attributes:
        depth: (h, w) metres, 0 where unknown.
        intrinsics: Of this image.
        band: How far a surface may lie from it.
        source: What it is.
    """

    depth: NDArray[np.float64]
    intrinsics: Intrinsics
    band: DepthBand
    source: VisibilitySource


def observe(
    scene: Scene, depth_camera: DepthCamera | Mapping[str, DepthCamera] | None = None
) -> Scene:
    """Return the scene with visibility computed for every frame where that is possible.

    A frame without intrinsics, and a scene without points, stay without.

    Args:
        scene: A scene with a cloud.
        depth_camera: The camera of the frames' depth images, or that of each frame by its id; None,
            and a frame that is not among them: its depth image is not used.

    Raises:
        SceneError: A depth image is missing, damaged or of another size than its camera's.
    """
    if scene.cloud is None or not scene.frames:
        return scene
    surfaces = ObjectSurfaces(scene.cloud, scene.objects)
    frames: list[Frame] = []
    rows: list[tuple[Any, ...]] = []
    for index, frame in enumerate(scene.frames):
        camera = depth_camera.get(frame.id) if isinstance(depth_camera, Mapping) else depth_camera
        measured = depth_of(frame, surfaces, scene.noise, camera)
        if measured is None:
            frames.append(frame)
            continue
        frames.append(replace(frame, visibility_source=measured.source))
        rows += records(index, frame, surfaces, measured)
    return replace(scene, frames=tuple(frames), visibility=visibility_table(rows, len(frames)))


def visibility_table(rows: Sequence[tuple[Any, ...]], frame_count: int) -> VisibilityTable:
    """Return the table of rows that `records` gave, frame by frame."""
    return VisibilityTable(np.array(rows, dtype=VISIBILITY_DTYPE), frame_count)


class ObjectSurfaces:
    """The surfaces of a scene's objects, ready to be looked at from many cameras."""

    def __init__(self, cloud: Cloud, objects: Sequence[SceneObject]) -> None:
        """Take the objects that have points."""
        self.cloud = cloud
        self.points_in_world = np.asarray(cloud.points_in_world, dtype=np.float64)
        faces = cloud.faces
        spans = None if faces is None else (faces.min(axis=1), faces.max(axis=1))
        self.samples: Mapping[int, tuple[OrientedBox, SurfaceSamples]] = {
            item.id: (item.aabb, self._samples(*item.point_range, spans))
            for item in sorted(objects, key=lambda item: item.id)
            if item.point_range is not None and item.point_range[1] > item.point_range[0]
        }

    def _samples(
        self, start: int, stop: int, spans: tuple[NDArray[np.int32], NDArray[np.int32]] | None
    ) -> SurfaceSamples:
        """Sample an object's rows; `spans` are the smallest and largest corner of each face."""
        if spans is not None and self.cloud.faces is not None:
            own = self.cloud.faces[(spans[0] >= start) & (spans[1] < stop)]
            samples = mesh_samples(self.points_in_world[own])
            if samples is not None:
                return samples
        points = self.points_in_world[start:stop]
        return SurfaceSamples(
            points_in_world=points, normals_in_world=None, weights=np.ones(len(points))
        )

    @cached_property
    def spacing(self) -> float:
        """Distance from a point to its fourth neighbour: the median of 2,000 points, metres."""
        count = len(self.points_in_world)
        chosen = self.points_in_world[:: max(1, count // 2000)]
        wanted = min(5, count)
        distances, _ = PointIndex(self.points_in_world).k_nearest(chosen, wanted)
        return float(np.median(distances[:, -1]))


def mesh_samples(corners: NDArray[np.float64]) -> SurfaceSamples | None:
    """Sample triangles at the centroids of equal parts no longer than `SAMPLE_EDGE`.

    A vertex would not do: on an edge its normal is an average of sides of which one is hidden, and
    half of its pixel is background.

    Args:
        corners: (m, 3, 3) world frame, counter-clockwise from outside.

    Returns:
        None where no triangle has an area.
    """
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1) / 2.0
    corners, normals, areas = (array[areas > 0.0] for array in (corners, normals, areas))
    if not len(corners):
        return None
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    parts = _parts(longest)
    points, directions, weights = [], [], []
    for count in np.unique(parts).tolist():
        chosen = parts == count
        shares = _centroids(count)
        points.append(np.einsum("sc,mcx->msx", shares, corners[chosen]).reshape(-1, 3))
        directions.append(np.repeat(normals[chosen], len(shares), axis=0))
        weights.append(np.repeat(areas[chosen] / len(shares), len(shares)))
    return SurfaceSamples(
        points_in_world=np.concatenate(points),
        normals_in_world=np.concatenate(directions),
        weights=np.concatenate(weights),
    )


def _parts(longest: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return into how many parts the sides of each triangle are cut."""
    edge = SAMPLE_EDGE
    while True:
        parts = np.clip(np.ceil(longest / edge), 1, MAX_PARTS).astype(np.int64)
        if int((parts**2).sum()) <= max(MAX_SAMPLES, len(parts)):
            return parts
        edge *= 2.0


def _centroids(parts: int) -> NDArray[np.float64]:
    """Return the centroids (parts², 3), barycentric, of a triangle cut into equal triangles."""
    rows = [
        (i + third, j + third)
        for i in range(parts)
        for j in range(parts - i)
        for third in (1 / 3, 2 / 3)
        if i + j + 2 * third < parts
    ]
    first, second = np.array(rows).T / parts
    return np.stack([1.0 - first - second, first, second], axis=1)


def depth_of(
    frame: Frame, surfaces: ObjectSurfaces, noise: NoiseModel, depth_camera: DepthCamera | None
) -> MeasuredDepth | None:
    """Return the depth that a frame's visibility is judged by; None where there is none.

    Raises:
        SceneError: The depth image is missing, damaged or of another size than its camera's.
    """
    if frame.intrinsics is None:
        return None
    if frame.depth_path is not None and depth_camera is not None:
        image = depth_camera.intrinsics
        depth = read_depth(frame.depth_path, (image.width, image.height))
        return MeasuredDepth(
            depth=depth if depth_camera.is_aligned else _warped(depth, depth_camera),
            intrinsics=depth_camera.intrinsics,
            band=depth_band(noise),
            source=VisibilitySource.DEPTH,
        )
    return _rendered(frame, frame.intrinsics, surfaces)


def depth_band(noise: NoiseModel, least: float = 0.0) -> DepthBand:
    """Return how far a point may lie from the depth image that shows it.

    A point errs alone, with its object, and with the pose that it is seen from.

    Args:
        noise: The scan's noise.
        least: Smallest standard deviation of a point, metres.
    """
    turned = noise.pose_rotation_sigma * BAND_RANGE
    shared = math.hypot(noise.object_offset_sigma, noise.pose_translation_sigma, turned)
    return DepthBand(
        point_sigma=max(math.hypot(noise.point_sigma, shared), least),
        depth_sigma_constant=noise.depth_sigma_constant,
        depth_sigma_quadratic=noise.depth_sigma_quadratic,
    )


def _warped(depth: NDArray[np.float64], camera: DepthCamera) -> NDArray[np.float64]:
    """Return the depth image as the colour camera's position would see it.

    Pixels that no measured point falls on stay 0, unknown.
    """
    points, _ = depth_to_points(depth, camera.intrinsics)
    return z_buffer(apply(camera.colour_from_depth, points), camera.intrinsics)


def _rendered(frame: Frame, intrinsics: Intrinsics, surfaces: ObjectSurfaces) -> MeasuredDepth:
    points = apply(invert(frame.world_from_camera), surfaces.points_in_world)
    faces = surfaces.cloud.faces
    sigma = Z_BUFFER_SIGMA
    image = scaled(intrinsics, Z_BUFFER_WIDTH / intrinsics.width)
    if faces is not None:
        depth = z_buffer(points, image, faces=faces)
    else:
        in_front = points[points[:, 2] > 0.0, 2]
        if len(in_front):
            # So coarse that the points of a surface at the median distance leave few holes in it.
            pixel = SPLAT_SPACINGS * surfaces.spacing / float(np.median(in_front))
            image = scaled(intrinsics, min(1.0 / pixel, image.fx) / intrinsics.fx)
        depth = z_buffer(points, image)
        sigma = max(sigma, surfaces.spacing / 2.0)
    band = DepthBand(point_sigma=0.0, depth_sigma_constant=sigma, depth_sigma_quadratic=0.0)
    return MeasuredDepth(depth=depth, intrinsics=image, band=band, source=VisibilitySource.Z_BUFFER)


def scaled(intrinsics: Intrinsics, factor: float) -> Intrinsics:
    """Return the same camera at another resolution; pixel centres are at integers."""
    width = max(1, round(intrinsics.width * factor))
    height = max(1, round(intrinsics.height * factor))
    across, down = width / intrinsics.width, height / intrinsics.height
    return Intrinsics(
        fx=intrinsics.fx * across,
        fy=intrinsics.fy * down,
        cx=(intrinsics.cx + 0.5) * across - 0.5,
        cy=(intrinsics.cy + 0.5) * down - 0.5,
        width=width,
        height=height,
    )


def records(
    frame_index: int, frame: Frame, surfaces: ObjectSurfaces, measured: MeasuredDepth
) -> Iterator[tuple[Any, ...]]:
    """Yield a row of `VISIBILITY_DTYPE` for every object that may show in the frame.

    Raises:
        ValueError: The frame has no intrinsics.
    """
    if frame.intrinsics is None:
        raise ValueError(f"frame {frame.id!r} has no intrinsics")
    camera = PosedCamera(world_from_camera=frame.world_from_camera, intrinsics=frame.intrinsics)
    camera_from_world = invert(frame.world_from_camera)
    for object_id, (box, samples) in surfaces.samples.items():
        if _outside(apply(camera_from_world, box.corners), frame.intrinsics):
            continue
        seen = visible_fraction(
            samples,
            camera,
            measured.depth,
            measured.band,
            depth_intrinsics=measured.intrinsics,
        )
        if seen.box_2d is None and not seen.unknown_of_facing:
            continue
        yield (
            frame_index,
            object_id,
            seen.of_facing,
            seen.of_total,
            seen.unknown_of_facing,
            seen.visible_pixels,
            seen.box_2d or (0.0, 0.0, 0.0, 0.0),
            seen.nearest_depth,
            seen.median_depth,
            seen.truncated,
        )


def _outside(corners_in_camera: NDArray[np.float64], intrinsics: Intrinsics) -> bool:
    """Return whether a box is surely not in the image: all corners beyond one side of the view."""
    x, y, z = corners_in_camera.T
    u = intrinsics.fx * x + intrinsics.cx * z
    v = intrinsics.fy * y + intrinsics.cy * z
    beyond = (
        z <= 0.0,
        u < -0.5 * z,
        u > (intrinsics.width - 0.5) * z,
        v < -0.5 * z,
        v > (intrinsics.height - 0.5) * z,
    )
    return any(bool(side.all()) for side in beyond)
