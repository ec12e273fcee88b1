# SPDX-License-Identifier: Apache-2.0
"""How a camera's pose changed between two images, and which word says it.

Only the two end poses count. A turn is the change of the levelled heading, a tilt the change of
pitch, a move the displacement in the first camera's levelled axes; roll is none of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from spatialevo_dge import bearings
from spatialevo_dge.answer import Direction
from spatialevo_dge.directions import EIGHT_WORDS, sector
from spatialevo_dge.entities import Motion, SectorForm
from spatialevo_dge.scene import Frame, NoiseModel
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import EXACT_MARGIN, JsonValue, Truth
from spatialevo_dge.uncertainty import boundary, close_call, hedged
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_geometry import pitch, roll, wrap_angle

SQRT_TWO = math.sqrt(2.0)
TURNS = ("left", "right")
TILTS = ("up", "down")
MOVES = (*EIGHT_WORDS, "up", "down")
OPEN = (
    *(f"turn {word}" for word in TURNS),
    *(f"tilt {word}" for word in TILTS),
    *(f"move {word}" for word in MOVES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to the camera, in radians and metres; moves in its first levelled axes."""

    turn: float
    tilt: float
    rolled: float
    azimuth: float
    horizontal: float
    rise: float

    @property
    def distance(self) -> float:
        """Length of the displacement, metres."""
        return math.hypot(self.horizontal, self.rise)


def name_change(change: Change, asks: Motion, noise: NoiseModel, policy: Policy) -> Truth:
    """Name the part of a change that a question asks for; asked openly, the dominant one."""
    return _BY_MOTION[asks](_Judge(change=change, noise=noise, policy=policy))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    change: Change
    noise: NoiseModel
    policy: Policy

    @property
    def angle_sd(self) -> float:
        """Standard deviation of a difference of two headings or pitches, degrees."""
        return math.degrees(self.noise.pose_rotation_sigma) * SQRT_TWO

    @property
    def move_sd(self) -> float:
        """Standard deviation of a displacement along one axis, metres."""
        return self.noise.pose_translation_sigma * SQRT_TWO

    def turn(self) -> Truth:
        degrees, low, high = (
            math.degrees(self.change.turn),
            self.policy.min_turn,
            self.policy.max_turn,
        )
        margin = boundary(
            min(abs(abs(degrees) - low), abs(high - abs(degrees))), "deg", self.angle_sd
        )
        legal = low <= abs(degrees) <= high
        broken = low if abs(degrees) < low else high
        doubt = _degenerate("turn", abs(degrees), broken, "deg")
        doubts = () if legal else (hedged(doubt, margin.value, margin.sd, self.policy),)
        return Truth(
            answer=_word(degrees, TURNS),
            margin=margin,
            trace={},
            doubts=(*doubts, *close_call("turn", margin, policy=self.policy)),
        )

    def tilt(self) -> Truth:
        degrees, low = math.degrees(self.change.tilt), self.policy.min_tilt
        margin = boundary(abs(abs(degrees) - low), "deg", self.angle_sd)
        doubt = _degenerate("tilt", abs(degrees), low, "deg")
        legal = abs(degrees) >= low
        doubts = () if legal else (hedged(doubt, margin.value, margin.sd, self.policy),)
        return Truth(
            answer=_word(degrees, TILTS),
            margin=margin,
            trace={},
            doubts=(*doubts, *close_call("tilt", margin, policy=self.policy)),
        )

    def move(self) -> Truth:
        change, policy = self.change, self.policy
        if change.distance < policy.min_move:
            doubt = hedged(
                _degenerate("move", change.distance, policy.min_move, "m"),
                change.distance - policy.min_move,
                self.move_sd,
                policy,
            )
            answer = None if change.distance == 0.0 else Direction(_move_word(change), MOVES)
            return Truth(answer=answer, margin=EXACT_MARGIN, trace={}, doubts=(doubt,))
        elevation = math.degrees(math.atan2(abs(change.rise), change.horizontal))
        found = sector(change.azimuth, SectorForm.EIGHT)
        vertical = elevation > 45.0
        steep = boundary(abs(elevation - 45.0), "deg", self._bearing_sd(change.distance))
        edges = [steep]
        if not vertical:
            sd = self._bearing_sd(change.horizontal)
            edges = [boundary(found.edge_distance, "deg", sd), steep]
        length = boundary(change.distance - policy.min_move, "m", self.move_sd)
        return Truth(
            answer=Direction(_move_word(change), MOVES),
            margin=min(edges, key=lambda edge: edge.value),
            trace={},
            doubts=(
                *(
                    doubt
                    for edge in edges
                    for doubt in close_call(
                        "move", edge, policy.sector_margin_cameras, policy=policy
                    )
                ),
                *close_call("move", length, policy=policy),
            ),
        )

    def _bearing_sd(self, span: float) -> float:
        """Standard deviation of a direction of displacement over a span, degrees."""
        return math.degrees(math.hypot(self.noise.pose_rotation_sigma, self.move_sd / span))

    def open(self) -> Truth:
        """Name the clearly dominant part, or say that none is."""
        change, policy = self.change, self.policy
        turn, tilt = abs(math.degrees(change.turn)), abs(math.degrees(change.tilt))
        still = turn < policy.open_still and tilt < policy.open_still
        if (
            turn >= policy.open_turn
            and tilt < policy.open_still
            and (change.distance < policy.min_move)
        ):
            return _named("turn", self.turn())
        if (
            tilt >= policy.open_turn
            and turn < policy.open_still
            and (change.distance < policy.min_move)
        ):
            return _named("tilt", self.tilt())
        if change.distance >= policy.open_move and still:
            return _named("move", self.move())
        return Truth(answer=None, margin=EXACT_MARGIN, trace={}, doubts=(self._undecided(),))

    def _undecided(self) -> Violation:
        change, policy = self.change, self.policy
        numbers = (
            f"turned {math.degrees(change.turn):+.1f}°, tilted {math.degrees(change.tilt):+.1f}°, "
            f"moved {change.distance:.2f} m"
        )
        still = max(abs(change.turn), abs(change.tilt)) < math.radians(policy.open_still)
        if still and change.distance < policy.min_move:
            return Violation(
                rule=Rule.DEGENERATE,
                entity="camera motion",
                why=f"the camera {numbers}: it kept still, or rolled.",
                measured=change.distance,
                threshold=policy.min_move,
                unit="m",
            )
        return Violation(
            rule=Rule.BORDERLINE,
            entity="camera motion",
            why=f"the camera {numbers}: no part clearly dominates.",
            measured=change.distance,
            threshold=policy.open_move,
            unit="m",
        )


