# SPDX-License-Identifier: Apache-2.0
"""How far apart are two objects? Decisions 3 and 10."""

import math
from dataclasses import replace
from types import MappingProxyType

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.answer import Centimetres, Metres
from spatialevo_dge.entities import Gap, Noun, Unit
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import illegal, legal, outcome, rules, value

TASK = "absolute_distance"
SOFA_LAMP = Gap(first=noun("sofa"), second=noun("lamp"))


def apart(gap: float, **kwargs: object) -> Scene:
    """A sofa that ends at x = 1 and a lamp that begins `gap` farther."""
    sofa, lamp = (
        item(1, "sofa", (0, 0, 0.5), (2, 1, 1)),
        item(2, "lamp", (1.1 + gap, 0.2, 0.5), (0.2, 0.2, 1)),
    )
    return scene([sofa, lamp], **kwargs)


def test_is_the_gap_between_faces_in_the_unit_asked() -> None:
    assert legal(TASK, SOFA_LAMP, apart(1.25)).answer == Metres(pytest.approx(1.25))
    in_cm = Gap(first=noun("lamp"), second=noun("sofa"), unit=Unit.CENTIMETRES)
    assert legal(TASK, in_cm, apart(1.25)).answer == Centimetres(pytest.approx(125.0))


def test_between_edges_and_between_corners() -> None:
    """Offsets of (3, 4) and of (2, 3, 6) between nearest points."""
    cube = item(1, "sofa", (0, 0, 0), (2, 2, 2))
    beside = item(2, "lamp", (5, 6, 0.5), (2, 2, 2))
    beyond = item(2, "lamp", (4, 5, 8), (2, 2, 2))
    assert value(TASK, SOFA_LAMP, scene([cube, beside])) == pytest.approx(5.0)
    assert value(TASK, SOFA_LAMP, scene([cube, beyond])) == pytest.approx(7.0)


def test_a_turned_box_reaches_farther_with_its_corner() -> None:
    """A square of 1 m turned by 45 degrees reaches sqrt(1/2) m from its centre."""
    turned = scene(
        [item(1, "sofa", (0, 0, 0), (1, 1, 1), 45), item(2, "lamp", (2, 0, 0), (0.2, 1, 1))]
    )
    assert value(TASK, SOFA_LAMP, turned) == pytest.approx(1.9 - math.sqrt(0.5))


def test_the_trace_holds_the_segment_and_every_model() -> None:
    # 1 m by 1 m turned by 45 degrees; the corners face each other.
    turned = scene(
        [item(4, "sofa", (0, 0, 0), (1, 1, 1), 45), item(9, "lamp", (3, 0, 0), (1, 1, 0.5), 45)]
    )
    trace = legal(TASK, SOFA_LAMP, turned).truth.trace
    reach = math.sqrt(0.5)
    assert trace["object_ids"] == [4, 9]
    assert trace["distance_m"] == pytest.approx(3 - 2 * reach)
    assert trace["surface"] == "oriented"
    assert trace["models"] == {
        "oriented_m": pytest.approx(3 - 2 * reach),
        "axis_aligned_m": pytest.approx(3 - 2 * reach),
    }
    start, end = trace["segment"]["start_in_world"], trace["segment"]["end_in_world"]
    assert start[:2] == pytest.approx([reach, 0.0], abs=1e-9)
    assert end[:2] == pytest.approx([3 - reach, 0.0], abs=1e-9)
    assert math.dist(start, end) == pytest.approx(trace["segment"]["distance_m"])


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        # Side by side along the diagonal, the oriented boxes are 1.2345 m apart; the axis-aligned
        # ones reach 0.5 sqrt 2 m from each centre along x and along y.
        (DEFAULT, 1.2345),
        (PAPER, round(math.hypot(1, 1) * (2.2345 / math.sqrt(2) - math.sqrt(2)), 2)),
    ],
)
def test_paper_measures_between_axis_aligned_boxes(policy: Policy, expected: float) -> None:
    step = 2.2345 / math.sqrt(2)
    room = scene(
        [
            item(1, "sofa", (0, 0, 0), (1, 1, 1), 45),
            item(2, "lamp", (step, step, 0), (1, 1, 1), 45),
        ]
    )
    assert value(TASK, SOFA_LAMP, room, policy=policy) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("unit", "policy", "expected"),
    [
        (Unit.METRES, PAPER, 1.23),
        (Unit.CENTIMETRES, PAPER, 123.46),
        (Unit.METRES, DEFAULT, 1.234567),
    ],
)
def test_rounding(unit: Unit, policy: Policy, expected: float) -> None:
    entities = Gap(first=noun("sofa"), second=noun("lamp"), unit=unit)
    assert value(TASK, entities, apart(1.234567), policy=policy) == pytest.approx(expected)


