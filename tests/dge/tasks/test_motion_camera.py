# SPDX-License-Identifier: Apache-2.0
"""How did the camera turn, tilt or move? Decisions 2, 15 and 16."""

import math

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, Motion, Travel
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import frame, pose, scene
from support.ruled import illegal, legal, measured, outcome, rules, value

TASK = "motion_camera"
TURN, TILT = Travel(asks=Motion.TURN), Travel(asks=Motion.TILT)
MOVE, OPEN = Travel(asks=Motion.MOVE), Travel(asks=Motion.OPEN)
POLICIES = pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
FRAMES = ("a", "b")


def change(
    turn: float = 0.0,
    tilt: float = 0.0,
    roll: float = 0.0,
    *,
    left: float = 0.0,
    ahead: float = 0.0,
    up: float = 0.0,
    heading: float = 40.0,
    pitch: float = -10.0,
    noise: NoiseModel | None = None,
) -> Scene:
    """Camera b is camera a turned, tilted, rolled and moved along a's horizontal axes."""
    h = math.radians(heading)
    x = ahead * math.cos(h) - left * math.sin(h)
    y = ahead * math.sin(h) + left * math.cos(h)
    return scene(
        [],
        [
            frame("a", pose((0, 0, 0), heading, pitch, 5)),
            frame("b", pose((x, y, up), heading + turn, pitch + tilt, 5 + roll)),
        ],
        noise=noise or NoiseModel(),
    )


@POLICIES
@pytest.mark.parametrize("heading", [0.0, 170.0, -100.0])
@pytest.mark.parametrize(("turn", "word"), [(30, "left"), (-30, "right"), (149, "left")])
def test_a_turn_is_the_change_of_heading(
    turn: float, word: str, heading: float, policy: Policy
) -> None:
    seen = change(turn, tilt=-20, roll=30, left=3, heading=heading)
    truth = legal(TASK, TURN, seen, *FRAMES, policy=policy).truth
    assert truth.answer.value == word
    assert truth.answer.options == ("left", "right")
    assert truth.trace["turn_deg"] == pytest.approx(turn)
    assert truth.trace["tilt_deg"] == pytest.approx(-20)
    assert truth.trace["roll_deg"] == pytest.approx(30)
    assert truth.trace["move_m"] == pytest.approx(3)
    assert (truth.trace["start_frame"], truth.trace["end_frame"]) == FRAMES


@POLICIES
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("turn", "defined", "limit"),
    [
        (9.99, False, 10),
        (10.01, True, 0),
        (149.99, True, 0),
        (150.01, False, 150),
        (179, False, 150),
    ],
)
def test_turns_of_10_to_150_degrees_have_a_sense(
    turn: float, defined: bool, limit: float, sign: int, policy: Policy
) -> None:
    seen = change(sign * turn)
    if defined:
        assert value(TASK, TURN, seen, *FRAMES, policy=policy) == ("left" if sign > 0 else "right")
    else:
        broken = illegal(TASK, TURN, seen, *FRAMES, policy=policy).violation
        assert broken.rule is Rule.DEGENERATE
        assert (broken.measured, broken.threshold) == (pytest.approx(turn), limit)


@POLICIES
@pytest.mark.parametrize(
    ("tilt", "expected"),
    [
        (10.01, "up"),
        (-10.01, "down"),
        (9.99, Rule.DEGENERATE),
        (-9.99, Rule.DEGENERATE),
        (0, Rule.DEGENERATE),
    ],
)
def test_a_tilt_is_a_change_of_pitch_by_ten_degrees(
    tilt: float, expected: object, policy: Policy
) -> None:
    seen = change(turn=60, tilt=tilt, ahead=1)
    assert outcome(TASK, TILT, seen, *FRAMES, policy=policy) == expected


def test_margins_of_turn_and_tilt() -> None:
    for asked, seen, distance in (
        (TURN, change(30), 20.0),
        (TURN, change(130), 20.0),
        (TILT, change(tilt=-25), 15.0),
    ):
        margin = legal(TASK, asked, seen, *FRAMES).truth.margin
        assert (margin.kind, margin.unit) == (MarginKind.BOUNDARY, "deg")
        assert margin.value == pytest.approx(distance)


@pytest.mark.parametrize("off", [-0.01, 0.01])
def test_four_sds_of_a_difference_of_two_angles(off: float) -> None:
    """One degree each: sd sqrt(2), four of them 5.66 degrees from 10, and from 150."""
    noise = NoiseModel(pose_rotation_sigma=math.radians(1.0))
    limit = 4 * math.sqrt(2)
    for asked, seen, word in (
        (TURN, change(10 + limit + off, noise=noise), "left"),
        (TURN, change(150 - limit - off, noise=noise), "left"),
        (TILT, change(tilt=10 + limit + off, noise=noise), "up"),
    ):
        assert outcome(TASK, asked, seen, *FRAMES) == (word if off > 0 else Rule.BORDERLINE)
        assert value(TASK, asked, seen, *FRAMES, policy=PAPER) == word


