# SPDX-License-Identifier: Apache-2.0
"""How long is the longest side? Decisions 1, 3 and 10."""

import math
from dataclasses import replace
from types import MappingProxyType

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule
from spatialevo_dge.answer import Centimetres, Metres
from spatialevo_dge.entities import Noun, One, Unit
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import illegal, legal, outcome, value

TASK = "object_size"
IN_CM = One(object=noun("table"), unit=Unit.CENTIMETRES)
IN_M = One(object=noun("table"), unit=Unit.METRES)


def test_is_the_longest_of_the_three_sides_in_the_unit_asked() -> None:
    upright = scene([item(1, "table", (0, 0, 1), (0.5, 0.6, 1.234))])
    assert legal(TASK, IN_CM, upright).answer == Centimetres(pytest.approx(123.4, abs=1e-10))
    assert legal(TASK, IN_M, upright).answer == Metres(1.234)


def test_the_trace_shows_every_model_and_the_box() -> None:
    yaw = 30.0
    turned = scene([item(7, "table", (1, 2, 0.4), (1.6, 0.8, 0.75), yaw)])
    ruling = legal(TASK, IN_CM, turned)
    c, s = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    trace = ruling.truth.trace
    assert trace["object_id"] == 7
    assert trace["longest_side_m"] == pytest.approx(1.6)
    assert trace["models"]["oriented_m"] == pytest.approx(1.6)
    assert trace["models"]["axis_aligned_m"] == pytest.approx(1.6 * c + 0.8 * s)
    assert trace["box"]["centre_in_world"] == [1, 2, 0.4]
    assert trace["box"]["extents_m"] == [1.6, 0.8, 0.75]


@pytest.mark.parametrize(
    ("policy", "unit", "expected"),
    [
        (DEFAULT, Unit.CENTIMETRES, 160.3217),
        (DEFAULT, Unit.METRES, 1.603217),
        (VSI, Unit.CENTIMETRES, 160.0),
        (VSI, Unit.METRES, 1.6),
        # Turned by 30 degrees the axis-aligned box is 1.603217 cos 30 + 0.8 sin 30 = 1.7884 m long.
        (PAPER, Unit.CENTIMETRES, 178.84),
        (PAPER, Unit.METRES, 1.79),
    ],
)
def test_policies_differ_in_box_and_rounding(policy: Policy, unit: Unit, expected: float) -> None:
    turned = scene([item(1, "table", (1, 2, 0.4), (1.603217, 0.8, 0.75), 30)])
    answer = value(TASK, One(object=noun("table"), unit=unit), turned, policy=policy)
    assert answer == pytest.approx(expected, abs=1e-9)


def test_one_of_two_is_ambiguous_and_vsi_takes_the_first_box_of_one_counted() -> None:
    two = scene(
        [item(1, "table", (0, 0, 0), (1, 1, 1)), item(2, "table", (3, 0, 0), (2, 1, 1))],
    )
    broken = illegal(TASK, IN_CM, two).violation
    assert broken.rule is Rule.AMBIGUOUS_OBJECT
    assert (broken.measured, broken.threshold, broken.unit) == (2.0, 1.0, "instances")
    assert outcome(TASK, IN_CM, two, policy=VSI) is Rule.AMBIGUOUS_OBJECT
    one = replace(two, annotated_counts=MappingProxyType({"table": 1}))
    assert value(TASK, IN_CM, one, policy=VSI) == 100.0
    assert outcome(TASK, IN_CM, one) is Rule.AMBIGUOUS_OBJECT


def test_vsi_is_ambiguous_where_more_are_counted_than_boxed() -> None:
    one_box = scene([item(1, "table", (0, 0, 0), (1, 1, 1))])
    counted = replace(one_box, annotated_counts=MappingProxyType({"table": 2}))
    broken = illegal(TASK, IN_CM, counted, policy=VSI).violation
    assert broken.rule is Rule.AMBIGUOUS_OBJECT
    assert broken.measured == 2.0
    assert value(TASK, IN_CM, counted) == 100.0


