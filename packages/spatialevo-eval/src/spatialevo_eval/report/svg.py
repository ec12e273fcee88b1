# SPDX-License-Identifier: Apache-2.0
"""The two drawings of a report: bars with intervals, and answers over truths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from spatialevo_eval.report.facts import Calibration
from spatialevo_eval.report.markup import percent, text
from spatialevo_eval.statistics import Interval

__all__ = ["PALETTE", "Bar", "bars", "scatter"]

PALETTE: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's, which people with any colour vision tell apart."""
_INK: Final = "#56657a"
_GRID: Final = "#e3e8ee"
_WIDTH: Final = 760.0
_LEFT: Final = 250.0
_RIGHT: Final = 700.0
_BAR: Final = 13.0
_SIDE: Final = 250.0
_EDGE: Final = 38.0
_MARGIN: Final = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar.

    Attributes:
        interval: Its length and whisker.
        colour: Its model's.
        label: For the pointer.
        mark: A baseline to mark on it; None: none.
    """

    interval: Interval
    colour: str
    label: str
    mark: float | None = None


def bars(title: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """Return bars from 0 to 100, in named groups."""
    return "".join(_bars(title, groups))


def _bars(title: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> Iterator[str]:
    height = 26.0 + sum(len(each) * (_BAR + 2) + 9 for _, each in groups)
    yield f'<svg class="bars" viewBox="0 0 {_WIDTH:g} {height:g}" role="img" '
    yield f'aria-label="{text(title)}">\n'
    for value in range(0, 101, 20):
        x = _x(value / 100)
        yield f'<line x1="{x:g}" x2="{x:g}" y1="4" y2="{height - 20:g}" stroke="{_GRID}"/>'
        yield _label(x, height - 6, "middle", str(value))
    top = 6.0
    for name, members in groups:
        middle = top + len(members) * (_BAR + 2) / 2 + 3
        yield f'<text x="{_LEFT - 10:g}" y="{middle:g}" text-anchor="end">{text(_short(name))}'
        yield f"<title>{text(name)}</title></text>\n"
        for bar in members:
            yield from _bar(bar, top)
            top += _BAR + 2
        top += 9
    yield "</svg>\n"


def _bar(bar: Bar, top: float) -> Iterator[str]:
    found, middle = bar.interval, top + _BAR / 2
    end = _x(found.value)
    said = f"{bar.label}: {percent(found.value)}"
    yield f'<g><title>{text(said)}</title><rect x="{_LEFT:g}" y="{top:g}" '
    yield f'width="{max(0.0, end - _LEFT):.1f}" height="{_BAR:g}" fill="{bar.colour}"/>'
    after = end
    if found.known:
        low, high = _x(found.low), _x(found.high)
        after = max(end, high)
        yield f'<path d="M{low:.1f} {middle:g}H{high:.1f}M{low:.1f} {middle - 3:g}v6'
        yield f'M{high:.1f} {middle - 3:g}v6" stroke="#1d2733" fill="none"/>'
    if bar.mark is not None:
        x = _x(bar.mark)
        yield f'<path d="M{x:.1f} {top - 1:g}v{_BAR + 2:g}" stroke="#1d2733" stroke-width="2" '
        yield 'stroke-dasharray="2 2"/>'
    yield f'<text x="{after + 6:.1f}" y="{middle + 4:g}">{percent(found.value)}</text></g>\n'


def _x(value: float) -> float:
    return _LEFT + min(1.0, max(0.0, value)) * (_RIGHT - _LEFT)


def _short(name: str, longest: int = 36) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def scatter(found: Calibration, colour: str) -> str:
    """Return answers over truths, both on logarithmic axes; the line is where they are equal."""
    return "".join(_scatter(found, colour))


def _scatter(found: Calibration, colour: str) -> Iterator[str]:
    values = [value for pair in found.pairs for value in pair]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)

    def at(value: float) -> float:
        return (math.log10(value) - low) / (high - low) * (_SIDE - _EDGE - _MARGIN)

    base, end = _SIDE - _EDGE, _SIDE - _MARGIN
    yield f'<svg class="scatter" viewBox="0 0 {_SIDE:g} {_SIDE:g}" role="img" '
    yield f'aria-label="{text(found.kind)}: answers over truths">'
    for power in range(low, high + 1):
        place, label = at(10.0**power), f"{10.0**power:g}"
        x, y = _EDGE + place, base - place
        yield f'<path d="M{x:.1f} {_MARGIN:g}V{base:g}M{_EDGE:g} {y:.1f}H{end:g}" '
        yield f'stroke="{_GRID}"/>'
        yield _label(x, base + 14, "middle", label)
        yield _label(_EDGE - 4, y + 4, "end", label)
    yield f'<path d="M{_EDGE:g} {base:g}L{end:g} {_MARGIN:g}" stroke="{_INK}" '
    yield 'stroke-dasharray="4 3"/>'
    for truth, answer in found.pairs:
        x, y = _EDGE + at(truth), base - at(answer)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}" fill-opacity="0.45"/>'
    yield _label((_EDGE + _SIDE) / 2, _SIDE - 6, "middle", "truth")
    yield f'<text x="10" y="{base / 2:g}" text-anchor="middle" '
    yield f'fill="{_INK}" transform="rotate(-90 10 {base / 2:g})">answer</text></svg>\n'


def _label(x: float, y: float, anchor: str, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}">{words}</text>'