@POLICIES
@pytest.mark.parametrize(
    ("left", "ahead", "up", "word"),
    [
        (0, 1, 0, "front"),
        (1, 1, 0, "front-left"),
        (1, 0, 0, "left"),
        (1, -1, 0, "back-left"),
        (0, -1, 0, "back"),
        (-1, -1, 0, "back-right"),
        (-1, 0, 0, "right"),
        (-1, 1, 0, "front-right"),
        (0.2, 0, 1, "up"),
        (0, 0, -1, "down"),
        (0, 1, -0.5, "front"),
    ],
)
def test_a_move_is_told_in_the_first_cameras_levelled_axes(
    left: float, ahead: float, up: float, word: str, policy: Policy
) -> None:
    seen = change(turn=90, tilt=30, left=left, ahead=ahead, up=up, pitch=-50)
    truth = legal(TASK, MOVE, seen, *FRAMES, policy=policy).truth
    assert truth.answer.value == word
    assert set(truth.answer.options) >= {"up", "down", "front", "back-left"}
    assert truth.trace["move_m"] == pytest.approx(math.sqrt(left**2 + ahead**2 + up**2))
    assert truth.trace["rise_m"] == pytest.approx(up)
    if left or ahead:
        assert truth.trace["move_azimuth_deg"] % 360 == pytest.approx(
            math.degrees(math.atan2(left, ahead)) % 360
        )


@POLICIES
@pytest.mark.parametrize("way", ["ahead", "up"])
@pytest.mark.parametrize(("distance", "defined"), [(0.2001, True), (0.1999, False), (0, False)])
def test_twenty_centimetres_are_a_move(
    way: str, distance: float, defined: bool, policy: Policy
) -> None:
    seen = change(**{way: distance})
    word = "front" if way == "ahead" else "up"
    assert outcome(TASK, MOVE, seen, *FRAMES, policy=policy) == (
        word if defined else Rule.DEGENERATE
    )


@pytest.mark.parametrize("off", [-0.01, 0.01])
@pytest.mark.parametrize("edge", [22.5, -112.5])
def test_a_move_is_two_degrees_from_an_edge(edge: float, off: float) -> None:
    angle = math.radians(edge + 2 + off)
    seen = change(left=3 * math.sin(angle), ahead=3 * math.cos(angle))
    assert (outcome(TASK, MOVE, seen, *FRAMES) is Rule.BORDERLINE) is (off < 0)
    assert outcome(TASK, MOVE, seen, *FRAMES, policy=PAPER) is not Rule.BORDERLINE


@pytest.mark.parametrize(("elevation", "expected"), [(42.9, "front"), (44, Rule.BORDERLINE)])
def test_a_move_is_two_degrees_from_where_vertical_dominates(
    elevation: float, expected: object
) -> None:
    angle = math.radians(elevation)
    assert outcome(TASK, MOVE, change(ahead=math.cos(angle), up=math.sin(angle)), *FRAMES) == (
        expected
    )
    mirrored = change(ahead=math.sin(angle), up=math.cos(angle))
    wanted = "up" if expected == "front" else expected
    assert outcome(TASK, MOVE, mirrored, *FRAMES) == wanted


@pytest.mark.parametrize("off", [-0.01, 0.01])
@pytest.mark.parametrize("up", [0.0, 0.8])
def test_four_sds_of_a_moves_azimuth_depend_on_its_horizontal_part(up: float, off: float) -> None:
    """Two cameras of 1 cm each, 1 m apart: sqrt(2) 0.01 rad; four sds are 3.24 degrees."""
    limit = 4 * math.degrees(math.sqrt(2) * 0.01)
    angle = math.radians(22.5 - limit - off)
    seen = change(
        left=math.sin(angle),
        ahead=math.cos(angle),
        up=up,
        noise=NoiseModel(pose_translation_sigma=0.01),
    )
    assert outcome(TASK, MOVE, seen, *FRAMES) == ("front" if off > 0 else Rule.BORDERLINE)
    assert value(TASK, MOVE, seen, *FRAMES, policy=VSI) == "front"


@pytest.mark.parametrize("off", [-0.001, 0.001])
def test_four_sds_from_the_least_move(off: float) -> None:
    """Straight ahead: the direction is certain long before the length is."""
    limit = 4 * math.sqrt(2) * 0.01
    seen = change(ahead=0.20 + limit + off, noise=NoiseModel(pose_translation_sigma=0.01))
    assert outcome(TASK, MOVE, seen, *FRAMES) == ("front" if off > 0 else Rule.BORDERLINE)


