# SPDX-License-Identifier: Apache-2.0
"""The report's tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spatialevo_dge.viewing.text import sentence
from spatialevo_eval.published import SOURCE
from spatialevo_eval.report import tables
from spatialevo_eval.report.facts import Facts

__all__ = ["markdown"]


def markdown(facts: Facts, title: str) -> str:
    """Return the report without its drawings; the same runs give the same bytes."""
    return "\n".join(_lines(facts, title)) + "\n"


def _lines(facts: Facts, title: str) -> Iterator[str]:
    yield f"# {_plain(title)}"
    yield ""
    yield "Per cent; in brackets 95 % bootstrap intervals, scenes resampled where questions share"
    yield f"them. *Published* rows are copied from {SOURCE}, and were not measured here."
    yield ""
    yield from _table(tables.heads(), tables.main_table(facts))
    yield "## Beside the baselines"
    yield ""
    heads = ("benchmark", "model", "score", "blind", "most frequent", "items", "unreadable")
    yield from _table(heads, tables.baselines(facts))
    if facts.comparisons:
        yield "## Paired with the first model"
        yield ""
        paired = ("benchmark", "difference of", "points", "p", "better / worse", "p, McNemar")
        yield from _table(paired, tables.comparisons(facts))
    for run in facts.runs:
        if run.result.is_baseline:
            continue
        yield f"## {_plain(run.result.benchmark.title)}: {_plain(run.result.model)}"
        yield ""
        yield f"Overall: {run.result.table.rule}."
        yield ""
        yield from _table(("task", "metric", "items", "score"), tables.rows_of(run))


def _table(heads: Iterable[str], rows: Iterable[tables.Cells]) -> Iterator[str]:
    names = list(heads)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        small = row.small or ("",) * len(row.cells)
        cells = [
            f"{_plain(cell)} {_plain(note)}".strip()
            for cell, note in zip(row.cells, small, strict=True)
        ]
        if row.published:
            cells[0] = f"{_plain(row.cells[0])} *(published)*"
        yield f"| {' | '.join(cells)} |"
    yield ""


def _plain(words: str) -> str:
    """Escape what would end a cell or begin markup."""
    kept = sentence(words)
    for sign in ("\\", "|", "*", "_", "<", "`", "["):
        kept = kept.replace(sign, f"\\{sign}")
    return kept
