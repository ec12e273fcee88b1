# SPDX-License-Identifier: Apache-2.0
"""Greater, lesser or the same. Decision 11."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spatialevo_dge import DEFAULT, PAPER, VSI, Rule
from spatialevo_dge.choices import Contest, crossed, decide
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.visibility import Visibility


def contest(
    first: float,
    second: float,
    *,
    band: float = 0.10,
    sd: float = 0.0,
    greater_wins: bool = True,
    offers_same: bool = False,
) -> Contest:
    return Contest(
        names=("x", "y"),
        values=(first, second),
        greater_wins=greater_wins,
        band=band,
        sd=sd,
        unit="m",
        offers_same=offers_same,
    )


def said(given_contest: Contest, policy: Policy = DEFAULT) -> object:
    """Return the choice that is certified, or the rule of the doubt."""
    outcome = decide(given_contest, policy)
    if outcome.doubts:
        return outcome.doubts[0].rule
    assert outcome.choice is not None
    return outcome.choice.value


@pytest.mark.parametrize(
    ("difference", "sd", "offers_same", "expected"),
    [
        # |d| + 4 sd <= band: the same.
        (0.0, 0.0, True, "same"),
        (0.10, 0.0, True, "same"),
        (0.0499, 0.0125, True, "same"),
        # |d| - 4 sd > band: one of them.
        (0.1001, 0.0, True, "x"),
        (0.1501, 0.0125, True, "x"),
        (0.1001, 0.0, False, "x"),
        (0.1501, 0.0125, False, "x"),
        # Between: borderline.
        (0.0501, 0.0125, True, Rule.BORDERLINE),
        (0.10, 0.0125, True, Rule.BORDERLINE),
        (0.1499, 0.0125, True, Rule.BORDERLINE),
        (0.1499, 0.0125, False, Rule.BORDERLINE),
        # Not offered and within the band: borderline, however certain.
        (0.0, 0.0, False, Rule.BORDERLINE),
        (0.10, 0.0, False, Rule.BORDERLINE),
        (0.01, 0.0125, False, Rule.BORDERLINE),
    ],
)
def test_the_three_cases(difference: float, sd: float, offers_same: bool, expected: object) -> None:
    """Around zero, so that differences are what the numbers say."""
    assert said(contest(difference, 0.0, sd=sd, offers_same=offers_same)) == expected


@given(
    st.floats(-5, 5),
    st.floats(-5, 5),
    st.floats(0, 1),
    st.floats(0, 0.2),
    st.booleans(),
    st.booleans(),
)
def test_against_the_rule_written_out(
    first: float, second: float, band: float, sd: float, greater_wins: bool, offers_same: bool
) -> None:
    difference = abs(first - second)
    assume(abs(difference - 4 * sd - band) > 1e-9 or sd == 0)
    assume(abs(difference + 4 * sd - band) > 1e-9 or sd == 0)
    if offers_same and difference + 4 * sd <= band:
        expected: object = "same"
    elif difference - 4 * sd > band:
        expected = "x" if (first > second) == greater_wins else "y"
    else:
        expected = Rule.BORDERLINE
    made = contest(
        first, second, band=band, sd=sd, greater_wins=greater_wins, offers_same=offers_same
    )
    assert said(made) == expected


@given(st.floats(-5, 5), st.floats(-5, 5), st.booleans(), st.sampled_from([DEFAULT, PAPER, VSI]))
def test_order_of_naming_does_not_matter(
    first: float, second: float, offers_same: bool, policy: Policy
) -> None:
    here = decide(contest(first, second, offers_same=offers_same), policy)
    there = decide(contest(second, first, offers_same=offers_same), policy)
    mirror = {"x": "y", "y": "x", "same": "same"}
    assert (here.choice and mirror[here.choice.value]) == (there.choice and there.choice.value)
    assert here.margin == there.margin


def test_the_lesser_wins_where_it_is_asked_for() -> None:
    assert said(contest(2, 1)) == "x"
    assert said(contest(2, 1, greater_wins=False)) == "y"
    assert said(contest(1, 2, greater_wins=False)) == "x"


def test_options_end_with_same_where_it_is_offered() -> None:
    assert decide(contest(2, 1), DEFAULT).choice.options == ("x", "y")
    assert decide(contest(2, 1, offers_same=True), DEFAULT).choice.options == ("x", "y", "same")
    assert decide(contest(2, 1), PAPER).choice.options == ("x", "y", "same")


def test_margin_is_the_distance_to_the_bands_edge() -> None:
    for first, distance in ((0.3, 0.2), (0.04, 0.06)):
        margin = decide(contest(first, 0.0, sd=0.01, offers_same=True), DEFAULT).margin
        assert margin.value == pytest.approx(distance)
        assert (margin.kind, margin.unit, margin.sd) == ("boundary", "m", 0.01)


@pytest.mark.parametrize("lead", [0.0, 1e-10])
def test_a_tie_is_no_choice_unless_same_is_one(lead: float) -> None:
    for policy in (DEFAULT, VSI):
        tied = decide(contest(1.0 + lead, 1.0), policy)
        assert tied.choice is None
        assert tied.doubts
    assert decide(contest(1.0 + lead, 1.0), PAPER).choice.value == "same"
    assert decide(contest(1.0, 1.0, offers_same=True), VSI).choice.value == "same"
    assert decide(contest(1.0 + 1e-8, 1.0), VSI).choice.value == "x"


def test_certainty_is_the_policys() -> None:
    made = contest(0.15, 0.0, sd=0.02)
    assert said(made) is Rule.BORDERLINE
    assert said(made, replace(DEFAULT, certainty=2.4)) == "x"


def seen(nearest: float, median: float) -> Visibility:
    return Visibility(
        of_facing=1.0,
        of_total=0.5,
        unknown=0.0,
        pixels=9,
        box_2d=(0.0, 0.0, 1.0, 1.0),
        nearest_depth=nearest,
        median_depth=median,
        truncated=False,
    )


@pytest.mark.parametrize(
    ("first", "second", "doubted"),
    [
        ((1, 2), (3, 4), False),
        ((1, 5), (3, 4), True),
        ((3, 4), (1, 5), True),
        ((1, 4), (3, 4), False),
        ((1, 4), (1, 5), False),
    ],
)
def test_crossed_orders(
    first: tuple[float, float], second: tuple[float, float], doubted: bool
) -> None:
    doubts = crossed(("x", "y"), seen(*first), seen(*second))
    assert [doubt.rule for doubt in doubts] == ([Rule.BORDERLINE] if doubted else [])
