# SPDX-License-Identifier: Apache-2.0
"""First-order propagation of a scan's noise to the quantities that answers are decided by.

Every function returns a standard deviation. In a scene without noise all of them are zero.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.directions import Sector
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.scene import Frame, NoiseModel, SceneObject
from spatialevo_dge.thresholds import DEFAULT, RESOLUTION, Policy
from spatialevo_dge.truth import Margin, MarginKind
from spatialevo_dge.verdict import Rule, Violation

FACE_SHARE = 0.80
"""Share of a point's sigma that remains in a face of a box fitted to 50 points …"""
FACE_POWER = -0.22
"""… and how it falls with their number: 0.59 at 200, 0.41 at 1,000. From `tools/box_bias.py`, over
63 kinds of furniture; differences between the shapes are the greater part of it."""
ANNOTATED_SHARE = 0.5
"""The same for a box that was drawn by hand: no count says by how many points."""
NEAR_EDGE_SHARE = 0.5
"""Share of a point's sigma in the near edge of a visible surface, its 5th percentile of depth."""


def face_share(item: SceneObject) -> float:
    """Return the share of a point's sigma that remains in a face of an object's box."""
    if item.point_count is None:
        return ANNOTATED_SHARE
    return min(1.0, FACE_SHARE * math.pow(max(item.point_count, 1) / 50.0, FACE_POWER))


def centre_sd(noise: NoiseModel, item: SceneObject) -> float:
    """Standard deviation of a box centre along one axis, metres: the mean of two faces."""
    own = 1.0 if item.point_count is None else face_share(item) / math.sqrt(2.0)
    return math.hypot(noise.object_offset_sigma, own * noise.point_sigma)


def face_sd(noise: NoiseModel, item: SceneObject) -> float:
    """Standard deviation of the position of one face of a box, metres."""
    if noise.is_exact:
        return 0.0
    own = face_share(item) * noise.point_sigma
    return math.hypot(noise.object_offset_sigma, own, item.box_slack)


def side_sd(noise: NoiseModel, item: SceneObject) -> float:
    """Standard deviation of a box side: two faces that share the object's offset, metres."""
    return math.sqrt(2.0) * face_share(item) * noise.point_sigma


def gap_sd(noise: NoiseModel, first: SceneObject, second: SceneObject) -> float:
    """Standard deviation of the gap between two objects: one face of each, metres."""
    return math.hypot(face_sd(noise, first), face_sd(noise, second))


def range_sd(noise: NoiseModel, first: SceneObject, second: SceneObject) -> float:
    """Standard deviation of the distance between two box centres along one axis, metres."""
    return math.hypot(centre_sd(noise, first), centre_sd(noise, second))


def camera_gap_sd(noise: NoiseModel, item: SceneObject) -> float:
    """Standard deviation of the distance from a camera to an object, metres."""
    return math.hypot(noise.pose_translation_sigma, face_sd(noise, item))


def depth_sd(noise: NoiseModel, item: SceneObject, frame: Frame, depth: float) -> float:
    """Standard deviation of the near edge of an object's visible surface at a depth, metres.

    A camera that is turned a little changes the depth of what lies off its axis.
    """
    if noise.is_exact:
        return 0.0
    off_axis = float(np.linalg.norm(_beside_axis(item, frame)))
    return math.hypot(
        _own_depth_sd(noise, depth),
        noise.pose_translation_sigma,
        noise.pose_rotation_sigma * off_axis,
    )


def depth_gap_sd(
    noise: NoiseModel,
    items: tuple[SceneObject, SceneObject],
    frame: Frame,
    depths: tuple[float, float],
) -> float:
    """Standard deviation of the difference between two near edges in one image, metres.

    One pose is wrong for both: a shift along the axis cancels, and a turn moves one against the
    other by what lies between them across the axis. What remains of the shift is that another part
    of each surface becomes its near edge: about as much as the shift itself. Over 34,000 pairs in
    100 synthetic rooms with pose errors the differences then err by 0.92 of this, and by 0.74 of
    the two taken as independent.
    """
    if noise.is_exact:
        return 0.0
    first, second = items
    between = float(np.linalg.norm(_beside_axis(first, frame) - _beside_axis(second, frame)))
    return math.hypot(
        *(_own_depth_sd(noise, depth) for depth in depths),
        noise.pose_translation_sigma,
        noise.pose_rotation_sigma * between,
    )


