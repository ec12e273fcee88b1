# SPDX-License-Identifier: Apache-2.0
"""Which camera is higher? Decisions 2, 11 and 16."""

import math

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, Cameras
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import frame, pose, scene
from support.ruled import illegal, legal, measured, outcome, rules, value

TASK = "elevation_cam_cam"
POLICIES = pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])


def risen(rise: float, noise: NoiseModel | None = None) -> Scene:
    return scene(
        [],
        [frame("a", pose((0, 0, 0.0), 10, -90)), frame("b", pose((3, 1, rise), 250, 40, 70))],
        noise=noise or NoiseModel(),
    )


@POLICIES
@pytest.mark.parametrize(("rise", "word"), [(0.5, "higher"), (-0.5, "lower")])
def test_by_height_along_gravity_whatever_the_pose(rise: float, word: str, policy: Policy) -> None:
    ruling = legal(TASK, Cameras(), risen(rise), "a", "b", policy=policy)
    assert ruling.answer.value == word
    assert ruling.answer.options == ("higher", "lower")
    assert ruling.truth.trace == {
        "reference_frame": "a",
        "target_frame": "b",
        "heights_m": [0.0, rise],
        "rise_m": rise,
    }
    assert ruling.truth.margin.kind is MarginKind.BOUNDARY
    assert (ruling.truth.margin.value, ruling.truth.margin.unit) == (pytest.approx(0.35), "m")


def test_swapping_inverts() -> None:
    swapped = Cameras(reference=SECOND_IMAGE, target=FIRST_IMAGE)
    assert value(TASK, Cameras(), risen(0.5), "a", "b") == "higher"
    assert value(TASK, swapped, risen(0.5), "a", "b") == "lower"
    assert value(TASK, Cameras(), risen(0.5), "b", "a") == "lower"
    assert value(TASK, swapped, risen(0.5), "b", "a") == "higher"


@POLICIES
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("rise", "defined"), [(0.1501, True), (0.15, False), (0.0, False)])
def test_up_to_fifteen_centimetres_neither_is_higher(
    rise: float, defined: bool, sign: int, policy: Policy
) -> None:
    seen = risen(sign * rise)
    if defined:
        assert value(TASK, Cameras(), seen, "a", "b", policy=policy) == (
            "higher" if sign > 0 else "lower"
        )
    else:
        broken = illegal(TASK, Cameras(), seen, "a", "b", policy=policy).violation
        assert broken.rule is Rule.DEGENERATE
        assert (broken.measured, broken.threshold, broken.unit) == (rise, 0.15, "m")


def test_equal_heights_measure_no_answer() -> None:
    assert measured(TASK, Cameras(), risen(0.0), "a", "b").answer is None


@pytest.mark.parametrize("off", [-0.001, 0.001])
def test_four_sds_from_fifteen_centimetres(off: float) -> None:
    """Two cameras, each 2 cm: sd = sqrt(2) 2 cm, four of them 11.3 cm."""
    limit = 4 * math.sqrt(2) * 0.02
    noisy = risen(0.15 + limit + off, NoiseModel(pose_translation_sigma=0.02))
    assert outcome(TASK, Cameras(), noisy, "a", "b") == ("higher" if off > 0 else Rule.BORDERLINE)
    assert value(TASK, Cameras(), noisy, "a", "b", policy=PAPER) == "higher"


def test_rotation_noise_does_not_matter() -> None:
    noise = NoiseModel(pose_rotation_sigma=0.2, point_sigma=0.5, object_offset_sigma=0.5)
    assert value(TASK, Cameras(), risen(0.16, noise), "a", "b") == "higher"


def test_too_little_is_a_doubt_where_noise_may_hide_enough() -> None:
    """4 sds of two cameras are 0.113 m: 0.14 m may be 0.15 m or more, 0.03 m may not."""
    noise = NoiseModel(pose_translation_sigma=0.02)
    assert set(rules(TASK, Cameras(), risen(0.14, noise), "a", "b")) == {Rule.BORDERLINE}
    assert rules(TASK, Cameras(), risen(0.03, noise), "a", "b")[0] is Rule.DEGENERATE


def test_frames_are_checked() -> None:
    same = Cameras(reference=FIRST_IMAGE, target=FIRST_IMAGE)
    assert rules(TASK, same, risen(1.0), "a", "b") == (Rule.SAME_FRAME,)
    assert rules(TASK, Cameras(), risen(1.0), "a") == (Rule.WRONG_VIEW,)
    assert rules(TASK, Cameras(), risen(1.0), "a", "z") == (Rule.UNKNOWN_FRAME,)
