# SPDX-License-Identifier: Apache-2.0
"""What a caller may ask of a synthetic room."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from spatialevo_dge.scene import EXACT, NoiseModel
from spatialevo_dge.synthetic.solids import Colour

LONGEST_WALL: Final = 100.0
"""Metres: a hall. Surfaces are sampled in memory, and a slip of the keys (a room of 1,000 km) would
fill it before anything could be said."""
TALLEST: Final = 20.0  # metres, floor to ceiling
MOST_CAMERAS: Final = 2_000  # all frames stay in memory; a long scan keeps some 1,400
MOST_THINGS: Final = 1_000  # objects, and pieces of clutter
MOST_PIXELS: Final = 4096  # an image's width or height


class RoomShape(StrEnum):
    """Outline of the floor."""

    RECTANGLE = "rectangle"
    L = "L"
    T = "T"
    U = "U"
    CUT_CORNER = "cut-corner"  # one wall is not parallel to any other


class FurnitureSet(StrEnum):
    """What the room is used for."""

    LIVING = "living"
    BEDROOM = "bedroom"
    KITCHEN = "kitchen"
    OFFICE = "office"
    BATHROOM = "bathroom"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOptions:
    """Choices for one room; None leaves a choice to the seed.

    Attributes:
        shape: Outline of the floor.
        size: Width and depth of the outline's bounding rectangle, metres.
        notch: Width and depth that an L, T, U or cut corner takes out of that rectangle, metres.
        height: Floor to ceiling, metres.
        floor_height: World z of the floor, metres.
        yaw: Turn of the whole room about the vertical, radians.
        furniture: What the room is used for.
        objects: Exact number of objects wanted; clutter fills up, the furniture set is cut short.
        clutter: Small things strewn on the floor and on surfaces beside the furniture set.
        labels: Exactly these instances in place of a furniture set.
        cameras: Number of frames.
        image_size: Width and height, pixels.
        horizontal_fov: Horizontal field of view, radians.
        paint: One sRGB colour for every part of an object, by label; other labels keep their own.
            In images of a few dozen pixels a colour tells more than a shape.
        spacing: Largest distance of neighbouring points on a surface, metres.
        noise: Noise put on points, depth images and poses; boxes stay where they were built but
            for the offset that an object's points share.
    """

    shape: RoomShape | None = None
    size: tuple[float, float] | None = None
    notch: tuple[float, float] | None = None
    height: float | None = None
    floor_height: float = 0.0
    yaw: float | None = 0.0
    furniture: FurnitureSet | None = None
    objects: int | None = None
    clutter: int = 0
    labels: Mapping[str, int] | None = None
    paint: Mapping[str, Colour] | None = None
    cameras: int = 8
    image_size: tuple[int, int] = (160, 120)
    horizontal_fov: float = math.radians(68.0)
    spacing: float = 0.10
    noise: NoiseModel = EXACT

    def __post_init__(self) -> None:
        """Refuse values that describe no room."""
        self._check_lengths()
        self._check_counts()
        self._check_labels()
        if not 0.0 < self.horizontal_fov < math.pi:
            raise ValueError(f"horizontal_fov: expected (0, pi), got {self.horizontal_fov}")

    def _check_lengths(self) -> None:
        for name in ("size", "notch"):
            pair = getattr(self, name)
            if pair is not None and not (len(pair) == 2 and _within(pair, 0.0, LONGEST_WALL)):
                raise ValueError(
                    f"{name}: expected two lengths above 0 and up to {LONGEST_WALL:g} m, got {pair}"
                )
        for name, most in (("height", TALLEST), ("spacing", LONGEST_WALL)):
            length = getattr(self, name)
            if length is not None and not _within((length,), 0.0, most):
                raise ValueError(
                    f"{name}: expected a length above 0 and up to {most:g} m, got {length}"
                )
        for name in ("yaw", "floor_height"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{name}: expected a finite number, got {value}")

    def _check_counts(self) -> None:
        for name, least, limit in (
            ("cameras", 0, MOST_CAMERAS), ("clutter", 0, MOST_THINGS), ("objects", 1, MOST_THINGS)
        ):  # fmt: skip
            count = getattr(self, name)
            if count is not None and not least <= count <= limit:
                raise ValueError(f"{name}: expected {least} to {limit}, got {count}")
        if not (min(self.image_size) >= 1 and max(self.image_size) <= MOST_PIXELS):
            raise ValueError(f"image_size: expected 1 to {MOST_PIXELS}, got {self.image_size}")

    def _check_labels(self) -> None:
        if self.labels is not None and (not self.labels or min(self.labels.values()) < 1):
            raise ValueError(f"labels: expected counts of at least 1, got {dict(self.labels)}")
        for label, colour in (self.paint or {}).items():
            channels = tuple(colour)  # a caller without type checks may give any number of them
            if len(channels) != 3 or not all(0 <= channel <= 255 for channel in channels):
                raise ValueError(f"paint: {label!r}: expected three of 0 to 255, got {colour}")


def _within(lengths: tuple[float, ...], above: float, most: float) -> bool:
    """Whether all lie in a half-open range; NaN does not."""
    return all(above < length <= most for length in lengths)
