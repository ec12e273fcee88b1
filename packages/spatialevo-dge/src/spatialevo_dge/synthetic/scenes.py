# SPDX-License-Identifier: Apache-2.0
"""From a construction to the scene that the oracle gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.arrays_cloud import InMemoryCloud
from spatialevo_dge.observe import visibility_table
from spatialevo_dge.scene import (
    BoxKind,
    FloorPlan,
    FloorSource,
    Frame,
    Scene,
    SceneObject,
    VisibilitySource,
)
from spatialevo_dge.synthetic.construction import Construction
from spatialevo_dge.synthetic.disturb import Disturbance
from spatialevo_dge.synthetic.eyes import Eyes
from spatialevo_dge.synthetic.mesh import Structure, Surface, patches_of, sample
from spatialevo_dge.synthetic.options import RoomOptions
from spatialevo_dge.synthetic.render import Picture, Renderer
from spatialevo_dge.synthetic.sight import Sight
from spatialevo_geometry import Intrinsics, OrientedBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Name and origin of a scene."""

    id: str
    provenance: Mapping[str, object]


def scene_of(
    construction: Construction, structure: Structure, intrinsics: Intrinsics,
    options: RoomOptions, identity: Identity,
) -> tuple[Scene, tuple[Picture, ...]]:  # fmt: skip
    """Sample the room's surface, render its frames and compute what each shows."""
    patches = patches_of(construction, structure)
    surface = sample(construction, patches, options.spacing)
    renderer = Renderer(construction, patches, structure)
    disturbance = Disturbance(construction.seed, options.noise)
    pictures = tuple(
        _picture(renderer, camera.world_from_camera, intrinsics, (disturbance, index))
        for index, camera in enumerate(construction.cameras)
    )
    bare = Scene(
        id=identity.id,
        source="synthetic",
        objects=_objects(construction, surface, disturbance),
        structure=_structure(construction, surface),
        frames=_frames(construction, intrinsics, disturbance),
        cloud=_cloud(construction, surface, disturbance),
        floor=FloorPlan(
            area=construction.area,
            rings=(construction.outline,),
            height=construction.floor_height,
            source=FloorSource.CONSTRUCTION,
        ),
        noise=options.noise,
        provenance=identity.provenance,
    )
    centroids = surface.centroids()
    if options.noise.is_exact:
        sight = Sight(construction, centroids)
        rows = (sight.records(k, intrinsics, picture) for k, picture in enumerate(pictures))
        table = visibility_table([row for frame in rows for row in frame], len(pictures))
    else:
        table = Eyes(construction, renderer, disturbance).look(bare, centroids)
    return replace(bare, visibility=table), pictures


def _picture(
    renderer: Renderer, pose: NDArray[np.float64], intrinsics: Intrinsics,
    noise: tuple[Disturbance, int],
) -> Picture:  # fmt: skip
    disturbance, index = noise
    picture = renderer.render(pose, intrinsics)
    return replace(picture, depth=disturbance.depth(picture.depth, f"depth {index}"))


def _frames(
    construction: Construction, intrinsics: Intrinsics, disturbance: Disturbance
) -> tuple[Frame, ...]:
    exact = disturbance.noise.is_exact
    source = VisibilitySource.CONSTRUCTION if exact else VisibilitySource.DEPTH
    return tuple(
        Frame(
            id=f"{index:03d}",
            world_from_camera=disturbance.pose(camera.world_from_camera, index),
            intrinsics=intrinsics,
            visibility_source=source,
        )
        for index, camera in enumerate(construction.cameras)
    )


def _objects(
    construction: Construction, surface: Surface, disturbance: Disturbance
) -> tuple[SceneObject, ...]:
    """Objects with the boxes they were built with, moved only with all their points."""
    offsets = disturbance.offsets(len(construction.objects))
    ranges = surface.ranges
    return tuple(
        _object(item.id, item.label, item.corners + offset, _moved(item.box, offset), rows)
        for item, offset, rows in zip(construction.objects, offsets, ranges, strict=False)
    )


def _moved(box: OrientedBox, offset: NDArray[np.float64]) -> OrientedBox:
    """Return the box moved by an offset of shape (3,)."""
    return OrientedBox(centre=box.centre + offset, axes=box.axes, extents=box.extents)


def _object(
    number: int, label: str, corners: NDArray[np.float64], box: OrientedBox, rows: tuple[int, int]
) -> SceneObject:
    low, high = corners.min(axis=0), corners.max(axis=0)
    return SceneObject(
        id=number,
        label=label,
        source_label=label,
        aabb=OrientedBox(centre=(low + high) / 2, axes=np.eye(3), extents=high - low),
        obb_raw=box,
        obb=box,
        box_kind=BoxKind.GIVEN,
        point_range=rows,
    )


def _structure(construction: Construction, surface: Surface) -> tuple[SceneObject, ...]:
    """Walls, floor and ceiling, as flat boxes."""
    low, height = construction.floor_height, construction.height
    starts, ends = construction.outline, np.roll(construction.outline, -1, axis=0)
    spans = ends - starts
    boxes = []
    for start, end, span in zip(starts, ends, spans, strict=True):
        length = float(np.hypot(*span))
        x, y = span / length
        axes = np.array([[x, y, 0.0], [-y, x, 0.0], [0.0, 0.0, 1.0]])
        centre = np.array([*(start + end) / 2, low + height / 2])
        extents = np.array([length, 0.0, height])
        boxes.append(("wall", OrientedBox(centre=centre, axes=axes, extents=extents)))
    for label, z in (("floor", low), ("ceiling", low + height)):
        least, most = starts.min(axis=0), starts.max(axis=0)
        centre = np.array([*(least + most) / 2, z])
        extents = np.array([*(most - least), 0.0])
        boxes.append((label, OrientedBox(centre=centre, axes=np.eye(3), extents=extents)))
    count = len(construction.objects)
    return tuple(
        _object(count + 1 + index, label, box.corners, box, surface.ranges[count + index])
        for index, (label, box) in enumerate(boxes)
    )


def _cloud(construction: Construction, surface: Surface, disturbance: Disturbance) -> InMemoryCloud:
    points = disturbance.surface(surface, len(construction.objects), "points")
    return InMemoryCloud(
        points_in_world=points.astype(np.float32),
        normals_in_world=surface.normals.astype(np.float32),
        areas=surface.areas.astype(np.float32),
        colours=surface.colours,
        faces=surface.faces,
    )
