# SPDX-License-Identifier: Apache-2.0
"""The plan: a scene and its evidence seen from straight above."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.viewing.ground_map import seen_from_above
from spatialevo_dge.viewing.pen import INK, PAPER, Pen, Pixel
from spatialevo_dge.viewing.shapes import COLOURS, Role, Stroke, Style
from spatialevo_dge.viewing.space import evidence_points
from spatialevo_dge.viewing.subject import Subject
from spatialevo_dge.viewing.wires import frustum, middle_of, shown_box

if TYPE_CHECKING:
    from PIL import Image

_SMOOTH: Final = 2
"""Drawn this many times larger and then reduced, since Pillow's lines have hard edges."""
_WIDTH: Final = 900
"""Pixels for which widths and sizes are meant, unless the plan is shown at another width."""
_MARGIN: Final = 0.35  # metres around what is drawn
_SMALL: Final = 0.5
"""Evidence that with its surroundings spans less than this share of the scene is shown closer."""
_AROUND: Final = 0.9  # metres
_SCALE_BAR: Final = "1 m"
_LABELLED: Final = 60
"""Other objects that are named at most; a plan with more names shows none well."""


def plan(subject: Subject, width: int, shown: int | None = None) -> Image.Image:
    """Draw the plan.

    Args:
        subject: What is looked at.
        width: Pixels; the height follows from the room's.
        shown: Pixels at which it will be shown; labels and lines are made for that width.
    """
    from PIL import Image  # noqa: PLC0415  (optional, and slow to import)

    paper = _Sheet(subject, width)
    image = _background(subject, paper)
    pen = Pen(image, width * _SMOOTH / (shown or _WIDTH))
    _outline(subject, paper, pen)
    _other_boxes(subject, paper, pen)
    _areas(subject, paper, pen)
    _cameras(subject, paper, pen)
    _boxes(subject, paper, pen)
    _strokes(subject, paper, pen)
    _captions(subject, paper, pen)
    _other_labels(subject, paper, pen)
    _scale_bar(paper, pen)
    return image.resize(paper.size, Image.Resampling.LANCZOS)


class _Sheet:
    """Maps world x, y to pixels of the enlarged plan, y up."""

    def __init__(self, subject: Subject, width: int) -> None:
        low, high = _bounds(subject)
        span = high - low
        # Neither a strip nor a tower: pad the short side.
        least = 0.55 * float(span.max())
        padded = np.maximum(span, least)
        self.low = low - (padded - span) / 2.0
        self.metres = padded
        self.size = (width, max(1, round(width * float(padded[1] / padded[0]))))
        self.scale = width * _SMOOTH / float(padded[0])
        self.large = (self.size[0] * _SMOOTH, self.size[1] * _SMOOTH)

    def __call__(self, points: Any) -> list[Pixel]:
        flat = np.asarray(points, dtype=float)[:, :2]
        moved = (flat - self.low) * self.scale
        return [(float(x), float(self.large[1] - y)) for x, y in moved]


