# SPDX-License-Identifier: Apache-2.0
"""Convex solids (boxes, round prisms, frusta) and their surfaces as planar quadrilaterals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Colour: TypeAlias = tuple[int, int, int]
Triple: TypeAlias = tuple[float, float, float]

ROUND: Final = 16
"""Sides of a round part: a multiple of four, so that its extents are exactly its diameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A convex solid whose axes are those of its object.

    Attributes:
        centre: Centre of its bounding box in the object's frame, metres.
        size: Its bounding box, metres.
        colour: sRGB.
        sides: 4 for a box, `ROUND` for a cylinder (a regular prism).
        axis: Index of the axis along which a prism runs.
        taper: Width at the axis's far end over the width at its near end.
    """

    centre: Triple
    size: Triple
    colour: Colour
    sides: int = 4
    axis: int = 2
    taper: float = 1.0

    @property
    def quads(self) -> NDArray[np.float64]:
        """Surface as (q, 4, 3) planar quadrilaterals, counter-clockwise from outside."""
        return _unit_quads(self.sides, self.axis, self.taper) * self.size + self.centre

    def moved(self, offset: Triple) -> Part:
        """Return the part shifted in the object's frame."""
        x, y, z = (a + b for a, b in zip(self.centre, offset, strict=True))
        return replace(self, centre=(x, y, z))

    def contains(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which (n, 3) points of the object's frame lie strictly inside."""
        local = (points - self.centre) / self.size
        along = local[:, self.axis]
        across = local[:, [(self.axis + 1) % 3, (self.axis + 2) % 3]]
        low, high = _ring_scales(self.taper)
        radius = low + (high - low) * (along + 0.5)
        inside: NDArray[np.bool_] = np.abs(along) < 0.5
        for x, y in _edge_normals(self.sides):
            inside &= across[:, 0] * x + across[:, 1] * y < radius * 0.5
        return inside


def box(size: Triple, at: Triple, colour: Colour) -> Part:
    """Return a box; `at` is the centre of its base."""
    return Part(centre=(at[0], at[1], at[2] + size[2] / 2), size=size, colour=colour)


def tube(size: Triple, at: Triple, colour: Colour, *, axis: int = 2, taper: float = 1.0) -> Part:
    """Return a round prism or frustum; `at` is the centre of its bounding box's base."""
    centre = (at[0], at[1], at[2] + size[2] / 2)
    return Part(centre=centre, size=size, colour=colour, sides=ROUND, axis=axis, taper=taper)


def legs(size: Triple, thickness: float, colour: Colour) -> list[Part]:
    """Return four legs under the corners of a top of size[0] x size[1]; size[2] is their height."""
    x, y = (size[0] - thickness) / 2 - 0.01, (size[1] - thickness) / 2 - 0.01
    leg = (thickness, thickness, size[2])
    return [box(leg, (sx * x, sy * y, 0.0), colour) for sx in (-1, 1) for sy in (-1, 1)]


def bounds(parts: tuple[Part, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the smallest and largest corner of the parts' common bounding box."""
    centres = np.array([part.centre for part in parts])
    halves = np.array([part.size for part in parts]) / 2
    return (centres - halves).min(axis=0), (centres + halves).max(axis=0)


def _ring_scales(taper: float) -> tuple[float, float]:
    return (1.0, taper) if taper <= 1.0 else (1.0 / taper, 1.0)


@cache
def _edge_normals(sides: int) -> tuple[tuple[float, float], ...]:
    """Outward edge normals of the unit ring, scaled so that normal . point = 1/2 on the edge."""
    if sides == 4:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
    scale = 1.0 / math.cos(math.pi / sides)
    angles = [(2 * k + 1) * math.pi / sides for k in range(sides)]
    return tuple((scale * math.cos(a), scale * math.sin(a)) for a in angles)


@cache
def _unit_quads(sides: int, axis: int, taper: float) -> NDArray[np.float64]:
    if sides == 4:
        ring = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    else:
        angles = 2.0 * math.pi * np.arange(sides) / sides
        ring = 0.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    low, high = _ring_scales(taper)
    bottom = np.column_stack([ring * low, np.full(sides, -0.5)])
    top = np.column_stack([ring * high, np.full(sides, 0.5)])
    after = (np.arange(sides) + 1) % sides
    walls = np.stack([bottom, bottom[after], top[after], top], axis=1)
    # A cap is cut into parallel strips between opposite corners: no degenerate quadrilateral.
    strips = [[k, k + 1, sides - 2 - k, sides - 1 - k] for k in range(sides // 2 - 1)]
    caps = [*(top[strip] for strip in strips), *(bottom[strip[::-1]] for strip in strips)]
    quads = np.concatenate([walls, np.array(caps)])
    order = [(2 - axis) % 3, (3 - axis) % 3, (4 - axis) % 3]
    quads = np.ascontiguousarray(quads[:, :, order])
    quads.setflags(write=False)
    return quads
