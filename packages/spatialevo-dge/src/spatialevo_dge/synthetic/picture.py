# SPDX-License-Identifier: Apache-2.0
"""One picture of a room for people: camera views, and the plan with labels and cameras."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.observe import scaled
from spatialevo_dge.synthetic.construction import BuiltCamera, BuiltObject, Construction
from spatialevo_dge.synthetic.mesh import patches_of
from spatialevo_dge.synthetic.render import Renderer
from spatialevo_dge.synthetic.solids import Colour

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    from spatialevo_dge.synthetic.room import SyntheticRoom

_VIEW: Final = (480, 360)  # pixels
_OVERSAMPLING: Final = 2
_FEWEST_ROWS: Final = 3  # of two views each; the plan beside them is a square of their height
_MOST_VIEWS: Final = 8
_MARGIN: Final = 70
_INK: Final = (34, 38, 46)
_PAPER: Final = (250, 249, 246)
_CAMERA: Final = (204, 44, 44)
_OVERHEAD: Final = 1.9  # metres above the floor


def picture(room: SyntheticRoom, path: str | Path, frames: Sequence[int] | None = None) -> None:
    """Write a PNG: up to eight camera views on the left, the labelled plan on the right.

    Args:
        room: The room.
        path: The PNG file.
        frames: Indices of the frames shown, eight at most; None: six spread over all.

    Raises:
        ImportError: Pillow is not installed.
        ValueError: More than eight frames are asked for.
    """
    from PIL import Image  # noqa: PLC0415  (slow to import)

    count = len(room.scene.frames)
    if frames is None:
        frames = sorted({int(i) for i in np.linspace(0, count - 1, 6)}) if count else ()
    if len(frames) > _MOST_VIEWS:
        raise ValueError(f"frames: expected {_MOST_VIEWS} at most, got {len(frames)}")
    height = max(_FEWEST_ROWS, (len(frames) + 1) // 2) * _VIEW[1]
    sheet = Image.new("RGB", (2 * _VIEW[0] + height, height), _PAPER)
    for place, index in enumerate(frames):
        corner = (place % 2 * _VIEW[0], place // 2 * _VIEW[1])
        sheet.paste(_view(room, index), corner)
    names = {index: room.scene.frames[index].id for index in frames}
    sheet.paste(_plan(room.construction, names, height), (2 * _VIEW[0], 0))
    sheet.save(path, format="PNG")


def _view(room: SyntheticRoom, index: int) -> Image.Image:
    """Draw a frame anew, larger than the room keeps it and with smooth edges."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  (slow to import)

    construction = room.construction
    renderer = Renderer(construction, patches_of(construction, room.structure), room.structure)
    image = scaled(room.intrinsics, _VIEW[0] * _OVERSAMPLING / room.intrinsics.width)
    drawn = renderer.render(construction.cameras[index].world_from_camera, image)
    view = Image.fromarray(drawn.rgb).resize(_VIEW, Image.Resampling.BOX)
    pen = ImageDraw.Draw(view)
    name, font = room.scene.frames[index].id, _font(15)
    pen.rectangle((0, 0, pen.textlength(name, font=font) + 12, 20), fill=_PAPER)
    pen.text((6, 2), name, fill=_CAMERA, font=font)
    pen.rectangle((0, 0, _VIEW[0] - 1, _VIEW[1] - 1), outline=_PAPER, width=2)
    return view


class _Plan:
    """Maps world x, y to pixels of the plan, a square of `side` pixels, y up."""

    def __init__(self, construction: Construction, side: int) -> None:
        low, high = construction.outline.min(axis=0), construction.outline.max(axis=0)
        self._middle = (low + high) / 2
        self._centre = side / 2
        self._scale = (side - 2 * _MARGIN) / float((high - low).max())

    def __call__(self, points_xy: NDArray[np.float64]) -> list[tuple[float, float]]:
        local = (points_xy - self._middle) * (self._scale, -self._scale) + self._centre
        return [(float(x), float(y)) for x, y in local]


