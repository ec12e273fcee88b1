# SPDX-License-Identifier: Apache-2.0
"""A frame's image with the evidence drawn into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.images import read_colour
from spatialevo_dge.scene import Frame
from spatialevo_dge.viewing.pen import Pen, Pixel
from spatialevo_dge.viewing.shapes import COLOURS, BoxMark, Role
from spatialevo_dge.viewing.subject import Subject
from spatialevo_dge.viewing.wires import EDGES, middle_of, shown_box
from spatialevo_dge.visibility import Visibility
from spatialevo_geometry import Intrinsics, apply, invert

if TYPE_CHECKING:
    from PIL import Image

_NEAR: Final = 0.05
"""Metres in front of the camera at which lines are cut off."""


def why_no_image(frame: Frame) -> str | None:
    """Say why a frame cannot be shown; None where it can."""
    if frame.image_path is None:
        return "the scene holds no image of this frame"
    if not frame.image_path.is_file():
        return f"the image file is missing: {frame.image_path.name}"
    return None


def photo(subject: Subject, frame: Frame, width: int) -> Image.Image:
    """Draw the evidence into a frame's image, `width` pixels wide.

    Raises:
        ValueError: The frame has no image (see `why_no_image`).
        SceneError: The image is damaged.
    """
    from PIL import Image  # noqa: PLC0415  (optional, and slow to import)

    if frame.image_path is None:
        raise ValueError(f"frame {frame.id!r} has no image")
    image = Image.fromarray(read_colour(frame.image_path))
    size = (width, max(1, round(image.height * width / image.width)))
    shrinks = image.width > width
    image = image.resize(size, Image.Resampling.LANCZOS if shrinks else Image.Resampling.BICUBIC)
    pen = Pen(image, width / 640.0)
    if frame.intrinsics is not None:
        seen = list(shown_marks(subject, frame))
        for mark, record in seen:
            _object(subject, frame, frame.intrinsics, (mark, record), pen)
        _strokes(subject, frame, frame.intrinsics, pen)
        for mark, record in seen:
            left, top, right, _ = _in_image(record, frame.intrinsics, pen)
            words = f"{mark.caption} ({record.of_facing:.0%} visible)"
            place = ((left + right) / 2.0, top - 9.0 * pen.scale)
            pen.label(place, words, COLOURS[mark.role], 14)
    return image


def shown_marks(subject: Subject, frame: Frame) -> Iterator[tuple[BoxMark, Visibility]]:
    """Yield the marked objects of which the image shows something."""
    visibility = subject.scene.visibility
    if visibility is None or frame.visibility_source is None:
        return
    records = visibility.in_frame(subject.scene.frame_index[frame.id])
    for mark in subject.drawing.boxes:
        if mark.object_id in records:
            yield mark, records[mark.object_id]


def _object(
    subject: Subject, frame: Frame, lens: Intrinsics, seen: tuple[BoxMark, Visibility], pen: Pen
) -> None:
    """Draw an object's box in space thinly, and the box of what is visible of it boldly."""
    mark, record = seen
    colour, ratio = COLOURS[mark.role], pen.image.width / lens.width
    corners = shown_box(subject.scene.objects_by_id[mark.object_id], subject.policy).corners
    for a, b in EDGES:
        line = projected(corners[[a, b]], frame, lens, ratio)
        if line is not None and _within(line, pen):
            pen.draw.line(line, fill=f"{colour}a0", width=max(1, round(1.2 * pen.scale)))
    left, top, right, bottom = _in_image(record, lens, pen)
    pen.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour, 2.5)


def _in_image(record: Visibility, lens: Intrinsics, pen: Pen) -> tuple[float, ...]:
    """Return the box of what is visible, in pixels of the picture; a pixel's middle is whole."""
    return tuple((edge + 0.5) * pen.image.width / lens.width for edge in record.box_2d)


def _strokes(subject: Subject, frame: Frame, lens: Intrinsics, pen: Pen) -> None:
    """Draw measured lines where they are in front of the camera."""
    ratio = pen.image.width / lens.width
    for stroke in subject.drawing.strokes:
        if stroke.role is not Role.MEASURED:
            continue
        middle = None
        for pair in zip(stroke.points_in_world[:-1], stroke.points_in_world[1:], strict=True):
            line = projected(np.stack(pair), frame, lens, ratio)
            if line is not None and _within(line, pen):
                pen.line(line, COLOURS[stroke.role], 3.5, stroke.style)
                middle = middle_of(np.array(line))
        if middle is not None and stroke.caption:
            x, y = middle.tolist()
            pen.label((x, y), stroke.caption, COLOURS[stroke.role], 16)


def _within(line: list[Pixel], pen: Pen) -> bool:
    """Whether a line may cross the image: its bounding rectangle does."""
    (x0, y0), (x1, y1) = line
    return (
        max(x0, x1) >= 0.0
        and max(y0, y1) >= 0.0
        and min(x0, x1) < pen.image.width
        and min(y0, y1) < pen.image.height
    )


def projected(
    ends_in_world: NDArray[np.float64], frame: Frame, lens: Intrinsics, ratio: float
) -> list[Pixel] | None:
    """Project a segment, cut off near the camera; None where all of it is behind."""
    ends: Any = apply(invert(frame.world_from_camera), ends_in_world)
    depths = ends[:, 2]
    if bool((depths < _NEAR).all()):
        return None
    if bool((depths < _NEAR).any()):
        share = (_NEAR - depths[0]) / (depths[1] - depths[0])
        cut = ends[0] + share * (ends[1] - ends[0])
        ends = np.stack([cut, ends[1]]) if depths[0] < _NEAR else np.stack([ends[0], cut])
    u = (lens.fx * ends[:, 0] / ends[:, 2] + lens.cx + 0.5) * ratio
    v = (lens.fy * ends[:, 1] / ends[:, 2] + lens.cy + 0.5) * ratio
    return [(float(x), float(y)) for x, y in zip(u, v, strict=True)]
