# SPDX-License-Identifier: Apache-2.0
"""Standing at one object and facing a second, where is a third? Decisions 2, 3 and 8."""

import math
from dataclasses import replace

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import Noun, SectorForm, Standing
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import item, noun, scene
from support.ruled import illegal, legal, measured, outcome, rules, value

TASK = "relative_direction_hard"
TINY = (0.02, 0.02, 0.02)
EIGHT, QUADRANT = SectorForm.EIGHT, SectorForm.QUADRANT
SIDES_AND_BACK, SIDES = SectorForm.LEFT_RIGHT_BACK, SectorForm.LEFT_RIGHT


def standing(form: SectorForm = EIGHT) -> Standing:
    return Standing(stand=noun("rug"), face=noun("clock"), query=noun("door"), form=form)


def turned(
    azimuth: float,
    *,
    heading: float = 33.0,
    facing: float = 2.0,
    distance: float = 2.0,
    noise: NoiseModel | None = None,
) -> Scene:
    """A rug at (5, -3), a clock straight ahead of it, a door `azimuth` degrees to the left."""

    def at(degrees: float, away: float, height: float) -> tuple[float, float, float]:
        angle = math.radians(degrees)
        return (5 + away * math.cos(angle), -3 + away * math.sin(angle), height)

    return scene(
        [
            item(1, "rug", (5, -3, 0.0), TINY),
            item(2, "clock", at(heading, facing, 2.0), TINY),
            item(3, "door", at(heading + azimuth, distance, 1.0), TINY),
        ],
        noise=noise or NoiseModel(),
    )


@pytest.mark.parametrize("heading", [-170.0, -90.0, 0.0, 33.0, 135.0])
@pytest.mark.parametrize(
    ("form", "azimuth", "word"),
    [
        (EIGHT, 0, "front"),
        (EIGHT, 45, "front-left"),
        (EIGHT, 90, "left"),
        (EIGHT, 135, "back-left"),
        (EIGHT, 179, "back"),
        (EIGHT, -45, "front-right"),
        (EIGHT, -90, "right"),
        (EIGHT, -135, "back-right"),
        (QUADRANT, 45, "front-left"),
        (QUADRANT, 135, "back-left"),
        (QUADRANT, -135, "back-right"),
        (QUADRANT, -45, "front-right"),
        (SIDES_AND_BACK, 20, "left"),
        (SIDES_AND_BACK, 120, "left"),
        (SIDES_AND_BACK, 150, "back"),
        (SIDES_AND_BACK, -150, "back"),
        (SIDES_AND_BACK, -120, "right"),
        (SIDES_AND_BACK, -20, "right"),
        (SIDES, 20, "left"),
        (SIDES, -100, "right"),
    ],
)
def test_words(form: SectorForm, azimuth: float, word: str, heading: float) -> None:
    ruling = legal(TASK, standing(form), turned(azimuth, heading=heading))
    assert ruling.answer.value == word
    assert ruling.truth.trace["azimuth_deg"] == pytest.approx(azimuth, abs=1e-9)


def test_the_words_offered_are_the_forms() -> None:
    options = {form: legal(TASK, standing(form), turned(45)).answer.options for form in SectorForm}
    assert len(options[EIGHT]) == 8
    assert set(options[QUADRANT]) == {"front-left", "front-right", "back-left", "back-right"}
    assert set(options[SIDES_AND_BACK]) == {"left", "right", "back"}
    assert set(options[SIDES]) == {"left", "right"}


def test_trace_and_margin() -> None:
    truth = legal(TASK, standing(), turned(50)).truth
    assert truth.trace["object_ids"] == [1, 2, 3]
    assert truth.trace["stand_in_world"] == [5, -3, 0]
    assert truth.trace["query_in_world"][2] == 1.0
    assert truth.trace["corners_in_other_sectors"] == 0
    assert truth.margin.kind is MarginKind.BOUNDARY
    assert (truth.margin.value, truth.margin.unit) == (pytest.approx(17.5), "deg")
    assert truth.margin.sd == 0.0


