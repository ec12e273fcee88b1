# SPDX-License-Identifier: Apache-2.0
"""The command `spatialevo-eval`."""

import json
from dataclasses import asdict
from importlib import metadata
from typing import Annotated

import typer

from spatialevo_eval.provenance import here

app = typer.Typer(no_args_is_help=True, add_completion=False)


def print_version(wanted: bool) -> None:
    """Print this distribution's version and leave, where `--version` was given."""
    if wanted:
        typer.echo(f"spatialevo-eval {metadata.version('spatialevo-eval')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=print_version, is_eager=True)] = (
        False
    ),
) -> None:
    """Benchmarks of spatial reasoning, scored by the SpatialEvo oracle."""


@app.command()
def provenance() -> None:
    """Print, as JSON, the software and machine that a result made here would carry."""
    record = asdict(here())
    typer.echo(json.dumps({**record, "versions": dict(record["versions"])}, indent=2))


def main() -> None:
    """Run the command line."""
    app()
