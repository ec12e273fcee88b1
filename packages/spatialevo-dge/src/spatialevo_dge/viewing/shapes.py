# SPDX-License-Identifier: Apache-2.0
"""What can be drawn of a ruling's evidence, in the world frame, whoever draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


class Role(StrEnum):
    """What a shape stands for; it decides the colour."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    MEASURED = "measured"
    SECTOR = "sector"
    HEADING = "heading"
    AREA = "area"


COLOURS: Final[Mapping[Role, str]] = MappingProxyType(
    {
        # Okabe and Ito's palette, which people of any colour vision can tell apart, darkened
        # where white paper asks for it.
        Role.FIRST: "#0072b2",
        Role.SECOND: "#d55e00",
        Role.THIRD: "#00855f",
        Role.FOURTH: "#a0508a",
        Role.MEASURED: "#c1121f",
        Role.SECTOR: "#e0a100",
        Role.HEADING: "#3a3a3a",
        Role.AREA: "#00855f",
    }
)

IN_ORDER: Final = (Role.FIRST, Role.SECOND, Role.THIRD, Role.FOURTH)


def role_at(place: int) -> Role:
    """Return the role of the n-th thing that a trace names."""
    return IN_ORDER[place % len(IN_ORDER)]


class Style(StrEnum):
    """How a stroke is drawn."""

    SOLID = "solid"
    DASHED = "dashed"
    ARROW = "arrow"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stroke:
    """A line through (k, 3) points, k >= 2."""

    points_in_world: Points
    role: Role
    caption: str = ""
    style: Style = Style.SOLID


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Area:
    """A horizontal polygon with (k, 3) corners; it need not be convex but is star-shaped or thin.

    `filled` areas are tinted; others are outlines alone.
    """

    ring_in_world: Points
    role: Role
    caption: str = ""
    filled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spot:
    """A point, (3,)."""

    point_in_world: Points
    role: Role
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A word at a place in the world, without a mark: the name of a sector."""

    point_in_world: tuple[float, float, float]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxMark:
    """An object that the ruling is about."""

    object_id: int
    role: Role
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMark:
    """A frame that the ruling is about."""

    frame_id: str
    role: Role
    caption: str


Shape: TypeAlias = Stroke | Area | Spot | Words | BoxMark | CameraMark


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The shapes of one ruling, in the order in which they were found."""

    shapes: tuple[Shape, ...] = ()

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """All lines."""
        return tuple(shape for shape in self.shapes if isinstance(shape, Stroke))

    @property
    def areas(self) -> tuple[Area, ...]:
        """All polygons."""
        return tuple(shape for shape in self.shapes if isinstance(shape, Area))

    @property
    def spots(self) -> tuple[Spot, ...]:
        """All points."""
        return tuple(shape for shape in self.shapes if isinstance(shape, Spot))

    @property
    def words(self) -> tuple[Words, ...]:
        """All words without a mark."""
        return tuple(shape for shape in self.shapes if isinstance(shape, Words))

    @property
    def boxes(self) -> tuple[BoxMark, ...]:
        """All objects, each once."""
        marks = (shape for shape in self.shapes if isinstance(shape, BoxMark))
        return tuple({mark.object_id: mark for mark in marks}.values())

    @property
    def cameras(self) -> tuple[CameraMark, ...]:
        """All frames, each once."""
        marks = (shape for shape in self.shapes if isinstance(shape, CameraMark))
        return tuple({mark.frame_id: mark for mark in marks}.values())

    @property
    def key(self) -> tuple[tuple[Role, str], ...]:
        """What each colour stands for: roles and captions, each pair once."""
        named = (shape for shape in self.shapes if not isinstance(shape, Words))
        return tuple(dict.fromkeys((each.role, each.caption) for each in named if each.caption))

    @property
    def points_in_world(self) -> Points:
        """Every point that the drawing spans, (k, 3), boxes and cameras aside."""
        arrays = [
            *(stroke.points_in_world for stroke in self.strokes),
            *(area.ring_in_world for area in self.areas),
            *(spot.point_in_world[None] for spot in self.spots),
        ]
        return np.concatenate(arrays) if arrays else np.empty((0, 3))


NOTHING: Final = Drawing()
"""A drawing without shapes."""