# (form, edge): every azimuth at which the word changes.
EDGES = [
    *((EIGHT, edge) for edge in (22.5, 67.5, 112.5, 157.5, -22.5, -67.5, -112.5, -157.5)),
    *((QUADRANT, edge) for edge in (0.0, 90.0, 180.0, -90.0)),
    *((SIDES_AND_BACK, edge) for edge in (0.0, 135.0, -135.0)),
]


@pytest.mark.parametrize(("form", "edge"), EDGES)
@pytest.mark.parametrize("side", [-1, 1])
def test_ten_degrees_from_an_edge_of_the_form_asked(
    form: SectorForm, edge: float, side: int
) -> None:
    inside, outside = edge + side * 9.99, edge + side * 10.01
    assert isinstance(outcome(TASK, standing(form), turned(outside)), str)
    assert outcome(TASK, standing(form), turned(outside)) is not Rule.BORDERLINE
    broken = illegal(TASK, standing(form), turned(inside)).violation
    assert broken.rule is Rule.BORDERLINE
    assert (broken.measured, broken.threshold) == (pytest.approx(9.99), 10.0)
    for policy in (PAPER, VSI):
        assert outcome(TASK, standing(form), turned(inside), policy=policy) is not Rule.BORDERLINE


def test_an_edge_of_another_form_does_not_matter() -> None:
    assert outcome(TASK, standing(EIGHT), turned(90.0)) == "left"
    assert outcome(TASK, standing(QUADRANT), turned(90.0)) is Rule.BORDERLINE
    assert outcome(TASK, standing(QUADRANT), turned(22.5)) == "front-left"
    assert outcome(TASK, standing(EIGHT), turned(22.5)) is Rule.BORDERLINE


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("azimuth", "defined"), [(9.99, False), (10.01, True), (134.99, True), (135.01, False)]
)
def test_left_or_right_of_what_is_ahead_or_behind(azimuth: float, sign: int, defined: bool) -> None:
    word = "left" if sign > 0 else "right"
    for policy in (DEFAULT, PAPER):
        expected = word if defined else Rule.DEGENERATE
        assert outcome(TASK, standing(SIDES), turned(sign * azimuth), policy=policy) == expected
    assert value(TASK, standing(SIDES), turned(sign * azimuth), policy=VSI) == word


def test_vsi_is_back_from_135_degrees_on() -> None:
    for sign, side in ((1, "left"), (-1, "right")):
        near, far = turned(sign * 134.99), turned(sign * 135.01)
        assert value(TASK, standing(SIDES_AND_BACK), near, policy=VSI) == side
        assert value(TASK, standing(SIDES_AND_BACK), far, policy=VSI) == "back"


@pytest.mark.parametrize("policy", [DEFAULT, PAPER])
@pytest.mark.parametrize(("away", "expected"), [(0.3001, "left"), (0.2999, Rule.DEGENERATE)])
def test_thirty_centimetres_define_a_direction(
    away: float, expected: object, policy: Policy
) -> None:
    near_query = turned(90.0, distance=away)
    near_face = turned(90.0, facing=away)
    assert outcome(TASK, standing(), near_query, policy=policy) == expected
    assert outcome(TASK, standing(), near_face, policy=policy) == expected


def test_short_ranges_name_the_object() -> None:
    broken = illegal(TASK, standing(), turned(90.0, facing=0.25)).violation
    assert broken.entity == "clock"
    assert (broken.measured, broken.threshold) == (pytest.approx(0.25), 0.30)
    assert illegal(TASK, standing(), turned(90.0, distance=0.25)).violation.entity == "door"


def test_vsi_needs_no_range_but_some() -> None:
    assert value(TASK, standing(), turned(90.0, distance=0.01), policy=VSI) == "left"
    above = scene(
        [
            item(1, "rug", (1, 1, 0), TINY),
            item(2, "clock", (1, 1, 2), TINY),
            item(3, "door", (3, 1, 1), TINY),
        ]
    )
    assert outcome(TASK, standing(), above, policy=VSI) is Rule.DEGENERATE
    assert measured(TASK, standing(), above).trace["object_ids"] == [1, 2, 3]


