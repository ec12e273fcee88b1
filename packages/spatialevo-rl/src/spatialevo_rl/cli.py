# SPDX-License-Identifier: Apache-2.0
"""The command `spatialevo-rl`."""

from importlib import metadata
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from spatialevo_rl.stack import components

app = typer.Typer(no_args_is_help=True, add_completion=False)


def print_version(wanted: bool) -> None:
    """Print this distribution's version and leave, where `--version` was given."""
    if wanted:
        typer.echo(f"spatialevo-rl {metadata.version('spatialevo-rl')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=print_version, is_eager=True)] = (
        False
    ),
) -> None:
    """Self-evolving training against the SpatialEvo oracle."""


@app.command()
def stack() -> None:
    """Show which parts of the training stack are installed, beside what is required."""
    table = Table("extra", "distribution", "required", "installed", "")
    for part in components():
        state = "ok" if part.satisfied else "missing" if part.installed is None else "wrong version"
        table.add_row(part.extra, part.name, str(part.required), part.installed or "-", state)
    Console().print(table)


def main() -> None:
    """Run the command line."""
    app()
