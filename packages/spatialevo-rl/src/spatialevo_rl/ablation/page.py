# SPDX-License-Identifier: Apache-2.0
"""The ablation as one page that needs no network: the tables, and the arms' curves together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.ablation.intervals import interval_plot
from spatialevo_rl.ablation.published import SOURCES
from spatialevo_rl.ablation.summary import CurvePoint, Row, Summary
from spatialevo_rl.ablation.table import (
    HEAD,
    READING,
    TOOK,
    cells,
    difference_cells,
    main_of,
    needed_words,
    number,
    task_cells,
    took_cells,
)
from spatialevo_rl.report.chart import PALETTE, Chart, Series, coloured, finite
from spatialevo_rl.report.markup import text
from spatialevo_rl.report.page import document
from spatialevo_rl.report.svg import figure
from spatialevo_rl.rollout_log import StepRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The steps of one run.

    Attributes:
        arm: Its arm.
        steps: Ascending.
    """

    arm: str
    steps: tuple[StepRecord, ...]


def write_page(path: Path, summary: Summary, logs: Sequence[Log]) -> Path:
    """Write the page, whole or not at all; return where.

    Raises:
        OSError: The file cannot be written.
    """
    body = "".join(_body(summary, logs))
    write_whole(path, document("SpatialEvo: ablation", body).encode("utf-8"))
    return path


def _body(summary: Summary, logs: Sequence[Log]) -> Iterator[str]:
    yield "<header>\n<h1>Ablation</h1>\n"
    yield f'<p class="headline">{text(headline(summary))}</p>\n<dl class="facts">\n'
    for name, said in (
        ("held-out questions", f"{summary.questions:,}"),
        ("scenes", f"{summary.scenes:,}"),
        ("samples a question", f"{summary.samples}"),
        ("seeds", f"{max(len(row.seeds) for row in summary.rows)}"),
    ):
        yield f"<div><dt>{name}</dt><dd>{said}</dd></div>\n"
    yield "</dl>\n</header>\n<main>\n"
    yield from _tables(summary)
    yield from _charts("Training", training_charts(logs))
    yield from _charts("Skill over samples", curve_charts(summary.curves))
    if summary.needed:
        yield '<section><h2>Samples that Ouroboros needs</h2>\n<ul class="quiet">\n'
        yield from (f"<li>{text(needed_words(each))}</li>\n" for each in summary.needed)
        yield "</ul></section>\n"
    yield "</main>\n"
    yield f"<footer>spatialevo-rl {text(metadata.version('spatialevo-rl'))}</footer>\n"


def headline(summary: Summary) -> str:
    """Say what the core pairs show, in one sentence."""
    wanted = (("main", "base"), ("consensus", "base"), ("consensus-full", "base"))
    found = []
    for each in summary.differences:
        if (each.better, each.worse) in wanted:
            said = {">": "above", "<": "below"}.get(each.sign, "not shown apart from")
            found.append(f"{each.better} {said} {each.worse} ({number(each.pooled.value, '+')})")
    return "; ".join(found) + "." if found else "No pair of arms to compare."


def _tables(summary: Summary) -> Iterator[str]:
    yield f'<section><h2>Held-out skill</h2>\n<p class="quiet">{text(READING)}</p>\n'
    yield interval_plot(summary.rows)
    yield from _table(HEAD, [cells(row) for row in summary.rows if row.core])
    extra = [cells(row) for row in summary.rows if not row.core]
    if extra:
        yield "<h3>The method without one of its parts (descriptive)</h3>\n"
        yield from _table(HEAD, extra)
    yield f'<p class="quiet">{text(SOURCES)}</p></section>\n'
    yield "<section><h2>Differences</h2>\n"
    pairs = [difference_cells(each) for each in summary.differences]
    yield from _table(("pair", "difference of mean skill", "each seed", "shown"), pairs)
    yield "</section>\n<section><h2>Task by task</h2>\n"
    yield '<p class="quiet">Skill with its interval; mean score.</p>\n'
    tasks = (f"{task} (floor {floor:.2f})" for task, floor in summary.tasks.items())
    yield from _table(("arm", *tasks), [task_cells(row) for row in summary.rows])
    yield "</section>\n<section><h2>What training said and took</h2>\n"
    yield '<p class="quiet">Means over seeds; first fifth of the steps → last fifth. Own reward: '
    yield "against the reference that the update used; true reward: against the oracle. Labels: "
    yield "different answers of the oracle that were used. Processor time: of the steps, oracle "
    yield "included.</p>\n"
    main = main_of(summary)
    yield from _table(TOOK, [took_cells(row, main) for row in summary.rows])
    yield from _answers(summary.rows)
    yield "</section>\n"


