# SPDX-License-Identifier: Apache-2.0
"""The demo on a screen: the table and what it adds up to."""

from __future__ import annotations

from statistics import median

from rich.table import Table
from rich.text import Text

from spatialevo_dge.cli.console import table
from spatialevo_dge.cli.demonstration.rows import Row
from spatialevo_dge.cli.ruling_text import short_margin
from spatialevo_dge.ruling import Legal


def as_table(found: list[Row], first_room: str) -> Table:
    """Lay the rows out, each task under its name."""
    laid = table("", "question", "ruling")
    laid.add_column("ms", justify="right", no_wrap=True)
    task = ""
    for row in found:
        if row.task.id != task:
            task = row.task.id
            laid.add_row("", Text(task, style="bold cyan"), Text(row.task.title, style="cyan"), "")
        milliseconds = f"{row.seconds * 1e3:.2f}"
        laid.add_row(_mark(row), _asked(row, first_room), _said(row), milliseconds)
    return laid


def _mark(row: Row) -> Text:
    right = row.as_expected and row.as_built is not False
    return Text("ok" if right else "WRONG", style="green" if right else "bold red")


def _asked(row: Row, first_room: str) -> Text:
    notes = []
    if row.scene.id != first_room:
        notes.append(f"room {row.scene.id}")
    if row.question.frames:
        frames = "frame" if len(row.question.frames) == 1 else "frames"
        notes.append(f"{frames} {', '.join(row.question.frames)}")
    if row.question.task not in (None, row.task.id):
        notes.append(f"scheduled as {row.question.task}")
    return Text.assemble(row.question.text, (f" [{'; '.join(notes)}]" if notes else "", "dim"))


def _said(row: Row) -> Text:
    ruling = row.ruling
    if not isinstance(ruling, Legal):
        return Text.assemble((ruling.rule.value, "red"), f": {ruling.why}")
    built = {True: "as built", False: "NOT as built", None: ""}[row.as_built]
    margin = short_margin(ruling.truth.margin, ruling.answer)
    notes = ", ".join(note for note in (margin, built) if note)
    return Text.assemble((ruling.answer.render(), "bold green"), f" ({notes})")


def totals(found: list[Row]) -> list[str]:
    """Add the rows up, in a line each."""
    legal = [row for row in found if row.ruling.legal]
    refused = [row for row in found if not row.ruling.legal]
    known = [row for row in found if row.as_built is not None]
    rules = {row.ruling.rule for row in refused if not isinstance(row.ruling, Legal)}
    times = [row.seconds * 1e3 for row in found]
    answered = f"legal questions answered: {sum(row.as_expected for row in legal)} of {len(legal)}"
    built = f"{sum(row.as_built is True for row in known)} of the {len(known)} answers that the"
    right = sum(row.as_expected for row in refused)
    return [
        f"{answered}; {built} construction knows agree with it",
        f"illegal questions refused as meant: {right} of {len(refused)}, by {len(rules)} rules",
        f"time for a ruling: median {median(times):.2f} ms, longest {max(times):.2f} ms",
    ]
