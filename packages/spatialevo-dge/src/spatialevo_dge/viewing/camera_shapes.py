# SPDX-License-Identifier: Apache-2.0
"""Shapes of what cameras see and do: depths along the axis, heights, motion."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from spatialevo_dge import bearings
from spatialevo_dge.cli.quantities import quantity
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.scene import Frame, Scene
from spatialevo_dge.viewing.compass import Compass
from spatialevo_dge.viewing.shapes import Points, Role, Shape, Stroke, Style, role_at
from spatialevo_geometry import apply

_TURN_RADIUS: Final = 0.7  # metres
_LEAST_TURN: Final = 1.0  # degrees; a smaller one cannot be seen


def depths(trace: Mapping[str, Any], scene: Scene) -> Iterator[Shape]:
    """Draw the optical axis, and each object's near edge at its depth along it."""
    frame = scene.frames_by_id[trace["frame"]]
    nearest = trace["nearest_depths_m"]
    yield Stroke(
        points_in_world=_axis(frame, 0.0, 1.15 * max(nearest)),
        role=Role.HEADING,
        caption="optical axis",
        style=Style.ARROW,
    )
    rows = zip(nearest, trace["boxes_2d_px"], trace["object_ids"], strict=True)
    for place, (depth, box, number) in enumerate(rows):
        caption = f"{scene.objects_by_id[number].label}: depth {quantity(depth, 'm')}"
        foot = _axis(frame, depth, depth)[0]
        near = _behind_pixel(frame, box, depth)
        if near is None:
            ends = np.stack([foot, foot])
            yield Stroke(points_in_world=ends, role=role_at(place), caption=caption)
            continue
        eye = bearings.camera_centre(frame)
        yield Stroke(points_in_world=np.stack([eye, near]), role=role_at(place), caption=caption)
        yield Stroke(
            points_in_world=np.stack([near, foot]), role=role_at(place), style=Style.DASHED
        )


def _axis(frame: Frame, begin: float, end: float) -> Points:
    along = np.array([[0.0, 0.0, begin], [0.0, 0.0, end]])
    return apply(frame.world_from_camera, along)


def _behind_pixel(frame: Frame, box: Any, depth: float) -> Points | None:
    """Return what lies behind the middle of a 2D box at a depth; None without intrinsics."""
    if frame.intrinsics is None:
        return None
    lens = frame.intrinsics
    left, top, right, bottom = box
    x = ((left + right) / 2.0 - lens.cx) / lens.fx * depth
    y = ((top + bottom) / 2.0 - lens.cy) / lens.fy * depth
    point: Points = apply(frame.world_from_camera, np.array([[x, y, depth]]))[0]
    return point


def heights(trace: Mapping[str, Any], scene: Scene) -> Iterator[Shape]:
    """Draw the level of the reference camera and how far the other is above or below it."""
    reference, target = (
        bearings.camera_centre(scene.frames_by_id[trace[key]])
        for key in ("reference_frame", "target_frame")
    )
    level = np.array([target[0], target[1], reference[2]])
    rise = float(target[2] - reference[2])
    way = "higher" if rise > 0.0 else "lower"
    yield Stroke(
        points_in_world=np.stack([reference, level]),
        role=Role.HEADING,
        caption="level",
        style=Style.DASHED,
    )
    yield Stroke(
        points_in_world=np.stack([level, target]),
        role=Role.MEASURED,
        caption=f"{quantity(abs(rise), 'm')} {way}",
    )


def motion(trace: Mapping[str, Any], scene: Scene) -> Iterator[Shape]:
    """Draw the way from one camera to the other, and the turn between their headings."""
    start, end = (scene.frames_by_id[trace[key]] for key in ("start_frame", "end_frame"))
    centres = [bearings.camera_centre(frame) for frame in (start, end)]
    yield Stroke(
        points_in_world=np.stack(centres),
        role=Role.MEASURED,
        caption=f"moved {quantity(trace['move_m'], 'm')}",
        style=Style.ARROW,
    )
    turn = float(trace["turn_deg"])
    if abs(turn) < _LEAST_TURN:
        return
    compass = Compass(
        station_in_world=centres[1],
        zero_in_world=math.degrees(bearings.camera_heading(start)),
        sense=1.0,
        radius=_TURN_RADIUS,
        form=SectorForm.EIGHT,
    )
    before, after = (np.stack([centres[1], compass.at(angle)]) for angle in (0.0, turn))
    side = "left" if turn > 0.0 else "right"
    yield Stroke(points_in_world=before, role=Role.FIRST, caption="heading before")
    yield Stroke(points_in_world=after, role=Role.SECOND, caption="heading after")
    yield Stroke(
        points_in_world=compass.arc(0.0, turn, 0.8),
        role=Role.SECTOR,
        caption=f"turned {abs(turn):.1f}° {side}",
        style=Style.ARROW,
    )
