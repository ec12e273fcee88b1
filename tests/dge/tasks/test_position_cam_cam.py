# SPDX-License-Identifier: Apache-2.0
"""Where is the other camera? Decisions 2, 8 and 16."""

import math

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, Cameras, FrameRef, SectorForm
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import frame, pose, scene
from support.ruled import illegal, legal, measured, outcome, rules, value

TASK = "position_cam_cam"
EIGHT, QUADRANT = SectorForm.EIGHT, SectorForm.QUADRANT
SIDES_AND_BACK, SIDES = SectorForm.LEFT_RIGHT_BACK, SectorForm.LEFT_RIGHT


def cameras(
    azimuth: float,
    distance: float = 2.0,
    *,
    rise: float = 0.0,
    heading: float = 50.0,
    pitch: float = -15.0,
    roll: float = 0.0,
    noise: NoiseModel | None = None,
) -> Scene:
    """Camera b lies `azimuth` degrees to the left of where camera a looks."""
    angle = math.radians(heading + azimuth)
    place = (1 + distance * math.cos(angle), 2 + distance * math.sin(angle), 1.5 + rise)
    return scene(
        [],
        [
            frame("a", pose((1, 2, 1.5), heading, pitch, roll)),
            frame("b", pose(place, 200.0, 10.0)),
        ],
        noise=noise or NoiseModel(),
    )


@pytest.mark.parametrize("camera", [{}, {"heading": -160.0, "pitch": 60.0, "roll": 40.0}])
@pytest.mark.parametrize("rise", [0.0, 5.0])
@pytest.mark.parametrize(
    ("form", "azimuth", "word"),
    [
        (EIGHT, 0, "front"),
        (EIGHT, 45, "front-left"),
        (EIGHT, 90, "left"),
        (EIGHT, 135, "back-left"),
        (EIGHT, 178, "back"),
        (EIGHT, -135, "back-right"),
        (EIGHT, -90, "right"),
        (EIGHT, -45, "front-right"),
        (QUADRANT, 85, "front-left"),
        (QUADRANT, 95, "back-left"),
        (QUADRANT, -85, "front-right"),
        (QUADRANT, -95, "back-right"),
        (SIDES_AND_BACK, 130, "left"),
        (SIDES_AND_BACK, 140, "back"),
        (SIDES_AND_BACK, -130, "right"),
        (SIDES, 60, "left"),
        (SIDES, -60, "right"),
    ],
)
def test_height_pitch_and_roll_never_leak(
    form: SectorForm, azimuth: float, word: str, rise: float, camera: dict[str, float]
) -> None:
    seen = cameras(azimuth, rise=rise, **camera)
    truth = legal(TASK, Cameras(form=form), seen, "a", "b").truth
    assert truth.answer.value == word
    assert truth.trace["azimuth_deg"] == pytest.approx(azimuth, abs=1e-9)
    assert truth.trace["horizontal_range_m"] == pytest.approx(2.0)
    assert truth.trace["rise_m"] == pytest.approx(rise)


def test_trace_and_margin() -> None:
    truth = legal(TASK, Cameras(), cameras(40), "a", "b").truth
    assert truth.trace["reference_frame"] == "a"
    assert truth.trace["target_frame"] == "b"
    assert truth.trace["camera_in_world"] == [1, 2, 1.5]
    assert truth.trace["heading_deg"] == pytest.approx(50.0)
    assert truth.margin.kind is MarginKind.BOUNDARY
    assert (truth.margin.value, truth.margin.unit) == (pytest.approx(17.5), "deg")


def test_both_directions_are_seen_from_their_own_camera() -> None:
    """b is 2 m ahead of a; b looks at 200 degrees, so a at 180 + 50 degrees is 30 to its left."""
    seen = cameras(0)
    assert value(TASK, Cameras(), seen, "a", "b") == "front"
    back = Cameras(reference=SECOND_IMAGE, target=FIRST_IMAGE)
    assert measured(TASK, back, seen, "a", "b").trace["azimuth_deg"] == pytest.approx(30.0)
    assert value(TASK, back, seen, "a", "b") == "front-left"
    assert value(TASK, Cameras(), seen, "b", "a") == "front-left"
    by_id = Cameras(reference=FrameRef(frame_id="b"), target=FrameRef(frame_id="a"))
    assert value(TASK, by_id, seen, "a", "b") == "front-left"


@pytest.mark.parametrize(
    ("form", "edge"),
    [(EIGHT, 22.5), (EIGHT, -157.5), (QUADRANT, 0.0), (QUADRANT, 90.0), (SIDES_AND_BACK, -135.0)],
)
@pytest.mark.parametrize("side", [1, -1])
def test_two_degrees_from_an_edge(form: SectorForm, edge: float, side: int) -> None:
    near, far = (cameras(edge + side * off) for off in (1.99, 2.01))
    broken = illegal(TASK, Cameras(form=form), near, "a", "b").violation
    assert broken.rule is Rule.BORDERLINE
    assert (broken.measured, broken.threshold) == (pytest.approx(1.99), 2.0)
    assert legal(TASK, Cameras(form=form), far, "a", "b")
    for policy in (PAPER, VSI):
        assert legal(TASK, Cameras(form=form), near, "a", "b", policy=policy)


