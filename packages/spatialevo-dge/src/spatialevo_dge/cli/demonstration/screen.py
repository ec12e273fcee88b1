# SPDX-License-Identifier: Apache-2.0
"""A picture in a terminal: two pixels to a character, its ink above and its paper below."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

HALF_BLOCK: Final = "▀"
WIDEST: Final = 72
"""Columns; wider, a small frame shows no more and fills the screen."""


def show(screen: Console, rgb: NDArray[np.uint8]) -> None:
    """Print an image, (h, w, 3) sRGB; nothing where there is no terminal, or no colours."""
    if not screen.is_terminal or screen.color_system is None or screen.no_color:
        return
    columns = min(screen.width, WIDEST)
    rows = 2 * max(1, round(columns * rgb.shape[0] / rgb.shape[1] / 2))
    small = shrunk(rgb, rows, columns)
    for upper, lower in zip(small[::2], small[1::2], strict=True):
        line = Text(no_wrap=True, end="\n")
        for ink, paper in zip(upper.tolist(), lower.tolist(), strict=True):
            line.append(HALF_BLOCK, style=Style(color=_colour(ink), bgcolor=_colour(paper)))
        screen.print(line)


def _colour(rgb: list[int]) -> Color:
    red, green, blue = rgb
    return Color.from_rgb(red, green, blue)


def shrunk(rgb: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Resize an image by averaging the pixels that each new one covers."""
    height, width = rgb.shape[:2]
    top = np.linspace(0, height, rows + 1)
    left = np.linspace(0, width, columns + 1)
    # A running sum turns each average into four look-ups; edges are rounded to whole pixels.
    total = np.zeros((height + 1, width + 1, 3))
    total[1:, 1:] = rgb.astype(np.float64).cumsum(axis=0).cumsum(axis=1)
    y0, x0 = np.floor(top[:-1]).astype(int), np.floor(left[:-1]).astype(int)
    y1 = np.maximum(np.floor(top[1:]).astype(int), y0 + 1)
    x1 = np.maximum(np.floor(left[1:]).astype(int), x0 + 1)
    lower, upper = total[y1], total[y0]
    sums = lower[:, x1] - upper[:, x1] - lower[:, x0] + upper[:, x0]
    counts = (y1 - y0)[:, None, None] * (x1 - x0)[None, :, None]
    small: NDArray[np.uint8] = np.rint(sums / counts).astype(np.uint8)
    return small
