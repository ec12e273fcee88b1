# SPDX-License-Identifier: Apache-2.0
"""Room outlines: polygons whose area is known because they were drawn that way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.options import FurnitureSet, RoomOptions, RoomShape

Corners = list[tuple[float, float]]

_NARROWEST: Final = 1.5  # metres of floor left beside a notch

_SIZES: Final = {  # (width, depth) ranges, metres
    FurnitureSet.LIVING: ((4.2, 6.2), (4.0, 5.4)),
    FurnitureSet.BEDROOM: ((3.6, 5.0), (3.4, 4.6)),
    FurnitureSet.KITCHEN: ((3.8, 5.4), (3.4, 4.8)),
    FurnitureSet.OFFICE: ((3.6, 6.0), (3.4, 5.0)),
    FurnitureSet.BATHROOM: ((2.6, 3.6), (2.4, 3.2)),
}
_GROWTH: Final = {  # how much larger than a plain room, and the least side, metres
    RoomShape.RECTANGLE: (1.0, 0.0),
    RoomShape.CUT_CORNER: (1.0, 0.0),
    RoomShape.L: (1.15, 3.2),
    RoomShape.T: (1.35, 4.2),
    RoomShape.U: (1.35, 4.7),
}
_SHAPES: Final = (
    *(RoomShape.RECTANGLE,) * 5,
    *(RoomShape.L,) * 2,
    RoomShape.T,
    RoomShape.U,
    *(RoomShape.CUT_CORNER,) * 2,
)


@dataclass(frozen=True, slots=True)
class Wall:
    """One straight wall: from `start` along `direction`, the room on its left."""

    start: NDArray[np.float64]
    direction: NDArray[np.float64]
    length: float

    @property
    def inward(self) -> NDArray[np.float64]:
        """Unit normal that points into the room."""
        return np.array([-self.direction[1], self.direction[0]])

    @property
    def yaw(self) -> float:
        """Yaw of a piece whose back is to the wall."""
        return math.atan2(self.inward[1], self.inward[0]) - math.pi / 2


@dataclass(frozen=True)
class Outline:
    """A floor outline in the room's own frame, centred on its bounding rectangle.

    Attributes:
        shape: What was drawn.
        corners: (k, 2), counter-clockwise, metres.
        pieces: (p, 4, 2) convex quadrilaterals that tile it, counter-clockwise.
    """

    shape: RoomShape
    corners: NDArray[np.float64]
    pieces: NDArray[np.float64]

    @cached_property
    def walls(self) -> tuple[Wall, ...]:
        """The walls, one for each side."""
        ends = np.roll(self.corners, -1, axis=0)
        spans = ends - self.corners
        lengths = np.hypot(spans[:, 0], spans[:, 1])
        return tuple(
            Wall(start, span / length, float(length))
            for start, span, length in zip(self.corners, spans, lengths, strict=True)
        )

    def scaled(self, factor: float) -> Outline:
        """Return the outline made larger about its centre."""
        return Outline(self.shape, self.corners * factor, self.pieces * factor)

    def contains(self, polygon: NDArray[np.float64], margin: float = 0.0) -> bool:
        """Tell whether a convex (k, 2) polygon lies inside, `margin` away from every wall."""
        starts, directions, lengths, inward = self._sides
        offset = polygon[:, None, :] - starts
        along = np.einsum("kwi,wi->kw", offset, directions)
        beyond = np.maximum(np.maximum(-along, along - lengths), 0.0)
        away = np.einsum("kwi,wi->kw", offset, inward)
        distance = np.hypot(away, beyond)
        if not self._contains_point(polygon.mean(axis=0)) or bool((distance < margin).any()):
            return False
        # Inside unless an edge of the polygon crosses a wall: their ends lie on opposite sides.
        after = np.roll(polygon, -1, axis=0)
        crosses_line = (away * np.roll(away, -1, axis=0)) < 0.0
        normal = np.stack([polygon[:, 1] - after[:, 1], after[:, 0] - polygon[:, 0]], axis=1)
        side = np.einsum("kwi,ki->kw", starts - polygon[:, None, :], normal)
        other = np.roll(side, -1, axis=1)
        return not bool((crosses_line & (side * other < 0.0)).any())

    @cached_property
    def _sides(self) -> tuple[NDArray[np.float64], ...]:
        walls = self.walls
        return (
            self.corners,
            np.array([wall.direction for wall in walls]),
            np.array([wall.length for wall in walls]),
            np.array([wall.inward for wall in walls]),
        )

    def _contains_point(self, point: NDArray[np.float64]) -> bool:
        a, b = self.corners, np.roll(self.corners, -1, axis=0)
        straddles = (a[:, 1] > point[1]) != (b[:, 1] > point[1])
        with np.errstate(divide="ignore", invalid="ignore"):
            x = a[:, 0] + (point[1] - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
        return bool(np.count_nonzero(straddles & (point[0] < x)) % 2)


def shoelace(corners: NDArray[np.float64]) -> float:
    """Return the signed area of a (k, 2) polygon, positive when counter-clockwise."""
    x, y = corners[:, 0], corners[:, 1]
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def draw_outline(dice: Dice, use: FurnitureSet, options: RoomOptions) -> Outline:
    """Draw an outline that suits the room's use.

    Raises:
        ValueError: The notch asked for does not fit the size.
    """
    small = use is FurnitureSet.BATHROOM
    plain = (RoomShape.RECTANGLE, RoomShape.CUT_CORNER)
    shape = options.shape or dice.choice(plain if small else _SHAPES)
    size = options.size or _draw_size(dice, use, shape)
    notch = options.notch or _draw_notch(dice, shape, size)
    _check_notch(shape, size, notch)
    return outline_of(shape, size, notch, mirrored=dice.chance(0.5))


def outline_of(
    shape: RoomShape, size: tuple[float, float], notch: tuple[float, float], *, mirrored: bool
) -> Outline:
    """Return the outline; `mirrored` swaps left and right."""
    right, top = size[0] / 2, size[1] / 2
    corners, pieces = _DRAW[shape](right, top, notch)
    polygon, quads = np.array(corners), np.array(pieces)
    if mirrored:
        polygon = (polygon * (-1.0, 1.0))[::-1]
        quads = (quads * (-1.0, 1.0))[:, ::-1]
    return Outline(shape, np.ascontiguousarray(polygon), np.ascontiguousarray(quads))


def _draw_size(dice: Dice, use: FurnitureSet, shape: RoomShape) -> tuple[float, float]:
    (low_w, high_w), (low_d, high_d) = _SIZES[use]
    width, depth = dice.uniform(low_w, high_w), dice.uniform(low_d, high_d)
    grow, least = _GROWTH[shape]
    return round(max(width * grow, least), 2), round(max(depth * grow, least), 2)


def _draw_notch(dice: Dice, shape: RoomShape, size: tuple[float, float]) -> tuple[float, float]:
    ranges = {
        RoomShape.L: (0.30, 0.45),
        RoomShape.T: (0.18, 0.27),
        RoomShape.U: (0.22, 0.34),
    }
    low, high = ranges[shape] if shape in ranges else (0.22, 0.35)
    return round(size[0] * dice.uniform(low, high), 2), round(size[1] * dice.uniform(low, high), 2)


def _check_notch(shape: RoomShape, size: tuple[float, float], notch: tuple[float, float]) -> None:
    if shape is RoomShape.RECTANGLE:
        return
    twice = shape is RoomShape.T
    left = size[0] - notch[0] * (2 if twice else 1)
    least = 2 * _NARROWEST if shape is RoomShape.U else min(_NARROWEST, 0.5 * size[0])
    if left < least or size[1] - notch[1] < min(_NARROWEST, 0.5 * size[1]):
        raise ValueError(f"notch: {notch} leaves too little of a {shape} of {size}")


def _rect(x0: float, y0: float, x1: float, y1: float) -> Corners:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _rectangle(r: float, t: float, _: tuple[float, float]) -> tuple[Corners, list[Corners]]:
    return _rect(-r, -t, r, t), [_rect(-r, -t, r, t)]


def _l_shape(r: float, t: float, notch: tuple[float, float]) -> tuple[Corners, list[Corners]]:
    x, y = r - notch[0], t - notch[1]
    corners = [(-r, -t), (r, -t), (r, y), (x, y), (x, t), (-r, t)]
    return corners, [_rect(-r, -t, r, y), _rect(-r, y, x, t)]


def _t_shape(r: float, t: float, notch: tuple[float, float]) -> tuple[Corners, list[Corners]]:
    x, y = r - notch[0], -t + notch[1]
    corners = [(-x, -t), (x, -t), (x, y), (r, y), (r, t), (-r, t), (-r, y), (-x, y)]
    return corners, [_rect(-x, -t, x, y), _rect(-r, y, r, t)]


def _u_shape(r: float, t: float, notch: tuple[float, float]) -> tuple[Corners, list[Corners]]:
    x, y = notch[0] / 2, t - notch[1]
    corners = [(-r, -t), (r, -t), (r, t), (x, t), (x, y), (-x, y), (-x, t), (-r, t)]
    return corners, [_rect(-r, -t, r, y), _rect(-r, y, -x, t), _rect(x, y, r, t)]


def _cut_corner(r: float, t: float, notch: tuple[float, float]) -> tuple[Corners, list[Corners]]:
    x, y = r - notch[0], t - notch[1]
    corners = [(-r, -t), (r, -t), (r, y), (x, t), (-r, t)]
    return corners, [_rect(-r, -t, r, y), [(-r, y), (r, y), (x, t), (-r, t)]]


_DRAW: Final = {
    RoomShape.RECTANGLE: _rectangle,
    RoomShape.L: _l_shape,
    RoomShape.T: _t_shape,
    RoomShape.U: _u_shape,
    RoomShape.CUT_CORNER: _cut_corner,
}