# One degree of rotation alone: four sds are 4 degrees, whatever the range. 2 cm of translation of
# either camera: sqrt(2) 2 cm / 0.5 m = 3.241 degrees, four of them 12.96 degrees.
@pytest.mark.parametrize(
    ("noise", "distance", "limit"),
    [
        (NoiseModel(pose_rotation_sigma=math.radians(1)), 0.5, 4.0),
        (NoiseModel(pose_rotation_sigma=math.radians(1)), 9.0, 4.0),
        (NoiseModel(pose_translation_sigma=0.02), 0.5, 4 * math.degrees(math.sqrt(2) * 0.04)),
        (NoiseModel(pose_translation_sigma=0.02), 9.0, 2.0),
        (
            NoiseModel(pose_rotation_sigma=0.01, pose_translation_sigma=0.02),
            2.0,
            4 * math.degrees(math.hypot(0.01, math.sqrt(2) * 0.01)),
        ),
    ],
)
def test_four_sds_from_an_edge(noise: NoiseModel, distance: float, limit: float) -> None:
    near, far = (cameras(22.5 - limit - off, distance, noise=noise) for off in (-0.01, 0.01))
    assert outcome(TASK, Cameras(), near, "a", "b") is Rule.BORDERLINE
    assert outcome(TASK, Cameras(), far, "a", "b") == "front"
    assert outcome(TASK, Cameras(), near, "a", "b", policy=VSI) == "front"


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(("distance", "defined"), [(0.1001, True), (0.0999, False), (0.0, False)])
def test_ten_centimetres_of_horizontal_range(
    distance: float, defined: bool, policy: Policy
) -> None:
    seen = cameras(90.0, distance, rise=3.0)
    assert outcome(TASK, Cameras(), seen, "a", "b", policy=policy) == (
        "left" if defined else Rule.DEGENERATE
    )
    if not defined:
        broken = illegal(TASK, Cameras(), seen, "a", "b", policy=policy).violation
        assert broken.measured == pytest.approx(distance, abs=1e-12)
        assert (broken.threshold, broken.unit) == (0.10, "m")


@pytest.mark.parametrize(
    ("azimuth", "default", "vsi"),
    [
        (9.9, Rule.DEGENERATE, "left"),
        (10.1, "left", "left"),
        (-9.9, Rule.DEGENERATE, "right"),
        (134.9, "left", "left"),
        (135.1, Rule.DEGENERATE, "left"),
        (-135.1, Rule.DEGENERATE, "right"),
    ],
)
def test_left_or_right_of_what_is_ahead_or_behind(
    azimuth: float, default: object, vsi: object
) -> None:
    seen = cameras(azimuth)
    assert outcome(TASK, Cameras(form=SIDES), seen, "a", "b") == default
    assert outcome(TASK, Cameras(form=SIDES), seen, "a", "b", policy=PAPER) == default
    assert outcome(TASK, Cameras(form=SIDES), seen, "a", "b", policy=VSI) == vsi


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(
    ("pitch", "defined"),
    [(79.9, True), (80.1, False), (-79.9, True), (-80.1, False), (90.0, False), (-90.0, False)],
)
def test_only_the_asking_camera_needs_a_heading(
    pitch: float, defined: bool, policy: Policy
) -> None:
    seen = cameras(90.0, pitch=pitch)
    assert outcome(TASK, Cameras(), seen, "a", "b", policy=policy) == (
        "left" if defined else Rule.DEGENERATE
    )
    back = Cameras(reference=SECOND_IMAGE, target=FIRST_IMAGE)
    assert outcome(TASK, back, seen, "a", "b", policy=policy) != Rule.DEGENERATE


def test_an_image_is_not_compared_with_itself_nor_with_one_not_shown() -> None:
    seen = cameras(90.0)
    same = Cameras(reference=FIRST_IMAGE, target=FrameRef(frame_id="a"))
    assert rules(TASK, same, seen, "a", "b") == (Rule.SAME_FRAME,)
    assert rules(TASK, Cameras(), seen, "a", "a") == (Rule.SAME_FRAME,)
    third = Cameras(reference=FIRST_IMAGE, target=FrameRef(ordinal=3))
    assert rules(TASK, third, seen, "a", "b") == (Rule.UNKNOWN_FRAME,)
    nobody = Cameras(reference=FrameRef(ordinal=0), target=FrameRef(frame_id="z"))
    assert rules(TASK, nobody, seen, "a", "b") == (Rule.UNKNOWN_FRAME, Rule.UNKNOWN_FRAME)


@pytest.mark.parametrize("frames", [(), ("a",)])
def test_two_images_are_needed(frames: tuple[str, ...]) -> None:
    broken = illegal(TASK, Cameras(), cameras(90.0), *frames).violation
    assert broken.rule is Rule.WRONG_VIEW
    assert (broken.measured, broken.threshold) == (len(frames), 2.0)
