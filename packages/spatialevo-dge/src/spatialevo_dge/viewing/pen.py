# SPDX-License-Identifier: Apache-2.0
"""Drawing on a picture: lines, arrows and labels of which none covers another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from spatialevo_dge.viewing.shapes import Style
from spatialevo_dge.viewing.text import plain

if TYPE_CHECKING:
    from PIL import Image, ImageFont

Pixel: TypeAlias = tuple[float, float]

PAPER: Final = "#ffffff"
INK: Final = "#1d2733"
_DASH: Final = 9.0  # multiples of a third of the line's width
_INSTEAD: Final = str.maketrans({"²": "^2", "³": "^3", "…": "...", "−": "-"})
_DIRECTIONS: Final = ((0, 0), (0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))


class Pen:
    """A pen on one picture; `scale` turns nominal widths and sizes into the picture's pixels."""

    def __init__(self, image: Image.Image, scale: float) -> None:
        """Take the picture; labels already written are remembered from here on."""
        from PIL import ImageDraw  # noqa: PLC0415  (optional, and slow to import)

        self.image = image
        self.scale = scale
        self.draw = ImageDraw.Draw(image, "RGBA")
        self._taken: list[tuple[float, float, float, float]] = []

    def line(
        self, points: Sequence[Pixel], colour: str, width: float, style: Style = Style.SOLID
    ) -> None:
        """Draw a line, with a light rim so that it stands out on any ground."""
        pixels = max(1, round(width * self.scale))
        if style is Style.DASHED:
            for dash in _dashes(points, 3.0 * _DASH / 9.0 * pixels):
                self.draw.line(dash, fill=colour, width=pixels)
            return
        rim = pixels + max(2, round(1.6 * self.scale))
        self.draw.line(list(points), fill=f"{PAPER}b0", width=rim, joint="curve")
        self.draw.line(list(points), fill=colour, width=pixels, joint="curve")
        if style is Style.ARROW:
            self._tip(points[-2], points[-1], colour, width)

    def dot(self, place: Pixel, colour: str, radius: float) -> None:
        """Draw a dot with a light rim."""
        for size, fill in ((radius + 1.2, PAPER), (radius, colour)):
            reach = size * self.scale
            x, y = place
            self.draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)

    def polygon(self, points: Sequence[Pixel], colour: str, width: float, fill: str = "") -> None:
        """Draw a closed outline, and tint its inside with a colour of the form ``#rrggbbaa``."""
        if fill and len(points) > 2:
            self.draw.polygon(list(points), fill=fill)
        self.line([*points, points[0]], colour, width)

    def label(
        self, place: Pixel, words: str, colour: str, size: float, *, must: bool = True
    ) -> None:
        """Write words near a place, beside what is written already.

        Where no room is left they are written anyway if they `must` be, else left out.
        """
        text = in_font(plain(words))
        font = _font(max(8, round(size * self.scale)))
        box = self.draw.textbbox(place, text, font=font, anchor="mm")
        moved = next((shift for shift in self._shifts(box) if self._is_free(box, shift)), None)
        if moved is None:
            if not must:
                return
            moved = self._inside(box, (0.0, 0.0))
        x, y = moved
        pad = 2.5 * self.scale
        frame = (box[0] + x - pad, box[1] + y - pad, box[2] + x + pad, box[3] + y + pad)
        self._taken.append(frame)
        if must:
            self.draw.rounded_rectangle(frame, radius=3 * self.scale, fill=f"{PAPER}d8")
        self.draw.text((place[0] + x, place[1] + y), text, fill=colour, font=font, anchor="mm")

    def _shifts(self, box: tuple[float, float, float, float]) -> list[Pixel]:
        wide, high = (box[2] - box[0]), (box[3] - box[1])
        steps = [
            (dx * (0.35 * wide + 8 * self.scale) * ring, dy * 1.45 * high * ring)
            for ring in (1, 2, 3)
            for dx, dy in _DIRECTIONS
        ]
        return [self._inside(box, step) for step in steps]

    def _inside(self, box: tuple[float, float, float, float], shift: Pixel) -> Pixel:
        """Move a shifted box back into the picture."""
        pad = 4.0 * self.scale
        moved = []
        for axis, most in ((0, self.image.width), (1, self.image.height)):
            low, high = box[axis] + shift[axis] - pad, box[axis + 2] + shift[axis] + pad
            back = -low if low < 0.0 else min(0.0, most - high)
            moved.append(shift[axis] + back)
        return moved[0], moved[1]

    def _is_free(self, box: tuple[float, float, float, float], shift: Pixel) -> bool:
        x, y = shift
        left, top, right, bottom = box[0] + x, box[1] + y, box[2] + x, box[3] + y
        pad = 3.0 * self.scale
        return not any(
            left - pad < other[2]
            and other[0] < right + pad
            and top - pad < other[3]
            and other[1] < bottom + pad
            for other in self._taken
        )

    def _tip(self, before: Pixel, end: Pixel, colour: str, width: float) -> None:
        angle = math.atan2(end[1] - before[1], end[0] - before[0])
        reach = (7.0 + 1.6 * width) * self.scale
        wings = [
            (end[0] - reach * math.cos(angle + turn), end[1] - reach * math.sin(angle + turn))
            for turn in (0.42, -0.42)
        ]
        self.draw.polygon([end, *wings], fill=colour)


def _dashes(points: Sequence[Pixel], length: float) -> list[list[Pixel]]:
    """Cut a line into dashes with gaps of three quarters of their length."""
    dashes: list[list[Pixel]] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        span = math.hypot(x1 - x0, y1 - y0)
        count = max(1, min(2_000, round(span / (1.75 * length))))
        for number in range(count):
            begin, end = number / count, (number + 4.0 / 7.0) / count
            dashes.append(
                [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in (begin, end)]
            )
    return dashes


def in_font(words: str) -> str:
    """Write words with the signs that Pillow's own font has; it travels with Pillow everywhere."""
    return words.translate(_INSTEAD)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont  # noqa: PLC0415  (optional)

    return ImageFont.load_default(size)
