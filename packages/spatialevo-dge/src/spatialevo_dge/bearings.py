# SPDX-License-Identifier: Apache-2.0
"""Bearings: where something lies, seen from a point with a heading, in the horizontal plane.

Pitch and roll never enter: a camera's heading is its optical axis projected on the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.directions import sector
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.scene import EXACT, Frame, NoiseModel
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.uncertainty import hedged, reach
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_geometry import OrientedBox, heading, pitch, wrap_angle

Vector = NDArray[np.float64]

VERTICAL_AXIS: Final = 1e-9
"""A unit axis whose horizontal part is not longer than this is vertical: it has no heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """A target seen from a station.

    Attributes:
        azimuth: Radians from straight ahead, left positive, in [-pi, pi).
        horizontal_range: Metres in the floor plane.
        rise: Height of the target over the station, metres.
    """

    azimuth: float
    horizontal_range: float
    rise: float


def bearing(station_in_world: Vector, heading_in_world: float, target_in_world: Vector) -> Bearing:
    """Take the bearing of a target.

    Args:
        station_in_world: (3,) where the observer is.
        heading_in_world: Azimuth of straight ahead about +z from +x, radians.
        target_in_world: (3,) what is looked for.
    """
    x, y, z = (target_in_world - station_in_world).tolist()
    return Bearing(
        azimuth=wrap_angle(math.atan2(y, x) - heading_in_world),
        horizontal_range=math.hypot(x, y),
        rise=z,
    )


def camera_centre(frame: Frame) -> Vector:
    """Return the camera's centre, (3,) world frame, metres."""
    centre: Vector = frame.world_from_camera[:3, 3]
    return centre


def camera_heading(frame: Frame) -> float:
    """Return the camera's heading: azimuth of its optical axis about +z, radians.

    Raises:
        ValueError: The camera looks straight up or down and has no heading.
    """
    return heading(world_from_camera=frame.world_from_camera)


def camera_bearing(frame: Frame, target_in_world: Vector) -> Bearing:
    """Take the bearing of a target from a frame's camera.

    Raises:
        ValueError: The camera looks straight up or down and has no heading.
    """
    return bearing(camera_centre(frame), camera_heading(frame), target_in_world)


def has_heading(frame: Frame) -> bool:
    """Whether the optical axis has a horizontal part at all."""
    x, y = frame.world_from_camera[:2, 2].tolist()
    return math.hypot(x, y) > VERTICAL_AXIS


def no_heading(frame: Frame, policy: Policy, noise: NoiseModel = EXACT) -> tuple[Violation, ...]:
    """Doubt the heading of a camera that looks nearly straight up or down."""
    degrees = abs(math.degrees(pitch(world_from_camera=frame.world_from_camera)))
    sd = math.degrees(noise.pose_rotation_sigma)
    if degrees <= policy.max_pitch - reach(sd, policy):
        return ()
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=f"frame {frame.id}",
        why=f"the camera of frame {frame.id!r} is pitched {degrees:.1f}°: it has no heading.",
        measured=degrees,
        threshold=policy.max_pitch,
        unit="deg",
    )
    return (hedged(broken, degrees - policy.max_pitch, sd, policy),)


def stray_corners(
    box: OrientedBox, station: Vector, heading_in_world: float, word: str, form: SectorForm
) -> int:
    """Count the box's corners that lie in another sector than `word`."""
    return sum(
        sector(bearing(station, heading_in_world, corner).azimuth, form).word != word
        for corner in box.corners
    )


def spread_out(entity: str, corners: int, policy: Policy) -> tuple[Violation, ...]:
    """Doubt a direction to an object that straddles sectors."""
    if corners <= policy.max_corners_outside:
        return ()
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=entity,
            why=f"{corners} of the 8 corners of {entity!r} lie in another direction.",
            measured=float(corners),
            threshold=float(policy.max_corners_outside),
            unit="corners",
        ),
    )
