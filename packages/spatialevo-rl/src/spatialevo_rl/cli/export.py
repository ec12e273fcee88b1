# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl export`: a run's weights as transformers and vLLM load them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from spatialevo_rl.cli.errors import CommandError
from spatialevo_rl.cli.registry import app


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="The folder that a run was written to.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.")],
    merge: Annotated[
        bool, typer.Option("--merge", help="A model of its own; else the adapter alone.")
    ] = False,
    step: Annotated[
        int | None, typer.Option(help="Of which checkpoint; the last if not given.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the folder.")] = False,
) -> None:
    """Write the adapter, or the merged model, with its processor and a model card."""
    if not overwrite and os.path.lexists(output):
        raise CommandError(f"{output}: is there already; --overwrite replaces an earlier export")
    from spatialevo_rl.train.export import export as write  # noqa: PLC0415  (heavy)

    source = write(run, output, merge=merge, step=step, overwrite=overwrite)
    for damage in source.skipped:
        typer.echo(f"{damage}; left out", err=True)
    typer.echo(f"{output}: step {source.step} of {run}")
