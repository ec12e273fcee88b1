# SPDX-License-Identifier: Apache-2.0
"""Shapes of directions: the heading, the sectors on the floor, the line to the target."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from spatialevo_dge import bearings
from spatialevo_dge.answer import Answer, Direction
from spatialevo_dge.directions import EIGHT_WORDS
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.scene import Frame
from spatialevo_dge.viewing.compass import Compass, form_of, radius_for
from spatialevo_dge.viewing.shapes import Points, Role, Shape, Spot, Stroke, Style


def from_object(trace: Mapping[str, Any], answer: Answer | None, floor: float) -> Iterator[Shape]:
    """Draw an observer at one object who faces a second and looks for a third."""
    stand, face, query = (
        _lowered(trace[key], floor) for key in ("stand_in_world", "face_in_world", "query_in_world")
    )
    ahead = math.degrees(math.atan2(*(face - stand)[1::-1]))
    yield from _sectors(stand, ahead, query, answer)
    yield Stroke(
        points_in_world=np.stack([stand, face]),
        role=Role.HEADING,
        caption="facing",
        style=Style.ARROW,
    )
    yield from _sight(stand, query, trace.get("azimuth_deg"))
    yield Spot(point_in_world=stand, role=Role.HEADING, caption="standing here")


def from_camera(trace: Mapping[str, Any], answer: Answer | None, floor: float) -> Iterator[Shape]:
    """Draw a camera's heading and the sector in which its target lies."""
    camera, target = (_lowered(trace[key], floor) for key in ("camera_in_world", "target_in_world"))
    heading = float(trace["heading_deg"])
    yield from _sectors(camera, heading, target, answer)
    yield from _ahead(camera, heading, target, "heading")
    yield from _sight(camera, target, trace.get("azimuth_deg"))
    drop = np.array([trace["camera_in_world"], camera], dtype=float)
    yield Stroke(points_in_world=drop, role=Role.HEADING, style=Style.DASHED)


def as_seen(
    trace: Mapping[str, Any], answer: Answer | None, frame: Frame, floor: float, *, deeper: bool
) -> Iterator[Shape]:
    """Draw where a target lies from a reference in the sense of a viewer.

    Front is toward the viewer and left stays the viewer's left, so the words run clockwise; where
    `deeper`, front is away from the viewer and they run counter-clockwise.
    """
    reference, target = (
        _lowered(trace[key], floor) for key in ("reference_in_world", "target_in_world")
    )
    heading = math.degrees(bearings.camera_heading(frame))
    front = heading if deeper else heading + 180.0
    if isinstance(answer, Direction) and answer.value in EIGHT_WORDS:
        yield from Compass(
            station_in_world=reference,
            zero_in_world=front,
            sense=1.0 if deeper else -1.0,
            radius=radius_for(_reach(reference, target)),
            form=SectorForm.EIGHT,
        ).shapes(answer.value, answer.value)
        caption = "front: away from the viewer" if deeper else "front: toward the viewer"
        yield from _ahead(reference, front, target, caption)
        yield from _sight(reference, target, None)
        return
    ends = np.array([trace["reference_in_world"], trace["target_in_world"]], dtype=float)
    caption = answer.value if isinstance(answer, Direction) else ""
    yield Stroke(points_in_world=ends, role=Role.MEASURED, caption=caption, style=Style.ARROW)


def _sectors(
    station: Points, ahead: float, target: Points, answer: Answer | None
) -> Iterator[Shape]:
    if not isinstance(answer, Direction):
        return
    form = form_of(answer.options)
    if form is None:
        return
    compass = Compass(
        station_in_world=station,
        zero_in_world=ahead,
        sense=1.0,
        radius=radius_for(_reach(station, target)),
        form=form,
    )
    yield from compass.shapes(answer.value, answer.value)


def _ahead(station: Points, azimuth: float, target: Points, caption: str) -> Iterator[Shape]:
    length, angle = radius_for(_reach(station, target)), math.radians(azimuth)
    tip = station + length * np.array([math.cos(angle), math.sin(angle), 0.0])
    yield Stroke(
        points_in_world=np.stack([station, tip]),
        role=Role.HEADING,
        caption=caption,
        style=Style.ARROW,
    )


def _sight(station: Points, target: Points, azimuth: Any) -> Iterator[Shape]:
    caption = ""
    if isinstance(azimuth, int | float):
        side = "left" if azimuth > 0.0 else "right"
        caption = f"{abs(azimuth):.1f}° to the {side}" if azimuth else "straight ahead"
    yield Stroke(points_in_world=np.stack([station, target]), role=Role.MEASURED, caption=caption)


def _lowered(position: Any, floor: float) -> Points:
    """Return a position's foot on the floor, (3,)."""
    x, y, _ = position
    return np.array([x, y, floor], dtype=float)


def _reach(station: Points, target: Points) -> float:
    return math.hypot(*(target - station)[:2].tolist())
