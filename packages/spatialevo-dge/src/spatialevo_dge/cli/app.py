# SPDX-License-Identifier: Apache-2.0
"""The commands, and what happens to errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from spatialevo_dge import __version__
from spatialevo_dge.cli import importing
from spatialevo_dge.cli.ask import ask
from spatialevo_dge.cli.check import check
from spatialevo_dge.cli.demo import demo
from spatialevo_dge.cli.errors import EXPECTED, PROGRAM, Interrupted, report
from spatialevo_dge.cli.synth import synth
from spatialevo_dge.cli.tasks import tasks

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command()(demo)
app.command()(tasks)
app.command()(ask)
app.add_typer(importing.app, name="import")
app.command()(synth)
app.command()(check)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="And leave.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; goes anywhere.")
    ] = False,
) -> None:
    """An exact oracle for spatial questions about 3D scenes."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; expected errors become one line on stderr."""
    words, debug = split_debug(arguments)
    try:
        code = app(words or ["--help"], prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except EXPECTED as error:
        if debug:
            raise
        code = report(error)
        if isinstance(error, BrokenPipeError):
            _forget_stdout()
        return code
    if code == Interrupted.exit_code:  # typer has swallowed a KeyboardInterrupt
        report(KeyboardInterrupt())
    return code if isinstance(code, int) else 0


def split_debug(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """Take `--debug` out of the words before ``--``; it may stand after the command."""
    words = list(arguments)
    end = words.index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word != "--debug"]
    return kept + words[end:], len(kept) < end


def _forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader of the pipe has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