def beside(radius: float) -> Scene:
    """A door 2 m away at 10 degrees left, as a square with a corner `radius` m to either side."""
    angle = math.radians(10.0)
    side = radius * math.sqrt(2)
    return scene(
        [
            item(1, "rug", (0, 0, 0), TINY),
            item(2, "clock", (3, 0, 0), TINY),
            item(3, "door", (2 * math.cos(angle), 2 * math.sin(angle), 0), (side, side, 1), 55),
        ]
    )


@pytest.mark.parametrize(
    ("radius", "stray", "expected"),
    [
        # The left corner lies at 10 + atan(r/2) degrees: beyond 22.5 from r = 0.4434 m on.
        (0.44, 0, "front"),
        (0.45, 2, "front"),
        # The right corner lies at 10 - atan(r/2): beyond -22.5 from r = 1.2741 m on.
        (1.27, 2, "front"),
        (1.28, 4, Rule.BORDERLINE),
    ],
)
def test_more_than_two_corners_elsewhere_are_borderline(
    radius: float, stray: int, expected: object
) -> None:
    assert outcome(TASK, standing(), beside(radius)) == expected
    truth = measured(TASK, standing(), beside(radius))
    assert truth.trace["corners_in_other_sectors"] == stray
    for policy in (PAPER, VSI):
        assert value(TASK, standing(), beside(radius), policy=policy) == "front"


@pytest.mark.parametrize(("azimuth", "expected"), [(9.0, "front"), (10.0, Rule.BORDERLINE)])
def test_four_sds_where_they_are_more_than_ten_degrees(azimuth: float, expected: object) -> None:
    """All centres are off by s = 8 cm; at 2 m and 2 m the angle has sd² = s² (1 - cos(a) / 2).

    Four of them are 13.04 degrees at a = 9 and 13.06 at a = 10; the edge is 13.5 and 12.5 away.
    """
    noisy = turned(azimuth, noise=NoiseModel(object_offset_sigma=0.08))
    assert outcome(TASK, standing(), noisy) == expected
    sd = math.degrees(0.08 * math.sqrt(1 - math.cos(math.radians(azimuth)) / 2))
    assert measured(TASK, standing(), noisy).margin.sd == pytest.approx(sd)
    assert outcome(TASK, standing(), noisy, policy=VSI) == "front"


def test_paper_takes_the_centres_of_axis_aligned_boxes() -> None:
    built = turned(45.0, heading=0.0)
    door = built.objects[2]
    moved = replace(
        door, aabb=type(door.aabb)(centre=(5, -1, 1), axes=door.aabb.axes, extents=TINY)
    )
    other = replace(built, objects=(*built.objects[:2], moved))
    assert value(TASK, standing(), other) == "front-left"
    assert value(TASK, standing(), other, policy=PAPER) == "left"
    assert value(TASK, standing(), other, policy=VSI) == "front-left"


def test_three_different_objects() -> None:
    room = turned(45)
    twice = Standing(stand=noun("rug"), face=noun("clock"), query=noun("rug"))
    assert rules(TASK, twice, room) == (Rule.SAME_OBJECT,)
    ghost = Standing(stand=noun("rug"), face=Noun(text="elf", label=None), query=noun("rug"))
    assert rules(TASK, ghost, room) == (Rule.UNKNOWN_OBJECT, Rule.SAME_OBJECT)


def test_degenerate_goes_before_borderline_and_only_default_reports_the_latter() -> None:
    close = turned(20.0, distance=0.2)
    assert rules(TASK, standing(), close) == (Rule.DEGENERATE, Rule.BORDERLINE)
    assert rules(TASK, standing(), close, policy=PAPER) == (Rule.DEGENERATE,)
