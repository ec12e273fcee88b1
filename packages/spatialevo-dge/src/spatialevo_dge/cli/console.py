# SPDX-License-Identifier: Apache-2.0
"""Writing for people, in a terminal of any width, and for pipes, where no line is ever cut."""

from __future__ import annotations

import sys
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

PIPE_WIDTH: Final = 10_000
"""A pipe has no width; a line of a table is one line of text there."""


def console() -> Console:
    """Return the console on stdout; text is printed as it is, without markup."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(width=width, markup=False, highlight=False, emoji=False)


def messages() -> Console:
    """Return the console on stderr, for what is no result."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)


def progress(unit: str) -> Progress:
    """Return a progress bar on stderr that leaves nothing behind; silent where that is a pipe."""
    errors = messages()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )


def print_indented(screen: Console, line: Text | str, columns: int) -> None:
    """Print a line behind so many blanks; where it wraps, its other lines are indented too."""
    text = Text(line) if isinstance(line, str) else line
    if screen.is_terminal:
        screen.print(Padding(text, (0, 0, 0, columns), expand=False))
    else:
        screen.print(Text(" " * columns).append_text(text), soft_wrap=True)


def table(*headings: str) -> Table:
    """Return an empty table whose cells fold and are never cut."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def print_table(screen: Console, laid: Table) -> None:
    """Print a table; in a pipe without the blanks that fill up a row."""
    if screen.is_terminal:
        screen.print(laid)
        return
    with screen.capture() as captured:
        screen.print(laid)
    lines = (line.rstrip() for line in captured.get().splitlines())
    screen.print("\n".join(lines), soft_wrap=True)
