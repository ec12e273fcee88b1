# SPDX-License-Identifier: Apache-2.0
"""The tables of a report, as cells: HTML and Markdown write the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spatialevo_eval.published import COLUMNS, PUBLISHED
from spatialevo_eval.report.facts import Facts, Measured
from spatialevo_eval.report.markup import percent, probability, signed
from spatialevo_eval.statistics import Interval

__all__ = ["Cells", "baselines", "comparisons", "main_table", "rows_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """A line of a table.

    Attributes:
        cells: Texts.
        small: Beside each text, in small type; empty where there is none.
        published: Whether its numbers are copied from a paper.
    """

    cells: tuple[str, ...]
    small: tuple[str, ...] = ()
    published: bool = False


def heads() -> tuple[str, ...]:
    """Return the headings of the seed's table."""
    return ("model", *(title for _, title in COLUMNS), "AVG")


def main_table(facts: Facts) -> Iterator[Cells]:
    """Yield the seed's table: its own rows, marked, then what was measured here.

    The average stands only where all nine benchmarks were asked in full.
    """
    for row in PUBLISHED:
        values = (*row.values, row.average)
        cells = (f"{row.method} {row.size}", *(f"{value:.1f}" for value in values))
        yield Cells(cells=cells, small=("published", *[""] * len(values)), published=True)
    for model in facts.models:
        runs = [facts.of(model, benchmark) for benchmark, _ in COLUMNS]
        if not any(runs):
            continue
        whole = [run for run in runs if run is not None and not run.warning]
        mean = sum(run.overall.value for run in whole) / len(COLUMNS)
        average = percent(mean) if len(whole) == len(COLUMNS) else "–"
        yield Cells(
            cells=(model, *(percent(run.overall.value) if run else "–" for run in runs), average),
            small=("measured here", *(_note(run) for run in runs), ""),
        )


def baselines(facts: Facts) -> Iterator[Cells]:
    """Yield, for each benchmark and model, the score beside its baselines."""
    for benchmark in facts.benchmarks:
        constant = facts.most_frequent(benchmark)
        for model in facts.models:
            run = facts.of(model, benchmark)
            if run is None:
                continue
            blind = facts.blind(model, benchmark)
            yield Cells(
                cells=(
                    run.result.benchmark.title,
                    model,
                    percent(run.overall.value),
                    percent(blind.overall.value) if blind else "–",
                    percent(constant.overall.value) if constant else "–",
                    f"{len(run.result.records):,}",
                    f"{100 * run.unreadable:.1f} %",
                ),
                small=(
                    run.warning,
                    "",
                    span(run.overall),
                    span(blind.overall) if blind else "",
                    "",
                    f"{run.overall.clusters:,} clusters",
                    _corrected(run),
                ),
            )


def comparisons(facts: Facts) -> Iterator[Cells]:
    """Yield each model against the first, on the same items."""
    for first, other, found in facts.comparisons:
        yield Cells(
            cells=(
                first.result.benchmark.title,
                f"{other.result.model} − {first.result.model}",
                signed(found.difference.value),
                probability(found.p_value),
                f"{found.better:,} / {found.worse:,}",
                probability(found.mcnemar),
            ),
            small=("", "", span(found.difference), "", "", ""),
        )


def rows_of(run: Measured) -> Iterator[Cells]:
    """Yield the rows of a benchmark's own table."""
    for row in run.result.table.rows:
        found = run.intervals[row.name]
        yield Cells(
            cells=(row.name, row.metric, f"{row.count:,}", percent(row.value)),
            small=("", "", "", span(found)),
        )


def span(interval: Interval) -> str:
    """Write an interval's ends; empty where there are too few clusters for one."""
    if not interval.known:
        return ""
    return f"[{percent(interval.low)}, {percent(interval.high)}]".replace("-", "−")


def _note(run: Measured | None) -> str:
    if run is None:
        return ""
    return f"{span(run.overall)} partial" if run.warning else span(run.overall)


def _corrected(run: Measured) -> str:
    count = sum(bool(record.correction) for record in run.result.records)
    return f"{count:,} read otherwise than lmms-eval does" if count else ""