def _own_depth_sd(noise: NoiseModel, depth: float) -> float:
    """Standard deviation of a near edge where the pose is exact, metres."""
    return math.hypot(
        noise.object_offset_sigma,
        NEAR_EDGE_SHARE * noise.point_sigma,
        noise.depth_sigma_constant + noise.depth_sigma_quadratic * depth * depth,
    )


def _beside_axis(item: SceneObject, frame: Frame) -> NDArray[np.float64]:
    """Return where a box's centre lies across a camera's optical axis: (2,) right, down, metres."""
    pose = frame.world_from_camera
    across: NDArray[np.float64] = (item.obb.centre - pose[:3, 3]) @ pose[:3, :2]
    return across


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


def reach(sd: float, policy: Policy) -> float:
    """Return how far noise may move a quantity under a policy that doubts: else nothing."""
    return policy.certainty * sd if policy.borderline else 0.0


def hedged(broken: Violation, distance: float, sd: float, policy: Policy) -> Violation:
    """Doubt, rather than assert, a violation that lies within the noise's reach of its threshold.

    Args:
        broken: The violation.
        distance: How far the quantity lies from the threshold, in the unit of `sd`.
        sd: Its standard deviation.
        policy: Gives the number of standard deviations.
    """
    if abs(distance) >= reach(sd, policy):
        return broken
    why = f"{broken.why[:-1]}; the scan's noise leaves it open."
    return replace(broken, rule=Rule.BORDERLINE, why=why)


def sector_margin(found: Sector, sd_radians: float) -> Margin:
    """Margin of a direction word, degrees."""
    return boundary(found.edge_distance, "deg", math.degrees(sd_radians))


def left_right_doubt(
    entity: str, azimuth: float, form: SectorForm, policy: Policy, sd: float = 0.0
) -> tuple[Violation, ...]:
    """Doubt "left or right" for what lies nearly ahead or to the back; `sd` is the azimuth's."""
    turn = abs(math.degrees(azimuth))
    zone, spread = policy.left_right_dead_zone, math.degrees(sd)
    margin = reach(spread, policy)
    if form is not SectorForm.LEFT_RIGHT or zone == 0.0:
        return ()
    if zone + margin <= turn <= policy.back_from - margin:
        return ()
    limit = zone if turn < zone + margin else policy.back_from
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=entity,
        why=f"{entity!r} lies {turn:.1f}° off straight ahead: neither left nor right.",
        measured=turn,
        threshold=limit,
        unit="deg",
    )
    return (hedged(broken, turn - limit, spread, policy),)


def short_range(
    entity: str, distance: float, least: float, sd: float = 0.0, *, policy: Policy = DEFAULT
) -> tuple[Violation, ...]:
    """Doubt a direction over too short a range; `sd` is the range's."""
    if distance >= least + reach(sd, policy) and distance > 0.0:
        return ()
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=entity,
        why=f"horizontal range of {distance:.3f} m defines no direction; {least:.2f} m is needed.",
        measured=distance,
        threshold=least,
        unit="m",
    )
    return (hedged(broken, distance - least, sd, policy),)


def tie(entity: str, difference: float, sd: float, policy: Policy) -> tuple[Violation, ...]:
    """Doubt a choice between two that are equally far; `sd` is the difference's."""
    if difference > RESOLUTION:
        return ()
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=entity,
        why="two candidates are equally far from the anchor.",
        measured=difference,
        threshold=RESOLUTION,
        unit="m",
    )
    return (hedged(broken, difference, sd, policy),)