def _answers(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how arms answer held-out questions, and whether their questioner looks."""
    yield "<h3>On held-out questions</h3>\n"
    head = ("arm", "entropy of replies", "top answer", "flat", "legal", "legal, grey", "f_obs")
    found = []
    for row in rows:
        blanks = row.blanks
        asked = ("–", "–", "–")
        if blanks:
            asked = (
                _mean(each.real_validity for each in blanks),
                _mean(each.blank_validity for each in blanks),
                _mean(each.real_observation for each in blanks),
            )
        found.append(
            (
                row.label,
                number(row.entropy),
                _mean(each.top_share for each in row.tasks),
                _mean(each.flat for each in row.tasks),
                *asked,
            )
        )
    yield from _table(head, found)


def _mean(values: Iterator[float]) -> str:
    known = tuple(values)
    return number(sum(known) / len(known))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield '<div class="scroll"><table class="rows tall"><thead><tr>'
    yield "".join(f"<th>{text(each)}</th>" for each in head) + "</tr></thead><tbody>\n"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{_cell(each)}</td>" for each in row) + "</tr>\n"
    yield "</tbody></table></div>\n"


def _cell(words: str) -> str:
    """Put an interval under its number."""
    value, bracket, rest = text(words).partition(" [")
    if not bracket:
        return value
    return f"{value}<br><small>[{rest.replace('; ', '<br>', 1)}</small>"


def _charts(title: str, charts: Sequence[Chart]) -> Iterator[str]:
    shown = [chart for chart in charts if not chart.empty]
    if not shown:
        return
    yield f'<section><h2>{text(title)}</h2>\n<div class="charts">\n'
    yield from (figure(chart) for chart in shown)
    yield "</div></section>\n"


def training_charts(logs: Sequence[Log]) -> tuple[Chart, ...]:
    """Return the arms' curves over steps, the mean over each arm's seeds."""
    if not logs:
        return ()
    arms = coloured(list(dict.fromkeys(each.arm for each in logs)))
    return (
        *(_own_and_true(arm, logs) for arm in arms),
        _over_steps(logs, arms, "True reward of the solver", lambda each: each.solver_true_reward),
        _over_steps(logs, arms, "Own reward of the solver", lambda each: each.solver_reward),
        _over_steps(logs, arms, "Entropy of the policy", lambda each: each.entropy),
        _over_steps(logs, arms, "Most frequent reply", lambda each: each.top_answer_share),
        _over_steps(logs, arms, "Groups without advantage", lambda each: each.flat_solver),
        _over_steps(logs, arms, "Legal questions", lambda each: each.validity),
    )


def _own_and_true(arm: str, logs: Sequence[Log]) -> Chart:
    mine = [each for each in logs if each.arm == arm]
    steps, own = _means(mine, lambda each: each.solver_reward)
    _, true = _means(mine, lambda each: each.solver_true_reward)
    return Chart(
        title=f"{arm}: own reward and true reward",
        steps=steps,
        series=(
            Series(name="own", values=finite(own), colour=PALETTE[0], wide=True),
            Series(name="true: against the oracle", values=finite(true), colour=PALETTE[1]),
        ),
        low=0.0,
        high=1.0,
    )


def _over_steps(
    logs: Sequence[Log],
    arms: Mapping[str, str],
    title: str,
    read: Callable[[StepRecord], float | None],
) -> Chart:
    longest: tuple[int, ...] = ()
    series = []
    for arm, colour in arms.items():
        steps, values = _means([each for each in logs if each.arm == arm], read)
        longest = max(longest, steps, key=len)
        series.append((arm, colour, values))
    return Chart(
        title=title,
        steps=longest,
        series=tuple(
            Series(
                name=arm,
                values=finite([*values, *[None] * (len(longest) - len(values))]),
                colour=colour,
            )
            for arm, colour, values in series
        ),
        note="Mean over seeds.",
    )


def _means(
    logs: Sequence[Log], read: Callable[[StepRecord], float | None]
) -> tuple[tuple[int, ...], list[float | None]]:
    """Return a number of each step, its mean over runs."""
    count = max((len(each.steps) for each in logs), default=0)
    values: list[float | None] = []
    for place in range(count):
        here = [read(each.steps[place]) for each in logs if place < len(each.steps)]
        known = [value for value in here if value is not None]
        values.append(sum(known) / len(known) if known else None)
    return tuple(range(count)), values


def curve_charts(
    curves: Mapping[str, Mapping[int, tuple[CurvePoint, ...]]],
) -> tuple[Chart, ...]:
    """Return held-out skill over samples, the mean over seeds, straight between evaluations."""
    points = {arm: _mean_curve(seeds) for arm, seeds in curves.items()}
    samples = sorted({one.samples for each in points.values() for one in each})
    if len(samples) < 2:
        return ()
    colours = coloured(list(points))
    return (
        Chart(
            title="Held-out skill of supervised arms",
            unit="over samples learnt from",
            steps=tuple(samples),
            series=tuple(
                Series(
                    name=arm,
                    values=finite([_between(each, at) for at in samples]),
                    colour=colours[arm],
                )
                for arm, each in points.items()
            ),
            note="The first questions of each task; repeats count as samples.",
        ),
    )


def _mean_curve(seeds: Mapping[int, tuple[CurvePoint, ...]]) -> list[CurvePoint]:
    """Return the mean over the seeds that have an adapter at a number of samples."""
    found: dict[int, list[float]] = {}
    for points in seeds.values():
        for one in points:
            found.setdefault(one.samples, []).append(one.skill)
    return [
        CurvePoint(samples=samples, skill=sum(skills) / len(skills))
        for samples, skills in sorted(found.items())
        if len(skills) == len(seeds)
    ]


def _between(points: Sequence[CurvePoint], samples: int) -> float | None:
    for one, other in pairwise(points):
        if one.samples <= samples <= other.samples:
            share = (samples - one.samples) / (other.samples - one.samples)
            return one.skill + share * (other.skill - one.skill)
    return None
