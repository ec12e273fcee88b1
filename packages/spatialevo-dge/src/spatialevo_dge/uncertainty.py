# SPDX-License-Identifier: Apache-2.0
"""First-order propagation of a scan's noise to the quantities that answers are decided by.

Every function returns a standard deviation. In a scene without noise all of them are zero.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.directions import Sector
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.scene import NoiseModel, SceneObject
from spatialevo_dge.thresholds import RESOLUTION, Policy
from spatialevo_dge.truth import Margin, MarginKind
from spatialevo_dge.verdict import Rule, Violation

FACE_SHARE = 0.5
"""Share of a point's sigma that remains in a robustly placed box face of a few hundred points."""


def centre_sd(noise: NoiseModel, item: SceneObject) -> float:
    """Standard deviation of a box centre along one axis, metres."""
    count = item.point_count or 1
    own = noise.point_sigma * (FACE_SHARE / math.sqrt(2.0) if count > 1 else 1.0)
    return math.hypot(noise.object_offset_sigma, own)


def face_sd(noise: NoiseModel) -> float:
    """Standard deviation of the position of one face of a box, metres."""
    return math.hypot(noise.object_offset_sigma, FACE_SHARE * noise.point_sigma)


def side_sd(noise: NoiseModel) -> float:
    """Standard deviation of a box side: two faces that share the object's offset, metres."""
    return math.sqrt(2.0) * FACE_SHARE * noise.point_sigma


def gap_sd(noise: NoiseModel) -> float:
    """Standard deviation of the gap between two objects: one face of each, metres."""
    return math.sqrt(2.0) * face_sd(noise)


def camera_gap_sd(noise: NoiseModel) -> float:
    """Standard deviation of the distance from a camera to an object, metres."""
    return math.hypot(noise.pose_translation_sigma, face_sd(noise))


def depth_sd(noise: NoiseModel, depth: float) -> float:
    """Standard deviation of the near edge of a visible surface at a depth, metres."""
    sensor = noise.depth_sigma_constant + noise.depth_sigma_quadratic * depth * depth
    return math.sqrt(face_sd(noise) ** 2 + noise.pose_translation_sigma**2 + sensor**2)


def visible_share_sd(noise: NoiseModel, item: SceneObject, distance: float) -> float:
    """Standard deviation of an object's visible share.

    An occluding edge, or the image's border, that moves by so much across an object of this size
    uncovers or hides that share of it.
    """
    shift = math.sqrt(
        noise.pose_translation_sigma**2
        + (noise.pose_rotation_sigma * distance) ** 2
        + face_sd(noise) ** 2
    )
    return shift / max(item.obb.longest_side, 1e-9)


def camera_azimuth_sd(noise: NoiseModel, target_sd: float, horizontal_range: float) -> float:
    """Standard deviation of a target's azimuth in a camera's horizontal plane, radians."""
    lateral = math.hypot(noise.pose_translation_sigma, target_sd)
    if lateral == 0.0 and noise.pose_rotation_sigma == 0.0:
        return 0.0
    return math.hypot(noise.pose_rotation_sigma, lateral / max(horizontal_range, 1e-9))


def triple_azimuth_sd(
    noise: NoiseModel, items: tuple[SceneObject, ...], centres: tuple[NDArray[np.float64], ...]
) -> float:
    """Standard deviation of the angle between two lines of sight between three centres, radians.

    Args:
        noise: The scene's noise.
        items: Where the observer stands, what is faced, what is asked about.
        centres: Their centres, (3,) each, world frame.
    """
    if noise.is_exact:
        return 0.0
    station, ahead, target = centres
    to_face, to_query = _gradient(ahead - station), _gradient(target - station)
    stand_sd, face_sd, query_sd = (centre_sd(noise, item) for item in items)
    return math.sqrt(
        (face_sd * float(np.linalg.norm(to_face))) ** 2
        + (query_sd * float(np.linalg.norm(to_query))) ** 2
        + (stand_sd * float(np.linalg.norm(to_query - to_face))) ** 2
    )


