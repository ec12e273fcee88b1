# SPDX-License-Identifier: Apache-2.0
"""A chart as values: series over steps, smoothed, with axes of round numbers.

`svg` and `png` draw the same values, so that no drawing library is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

Values: TypeAlias = tuple[float | None, ...]
"""One value a step; None where there is none, and where it is not finite."""

PALETTE: Final = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5b4fa2", "#8c564b",
    "#7f7f7f", "#b5bd00", "#17becf", "#e7298a", "#66a61e", "#1f3d7a", "#a6761d", "#fb8072",
)  # fmt: skip
"""The first six are Okabe and Ito's, which people with any colour vision tell apart."""
_SMOOTHED_FROM: Final = 60
_MOST_POINTS: Final = 500
"""More points than pixels only make the file longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve.

    Attributes:
        name: What the legend says.
        values: One a step of the chart.
        colour: Of the line, ``"#rrggbb"``.
        wide: Whether the line is wide and pale, for what another line may cover.
    """

    name: str
    values: Values
    colour: str
    wide: bool = False

    @property
    def known(self) -> tuple[float, ...]:
        """The values there are."""
        return tuple(value for value in self.values if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Curves over steps.

    Attributes:
        title: Short.
        note: What a reader has to know to read it; may be empty.
        steps: Ascending.
        series: The curves; for a stacked chart from the bottom up.
        low: Where the axis starts; from the values where None.
        high: Where it ends; from the values where None.
        stacked: Whether each series stands on the one before.
        unit: Of the values; may be empty.
    """

    title: str
    steps: tuple[int, ...]
    series: tuple[Series, ...]
    note: str = ""
    low: float | None = None
    high: float | None = None
    stacked: bool = False
    unit: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(each.known for each in self.series)

    def range(self) -> tuple[float, float]:
        """Return the ends of the value axis, round and apart."""
        if self.stacked:
            columns = zip(*(each.values for each in self.series), strict=True)
            known = [sum(value or 0.0 for value in column) for column in columns]
        else:
            known = [value for each in self.series for value in each.known]
        low = min([*known, 0.0]) if self.low is None else self.low
        high = max([*known, low]) if self.high is None else self.high
        if high <= low:
            high = low + 1.0
        marks = ticks(low, high)
        step = marks[1] - marks[0] if len(marks) > 1 else high - low
        if self.low is None:
            low = math.floor(low / step + 1e-9) * step
        if self.high is None:
            high = math.ceil(high / step - 1e-9) * step
        return low, high


def finite(values: Iterable[float | None]) -> Values:
    """Return values with None in place of what is not a finite number."""
    return tuple(value if value is not None and math.isfinite(value) else None for value in values)


def ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Return round numbers from `low` to `high`: 1, 2 or 5 times a power of ten apart."""
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * each for each in (1.0, 2.0, 5.0, 10.0) if power * each >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(place * step for place in range(first, last + 1))


def number(value: float) -> str:
    """Write a number for an axis or a table: three digits that matter, no trailing noise."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 10_000 or size < 0.001:
        return f"{value:.2g}"
    return f"{value:.0f}" if size >= 100 else f"{value:.3g}"


def smooth(values: Values, spread: float) -> Values:
    """Return the mean of the known values near each place, with the weights of a bell.

    Args:
        values: One a step.
        spread: Standard deviation of the bell, in steps; 0 smooths nothing.
    """
    if spread <= 0:
        return values
    reach = math.ceil(2.5 * spread)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
    known = np.array([0.0 if value is None else 1.0 for value in values])
    total = np.convolve([value or 0.0 for value in values], bell, mode="full")
    weight = np.convolve(known, bell, mode="full")
    kept = slice(reach, reach + len(values))
    return tuple(
        float(above / below) if below > 1e-6 else None
        for above, below in zip(total[kept], weight[kept], strict=True)
    )


def spread_of(count: int) -> float:
    """Return how far a run of so many steps is smoothed, in steps; short runs are not."""
    return 0.0 if count < _SMOOTHED_FROM else count / 40.0


def smoothed(chart: Chart) -> Chart:
    """Return the chart with every series smoothed as its length asks for."""
    spread = spread_of(len(chart.steps))
    series = tuple(replace(each, values=smooth(each.values, spread)) for each in chart.series)
    return replace(chart, series=series)


def thinned(chart: Chart) -> Chart:
    """Return the chart with at most some hundreds of steps, evenly chosen, the last among them."""
    count = len(chart.steps)
    if count <= _MOST_POINTS:
        return chart
    apart = (count - 1) / (_MOST_POINTS - 1)
    kept = [round(place * apart) for place in range(_MOST_POINTS)]
    return replace(
        chart,
        steps=tuple(chart.steps[place] for place in kept),
        series=tuple(
            replace(each, values=tuple(each.values[place] for place in kept))
            for each in chart.series
        ),
    )


def coloured(names: Sequence[str]) -> dict[str, str]:
    """Give each name a colour of the palette, in order, from the start again where it ends."""
    return {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(names)}
