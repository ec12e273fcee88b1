# SPDX-License-Identifier: Apache-2.0
"""A chart as a figure of HTML: title, legend, picture, and the numbers for the pointer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from spatialevo_rl.report.chart import Chart, Series, thinned
from spatialevo_rl.report.drawing import INK, Area, Frame, Line, Mark, Point, frame_of, marks
from spatialevo_rl.report.markup import text

WIDTH: Final = 560.0
HEIGHT: Final = 230.0


def figure(chart: Chart) -> str:
    """Return the chart as an element; a chart without values says so."""
    return "".join(_figure(chart))


def _figure(chart: Chart) -> Iterator[str]:
    yield f'<figure class="chart"><figcaption><b>{text(chart.title)}</b>'
    yield f" <i>{text(chart.unit)}</i>" if chart.unit else ""
    yield ' <span class="at"></span></figcaption>\n'
    if chart.empty:
        yield '<p class="quiet">Nothing of this was recorded.</p></figure>\n'
        return
    frame = frame_of(chart, WIDTH, HEIGHT)
    yield from _legend(chart)
    size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'
    yield f'<svg {size} role="img" aria-label="{text(chart.title)}" '
    yield f'data-chart="{text_of_data(chart, frame)}">\n'
    for mark in marks(chart, frame):
        yield _mark(mark)
    yield f'<line class="hair" x1="0" x2="0" y1="8" y2="{frame.bottom:g}"/></svg>\n'
    yield f'<p class="quiet">{text(chart.note)}</p>' if chart.note else ""
    yield "</figure>\n"


def _legend(chart: Chart) -> Iterator[str]:
    shown: tuple[Series, ...] = tuple(each for each in chart.series if each.known)
    if len(shown) == 1 and len(chart.series) == 1:
        return
    yield '<ul class="key">'
    for each in reversed(shown) if chart.stacked else shown:
        colour = f'<span style="background:{each.colour}"></span>'
        yield f'<li data-name="{text(each.name)}">{colour}{text(each.name)} <b></b></li>'
    yield "</ul>\n"


def text_of_data(chart: Chart, frame: Frame) -> str:
    """Write what the page's script needs: steps, values as measured, and where the axes lie."""
    kept = thinned(chart)
    data: dict[str, Any] = {
        "left": frame.left,
        "right": frame.right,
        "steps": kept.steps,
        "series": [
            [each.name, [None if value is None else float(f"{value:.4g}") for value in each.values]]
            for each in kept.series
            if each.known
        ],
    }
    written = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return written.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _mark(mark: Mark) -> str:
    if isinstance(mark, Area):
        return f'<polygon points="{_points(mark.points)}" fill="{mark.colour}"/>\n'
    if isinstance(mark, Line):
        return _line(mark)
    x, y = mark.at
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{mark.anchor}" '
        f'fill="{INK}">{text(mark.text)}</text>\n'
    )


def _line(line: Line) -> str:
    opacity = f' opacity="{line.opacity:g}"' if line.opacity < 1 else ""
    if len(line.points) == 1:
        ((x, y),) = line.points
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{line.colour}"{opacity}/>\n'
    return (
        f'<polyline points="{_points(line.points)}" fill="none" stroke="{line.colour}" '
        f'stroke-width="{line.width:g}" stroke-linejoin="round"{opacity}/>\n'
    )


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
