# SPDX-License-Identifier: Apache-2.0
"""The direction word for a target in a camera's horizontal plane, with its margin and doubts.

Three tasks share it: another camera, an object, a region.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from spatialevo_dge import bearings, uncertainty
from spatialevo_dge.bearings import Bearing, Vector
from spatialevo_dge.directions import direction, sector
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.scene import Frame, NoiseModel
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import EXACT_MARGIN, JsonValue, Truth
from spatialevo_dge.verdict import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a camera is asked about.

    Attributes:
        entity: The target, as the question names it.
        frame: Whose camera.
        target_in_world: (3,) metres.
        target_sd: Standard deviation of the target's position along one axis, metres.
        min_range: Least horizontal range that defines a direction, metres.
        form: How finely the question asks.
    """

    entity: str
    frame: Frame
    target_in_world: Vector
    target_sd: float
    min_range: float
    form: SectorForm


def look(
    sight: Sight,
    noise: NoiseModel,
    policy: Policy,
    *,
    trace: dict[str, JsonValue],
    doubts: tuple[Violation, ...] = (),
) -> Truth:
    """Name the direction of the target.

    Args:
        sight: What is asked.
        noise: The scene's noise.
        policy: Thresholds.
        trace: The task's own evidence, to which the bearing is added.
        doubts: The task's own doubts, reported after the ones found here.
    """
    steep = bearings.no_heading(sight.frame, policy, noise)
    if not bearings.has_heading(sight.frame):
        return Truth(answer=None, margin=EXACT_MARGIN, trace=trace, doubts=steep)
    seen = bearings.camera_bearing(sight.frame, sight.target_in_world)
    spread = math.hypot(noise.pose_translation_sigma, sight.target_sd)
    near = uncertainty.short_range(
        sight.entity, seen.horizontal_range, sight.min_range, spread, policy=policy
    )
    evidence = {**trace, **_evidence(sight, seen)}
    if seen.horizontal_range == 0.0:
        return Truth(answer=None, margin=EXACT_MARGIN, trace=evidence, doubts=(*steep, *near))
    found = sector(seen.azimuth, sight.form)
    sd = uncertainty.camera_azimuth_sd(noise, sight.target_sd, seen.horizontal_range)
    margin = uncertainty.sector_margin(found, sd)
    return Truth(
        answer=direction(found.word, sight.form),
        margin=margin,
        trace=evidence,
        doubts=(
            *steep,
            *near,
            *uncertainty.left_right_doubt(sight.entity, seen.azimuth, sight.form, policy, sd),
            *uncertainty.close_call(
                sight.entity, margin, policy.sector_margin_cameras, policy=policy
            ),
            *doubts,
        ),
    )


def word_of(sight: Sight) -> tuple[str, float] | None:
    """Return the direction word and the camera's heading, or None where there is no heading."""
    if not bearings.has_heading(sight.frame):
        return None
    seen = bearings.camera_bearing(sight.frame, sight.target_in_world)
    return sector(seen.azimuth, sight.form).word, bearings.camera_heading(sight.frame)


def _evidence(sight: Sight, seen: Bearing) -> dict[str, JsonValue]:
    return {
        "reference_frame": sight.frame.id,
        "camera_in_world": bearings.camera_centre(sight.frame).tolist(),
        "heading_deg": math.degrees(bearings.camera_heading(sight.frame)),
        "target_in_world": sight.target_in_world.tolist(),
        "azimuth_deg": math.degrees(seen.azimuth),
        "horizontal_range_m": seen.horizontal_range,
        "rise_m": seen.rise,
    }
