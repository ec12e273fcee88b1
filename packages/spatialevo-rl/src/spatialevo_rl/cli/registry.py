# SPDX-License-Identifier: Apache-2.0
"""The application that the commands are added to."""

from importlib import metadata
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


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