_BY_MOTION: dict[Motion, Callable[[_Judge], Truth]] = {
    Motion.TURN: _Judge.turn,
    Motion.TILT: _Judge.tilt,
    Motion.MOVE: _Judge.move,
    Motion.OPEN: _Judge.open,
}


def change_between(start: Frame, end: Frame) -> Change:
    """Compare two poses.

    Raises:
        ValueError: A camera looks straight up or down and has no heading.
    """
    moved = bearings.camera_bearing(start, bearings.camera_centre(end))
    first, second = start.world_from_camera, end.world_from_camera
    return Change(
        turn=wrap_angle(bearings.camera_heading(end) - bearings.camera_heading(start)),
        tilt=pitch(world_from_camera=second) - pitch(world_from_camera=first),
        rolled=wrap_angle(roll(world_from_camera=second) - roll(world_from_camera=first)),
        azimuth=moved.azimuth,
        horizontal=moved.horizontal_range,
        rise=moved.rise,
    )


def evidence(change: Change) -> dict[str, JsonValue]:
    """Write a change as JSON, degrees and metres."""
    return {
        "turn_deg": math.degrees(change.turn),
        "tilt_deg": math.degrees(change.tilt),
        "roll_deg": math.degrees(change.rolled),
        "move_m": change.distance,
        "move_azimuth_deg": math.degrees(change.azimuth),
        "rise_m": change.rise,
    }


def _word(signed: float, options: tuple[str, str]) -> Direction | None:
    if signed == 0.0:
        return None
    return Direction(options[0] if signed > 0.0 else options[1], options)


def _move_word(change: Change) -> str:
    if abs(change.rise) > change.horizontal:
        return "up" if change.rise > 0.0 else "down"
    return sector(change.azimuth, SectorForm.EIGHT).word


def _named(part: str, truth: Truth) -> Truth:
    answer = truth.answer
    named = Direction(f"{part} {answer.value}", OPEN) if isinstance(answer, Direction) else None
    return Truth(answer=named, margin=truth.margin, trace={}, doubts=truth.doubts)


def _degenerate(part: str, measured: float, threshold: float, unit: str) -> Violation:
    return Violation(
        rule=Rule.DEGENERATE,
        entity=part,
        why=f"a {part} of {measured:.3g} {unit} has no direction that two images define.",
        measured=measured,
        threshold=threshold,
        unit=unit,
    )
