# SPDX-License-Identifier: Apache-2.0
"""A picture of the arms' mean skill: the interval, the mean, and a small dot for every seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from spatialevo_rl.ablation.summary import Row
from spatialevo_rl.ablation.table import number
from spatialevo_rl.report.drawing import INK
from spatialevo_rl.report.markup import text

_WIDTH, _LEFT, _LINE = 640.0, 250.0, 26
_COLOURS: Final = {">": "#00694b", "<": "#b00020"}


def interval_plot(rows: Sequence[Row]) -> str:
    """Return the picture as SVG; green and red lie apart from the base, as far as is shown."""
    return "".join(_plot(rows))


def _plot(rows: Sequence[Row]) -> Iterator[str]:
    ends = [e for row in rows for e in (row.skill.low, row.skill.high, *row.seeds) if e is not None]
    low, high = min([*ends, 0.0]), max([*ends, 0.01])
    height = _LINE * len(rows) + 24

    def at(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - 20)

    yield f'<svg viewBox="0 0 {_WIDTH:g} {height}" role="img" aria-label="mean skill by arm" '
    yield f'style="max-width:{_WIDTH:g}px;font-size:12px">'
    base = rows[0].skill.value
    line = f'x1="{at(base):.1f}" x2="{at(base):.1f}" y1="0" y2="{height - 20}"'
    yield f'<line {line} stroke="#b8c2ce" stroke-dasharray="3 3"/>'
    for place, row in enumerate(rows):
        y = 14 + _LINE * place
        colour = _COLOURS.get(row.change.sign if row.change else "", INK)
        label = f'<text x="{_LEFT - 12:g}" y="{y + 4}" text-anchor="end"'
        yield f"{label}>{text(row.label)}</text>"
        if row.skill.low is not None and row.skill.high is not None:
            span = f'x1="{at(row.skill.low):.1f}" x2="{at(row.skill.high):.1f}"'
            yield f'<line {span} y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>'
        for seed in row.seeds:
            yield f'<circle cx="{at(seed):.1f}" cy="{y}" r="2.5" fill="#9aa5b1"/>'
        yield f'<circle cx="{at(row.skill.value):.1f}" cy="{y}" r="4.5" fill="{colour}"/>'
    for value in (low, base, high):
        mark = f'<text x="{at(value):.1f}" y="{height - 4}" text-anchor="middle"'
        yield f"{mark}>{number(value)}</text>"
    yield "</svg>\n"
