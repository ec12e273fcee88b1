# SPDX-License-Identifier: Apache-2.0
"""How large is the floor? Decisions 3, 5, 10 and 13."""

from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.answer import SquareMetres
from spatialevo_dge.entities import Room
from spatialevo_dge.scene import FloorPlan, FloorSource
from support.build import frame, pose, scene
from support.ruled import illegal, legal, outcome

TASK = "room_size"
L_RING = np.array([(0, 0), (6, 0), (6, 3), (3, 3), (3, 6), (0, 6)], dtype=float)


def plan(area: float = 27.0, **kwargs: object) -> FloorPlan:
    given = {"source": FloorSource.MEASURED, "rings": (L_RING,), "height": 0.0} | kwargs
    return FloorPlan(area=area, **given)


@pytest.mark.parametrize(
    ("policy", "source", "expected"),
    [
        (DEFAULT, FloorSource.MEASURED, 27.2468),
        (DEFAULT, FloorSource.READ, 27.2468),
        (DEFAULT, FloorSource.CONSTRUCTION, 27.2468),
        (PAPER, FloorSource.MEASURED, 27.25),
        (VSI, FloorSource.READ, 27.2),
        (VSI, FloorSource.MEASURED, Rule.NOT_AVAILABLE),
        (VSI, FloorSource.CONSTRUCTION, Rule.NOT_AVAILABLE),
    ],
)
def test_area_by_policy_and_source(policy: Policy, source: FloorSource, expected: object) -> None:
    assert outcome(TASK, Room(), scene([], floor=plan(27.2468, source=source)), policy=policy) == (
        expected
    )


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
def test_a_room_without_a_floor_has_no_size(policy: Policy) -> None:
    assert illegal(TASK, Room(), scene([]), policy=policy).rule is Rule.NOT_AVAILABLE


def test_answer_margin_and_trace() -> None:
    ruling = legal(TASK, Room(), scene([], floor=plan(half_width=1.5)))
    assert ruling.answer == SquareMetres(27.0)
    assert ruling.answer.render() == "27.00 m²"
    assert ruling.truth.margin.value == pytest.approx(1.5)
    assert ruling.truth.margin.sd == pytest.approx(1.5 / 1.96)
    assert ruling.truth.margin.unit == "m2"
    assert ruling.truth.trace["area_m2"] == 27.0
    assert ruling.truth.trace["source"] == "measured"
    assert ruling.truth.trace["rings_in_world"] == [L_RING.tolist()]


@pytest.mark.parametrize(
    ("half_width", "policy", "expected"),
    [
        (5.39, DEFAULT, 27.0),
        (5.41, DEFAULT, Rule.BORDERLINE),
        (5.41, PAPER, 27.0),
    ],
)
def test_an_interval_wider_than_a_fifth_is_borderline(
    half_width: float, policy: Policy, expected: object
) -> None:
    assert outcome(TASK, Room(), scene([], floor=plan(half_width=half_width)), policy=policy) == (
        expected
    )


def looking_down(height: float, side: float = 10.0) -> Scene:
    """A room of 10 m by `side`; a camera under its ceiling looks straight down at the middle.

    At height h the image of 320 by 240 pixels at 300 pixels a metre covers h 320/300 along the
    image's x, which here is the world's y, and h 240/300 along the world's x.
    """
    ring = np.array([(0, 0), (10, 0), (10, side), (0, side)], dtype=float)
    down = pose((5.0, side / 2, height), pitch=-90)
    return scene([], [frame("a", down)], floor=plan(10 * side, rings=(ring,)))


def test_the_images_have_to_cover_seven_tenths_of_the_floor() -> None:
    """With side 1 m the image's width always covers y; along x it covers 0.8 h of 10 m."""
    assert outcome(TASK, Room(), looking_down(9.0, 1.0), "a") == 10.0
    broken = illegal(TASK, Room(), looking_down(8.3, 1.0), "a").violation
    assert broken.rule is Rule.NOT_VISIBLE
    assert (broken.threshold, broken.unit) == (0.70, "fraction")
    # Of 40 samples along x, 26.56 are covered on average.
    assert broken.measured == pytest.approx(0.8 * 8.3 / 10, abs=1 / 40)
    assert outcome(TASK, Room(), looking_down(8.3, 1.0), "a", policy=PAPER) is Rule.NOT_VISIBLE


def test_coverage_is_the_union_of_the_images() -> None:
    ring = np.array([(0, 0), (10, 0), (10, 1), (0, 1)], dtype=float)
    left, right = (pose((x, 0.5, 5.0), pitch=-90) for x in (2.0, 8.0))
    halves = scene([], [frame("a", left), frame("b", right)], floor=plan(10, rings=(ring,)))
    assert outcome(TASK, Room(), halves, "a") is Rule.NOT_VISIBLE
    assert outcome(TASK, Room(), halves, "b") is Rule.NOT_VISIBLE
    assert outcome(TASK, Room(), halves, "a", "b") == 10


def test_a_camera_that_looks_away_covers_nothing() -> None:
    ring = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], dtype=float)
    up = scene([], [frame("a", pose((2, 2, 1), pitch=90))], floor=plan(16, rings=(ring,)))
    assert illegal(TASK, Room(), up, "a").violation.measured == 0.0


def test_holes_do_not_count() -> None:
    """A strip of 10 m with a hole over its right half: what is left lies under the camera."""
    ring = np.array([(0, 0), (10, 0), (10, 1), (0, 1)], dtype=float)
    hole = np.array([(5, 0), (5, 1), (10, 1), (10, 0)], dtype=float)
    seen = scene(
        [],
        [frame("a", pose((2.5, 0.5, 6.3), pitch=-90))],
        floor=plan(5, rings=(ring, hole)),
    )
    assert outcome(TASK, Room(), seen, "a") == 5


@pytest.mark.parametrize("missing", ["rings", "height", "intrinsics"])
def test_coverage_that_cannot_be_known_is_not_available(missing: str) -> None:
    shown = looking_down(20.0)
    assert outcome(TASK, Room(), shown, "a") == 100.0
    if missing == "rings":
        shown = replace(shown, floor=replace(shown.floor, rings=()))
    elif missing == "height":
        shown = replace(shown, floor=replace(shown.floor, height=None))
    else:
        shown = replace(shown, frames=(replace(shown.frames[0], intrinsics=None),))
    assert outcome(TASK, Room(), shown, "a") is Rule.NOT_AVAILABLE
    assert outcome(TASK, Room(), shown) == 100.0


def test_vsi_reads_the_size_whatever_is_shown() -> None:
    shown = looking_down(0.5)
    read = replace(shown, floor=replace(shown.floor, source=FloorSource.READ))
    assert outcome(TASK, Room(), read, "a", policy=VSI) == 100.0
    assert outcome(TASK, Room(), read, "a") is Rule.NOT_VISIBLE


def test_an_area_that_is_known_exactly_has_no_width() -> None:
    margin = legal(TASK, Room(), scene([], floor=plan())).truth.margin
    assert (margin.value, margin.sd) == (0.0, 0.0)