def _plan(construction: Construction, cameras: Mapping[int, str], side: int) -> Image.Image:
    """Draw the room from above, with the cameras of some frames under their names."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  (slow to import)

    image = Image.new("RGB", (side, side), _PAPER)
    pen, plan = ImageDraw.Draw(image), _Plan(construction, side)
    outline = plan(construction.outline)
    pen.polygon(outline, fill=(236, 231, 221))
    pen.line([*outline, outline[0]], fill=_INK, width=6, joint="curve")
    for item in sorted(
        construction.objects, key=lambda item: float(item.centre[2] - item.size[2] / 2)
    ):
        _top_view(pen, plan, item, overhead=construction.floor_height + _OVERHEAD)
    _label(pen, plan, construction.objects)
    for index, name in cameras.items():
        _camera(pen, plan, construction.cameras[index], name)
    area = (
        f"{construction.furniture or 'labels'}, {construction.shape}, {construction.area:.1f} sq m"
    )
    pen.text((16, 12), f"seed {construction.seed}: {area}", fill=_INK, font=_font(20))
    return image


def _top_view(pen: ImageDraw.ImageDraw, plan: _Plan, item: BuiltObject, overhead: float) -> None:
    """Draw the parts from the lowest to the highest; of a thing overhead only the outline."""
    half = item.size[:2] / 2
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    if item.centre[2] - item.size[2] / 2 < overhead:
        for part in sorted(item.parts, key=lambda part: part.centre[2] + part.size[2] / 2):
            ring = square / 2 if part.sides == 4 or part.axis != 2 else _circle(part.sides)
            local = ring * part.size[:2] + part.centre[:2]
            corners = plan(local @ item.axes[:2, :2] + item.centre[:2])
            pen.polygon(corners, fill=part.colour, outline=_soft(part.colour))
    corners = plan((square * half) @ item.axes[:2, :2] + item.centre[:2])
    pen.polygon(corners, outline=_INK)


def _circle(sides: int) -> NDArray[np.float64]:
    angles = 2.0 * np.pi * np.arange(sides) / sides
    return 0.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _soft(colour: Colour) -> Colour:
    red, green, blue = (int(0.8 * channel) for channel in colour)
    return (red, green, blue)


def _label(pen: ImageDraw.ImageDraw, plan: _Plan, objects: Sequence[BuiltObject]) -> None:
    """Write every label near its object, moved down where it would cover another."""
    taken: list[tuple[float, float, float, float]] = []
    font = _font(13)
    for item in objects:
        x, y = plan(item.centre[None, :2])[0]
        left, top, right, bottom = pen.textbbox((x, y), item.label, font=font, anchor="mm")
        shift = next(
            (s for s in _shifts() if not _covers(taken, (left, top + s, right, bottom + s))), 0.0
        )
        taken.append((left, top + shift, right, bottom + shift))
        pen.text(
            (x, y + shift), item.label, fill=_INK, font=font, anchor="mm",
            stroke_width=2, stroke_fill=_PAPER,
        )  # fmt: skip


def _shifts() -> list[float]:
    return [0.0, *(sign * 14.0 * step for step in range(1, 9) for sign in (1, -1))]


def _covers(
    taken: list[tuple[float, float, float, float]], box: tuple[float, float, float, float]
) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
    )


def _camera(pen: ImageDraw.ImageDraw, plan: _Plan, camera: BuiltCamera, name: str) -> None:
    spread, length = math.radians(24.0), 0.42
    eye = camera.position[:2]
    rays = [
        eye + length * np.array([math.cos(camera.heading + a), math.sin(camera.heading + a)])
        for a in (-spread, spread)
    ]
    triangle = plan(np.array([eye, *rays]))
    pen.polygon(triangle, outline=_CAMERA, width=3)
    pen.text(
        triangle[0], name, fill=_CAMERA, font=_font(17), anchor="mm",
        stroke_width=3, stroke_fill=_PAPER,
    )  # fmt: skip


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont  # noqa: PLC0415  (slow to import)

    return ImageFont.load_default(size)
