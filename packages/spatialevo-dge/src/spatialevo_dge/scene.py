# SPDX-License-Identifier: Apache-2.0
"""The scene: labelled objects, posed cameras and what each camera sees, all in one world frame.

The world frame is right-handed with z up along gravity, in metres. A scene may hold only a part of
this (scene metadata has boxes but neither points nor cameras); every task states what it needs, and
nothing is ever filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_geometry import Intrinsics, OrientedBox

if TYPE_CHECKING:
    from spatialevo_dge.cloud import Cloud
    from spatialevo_dge.visibility import VisibilityTable


class BoxKind(StrEnum):
    """Where an object's oriented box comes from."""

    GIVEN = "given"  # read from the data set's annotation
    GRAVITY = "gravity"  # fitted to points, one axis along gravity
    MINIMAL = "minimal"  # fitted to points, any rotation


class VisibilitySource(StrEnum):
    """What stood for depth when visibility was computed."""

    DEPTH = "depth"
    Z_BUFFER = "z-buffer"
    CONSTRUCTION = "construction"


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneObject:
    """One object instance.

    Attributes:
        id: Unique within the scene.
        label: The label questions use (lower case, singular).
        source_label: The data set's own label.
        aabb: Axis-aligned box of the raw points, or of the given box's corners (world frame).
        obb_raw: Oriented box of the raw points, or the given box.
        obb: Oriented box used for judging; equal to `obb_raw` in a scene without noise.
        box_kind: Where the oriented boxes come from.
        point_range: Rows ``[start, stop)`` of the cloud that belong to the object; None without a
            cloud.
        box_slack: Standard deviation of the oriented box's reach because boxes of other headings
            fit as well (a round table), metres; 0 in a scene without noise.
    """

    id: int
    label: str
    source_label: str
    aabb: OrientedBox
    obb_raw: OrientedBox
    obb: OrientedBox
    box_kind: BoxKind
    point_range: tuple[int, int] | None = None
    box_slack: float = 0.0

    @property
    def point_count(self) -> int | None:
        """Number of scanned points, or None in a scene without points."""
        return None if self.point_range is None else self.point_range[1] - self.point_range[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One posed image.

    Attributes:
        id: Unique within the scene.
        world_from_camera: (4, 4) rigid pose, OpenCV camera axes.
        intrinsics: Pinhole intrinsics of the colour image; None where the source gives none.
        image_path: The colour image, where there is one.
        depth_path: The depth image, where there is one.
        visibility_source: What visibility of this frame was computed from; None: not computed.
    """

    id: str
    world_from_camera: NDArray[np.float64]
    intrinsics: Intrinsics | None = None
    image_path: Path | None = None
    depth_path: Path | None = None
    visibility_source: VisibilitySource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseModel:
    """How far a scan's data may be from the truth, as standard deviations.

    Attributes:
        point_sigma: Independent position noise of a point, metres.
        object_offset_sigma: Position error shared by all points of one object, metres.
        pose_translation_sigma: Camera position, metres.
        pose_rotation_sigma: Camera orientation, radians.
        depth_sigma_constant: Depth image noise at any range, metres.
        depth_sigma_quadratic: Depth image noise per squared metre of range, 1/metre.
    """

    point_sigma: float = 0.0
    object_offset_sigma: float = 0.0
    pose_translation_sigma: float = 0.0
    pose_rotation_sigma: float = 0.0
    depth_sigma_constant: float = 0.0
    depth_sigma_quadratic: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Whether the scene carries no noise at all."""
        return self == EXACT


EXACT = NoiseModel()


class FloorSource(StrEnum):
    """Where a floor area comes from."""

    MEASURED = "measured"  # floor polygon fitted to the scan's points
    READ = "read"  # taken from the data set's metadata
    CONSTRUCTION = "construction"  # known because the room was built so


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPlan:
    """The floor: area in square metres, and its outline where it is known.

    Attributes:
        area: Square metres.
        half_width: Half-width of the area's interval, square metres (0 where it is exact).
        rings: Outlines on the floor plane, each (k, 2) world x, y: outer counter-clockwise, holes
            clockwise. Empty where the area was read without an outline.
        height: World z of the floor, metres; None where unknown.
        source: Where it comes from.
    """

    area: float
    source: FloorSource
    half_width: float = 0.0
    rings: tuple[NDArray[np.float64], ...] = ()
    height: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """An immutable scene; load one with `Scene.load` or make one with `synthetic.make_room`.

    Attributes:
        id: The data set's own id.
        source: Name of the importer that made it ("scannet", "vsibench", "synthetic", …).
        objects: All instances, ordered by id.
        frames: All posed images, in capture order.
        visibility: What each frame shows; None: not computed for any frame.
        cloud: Points of the scan; None: no points.
        floor: Floor area and outline; None: unknown.
        structure: Instances that bound the room (walls, floor, ceiling) and that questions do not
            name; their rows of the cloud follow the objects'.
        noise: Noise of the scan.
        skipped_frames: Frames that the source lists but that cannot be used (no pose, a pose that
            is not finite), each with the reason. Asking about one is NOT_AVAILABLE, never a guess.
        annotated_counts: The data set's own instance count by label, where it has one beside the
            boxes (VSI-Bench); empty otherwise.
        provenance: Who made the scene from what: importer version, files, choices.
    """

    id: str
    source: str
    objects: tuple[SceneObject, ...]
    frames: tuple[Frame, ...] = ()
    visibility: VisibilityTable | None = None
    cloud: Cloud | None = None
    floor: FloorPlan | None = None
    structure: tuple[SceneObject, ...] = ()
    noise: NoiseModel = EXACT
    skipped_frames: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    annotated_counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    provenance: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse double ids."""
        if len(self.objects_by_id) != len(self.objects):
            raise SceneError(self.id, "objects", "two objects share an id")
        if len(self.frames_by_id) != len(self.frames):
            raise SceneError(self.id, "frames", "two frames share an id")

    @staticmethod
    def load(path: str | Path) -> Scene:
        """Load a bundle; see `bundle.load`."""
        from spatialevo_dge import bundle  # noqa: PLC0415  (bundle imports Scene)

        return bundle.load(path)

    def save(self, path: str | Path) -> None:
        """Write a bundle atomically; see `bundle.save`."""
        from spatialevo_dge import bundle  # noqa: PLC0415  (bundle imports Scene)

        bundle.save(self, path)

    @cached_property
    def objects_by_id(self) -> Mapping[int, SceneObject]:
        """Objects by id."""
        return {item.id: item for item in self.objects}

    @cached_property
    def containers_by_id(self) -> Mapping[int, tuple[SceneObject, ...]]:
        """For each object, by id, the others whose boxes hold its whole box; without, no entry."""
        found: dict[int, tuple[SceneObject, ...]] = {}
        if not self.objects:
            return found
        corners = np.array([item.obb.corners for item in self.objects])
        holders = [
            (np.abs((corners - other.obb.centre) @ other.obb.axes.T) <= other.obb.extents / 2.0)
            for other in self.objects
        ]
        held = np.array([inside.all(axis=(1, 2)) for inside in holders])
        np.fill_diagonal(held, val=False)
        for index in np.flatnonzero(held.any(axis=0)).tolist():
            found[self.objects[index].id] = tuple(
                self.objects[other] for other in np.flatnonzero(held[:, index]).tolist()
            )
        return found

    @cached_property
    def frames_by_id(self) -> Mapping[str, Frame]:
        """Frames by id."""
        return {frame.id: frame for frame in self.frames}

    @cached_property
    def frame_index(self) -> Mapping[str, int]:
        """Position of each frame in `frames`, by id."""
        return {frame.id: index for index, frame in enumerate(self.frames)}

    @cached_property
    def objects_by_label(self) -> Mapping[str, tuple[SceneObject, ...]]:
        """Instances by label, labels in order of first appearance."""
        groups: dict[str, list[SceneObject]] = {}
        for item in self.objects:
            groups.setdefault(item.label, []).append(item)
        return {label: tuple(items) for label, items in groups.items()}

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every label that occurs, sorted; counts without boxes included."""
        return tuple(sorted({*self.objects_by_label, *self.annotated_counts}))
