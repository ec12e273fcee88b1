# SPDX-License-Identifier: Apache-2.0
"""Small scenes built by hand: boxes, cameras and what each camera shows, nothing computed for them.

Poses are written out from heading, pitch and roll by the definition of the frames, so that a test
compares the oracle with trigonometry and not with itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.entities import Noun
from spatialevo_dge.scene import (
    EXACT,
    BoxKind,
    FloorPlan,
    Frame,
    NoiseModel,
    Scene,
    SceneObject,
    VisibilitySource,
)
from spatialevo_dge.view import View
from spatialevo_dge.visibility import VISIBILITY_DTYPE, VisibilityTable
from spatialevo_geometry import Intrinsics, OrientedBox

INTRINSICS = Intrinsics(fx=300.0, fy=300.0, cx=159.5, cy=119.5, width=320, height=240)


def noun(label: str) -> Noun:
    """Name a label of the scene."""
    return Noun(text=label, label=label)


def item(
    number: int,
    label: str,
    centre: Sequence[float],
    extents: Sequence[float],
    yaw_degrees: float = 0.0,
    points: tuple[int, int] | None = None,
) -> SceneObject:
    """Build an object whose box is turned about the vertical."""
    yaw = math.radians(yaw_degrees)
    axes = np.array(
        [[math.cos(yaw), math.sin(yaw), 0.0], [-math.sin(yaw), math.cos(yaw), 0.0], [0, 0, 1.0]]
    )
    box = OrientedBox(
        centre=np.array(centre, dtype=float), axes=axes, extents=np.array(extents, dtype=float)
    )
    half = np.abs(axes.T) @ (np.array(extents, dtype=float) / 2)
    aligned = OrientedBox(centre=np.array(centre, dtype=float), axes=np.eye(3), extents=2 * half)
    return SceneObject(
        id=number,
        label=label,
        source_label=label,
        aabb=aligned,
        obb_raw=box,
        obb=box,
        box_kind=BoxKind.GIVEN,
        point_range=points,
    )


def pose(
    position: Sequence[float], heading: float = 0.0, pitch: float = 0.0, roll: float = 0.0
) -> NDArray[np.float64]:
    """Write world_from_camera from angles in degrees: heading from +x, pitch up, roll clockwise."""
    h, p, r = (math.radians(angle) for angle in (heading, pitch, roll))
    forward = np.array([math.cos(p) * math.cos(h), math.cos(p) * math.sin(h), math.sin(p)])
    level_right = np.array([math.sin(h), -math.cos(h), 0.0])
    level_down = np.cross(forward, level_right)
    right = math.cos(r) * level_right + math.sin(r) * level_down
    down = -math.sin(r) * level_right + math.cos(r) * level_down
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = np.column_stack((right, down, forward))
    world_from_camera[:3, 3] = position
    return world_from_camera


def frame(name: str, world_from_camera: NDArray[np.float64]) -> Frame:
    """Build a frame whose visibility is known."""
    return Frame(
        id=name,
        world_from_camera=world_from_camera,
        intrinsics=INTRINSICS,
        visibility_source=VisibilitySource.CONSTRUCTION,
    )


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What a frame shows of an object; the same share of the facing and of the whole surface."""

    share: float = 1.0
    nearest: float = 1.0
    median: float = 1.2
    unknown: float = 0.0
    box_2d: tuple[float, float, float, float] = (10.0, 10.0, 60.0, 60.0)


def table(sightings: Mapping[tuple[int, int], Sighting], frame_count: int) -> VisibilityTable:
    """Build the visibility table from {(frame index, object id): sighting}."""
    rows = [
        (
            index,
            number,
            seen.share,
            seen.share,
            seen.unknown,
            100,
            seen.box_2d,
            seen.nearest,
            seen.median,
            False,
        )
        for (index, number), seen in sorted(sightings.items())
    ]
    return VisibilityTable(np.array(rows, dtype=VISIBILITY_DTYPE), frame_count)


def scene(
    objects: Sequence[SceneObject],
    frames: Sequence[Frame] = (),
    sightings: Mapping[tuple[int, int], Sighting] | None = None,
    *,
    floor: FloorPlan | None = None,
    noise: NoiseModel = EXACT,
) -> Scene:
    """Build a scene; without `sightings` every frame shows everything."""
    if sightings is None:
        sightings = {
            (index, each.id): Sighting() for index in range(len(frames)) for each in objects
        }
    return Scene(
        id="built",
        source="test",
        objects=tuple(objects),
        frames=tuple(frames),
        visibility=table(sightings, len(frames)) if frames else None,
        floor=floor,
        noise=noise,
    )


def view(built: Scene, *frames: str) -> View:
    """Show frames of a scene."""
    return View(built, tuple(built.frames_by_id[name] for name in frames))
