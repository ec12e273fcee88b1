# SPDX-License-Identifier: Apache-2.0
"""What the generator decided, before any operator of the oracle ran: the truth by construction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic.options import FurnitureSet, RoomShape
from spatialevo_dge.synthetic.placement import Placed
from spatialevo_dge.synthetic.shapes import Outline, shoelace
from spatialevo_dge.synthetic.solids import Part
from spatialevo_geometry import OrientedBox


class RelationKind(StrEnum):
    """How one object carries another."""

    ON = "on"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """`item` stands on or inside `host`, by object ids."""

    kind: RelationKind
    item: int
    host: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BuiltObject:
    """An object as it was built.

    Attributes:
        id: Unique within the scene.
        label: What questions call it.
        centre: (3,) centre of its box, world frame, metres.
        size: (3,) sides of its box along its own axes, metres.
        yaw: Turn of its own axes about the vertical, radians.
        parts: Its convex parts, in a frame at the box's centre with the box's axes.
    """

    id: int
    label: str
    centre: NDArray[np.float64]
    size: NDArray[np.float64]
    yaw: float
    parts: tuple[Part, ...]

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3): rows are its own axes in the world."""
        return turn_about_z(self.yaw).T

    @property
    def box(self) -> OrientedBox:
        """Its bounding box."""
        return OrientedBox(centre=self.centre, axes=self.axes, extents=self.size)

    @property
    def corners(self) -> NDArray[np.float64]:
        """(8, 3) corners of its box, world frame."""
        signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2.0
        corners: NDArray[np.float64] = (signs * self.size) @ self.axes + self.centre
        return corners


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BuiltCamera:
    """A camera as it was set up.

    Attributes:
        position: (3,) metres, world frame.
        heading: Azimuth of the optical axis from +x, counter-clockwise, radians.
        pitch: Angle of the optical axis above the horizon, radians.
        roll: Turn about the optical axis, positive when the right side dips, radians.
    """

    position: NDArray[np.float64]
    heading: float
    pitch: float
    roll: float

    @property
    def world_from_camera(self) -> NDArray[np.float64]:
        """(4, 4) pose, OpenCV camera axes."""
        cos_h, sin_h = math.cos(self.heading), math.sin(self.heading)
        cos_p, sin_p = math.cos(self.pitch), math.sin(self.pitch)
        forward = np.array([cos_p * cos_h, cos_p * sin_h, sin_p])
        level_right = np.array([sin_h, -cos_h, 0.0])
        level_down = np.array([sin_p * cos_h, sin_p * sin_h, -cos_p])
        cos_r, sin_r = math.cos(self.roll), math.sin(self.roll)
        pose = np.eye(4)
        pose[:3, 0] = cos_r * level_right + sin_r * level_down
        pose[:3, 1] = cos_r * level_down - sin_r * level_right
        pose[:3, 2] = forward
        pose[:3, 3] = self.position
        return pose


@dataclass(frozen=True, kw_only=True, eq=False)
class Construction:
    """A room as it was built; world frame, metres, radians.

    Attributes:
        seed: What it was drawn from.
        shape: Kind of outline.
        furniture: What the room is used for; None where labels were asked for instead.
        outline: (k, 2) corners of the floor, counter-clockwise.
        pieces: (p, 4, 2) convex quadrilaterals that tile the floor.
        area: Floor area by the shoelace formula, square metres.
        floor_height: z of the floor.
        height: Floor to ceiling.
        yaw: Turn of the whole room.
        objects: In order of id.
        relations: What stands on or in what.
        cameras: One for each frame.
    """

    seed: int
    shape: RoomShape
    furniture: FurnitureSet | None
    outline: NDArray[np.float64]
    pieces: NDArray[np.float64]
    area: float
    floor_height: float
    height: float
    yaw: float
    objects: tuple[BuiltObject, ...]
    relations: tuple[Relation, ...]
    cameras: tuple[BuiltCamera, ...] = ()

    @cached_property
    def objects_by_id(self) -> dict[int, BuiltObject]:
        """Objects by id."""
        return {item.id: item for item in self.objects}


def turn_about_z(angle: float) -> NDArray[np.float64]:
    """Return the (3, 3) rotation by an angle about the vertical."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFrame:
    """Where the room's own frame lies in the world, and how high the room is.

    Attributes:
        yaw: Turn about the vertical, radians.
        floor_height: World z of the floor, metres.
        height: Floor to ceiling, metres.
    """

    yaw: float
    floor_height: float
    height: float


def construct(
    seed: int, outline: Outline, placed: list[Placed], frame: RoomFrame,
    furniture: FurnitureSet | None,
) -> Construction:  # fmt: skip
    """Bring an outline and its placed pieces into the world."""
    turn = turn_about_z(frame.yaw)[:2, :2]
    corners = outline.corners @ turn.T
    return Construction(
        seed=seed,
        shape=outline.shape,
        furniture=furniture,
        outline=corners,
        pieces=outline.pieces @ turn.T,
        area=shoelace(outline.corners),
        floor_height=frame.floor_height,
        height=frame.height,
        yaw=frame.yaw,
        objects=tuple(_built(piece, frame) for piece in placed),
        relations=tuple(
            Relation(kind=kind, item=piece.id, host=host)
            for piece in placed
            for kind, host in ((RelationKind.ON, piece.on), (RelationKind.INSIDE, piece.inside))
            if host is not None
        ),
    )


def _built(piece: Placed, frame: RoomFrame) -> BuiltObject:
    x, y, z = piece.position
    middle = np.array([x, y, z + piece.model.size[2] / 2])
    return BuiltObject(
        id=piece.id,
        label=piece.model.label,
        centre=turn_about_z(frame.yaw) @ middle + (0.0, 0.0, frame.floor_height),
        size=np.array(piece.model.size),
        yaw=math.remainder(piece.yaw + frame.yaw, 2.0 * math.pi),
        parts=piece.model.parts,
    )
