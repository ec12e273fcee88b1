# SPDX-License-Identifier: Apache-2.0
"""How far is an object from the camera? Decisions 5 and 10."""

import math

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.answer import Centimetres, Metres
from spatialevo_dge.entities import FIRST_IMAGE, FrameRef, One, Unit
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import SCAN_NOISE, illegal, legal, measured, outcome, rules, value

TASK = "distance_cam_obj"
SOFA = One(object=noun("sofa"), unit=Unit.METRES)


def before(distance: float, **kwargs: object) -> Scene:
    """A camera at the origin that looks along +x at a sofa of 2 m."""
    return scene(
        [item(3, "sofa", (1 + distance, 0, 0), (2, 2, 2))], [frame("a", pose((0, 0, 0)))], **kwargs
    )


def test_from_the_camera_centre_to_the_nearest_surface_in_the_unit_asked() -> None:
    assert legal(TASK, SOFA, before(2.5), "a").answer == Metres(2.5)
    in_cm = One(object=noun("sofa"), unit=Unit.CENTIMETRES)
    assert legal(TASK, in_cm, before(2.5), "a").answer == Centimetres(250.0)


def test_heading_pitch_and_roll_do_not_matter_and_the_corner_is_found() -> None:
    """The nearest point of the box is a corner at an offset of (2, 3, 6): 7 m."""
    for angles in ((0, 0, 0), (70, -30, 20)):
        shown = scene(
            [item(1, "sofa", (3, 4, 7), (2, 2, 2))], [frame("a", pose((0, 0, 0), *angles))]
        )
        assert value(TASK, SOFA, shown, "a") == pytest.approx(7.0)


def test_trace() -> None:
    truth = legal(TASK, SOFA, before(2.5), "a").truth
    assert truth.trace["object_id"] == 3
    assert truth.trace["frame"] == "a"
    assert truth.trace["surface"] == "oriented"
    assert truth.trace["segment"] == {
        "distance_m": 2.5,
        "start_in_world": [0, 0, 0],
        "end_in_world": [2.5, 0, 0],
    }


# A square of 2 m at (4, 0), turned by 45 degrees, reaches sqrt 2 m along x and along y. From
# (2.2, 1.2) its nearest side, on the line (x - 4) - y = -sqrt 2, is 1.5858 / sqrt 2 m away;
# the nearest side of the axis-aligned box lies at x = 4 - sqrt 2, 0.3858 m away.
@pytest.mark.parametrize(
    ("policy", "expected"),
    [(DEFAULT, (1.8 + 1.2 - math.sqrt(2)) / math.sqrt(2)), (PAPER, 0.39), (VSI, 1.1)],
)
def test_policies_differ_in_surface_and_rounding(policy: Policy, expected: float) -> None:
    turned = scene([item(1, "sofa", (4, 0, 0), (2, 2, 2), 45)], [frame("a", pose((2.2, 1.2, 0)))])
    assert value(TASK, SOFA, turned, "a", policy=policy) == pytest.approx(expected)


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(
    ("distance", "defined"), [(0.1001, True), (0.0999, False), (0.0, False), (-1.0, False)]
)
def test_ten_centimetres_are_the_least(distance: float, defined: bool, policy: Policy) -> None:
    assert (outcome(TASK, SOFA, before(distance), "a", policy=policy) != Rule.DEGENERATE) is defined
    if not defined:
        broken = illegal(TASK, SOFA, before(distance), "a", policy=policy).violation
        assert (broken.measured, broken.threshold) == (pytest.approx(max(distance, 0)), 0.10)
        assert ("inside" in broken.why) is (distance <= 0)


def test_the_interval_takes_the_pose_and_one_face() -> None:
    noise = NoiseModel(pose_translation_sigma=0.03, object_offset_sigma=0.04)
    margin = legal(TASK, SOFA, before(2.5, noise=noise), "a").truth.margin
    assert margin.kind is MarginKind.INTERVAL
    assert margin.sd == pytest.approx(0.05)
    assert (margin.value, margin.unit) == (pytest.approx(1.96 * 0.05), "m")


@pytest.mark.parametrize(("distance", "certain"), [(0.491, True), (0.489, False)])
def test_an_interval_wider_than_a_fifth_is_borderline(distance: float, certain: bool) -> None:
    """1.96 x 5 cm = 9.8 cm is 20 % of 49 cm."""
    noise = NoiseModel(pose_translation_sigma=0.03, object_offset_sigma=0.04)
    assert (outcome(TASK, SOFA, before(distance, noise=noise), "a") != Rule.BORDERLINE) is certain
    assert value(TASK, SOFA, before(distance, noise=noise), "a", policy=PAPER) == pytest.approx(
        0.49
    )


def test_a_scan_is_certain_at_two_metres_and_not_at_twenty_centimetres() -> None:
    assert value(TASK, SOFA, before(2.0, noise=SCAN_NOISE), "a") == pytest.approx(2.0)
    assert outcome(TASK, SOFA, before(0.2, noise=SCAN_NOISE), "a") is Rule.BORDERLINE


def test_the_image_may_be_named() -> None:
    assert value(
        TASK, One(object=noun("sofa"), unit=Unit.METRES, frame=FIRST_IMAGE), before(1), "a"
    )
    named = One(object=noun("sofa"), unit=Unit.METRES, frame=FrameRef(frame_id="a"))
    assert value(TASK, named, before(1.0), "a") == 1.0
    other = One(object=noun("sofa"), unit=Unit.METRES, frame=FrameRef(frame_id="b"))
    broken = illegal(TASK, other, before(1.0), "a").violation
    assert broken.rule is Rule.UNKNOWN_FRAME
    assert broken.alternatives == ("a",)
    second = One(object=noun("sofa"), unit=Unit.METRES, frame=FrameRef(ordinal=2))
    assert rules(TASK, second, before(1.0), "a") == (Rule.UNKNOWN_FRAME,)


def test_a_neighbour_outside_the_image_does_not_confuse() -> None:
    sofas = [item(1, "sofa", (3, 0, 0), (1, 1, 1)), item(2, "sofa", (-2, 0, 0), (1, 1, 1))]
    one = scene(sofas, [frame("a", pose((0, 0, 0)))], {(0, 1): Sighting()})
    assert value(TASK, SOFA, one, "a") == pytest.approx(2.5)
    assert measured(TASK, SOFA, one, "a").trace["object_id"] == 1


def test_the_whole_object_counts_and_not_what_is_visible_of_it() -> None:
    """Its near end is hidden: the distance is still to the near end."""
    shown = scene(
        [item(1, "sofa", (3, 0, 0), (4, 1, 1))],
        [frame("a", pose((0, 0, 0)))],
        {(0, 1): Sighting(share=0.10, nearest=4.0)},
    )
    assert value(TASK, SOFA, shown, "a") == 1.0