def test_vsi_measures_between_samples_and_rounds_to_a_decimetre() -> None:
    """Numbers that are sums of powers of two: no sample of the two facing faces is lost.

    The grids have a step of 5 cm; the lamp's lies 2.5 cm higher, so that the nearest samples are
    hypot(1.5, 0.025) m apart where the gap is 1.5 m.
    """
    room = scene(
        [item(1, "sofa", (0, 0, 0.5), (2, 1, 1)), item(2, "lamp", (3, 0, 0.525), (1, 1, 1))]
    )
    ruling = legal(TASK, SOFA_LAMP, room, policy=VSI)
    assert ruling.answer == Metres(1.5)
    assert ruling.truth.trace["distance_m"] == pytest.approx(math.hypot(1.5, 0.025), abs=1e-9)
    assert ruling.truth.trace["segment"]["distance_m"] == pytest.approx(1.5)


def test_vsi_takes_the_first_box_where_boxes_outnumber_the_count() -> None:
    room = scene(
        [
            item(1, "sofa", (0, 0, 0), (2, 1, 1)),
            item(2, "lamp", (3.5, 0, 0), (1, 1, 1)),
            item(3, "lamp", (2, 0, 0), (1, 1, 1)),
        ]
    )
    counted = replace(room, annotated_counts=MappingProxyType({"sofa": 1, "lamp": 1}))
    assert value(TASK, SOFA_LAMP, counted, policy=VSI) == 2.0
    assert outcome(TASK, SOFA_LAMP, counted) is Rule.AMBIGUOUS_OBJECT
    assert outcome(TASK, SOFA_LAMP, room, policy=VSI) is Rule.AMBIGUOUS_OBJECT


@pytest.mark.parametrize("policy", [DEFAULT, PAPER])
@pytest.mark.parametrize("gap", [0.0, -0.5, 5e-10])
def test_boxes_that_touch_or_overlap_have_no_gap(gap: float, policy: Policy) -> None:
    broken = illegal(TASK, SOFA_LAMP, apart(gap), policy=policy).violation
    assert broken.rule is Rule.DEGENERATE
    assert broken.unit == "m"


def test_a_millimetre_is_a_gap() -> None:
    assert value(TASK, SOFA_LAMP, apart(0.001)) == pytest.approx(0.001)


def test_the_interval_comes_from_one_face_of_each() -> None:
    """Two independent offsets of 3 cm: sqrt(2) 3 cm; 1.96 of them on either side."""
    margin = legal(
        TASK, SOFA_LAMP, apart(2.0, noise=NoiseModel(object_offset_sigma=0.03))
    ).truth.margin
    assert margin.kind is MarginKind.INTERVAL
    assert (margin.value, margin.unit) == (pytest.approx(1.96 * math.sqrt(2) * 0.03), "m")


@pytest.mark.parametrize(
    ("gap", "expected"), [(0.4159, pytest.approx(0.4159)), (0.4157, Rule.BORDERLINE)]
)
def test_an_interval_wider_than_a_fifth_of_the_gap_is_borderline(
    gap: float, expected: object
) -> None:
    """1.96 sqrt(2) 0.03 m = 0.0831558 m is 20 % of 0.415779 m."""
    noise = NoiseModel(object_offset_sigma=0.03)
    assert outcome(TASK, SOFA_LAMP, apart(gap, noise=noise)) == expected
    assert outcome(TASK, SOFA_LAMP, apart(gap, noise=noise), policy=PAPER) == pytest.approx(0.42)


def test_every_role_is_checked_in_order() -> None:
    room = scene(
        [
            item(1, "sofa", (0, 0, 0), (1, 1, 1), points=(0, 10)),
            item(2, "lamp", (3, 0, 0), (1, 1, 1)),
            item(3, "lamp", (6, 0, 0), (1, 1, 1)),
        ]
    )
    ruling = illegal(TASK, Gap(first=noun("sofa"), second=noun("lamp")), room)
    assert [v.rule for v in (ruling.violation, *ruling.also)] == [
        Rule.AMBIGUOUS_OBJECT,
        Rule.TOO_FEW_POINTS,
    ]
    ghosts = Gap(first=Noun(text="b", label=None), second=Noun(text="a", label=None))
    both = illegal(TASK, ghosts, room)
    assert (both.violation.entity, both.also[0].entity) == ("b", "a")


def test_an_object_has_no_distance_to_itself() -> None:
    same = Gap(first=noun("sofa"), second=Noun(text="couch", label="sofa"))
    assert rules(TASK, same, apart(1.0)) == (Rule.SAME_OBJECT,)
    unknown = Gap(first=Noun(text="x", label=None), second=Noun(text="x", label=None))
    assert rules(TASK, unknown, apart(1.0)) == (
        Rule.UNKNOWN_OBJECT,
        Rule.UNKNOWN_OBJECT,
        Rule.SAME_OBJECT,
    )


def test_images_shown_with_the_question_have_to_show_both() -> None:
    room = apart(
        1.0,
        frames=[frame("a", pose((0, -3, 1), 90)), frame("b", pose((0, -3, 1), 90))],
        sightings={(0, 1): Sighting(), (1, 2): Sighting(share=0.05)},
    )
    broken = illegal(TASK, SOFA_LAMP, room, "a", "b")
    assert broken.rule is Rule.NOT_VISIBLE
    assert broken.violation.entity == "lamp"
    assert broken.violation.measured == pytest.approx(0.05)
    assert broken.also == ()
    assert value(TASK, SOFA_LAMP, room) == pytest.approx(1.0)
