# SPDX-License-Identifier: Apache-2.0
"""The page: one file, no script, no network, every text of a model escaped.

Its content security policy allows no request at all.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from importlib import metadata
from importlib.resources import files
from typing import Final

from spatialevo_eval.published import COLUMNS, SOURCE
from spatialevo_eval.report import tables
from spatialevo_eval.report.facts import Calibration, Facts, Measured, calibrations
from spatialevo_eval.report.gallery import gallery
from spatialevo_eval.report.markup import text
from spatialevo_eval.report.svg import PALETTE, Bar, bars, scatter
from spatialevo_eval.results import OVERALL

__all__ = ["page"]

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def page(facts: Facts, title: str) -> str:
    """Return the page as HTML; the same runs give the same bytes."""
    style = files("spatialevo_eval.report").joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{''.join(_body(facts, title))}</body>\n</html>\n"
    )


def _body(facts: Facts, title: str) -> Iterator[str]:
    yield f"<header>\n<h1>{text(title)}</h1>\n"
    items = sum(len(run.result.records) for run in facts.runs if not run.result.is_baseline)
    counts = (
        _count(len(facts.models), "model"),
        _count(len(facts.benchmarks), "benchmark"),
        _count(items, "answer"),
    )
    yield f'<p class="quiet">{", ".join(counts)}. Per cent; in brackets 95 % bootstrap intervals, '
    yield "scenes resampled where questions share them.</p>\n"
    for run in facts.runs:
        if run.warning and not run.result.is_baseline:
            name = f"{run.result.benchmark.title}, {run.result.model}"
            yield f'<p class="warning">{text(name)}: {text(run.warning)}</p>\n'
    yield "</header>\n<main>\n"
    yield from _section("Main table", _main(facts))
    yield from _section("Beside the baselines", _baselines(facts))
    if facts.comparisons:
        yield from _section("Paired with the first model", _comparisons(facts))
    yield from _section("By task", _by_task(facts))
    yield from _section("Calibration of numeric answers", _calibration(facts))
    yield from _section("Failures", gallery(facts))
    yield from _section("What was run", _settings(facts))
    yield "</main>\n"
    yield f"<footer>spatialevo-eval {text(metadata.version('spatialevo-eval'))}</footer>\n"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _section(title: str, content: Iterable[str]) -> Iterator[str]:
    yield f"<section><h2>{text(title)}</h2>\n"
    yield from content
    yield "</section>\n"


def _table(heads: Iterable[str], rows: Iterable[tables.Cells]) -> Iterator[str]:
    yield '<div class="scroll"><table><thead><tr>'
    yield "".join(f"<th>{text(head)}</th>" for head in heads)
    yield "</tr></thead>\n<tbody>\n"
    for row in rows:
        yield f"<tr{' class=published' if row.published else ''}>"
        small = row.small or ("",) * len(row.cells)
        for cell, note in zip(row.cells, small, strict=True):
            beside = f"<br> <small>{text(note)}</small>" if note else ""
            yield f"<td>{text(cell)}{beside}</td>"
        yield "</tr>\n"
    yield "</tbody></table></div>\n"


def _main(facts: Facts) -> Iterator[str]:
    measured = bool({benchmark for benchmark, _ in COLUMNS} & set(facts.benchmarks))
    if not measured:
        yield '<p class="quiet">None of its nine benchmarks was run here: see below.</p>\n'
        yield "<details><summary>The published rows</summary>\n"
    yield from _table(tables.heads(), tables.main_table(facts))
    yield f'<p class="quiet">Rows marked “published” are copied from {text(SOURCE)}, and were not '
    yield "measured here. AVG is given where all nine benchmarks were run in full.</p>\n"
    if not measured:
        yield "</details>\n"


def _baselines(facts: Facts) -> Iterator[str]:
    heads = ("benchmark", "model", "score", "blind", "most frequent", "items", "unreadable")
    yield from _table(heads, tables.baselines(facts))
    yield '<p class="quiet">Blind: the same model and questions without images. Most frequent: '
    yield "the commonest right answer of each question type, always.</p>\n"


def _comparisons(facts: Facts) -> Iterator[str]:
    heads = (
        "benchmark",
        "difference of",
        "points",
        "p, permutation",
        "better / worse",
        "p, McNemar",
    )
    yield from _table(heads, tables.comparisons(facts))
    yield '<p class="quiet">Item by item on the same questions. The permutation test swaps whole '
    yield "scenes; McNemar's takes items as independent.</p>\n"


def _by_task(facts: Facts) -> Iterator[str]:
    colours = dict(zip(facts.models, PALETTE * len(facts.models), strict=False))
    yield '<ul class="key">'
    for model, colour in colours.items():
        yield f'<li><span style="background:{colour}"></span>{text(model)}</li>'
    yield "<li><b>┆</b> blind</li></ul>\n"
    for benchmark in facts.benchmarks:
        runs = [run for model in facts.models if (run := facts.of(model, benchmark))]
        if not runs:
            continue
        names = dict.fromkeys(row.name for run in runs for row in run.result.table.rows)
        title = runs[0].result.benchmark.title
        yield f"<h3>{text(title)} <small>{text(runs[0].result.table.rule)}</small></h3>\n"
        groups = [
            ("overall" if name == OVERALL else name, _group(facts, runs, name, colours))
            for name in (OVERALL, *names)
        ]
        yield bars(title, groups)


def _group(facts: Facts, runs: list[Measured], name: str, colours: dict[str, str]) -> list[Bar]:
    found = []
    for run in runs:
        if name not in run.intervals:
            continue
        model = run.result.model
        blind = facts.blind(model, run.result.benchmark.id)
        mark = blind.intervals[name].value if blind and name in blind.intervals else None
        found.append(
            Bar(interval=run.intervals[name], colour=colours[model], label=model, mark=mark)
        )
    return found


def _calibration(facts: Facts) -> Iterator[str]:
    colours = dict(zip(facts.models, PALETTE * len(facts.models), strict=False))
    drawn = False
    yield '<div class="plots">\n'
    for run, found in _by_kind(facts):
        drawn = True
        total = len(found.pairs) + found.others
        yield f"<figure><figcaption><b>{text(found.kind)}</b><br>"
        yield f"<small>{text(run.result.benchmark.title)}, {text(run.result.model)}</small>"
        yield f"</figcaption>{scatter(found, colours[run.result.model])}"
        yield f'<p class="quiet">answer ÷ truth: median {found.ratio:.2f}; within 10\u00a0%: '
        yield f"{found.within(0.1):.0%}, within 25\u00a0%: {found.within(0.25):.0%} of {total:,}"
        yield f"; {found.others:,} unreadable or not above 0</p></figure>\n"
    yield "</div>\n"
    if not drawn:
        yield '<p class="quiet">No question type with enough numeric answers.</p>\n'


def _by_kind(facts: Facts) -> list[tuple[Measured, Calibration]]:
    """Return the calibrations of all models, those of one question type side by side."""
    found = [
        (run, each)
        for run in facts.runs
        if not run.result.is_baseline
        for each in calibrations(run.result)
    ]
    kinds = list(dict.fromkeys(_kind(run, each) for run, each in found))
    return sorted(found, key=lambda pair: kinds.index(_kind(*pair)))


def _kind(run: Measured, found: Calibration) -> tuple[str, str]:
    return run.result.benchmark.id, found.kind


def _settings(facts: Facts) -> Iterator[str]:
    for run in facts.runs:
        config = json.dumps(run.result.config, indent=1, ensure_ascii=False)
        name = f"{run.result.benchmark.title}: {run.result.model}"
        yield f"<details><summary>{text(name)}</summary>"
        sources = "".join(f"<li>{text(each)}</li>" for each in run.result.benchmark.source)
        yield f"<ul>{sources}</ul><pre>"
        yield html.escape(config)
        yield "</pre></details>\n"
