# SPDX-License-Identifier: Apache-2.0
"""Where a chart's lines, areas and words stand, in pixels of its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from spatialevo_rl.report.chart import Chart, Series, number, smoothed, spread_of, thinned, ticks

Point: TypeAlias = tuple[float, float]

GRID: Final = "#e3e8ee"
INK: Final = "#56657a"
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 10.0, 8.0, 22.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A polyline, or a dot where it has one point."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.6
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A filled polygon."""

    points: tuple[Point, ...]
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text that starts, is centred, or ends at a point on its base line."""

    text: str
    at: Point
    anchor: str


Mark: TypeAlias = Line | Area | Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a chart is drawn.

    Attributes:
        width: Of the picture, pixels.
        height: Of the picture.
        first: First step.
        last: Last step.
        low: Value at the bottom.
        high: Value at the top.
    """

    width: float
    height: float
    first: float
    last: float
    low: float
    high: float

    @property
    def left(self) -> float:
        """Where the first step stands."""
        return _LEFT

    @property
    def right(self) -> float:
        """Where the last step stands."""
        return self.width - _RIGHT

    @property
    def bottom(self) -> float:
        """Where the lowest value stands."""
        return self.height - _BOTTOM

    def x(self, step: float) -> float:
        """Return where a step stands; a lone step stands in the middle."""
        span = self.last - self.first
        share = (step - self.first) / span if span else 0.5
        return self.left + share * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return where a value stands, inside the picture."""
        share = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        return self.bottom - share * (self.bottom - _TOP)


def frame_of(chart: Chart, width: float, height: float) -> Frame:
    """Return where a chart is drawn in a picture of so many pixels."""
    low, high = smoothed(chart).range() if chart.stacked else chart.range()
    return Frame(
        width=width,
        height=height,
        first=chart.steps[0],
        last=chart.steps[-1],
        low=low,
        high=high,
    )


def marks(chart: Chart, frame: Frame) -> tuple[Mark, ...]:
    """Return everything a chart shows, what lies below first."""
    even = thinned(smoothed(chart))
    found: list[Mark] = list(_axes(frame))
    if chart.stacked:
        return (*found, *_stack(even, frame), *_grid_over(frame))
    if spread_of(len(chart.steps)) > 0:
        raw = thinned(chart)
        for each in raw.series:
            found += _lines(each, raw.steps, frame, faint=True)
    for each in even.series:
        found += _lines(each, even.steps, frame, faint=False)
    return tuple(found)


def _axes(frame: Frame) -> list[Mark]:
    found: list[Mark] = []
    for value in ticks(frame.low, frame.high):
        y = frame.y(value)
        found.append(Line(points=((frame.left, y), (frame.right, y)), colour=GRID, width=1.0))
        found.append(Words(text=number(value), at=(frame.left - 6, y + 3.5), anchor="end"))
    steps: tuple[float, ...] = (frame.first,)
    if frame.last > frame.first:
        steps = tuple(step for step in ticks(frame.first, frame.last, 6) if step == int(step))
    for step in steps:
        at = (frame.x(step), frame.height - 6)
        found.append(Words(text=f"{int(step):,}", at=at, anchor="middle"))
    return found


def _grid_over(frame: Frame) -> list[Mark]:
    return [
        Line(
            points=((frame.left, frame.y(value)), (frame.right, frame.y(value))),
            colour="#ffffff",
            width=1.0,
            opacity=0.35,
        )
        for value in ticks(frame.low, frame.high)
    ]


def _lines(series: Series, steps: tuple[int, ...], frame: Frame, *, faint: bool) -> list[Line]:
    """Return the pieces of a curve between missing values."""
    pieces: list[list[Point]] = [[]]
    for step, value in zip(steps, series.values, strict=True):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((frame.x(step), frame.y(value)))
    width, opacity = (1.0, 0.22) if faint else (5.0, 0.45) if series.wide else (1.8, 1.0)
    return [
        Line(points=tuple(piece), colour=series.colour, width=width, opacity=opacity)
        for piece in pieces
        if piece
    ]


def _stack(chart: Chart, frame: Frame) -> list[Area]:
    steps = chart.steps
    if len(steps) == 1:  # one step as a column as wide as the chart
        steps = (steps[0], steps[0])
    xs = [frame.x(step) for step in steps]
    if len(chart.steps) == 1:
        xs = [frame.left, frame.right]
    below = [0.0] * len(xs)
    found = []
    for each in chart.series:
        values = each.values if len(each.values) == len(xs) else each.values * 2
        above = [low + (value or 0.0) for low, value in zip(below, values, strict=True)]
        top = [(x, frame.y(value)) for x, value in zip(xs, above, strict=True)]
        base = [(x, frame.y(value)) for x, value in zip(xs, below, strict=True)]
        if above != below:
            found.append(Area(points=(*top, *reversed(base)), colour=each.colour))
        below = above
    return found
