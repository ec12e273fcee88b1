# SPDX-License-Identifier: Apache-2.0
"""What a piece of furniture is: parts, surfaces to put things on, and where in a room it lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.solids import Part, Triple, bounds


class Home(StrEnum):
    """Where in a room a thing lives."""

    WALL = "wall"  # on the floor, its back to a wall
    FLOOR = "floor"  # on the floor, anywhere
    TOP = "top"  # on another thing
    HUNG = "hung"  # on a wall, above the floor
    CEILING = "ceiling"  # under the ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledge:
    """A level rectangle of an object's surface on which other things may stand.

    Attributes:
        centre: Centre in the object's frame, metres.
        size: Width and depth, metres.
        clearance: Free height above it, metres.
        inside: Whether a thing on it counts as inside the object (a compartment) and not on it.
    """

    centre: Triple
    size: tuple[float, float]
    clearance: float = 0.6
    inside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One piece, built: parts in its own frame.

    The frame's origin is the centre of the bounding box; x points to the piece's own right (the
    left of a person who faces it), y out of its front, z up.

    Attributes:
        label: What questions call it.
        parts: Convex parts; they may touch or overlap each other.
        size: Bounding box of the parts, metres.
        ledges: Surfaces for other things.
        home: Where in a room it lives.
        hang: Lowest and highest base above the floor of a piece on a wall, metres.
        front: Floor to keep free before it, metres.
    """

    label: str
    parts: tuple[Part, ...]
    size: Triple
    ledges: tuple[Ledge, ...] = ()
    home: Home = Home.FLOOR
    hang: tuple[float, float] = (0.0, 0.0)
    front: float = 0.0


Draft: TypeAlias = Sequence[Part | Ledge]
"""Parts and ledges with the origin at the centre of the floor under the piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A catalogue entry: how a piece is drawn up and where it lives."""

    draft: Callable[[Dice], Draft]
    home: Home
    hang: tuple[float, float] = (0.0, 0.0)
    front: float = 0.0

    def build(self, label: str, dice: Dice) -> Model:
        """Draw the piece's dimensions and centre its parts on the origin."""
        draft = self.draft(dice)
        parts = tuple(item for item in draft if isinstance(item, Part))
        low, high = bounds(parts)
        x, y, z = (-float(value) for value in (low + high) / 2)
        width, depth, height = (float(value) for value in high - low)
        return Model(
            label=label,
            parts=tuple(part.moved((x, y, z)) for part in parts),
            size=(width, depth, height),
            ledges=tuple(_moved(item, (x, y, z)) for item in draft if isinstance(item, Ledge)),
            home=self.home,
            hang=self.hang,
            front=self.front,
        )


def _moved(ledge: Ledge, offset: Triple) -> Ledge:
    x, y, z = (a + b for a, b in zip(ledge.centre, offset, strict=True))
    return replace(ledge, centre=(x, y, z))