def _gradient(offset: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gradient of the azimuth of `offset` with respect to its end, radians per metre."""
    x, y = float(offset[0]), float(offset[1])
    squared = max(x * x + y * y, 1e-12)
    return np.array((-y / squared, x / squared))


def interval(sd: float, unit: str, policy: Policy) -> Margin:
    """Margin of a number: half-width of its 95 % interval."""
    return Margin(kind=MarginKind.INTERVAL, value=policy.interval_sds * sd, unit=unit, sd=sd)


def boundary(distance: float, unit: str, sd: float) -> Margin:
    """Margin of a label: distance to the nearest decision boundary."""
    return Margin(kind=MarginKind.BOUNDARY, value=distance, unit=unit, sd=sd)


def wide(entity: str, value: float, margin: Margin, policy: Policy) -> tuple[Violation, ...]:
    """Doubt a number whose interval is too wide for its value."""
    limit = policy.max_relative_half_width * abs(value)
    if margin.value <= limit:
        return ()
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=entity,
            why=f"{value:.3g} ± {margin.value:.2g} {margin.unit} is too uncertain to be certified.",
            measured=margin.value,
            threshold=limit,
            unit=margin.unit,
        ),
    )


def close_call(
    entity: str, margin: Margin, least: float = 0.0, *, policy: Policy
) -> tuple[Violation, ...]:
    """Doubt a label whose quantity lies too near a decision boundary.

    Args:
        entity: What the answer is about.
        margin: Distance to the boundary and its standard deviation.
        least: Distance required even without noise, in the margin's unit.
        policy: Gives the number of standard deviations that certify.
    """
    limit = max(least, policy.certainty * margin.sd)
    if margin.value >= limit:
        return ()
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=entity,
            why=(
                f"{margin.value:.3g} {margin.unit} from another answer; "
                f"{limit:.3g} {margin.unit} is needed to be certain."
            ),
            measured=margin.value,
            threshold=limit,
            unit=margin.unit,
        ),
    )


def sector_margin(found: Sector, sd_radians: float) -> Margin:
    """Margin of a direction word, degrees."""
    return boundary(found.edge_distance, "deg", math.degrees(sd_radians))


def left_right_doubt(
    entity: str, azimuth: float, form: SectorForm, policy: Policy
) -> tuple[Violation, ...]:
    """Doubt "left or right" for what lies nearly ahead or to the back."""
    turn = abs(math.degrees(azimuth))
    zone = policy.left_right_dead_zone
    if form is not SectorForm.LEFT_RIGHT or zone == 0.0 or zone <= turn <= policy.back_from:
        return ()
    return (
        Violation(
            rule=Rule.DEGENERATE,
            entity=entity,
            why=f"{entity!r} lies {turn:.1f}° off straight ahead: neither left nor right.",
            measured=turn,
            threshold=zone if turn < zone else policy.back_from,
            unit="deg",
        ),
    )


def short_range(
    entity: str, distance: float, least: float, what: str = "horizontal range"
) -> tuple[Violation, ...]:
    """Doubt a direction over too short a range."""
    if distance >= least and distance > 0.0:
        return ()
    return (
        Violation(
            rule=Rule.DEGENERATE,
            entity=entity,
            why=f"{what} of {distance:.3f} m defines no direction; {least:.2f} m is needed.",
            measured=distance,
            threshold=least,
            unit="m",
        ),
    )


def tie(entity: str, difference: float) -> tuple[Violation, ...]:
    """Doubt a choice between two that are equally far."""
    if difference > RESOLUTION:
        return ()
    return (
        Violation(
            rule=Rule.DEGENERATE,
            entity=entity,
            why="two candidates are equally far from the anchor.",
            measured=difference,
            threshold=RESOLUTION,
            unit="m",
        ),
    )
