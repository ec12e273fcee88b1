# SPDX-License-Identifier: Apache-2.0
"""The records that programs read, with frame and unit in every name.

The world frame is right-handed with z up, in metres. Headings turn about z, counter-clockwise seen
from above, from the x axis. An azimuth is measured from straight ahead, left positive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from spatialevo_dge import View, bearings
from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.surface import box_of
from spatialevo_dge.thresholds import Policy
from spatialevo_geometry import pitch, roll

Point: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One object of the scene and its box.

    Attributes:
        id: Its number in the scene.
        label: What it is, in lower case and the singular: "coffee table".
        centre_in_world_m: Centre of its box, (x, y, z).
        size_m: Sides of its box, (length, width, height): length is the longer horizontal one.
        height_m: How far the box reaches from its lowest to its highest point.
        heading_in_world_deg: Direction of its length, in [0, 180).
        visible_fractions: Share of its camera-facing surface that each image shows, one number an
            image, in the images' order; 0 where an image does not show it.
    """

    id: int
    label: str
    centre_in_world_m: Point
    size_m: Point
    height_m: float
    heading_in_world_deg: float
    visible_fractions: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image shown with the question, and the camera that took it.

    Attributes:
        number: Its place among the images shown; the first is 1.
        camera_in_world_m: The camera's centre, (x, y, z).
        heading_in_world_deg: Direction of the optical axis on the floor, in [-180, 180); None where
            the camera looks straight up or down.
        pitch_up_deg: How far the optical axis points above the horizon; negative is down.
        roll_deg: How far the camera is turned about its optical axis; None as for the heading.
        width_px: Width; None where the camera's intrinsics are unknown.
        height_px: Height; None where they are unknown.
    """

    number: int
    camera_in_world_m: Point
    heading_in_world_deg: float | None
    pitch_up_deg: float
    roll_deg: float | None
    width_px: int | None
    height_px: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A functional region of the room: objects that stand together.

    Attributes:
        centre_in_world_m: Centre of the area that their footprints span, (x, y, z).
        object_ids: Its objects.
    """

    centre_in_world_m: Point
    object_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """Where something lies, seen from a place with a heading.

    Attributes:
        azimuth_deg: From straight ahead, left positive, in [-180, 180).
        horizontal_m: How far away in the floor plane.
        up_m: How much higher; negative is lower.
    """

    azimuth_deg: float
    horizontal_m: float
    up_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How a camera's pose changed from one image to another.

    Attributes:
        turn_left_deg: Change of heading, left positive, in [-180, 180).
        tilt_up_deg: Change of pitch, up positive.
        roll_deg: Change of roll, in [-180, 180).
        move_m: Length of the displacement.
        move_azimuth_deg: Its direction from the first camera's heading, left positive.
        move_horizontal_m: Its part in the floor plane.
        move_up_m: Its part along gravity; negative is down.
    """

    turn_left_deg: float
    tilt_up_deg: float
    roll_deg: float
    move_m: float
    move_azimuth_deg: float
    move_horizontal_m: float
    move_up_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixel:
    """Where a point appears in an image.

    Attributes:
        u_px: Column, from the left; the first pixel's centre is 0.
        v_px: Row, from the top.
        depth_m: Along the optical axis.
    """

    u_px: float
    v_px: float
    depth_m: float


def object_record(item: SceneObject, view: View, policy: Policy) -> Object:
    """Describe an object with the box that a policy judges by."""
    box = box_of(item, policy)
    up = int(np.argmax(np.abs(box.axes[:, 2])))
    length, width = sorted((axis for axis in range(3) if axis != up), key=lambda a: -box.extents[a])
    x, y, _ = box.axes[length].tolist()
    size = [float(box.extents[axis]) for axis in (length, width, up)]
    return Object(
        id=item.id,
        label=item.label,
        centre_in_world_m=point(box.centre),
        size_m=(size[0], size[1], size[2]),
        height_m=box.height,
        heading_in_world_deg=math.degrees(math.atan2(y, x)) % 180.0,
        visible_fractions=tuple(view.visible_share(item, frame) for frame in view.frames)
        if view.knows_visibility
        else (),
    )


def image_record(number: int, frame: Frame) -> Image:
    """Describe the camera of a frame shown as image `number`."""
    level = bearings.has_heading(frame)
    pose, camera = frame.world_from_camera, frame.intrinsics
    return Image(
        number=number,
        camera_in_world_m=point(bearings.camera_centre(frame)),
        heading_in_world_deg=math.degrees(bearings.camera_heading(frame)) if level else None,
        pitch_up_deg=math.degrees(pitch(world_from_camera=pose)),
        roll_deg=math.degrees(roll(world_from_camera=pose)) if level else None,
        width_px=None if camera is None else camera.width,
        height_px=None if camera is None else camera.height,
    )


def bearing_record(found: bearings.Bearing) -> Bearing:
    """Write a bearing in degrees."""
    return Bearing(
        azimuth_deg=math.degrees(found.azimuth),
        horizontal_m=found.horizontal_range,
        up_m=found.rise,
    )


def point(array: np.typing.NDArray[np.float64]) -> Point:
    """Return a (3,) array as a tuple."""
    x, y, z = array.tolist()
    return (x, y, z)