def test_a_label_that_is_counted_but_has_no_box_has_no_size() -> None:
    unboxed = replace(scene([]), annotated_counts=MappingProxyType({"table": 1}))
    assert outcome(TASK, IN_CM, unboxed) is Rule.NOT_AVAILABLE
    assert outcome(TASK, IN_CM, unboxed, policy=VSI) is Rule.NOT_AVAILABLE


def test_an_unknown_object_is_never_replaced() -> None:
    mouse = One(object=Noun(text="unicorn", label=None, close=("uniform",)), unit=Unit.METRES)
    broken = illegal(TASK, mouse, scene([item(1, "uniform", (0, 0, 0), (1, 1, 1))])).violation
    assert broken.rule is Rule.UNKNOWN_OBJECT
    assert broken.alternatives == ("uniform",)


@pytest.mark.parametrize(("points", "expected"), [(49, Rule.TOO_FEW_POINTS), (50, 1.0)])
def test_fifty_points_are_enough(points: int, expected: object) -> None:
    sparse = scene([item(1, "table", (0, 0, 0), (1, 1, 1), points=(100, 100 + points))])
    assert outcome(TASK, IN_M, sparse) == expected
    assert outcome(TASK, IN_M, sparse, policy=PAPER) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.10, 1.0), (0.0999, Rule.NOT_VISIBLE)])
def test_what_is_shown_with_the_question_has_to_show_it(share: float, expected: object) -> None:
    shown = scene(
        [item(1, "table", (2, 0, 0), (1, 1, 1))],
        [frame("a", pose((0, 0, 1))), frame("b", pose((0, 0, 1)))],
        {(1, 1): Sighting(share=share)},
    )
    assert outcome(TASK, IN_M, shown, "a", "b") == expected
    assert outcome(TASK, IN_M, shown, "a") is Rule.NOT_VISIBLE
    assert value(TASK, IN_M, shown, "a", policy=VSI) == 1.0


def test_the_interval_is_1_96_sds_of_two_independent_faces() -> None:
    """A face keeps half of a point's sigma; the object's offset moves both faces alike."""
    noise = NoiseModel(point_sigma=0.02, object_offset_sigma=0.5)
    sd = math.sqrt(0.01**2 + 0.01**2)
    margin = legal(
        TASK, IN_CM, scene([item(1, "table", (0, 0, 0), (1, 1, 1))], noise=noise)
    ).truth.margin
    assert margin.kind is MarginKind.INTERVAL
    assert margin.unit == "m"
    assert margin.sd == pytest.approx(sd)
    assert margin.value == pytest.approx(1.96 * sd)


def test_without_noise_the_interval_is_a_point() -> None:
    margin = legal(TASK, IN_CM, scene([item(1, "table", (0, 0, 0), (1, 1, 1))])).truth.margin
    assert (margin.kind, margin.value, margin.sd) == (MarginKind.INTERVAL, 0.0, 0.0)


@pytest.mark.parametrize(("side", "certain"), [(0.1387, True), (0.1385, False)])
def test_an_interval_wider_than_a_fifth_of_the_side_is_borderline(
    side: float, certain: bool
) -> None:
    """1.96 sqrt(2) 0.01 m = 0.027719 m is 20 % of 0.138593 m."""
    noisy = scene(
        [item(1, "table", (0, 0, 0), (side, 0.05, 0.05))], noise=NoiseModel(point_sigma=0.02)
    )
    assert (outcome(TASK, IN_M, noisy) is not Rule.BORDERLINE) is certain
    assert outcome(TASK, IN_M, noisy, policy=VSI) == pytest.approx(0.1)
    assert outcome(TASK, IN_M, noisy, policy=PAPER) == pytest.approx(0.14)
