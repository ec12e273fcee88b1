# SPDX-License-Identifier: Apache-2.0
"""Charts as a picture for a README or a terminal's image viewer, drawn by Pillow alone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.report.chart import Chart
from spatialevo_rl.report.drawing import INK, Area, Line, Words, frame_of, marks

_SCALE: Final = 3
"""Drawn so many times larger and shrunk by a third, which smooths the lines."""
_SHOWN: Final = 2
"""Pixels of the picture for each of the page."""
_WIDTH, _HEIGHT, _TITLE, _KEY, _GAP = 480, 240, 22, 16, 16
_KEYS: Final = 3
"""Rows of a legend for which there is room."""


def write_picture(charts: tuple[Chart, ...], path: Path, columns: int = 2) -> None:
    """Write charts side by side as a PNG file, all or nothing.

    Raises:
        ValueError: There is no chart with values.
        OSError: The file cannot be written.
    """
    drawn = [each for each in charts if not each.empty]
    if not drawn:
        raise ValueError("no chart has a value to draw")
    columns = min(columns, len(drawn))
    cell_width, cell_height = _WIDTH + _GAP, _HEIGHT + _TITLE + _KEYS * _KEY + _GAP
    rows = -(-len(drawn) // columns)
    size = ((columns * cell_width + _GAP) * _SCALE, (rows * cell_height + _GAP) * _SCALE)
    image = Image.new("RGB", size, "white")
    for place, chart in enumerate(drawn):
        left = _GAP + place % columns * cell_width
        top = _GAP + place // columns * cell_height
        _draw(image, chart, left, top)
    shown = (size[0] * _SHOWN // _SCALE, size[1] * _SHOWN // _SCALE)
    buffer = io.BytesIO()
    image.resize(shown, Image.Resampling.LANCZOS).save(buffer, format="PNG", optimize=True)
    write_whole(path, buffer.getvalue())


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * _SCALE)


def _draw(image: Image.Image, chart: Chart, left: float, top: float) -> None:
    pen = ImageDraw.Draw(image, "RGBA")
    unit = f"  ({chart.unit})" if chart.unit else ""
    at = (left * _SCALE, (top + 14) * _SCALE)
    pen.text(at, f"{chart.title}{unit}", fill="#1d2733", font=_font(13), anchor="ls")
    _legend(pen, chart, left, top + _TITLE)
    frame = frame_of(chart, _WIDTH, _HEIGHT)
    below = top + _TITLE + _KEYS * _KEY

    def pixel(point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] + left) * _SCALE, (point[1] + below) * _SCALE

    for mark in marks(chart, frame):
        if isinstance(mark, Area):
            pen.polygon([pixel(point) for point in mark.points], fill=mark.colour)
        elif isinstance(mark, Line):
            _line(pen, mark, [pixel(point) for point in mark.points])
        else:
            _words(pen, mark, pixel(mark.at))


def _legend(pen: ImageDraw.ImageDraw, chart: Chart, left: float, top: float) -> None:
    """Write the names from left to right, in rows; those without room are left out."""
    x, row, font = left * _SCALE, 0, _font(10.5)
    for each in chart.series:
        if not each.known or len(chart.series) == 1:
            continue
        width = pen.textlength(each.name, font=font) + 26 * _SCALE
        if x + width > (left + _WIDTH) * _SCALE:
            x, row = left * _SCALE, row + 1
        if row == _KEYS:
            return
        y = (top + 10 + row * _KEY) * _SCALE
        pen.rectangle((x, y - 8 * _SCALE, x + 9 * _SCALE, y + _SCALE), fill=each.colour)
        pen.text((x + 13 * _SCALE, y), each.name, fill=INK, font=font, anchor="ls")
        x += width


def _line(pen: ImageDraw.ImageDraw, line: Line, pixels: list[tuple[float, float]]) -> None:
    colour = f"{line.colour}{round(255 * line.opacity):02x}"
    if len(pixels) == 1:
        ((x, y),) = pixels
        reach = 2.5 * _SCALE
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)
        return
    pen.line(pixels, fill=colour, width=max(1, round(line.width * _SCALE)), joint="curve")


def _words(pen: ImageDraw.ImageDraw, words: Words, at: tuple[float, float]) -> None:
    anchor = {"start": "ls", "middle": "ms", "end": "rs"}[words.anchor]
    pen.text(at, words.text, fill=INK, font=_font(10.5), anchor=anchor)
