# SPDX-License-Identifier: Apache-2.0
"""The application to which every command adds itself."""

from __future__ import annotations

from typing import Annotated

import typer

from spatialevo_dge import __version__
from spatialevo_dge.cli.errors import PROGRAM

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


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
    del version, debug  # acted upon before any command is chosen
