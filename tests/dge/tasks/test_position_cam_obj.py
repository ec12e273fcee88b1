# SPDX-License-Identifier: Apache-2.0
"""Where is an object from a camera? Decisions 2, 5, 8 and 12."""

import math
from dataclasses import replace

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, FrameRef, FromCamera, SectorForm
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene, table
from support.ruled import illegal, legal, measured, outcome, rules, value

TASK = "position_cam_obj"
TINY = (0.02, 0.02, 0.02)
SOFA = FromCamera(object=noun("sofa"), reference=FIRST_IMAGE)


def ahead(
    azimuth: float,
    distance: float = 2.0,
    *,
    extents: tuple[float, float, float] = TINY,
    yaw: float = 0.0,
    heading: float = -70.0,
    pitch: float = 20.0,
    noise: NoiseModel | None = None,
) -> Scene:
    """A sofa `azimuth` degrees left of where camera a looks; only camera b shows it."""
    angle = math.radians(heading + azimuth)
    centre = (distance * math.cos(angle), distance * math.sin(angle), 1.0)
    return scene(
        [item(6, "sofa", centre, extents, heading + azimuth + yaw)],
        [frame("a", pose((0, 0, 1.5), heading, pitch, 15)), frame("b", pose((9, 9, 1), 0))],
        {(1, 6): Sighting()},
        noise=noise or NoiseModel(),
    )


@pytest.mark.parametrize("pitch", [-60.0, 0.0, 60.0])
@pytest.mark.parametrize(
    ("form", "azimuth", "word"),
    [
        (SectorForm.EIGHT, 3, "front"),
        (SectorForm.EIGHT, 93, "left"),
        (SectorForm.EIGHT, -140, "back-right"),
        (SectorForm.EIGHT, 177, "back"),
        (SectorForm.QUADRANT, -5, "front-right"),
        (SectorForm.QUADRANT, 100, "back-left"),
        (SectorForm.LEFT_RIGHT_BACK, 132, "left"),
        (SectorForm.LEFT_RIGHT_BACK, -138, "back"),
        (SectorForm.LEFT_RIGHT, -90, "right"),
    ],
)
def test_the_object_may_be_seen_only_in_the_other_image(
    form: SectorForm, azimuth: float, word: str, pitch: float
) -> None:
    asked = FromCamera(object=noun("sofa"), reference=FIRST_IMAGE, form=form)
    truth = legal(TASK, asked, ahead(azimuth, pitch=pitch), "a", "b").truth
    assert truth.answer.value == word
    assert truth.trace["azimuth_deg"] == pytest.approx(azimuth)


def test_trace_and_margin() -> None:
    truth = legal(TASK, SOFA, ahead(40), "a", "b").truth
    assert truth.trace["object_id"] == 6
    assert truth.trace["reference_frame"] == "a"
    assert truth.trace["heading_deg"] == pytest.approx(-70.0)
    assert truth.trace["horizontal_range_m"] == pytest.approx(2.0)
    assert truth.trace["rise_m"] == pytest.approx(-0.5)
    assert truth.trace["corners_in_other_sectors"] == 0
    assert (truth.margin.kind, truth.margin.unit) == (MarginKind.BOUNDARY, "deg")
    assert truth.margin.value == pytest.approx(17.5)


def test_the_camera_asked_about_decides() -> None:
    """From (9, 9) looking along +x, a sofa at 2 m from the origin is behind and to the right."""
    seen = ahead(0, heading=0.0)
    second = FromCamera(object=noun("sofa"), reference=SECOND_IMAGE)
    azimuth = math.degrees(math.atan2(0 - 9, 2 - 9))
    truth = legal(TASK, second, seen, "a", "b").truth
    assert truth.trace["azimuth_deg"] == pytest.approx(azimuth)
    assert truth.answer.value == "back-right"
    assert value(TASK, SOFA, seen, "b", "a") == "back-right"
    named = FromCamera(object=noun("sofa"), reference=FrameRef(frame_id="b"))
    assert value(TASK, named, seen, "a", "b") == "back-right"


@pytest.mark.parametrize("edge", [22.5, -67.5, 157.5])
@pytest.mark.parametrize("side", [1, -1])
def test_two_degrees_from_an_edge(edge: float, side: int) -> None:
    near, far = (ahead(edge + side * off, 9.0) for off in (1.99, 2.01))
    assert outcome(TASK, SOFA, near, "a", "b") is Rule.BORDERLINE
    assert isinstance(legal(TASK, SOFA, far, "a", "b").answer.value, str)
    assert legal(TASK, SOFA, near, "a", "b", policy=PAPER)


def test_four_sds_take_the_pose_and_the_box_centre() -> None:
    """At 2 m: 1 cm of pose and 2 cm of object, hypot 2.236 cm, and 0.01 rad of rotation."""
    noise = NoiseModel(
        pose_translation_sigma=0.01, object_offset_sigma=0.02, pose_rotation_sigma=0.01
    )
    sd = math.degrees(math.hypot(0.01, math.hypot(0.01, 0.02) / 2))
    near, far = (
        ahead(22.5 - 4 * sd - off, extents=(0.4, 0.1, 0.5), noise=noise) for off in (-0.01, 0.01)
    )
    assert measured(TASK, SOFA, far, "a", "b").margin.sd == pytest.approx(sd)
    assert outcome(TASK, SOFA, near, "a", "b") is Rule.BORDERLINE
    assert outcome(TASK, SOFA, far, "a", "b") == "front"
    assert outcome(TASK, SOFA, near, "a", "b", policy=VSI) == "front"


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(("distance", "defined"), [(0.1001, True), (0.0999, False), (0.0, False)])
def test_ten_centimetres_of_horizontal_range(
    distance: float, defined: bool, policy: Policy
) -> None:
    seen = ahead(90, distance)
    assert (outcome(TASK, SOFA, seen, "a", "b", policy=policy) != Rule.DEGENERATE) is defined


