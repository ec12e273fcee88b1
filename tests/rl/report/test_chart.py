# SPDX-License-Identifier: Apache-2.0
"""Charts: round axes, smoothing that keeps means, marks inside the picture."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from spatialevo_rl.report.chart import (
    PALETTE,
    Chart,
    Series,
    Values,
    finite,
    number,
    smooth,
    smoothed,
    thinned,
    ticks,
)
from spatialevo_rl.report.drawing import Area, Line, frame_of, marks
from spatialevo_rl.report.png import write_picture
from spatialevo_rl.report.svg import figure


def chart(*columns: Values, stacked: bool = False, high: float | None = None) -> Chart:
    return Chart(
        title="A <chart>",
        steps=tuple(range(len(columns[0]))),
        series=tuple(
            Series(name=f"curve {place}", values=values, colour=PALETTE[place])
            for place, values in enumerate(columns)
        ),
        stacked=stacked,
        high=high,
    )


def test_ticks_are_round() -> None:
    assert ticks(0.0, 1.0) == pytest.approx((0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    assert ticks(0.0, 199.0, 6) == pytest.approx((0.0, 50.0, 100.0, 150.0))
    assert ticks(-0.03, 0.05) == pytest.approx((-0.02, 0.0, 0.02, 0.04))


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-6, 1e6))
def test_ticks_lie_between_the_ends(low: float, span: float) -> None:
    found = ticks(low, low + span)
    slack = 1e-6 * span + 1e-9 * abs(low)
    assert len(found) <= 12
    assert all(low - slack <= each <= low + span + slack for each in found)


def test_numbers_are_short() -> None:
    assert [number(value) for value in (0.0, 0.25, 1.0, 123.4, 12345.0, 2e-5)] == [
        "0", "0.25", "1", "123", "1.2e+04", "2e-05",
    ]  # fmt: skip


def test_smoothing_keeps_a_constant_and_bridges_gaps() -> None:
    assert smooth((0.5,) * 9, 2.0) == pytest.approx((0.5,) * 9)
    bridged = smooth((1.0, None, None, 1.0), 1.0)
    assert bridged == pytest.approx((1.0,) * 4)
    assert smooth((1.0, *(None,) * 40), 1.0)[-1] is None
    assert smooth((1.0, None), 0.0) == (1.0, None)


def test_smoothing_by_hand() -> None:
    bell = [math.exp(-0.5 * (distance / 1.0) ** 2) for distance in range(4)]
    found = smooth((0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), 1.0)
    assert found[3] == pytest.approx(bell[0] / (bell[0] + 2 * sum(bell[1:])))
    assert found[0] == pytest.approx(bell[3] / sum(bell))


@given(st.lists(st.floats(-1, 2) | st.none(), min_size=1, max_size=90), st.booleans())
def test_everything_drawn_lies_in_the_picture(values: list[float | None], stacked: bool) -> None:
    if stacked:
        values = [None if value is None else abs(value) for value in values]
    drawn = chart(tuple(values), tuple(values), stacked=stacked)
    if drawn.empty:
        assert "Nothing of this was recorded" in figure(drawn)
        return
    frame = frame_of(drawn, 400, 200)
    for mark in marks(drawn, frame):
        points = mark.points if isinstance(mark, Line | Area) else (mark.at,)
        assert all(0 <= x <= 400 and 0 <= y <= 200 for x, y in points)


def test_missing_values_break_the_line() -> None:
    drawn = chart((0.1, 0.2, None, 0.4, None, 0.6, 0.7))
    lines = [each for each in marks(drawn, frame_of(drawn, 400, 200)) if isinstance(each, Line)]
    assert [len(each.points) for each in lines if each.colour == PALETTE[0]] == [2, 1, 2]


def test_a_stack_stands_on_what_is_below() -> None:
    drawn = chart((0.25, 0.5), (0.75, 0.5), stacked=True, high=1.0)
    frame = frame_of(drawn, 400, 200)
    lower, upper = [each for each in marks(drawn, frame) if isinstance(each, Area)]
    assert lower.points[0][1] == pytest.approx(frame.y(0.25))
    assert upper.points[0][1] == pytest.approx(frame.y(1.0))
    assert upper.points[-1] == lower.points[0]


def test_what_is_not_finite_is_missing() -> None:
    assert finite([math.nan, math.inf, None, 1.0]) == (None, None, None, 1.0)


def test_a_long_run_is_thinned_to_its_ends() -> None:
    values = tuple(float(place) for place in range(30_000))
    kept = thinned(smoothed(chart(values)))
    assert (kept.steps[0], kept.steps[-1], len(kept.steps)) == (0, 29_999, 500)
    assert len(figure(chart(values))) < 40_000


def test_a_title_is_escaped() -> None:
    assert "A &lt;chart&gt;" in figure(chart((1.0, 2.0)))


def test_a_picture_shows_the_curves(tmp_path: Path) -> None:
    path = tmp_path / "curve.png"
    write_picture((chart((0.0, 1.0), high=1.0), chart((None, None))), path)
    with Image.open(path) as image:
        assert image.width == 2 * (480 + 2 * 16)  # the chart without values takes no room
        colours = {colour for _, colour in image.getcolors(2**24) or ()}
    assert (0x00, 0x72, 0xB2) in colours
    with pytest.raises(ValueError, match="no chart has a value"):
        write_picture((chart((None,)),), path)