def _bounds(subject: Subject) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the plan has to show: the scene, or small evidence and what is around it."""
    scene = subject.scene
    evidence = evidence_points(subject)[:, :2]
    parts = [shown_box(item, subject.policy).footprint for item in scene.objects]
    parts += [] if scene.floor is None else list(scene.floor.rings)
    parts.append(evidence)
    points = np.concatenate([part for part in parts if len(part)] or [np.zeros((1, 2))])
    low, high = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
    if len(evidence):
        near = evidence.min(axis=0) - _AROUND, evidence.max(axis=0) + _AROUND
        if float((near[1] - near[0]).max()) < _SMALL * float((high - low).max()):
            return near
    return low, high


def _background(subject: Subject, paper: _Sheet) -> Image.Image:
    from PIL import Image  # noqa: PLC0415  (optional)

    scale = paper.scale / _SMOOTH
    drawn = seen_from_above(subject.scene, paper.low, scale, paper.size)
    if drawn is None:
        return Image.new("RGB", paper.large, PAPER)
    return Image.fromarray(drawn).resize(paper.large, Image.Resampling.BILINEAR)


def _outline(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    for ring in () if subject.scene.floor is None else subject.scene.floor.rings:
        pen.polygon(paper(ring), INK, 2.5)


def _other_boxes(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    marked = {mark.object_id for mark in subject.drawing.boxes}
    for item in subject.scene.objects:
        if item.id not in marked:
            corners = paper(shown_box(item, subject.policy).footprint)
            pen.draw.line([*corners, corners[0]], fill="#56657a", width=_SMOOTH)


def _other_labels(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    marked = {mark.object_id for mark in subject.drawing.boxes}
    others = [item for item in subject.scene.objects if item.id not in marked]
    for item in others[:_LABELLED]:
        place = paper(shown_box(item, subject.policy).centre[None])[0]
        if 0.0 <= place[0] < paper.large[0] and 0.0 <= place[1] < paper.large[1]:
            pen.label(place, item.label, "#3d4a5a", 11, must=False)


def _areas(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    for area in subject.drawing.areas:
        colour = COLOURS[area.role]
        tint = "26" if area.role is Role.AREA else "48"
        fill = f"{colour}{tint}" if area.filled else ""
        pen.polygon(paper(area.ring_in_world), colour, 2, fill)


def _cameras(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    marked = {mark.frame_id: COLOURS[mark.role] for mark in subject.drawing.cameras}
    shown = [*subject.frames, *(subject.scene.frames_by_id[name] for name in marked)]
    for frame in {frame.id: frame for frame in shown}.values():
        colour = marked.get(frame.id, "#56657a")
        eye, *corners = paper(frustum(frame, 0.45))
        pen.polygon([eye, *_widest(eye, corners)], colour, 2.5, f"{colour}30")
        pen.dot(eye, colour, 4)


def _widest(eye: Pixel, corners: list[Pixel]) -> list[Pixel]:
    """Return the two corners of a camera's image that span it from above."""
    if len(corners) == 1:
        return corners
    angles = [math.atan2(y - eye[1], x - eye[0]) for x, y in corners]
    turned = [(angle - angles[0] + math.pi) % (2.0 * math.pi) for angle in angles]
    ends = (turned.index(min(turned)), turned.index(max(turned)))
    return [corners[place] for place in ends]


def _boxes(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    for mark in subject.drawing.boxes:
        item = subject.scene.objects_by_id[mark.object_id]
        colour = COLOURS[mark.role]
        pen.polygon(paper(shown_box(item, subject.policy).footprint), colour, 3, f"{colour}38")


def _strokes(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    last = (Role.MEASURED,)
    for stroke in sorted(subject.drawing.strokes, key=lambda stroke: stroke.role in last):
        _stroke(stroke, paper, pen)
    for spot in subject.drawing.spots:
        pen.dot(paper(spot.point_in_world[None])[0], COLOURS[spot.role], 5)


def _stroke(stroke: Stroke, paper: _Sheet, pen: Pen) -> None:
    points = paper(stroke.points_in_world)
    colour, measured = COLOURS[stroke.role], stroke.role is Role.MEASURED
    width = 4.0 if measured else 2.0 if stroke.style is Style.DASHED else 2.8
    pen.line(points, colour, width, stroke.style)
    if measured and stroke.style is Style.SOLID:
        for end in (points[0], points[-1]):
            pen.dot(end, colour, 4)


def _captions(subject: Subject, paper: _Sheet, pen: Pen) -> None:
    """Write the measured things first: they get the best places."""
    drawing, scene = subject.drawing, subject.scene
    for stroke in sorted(drawing.strokes, key=lambda stroke: stroke.role is not Role.MEASURED):
        if stroke.caption:
            place = paper(middle_of(stroke.points_in_world)[None])[0]
            size = 17 if stroke.role is Role.MEASURED else 13
            pen.label(place, stroke.caption, COLOURS[stroke.role], size)
    for mark in drawing.boxes:
        centre = shown_box(scene.objects_by_id[mark.object_id], subject.policy).centre
        pen.label(paper(centre[None])[0], mark.caption, COLOURS[mark.role], 15)
    for camera in drawing.cameras:
        eye = scene.frames_by_id[camera.frame_id].world_from_camera[None, :3, 3]
        pen.label(paper(eye)[0], camera.caption, COLOURS[camera.role], 13)
    for area in drawing.areas:
        if area.caption:
            place = paper(area.ring_in_world.mean(axis=0)[None])[0]
            pen.label(place, area.caption, "#6b4d00" if area.role is Role.SECTOR else INK, 16)
    for spot in drawing.spots:
        pen.label(paper(spot.point_in_world[None])[0], spot.caption, COLOURS[spot.role], 13)
    for word in drawing.words:
        pen.label(paper(np.array([word.point_in_world]))[0], word.text, "#8a6400", 13)


def _scale_bar(paper: _Sheet, pen: Pen) -> None:
    left, bottom = 14.0 * pen.scale, paper.large[1] - 14.0 * pen.scale
    pen.line([(left, bottom), (left + paper.scale, bottom)], INK, 3)
    place = (left + paper.scale / 2.0, bottom - 11.0 * pen.scale)
    pen.label(place, _SCALE_BAR, INK, 12)