@POLICIES
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"turn": 15.01}, "turn left"),
        ({"turn": -60, "ahead": 0.1999}, "turn right"),
        ({"turn": 40, "tilt": 7.9, "up": 0.1}, "turn left"),
        ({"tilt": 15.01}, "tilt up"),
        ({"tilt": -30, "left": 0.1999}, "tilt down"),
        ({"ahead": 0.3001}, "move front"),
        ({"ahead": 1, "turn": 7.99, "tilt": -7.99}, "move front"),
        ({"up": 1, "roll": 40}, "move up"),
        ({"left": -1}, "move right"),
        # Nothing dominates.
        ({"turn": 14.99}, Rule.BORDERLINE),
        ({"turn": 40, "ahead": 0.2001}, Rule.BORDERLINE),
        ({"ahead": 0.2999}, Rule.BORDERLINE),
        ({"ahead": 1, "turn": 8.01}, Rule.BORDERLINE),
        ({"ahead": 1, "tilt": 8.01}, Rule.BORDERLINE),
        ({"turn": 30, "tilt": 30}, Rule.BORDERLINE),
        ({"tilt": 14.99}, Rule.BORDERLINE),
        # Nothing happened, or only a roll.
        ({}, Rule.DEGENERATE),
        ({"roll": 60}, Rule.DEGENERATE),
        ({"turn": 7.9, "tilt": 7.9, "ahead": 0.1999}, Rule.DEGENERATE),
        # A turn that two images do not define.
        ({"turn": 170}, Rule.DEGENERATE),
    ],
)
def test_asked_openly_only_what_clearly_dominates_is_an_answer(
    parts: dict[str, float], expected: object, policy: Policy
) -> None:
    """Also where a policy accepts borderline answers: there is none to accept."""
    assert outcome(TASK, OPEN, change(**parts), *FRAMES, policy=policy) == expected


def test_asked_openly_undecided_gives_the_three_numbers() -> None:
    why = illegal(TASK, OPEN, change(40, tilt=-12, ahead=0.5), *FRAMES).why
    assert "+40.0°" in why
    assert "-12.0°" in why
    assert "0.50 m" in why


def test_an_open_answer_offers_every_part() -> None:
    options = legal(TASK, OPEN, change(40), *FRAMES).answer.options
    assert len(options) == 2 + 2 + 10
    assert {"turn left", "tilt down", "move back-right", "move up"} <= set(options)


def test_a_pure_roll_is_no_turn_tilt_or_move() -> None:
    for asked in (TURN, TILT, MOVE, OPEN):
        assert outcome(TASK, asked, change(roll=60), *FRAMES) is Rule.DEGENERATE


def test_swapping_the_images_inverts_turns_and_tilts_but_not_moves() -> None:
    """Ahead by 1 m and turned left by 90 degrees: going back is to the second camera's left."""
    seen = change(90, tilt=20, ahead=1)
    assert value(TASK, TURN, seen, "b", "a") == "right"
    assert value(TASK, TILT, seen, "b", "a") == "down"
    assert value(TASK, MOVE, seen, "a", "b") == "front"
    assert value(TASK, MOVE, seen, "b", "a") == "left"
    back = Travel(start=SECOND_IMAGE, end=FIRST_IMAGE, asks=Motion.TURN)
    assert value(TASK, back, seen, "a", "b") == "right"


@POLICIES
@pytest.mark.parametrize("asked", [TURN, TILT, MOVE, OPEN])
@pytest.mark.parametrize("pitch", [-85.0, -90.0])
def test_a_camera_that_looks_straight_down_defines_nothing(
    asked: Travel, pitch: float, policy: Policy
) -> None:
    assert outcome(TASK, asked, change(30, pitch=pitch), *FRAMES, policy=policy) is Rule.DEGENERATE
    swapped = change(30, pitch=pitch)
    assert outcome(TASK, asked, swapped, "b", "a", policy=policy) is Rule.DEGENERATE


def test_frames_are_checked() -> None:
    same = Travel(start=FIRST_IMAGE, end=FIRST_IMAGE)
    assert rules(TASK, same, change(30), *FRAMES) == (Rule.SAME_FRAME,)
    assert rules(TASK, OPEN, change(30), "a", "a") == (Rule.SAME_FRAME,)
    assert rules(TASK, OPEN, change(30), "a") == (Rule.WRONG_VIEW,)


def test_no_motion_at_all_measures_no_answer() -> None:
    for asked in (TURN, TILT, MOVE, OPEN):
        assert measured(TASK, asked, change(), *FRAMES).answer is None