@pytest.mark.parametrize(
    ("policy", "heading"),
    [(DEFAULT, -70.0), (VSI, -70.0), (DEFAULT, 0.0), (PAPER, 0.0), (PAPER, 90.0)],
)
@pytest.mark.parametrize(("length", "inside"), [(3.99, False), (4.01, True)])
def test_a_camera_inside_the_box_has_no_direction_to_it(
    length: float, inside: bool, policy: Policy, heading: float
) -> None:
    """The box reaches 2 m from its centre towards the camera, along the line of sight."""
    seen = ahead(0, extents=(length, 0.1, 4.0), heading=heading)
    assert (outcome(TASK, SOFA, seen, "a", "b", policy=policy) == Rule.DEGENERATE) is inside


@pytest.mark.parametrize(
    ("side", "stray", "expected"),
    [
        # Across the line of sight at 2 m and 10 degrees: left corners at 10 + atan(s/4), which is
        # 22.5 from s = 0.8868 on; right ones at 10 - atan(s/4), which is -22.5 from s = 2.548 on.
        (0.88, 0, "front"),
        (0.90, 2, "front"),
        (2.54, 2, "front"),
        (2.56, 4, Rule.BORDERLINE),
    ],
)
def test_more_than_two_corners_elsewhere_are_borderline(
    side: float, stray: int, expected: object
) -> None:
    """A square seen corner on; its sideways corners are half a diagonal from the centre."""
    seen = ahead(10, extents=(side / math.sqrt(2), side / math.sqrt(2), 1.0), yaw=45)
    assert measured(TASK, SOFA, seen, "a", "b").trace["corners_in_other_sectors"] == stray
    assert outcome(TASK, SOFA, seen, "a", "b") == expected
    assert value(TASK, SOFA, seen, "a", "b", policy=PAPER) == "front"


@pytest.mark.parametrize(
    ("azimuth", "default", "vsi"),
    [(9.9, Rule.DEGENERATE, "left"), (10.1, "left", "left"), (-135.1, Rule.DEGENERATE, "right")],
)
def test_left_or_right(azimuth: float, default: object, vsi: object) -> None:
    asked = FromCamera(object=noun("sofa"), reference=FIRST_IMAGE, form=SectorForm.LEFT_RIGHT)
    assert outcome(TASK, asked, ahead(azimuth), "a", "b") == default
    assert outcome(TASK, asked, ahead(azimuth), "a", "b", policy=VSI) == vsi


@pytest.mark.parametrize("pitch", [81.0, -81.0, 90.0, -90.0])
def test_a_camera_that_looks_straight_up_or_down_has_no_heading(pitch: float) -> None:
    assert outcome(TASK, SOFA, ahead(90, pitch=pitch), "a", "b") is Rule.DEGENERATE


@pytest.mark.parametrize(("share", "expected"), [(0.10, "left"), (0.0999, Rule.NOT_VISIBLE)])
def test_one_image_has_to_show_a_tenth_of_it(share: float, expected: object) -> None:
    seen = replace(ahead(90), visibility=table({(0, 6): Sighting(share=share)}, 2))
    assert outcome(TASK, SOFA, seen, "a", "b") == expected


@pytest.mark.parametrize(("share", "expected"), [(0.0199, "left"), (0.02, Rule.AMBIGUOUS_OBJECT)])
def test_a_second_one_in_either_image_confuses(share: float, expected: object) -> None:
    one = ahead(90)
    two = replace(
        one,
        objects=(*one.objects, item(7, "sofa", (9, 0, 0), TINY)),
        visibility=table({(0, 7): Sighting(share=share), (1, 6): Sighting()}, 2),
    )
    assert outcome(TASK, SOFA, two, "a", "b") == expected
    assert measured(TASK, SOFA, two, "a", "b").trace["object_id"] == 6


def test_frames_and_objects_are_both_checked() -> None:
    lost = FromCamera(object=noun("sofa"), reference=FrameRef(ordinal=3))
    unseen = ahead(90)
    assert rules(TASK, lost, unseen, "a", "b") == (Rule.UNKNOWN_FRAME,)
    assert rules(TASK, lost, unseen, "b") == (Rule.WRONG_VIEW,)
    hidden = replace(unseen, visibility=table({}, 2))
    assert rules(TASK, lost, hidden, "a", "b") == (Rule.UNKNOWN_FRAME, Rule.NOT_VISIBLE)


def test_visibility_that_was_not_computed_is_not_available() -> None:
    blind = replace(ahead(90), visibility=None)
    assert illegal(TASK, SOFA, blind, "a", "b").rule is Rule.NOT_AVAILABLE
