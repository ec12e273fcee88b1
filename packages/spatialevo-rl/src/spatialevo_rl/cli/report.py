# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl report`: a run as one page and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spatialevo_rl.cli.registry import app
from spatialevo_rl.report.held_out import headline
from spatialevo_rl.report.write import write_report


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="The folder that a run was written to.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The page; RUN/report.html if not given.")
    ] = None,
) -> None:
    """Write one HTML page that needs no network, and the learning curve as a picture beside it.

    Works on a run that is still going, too.
    """
    written = write_report(run, output)
    typer.echo(headline(written.run))
    for note in written.notes:
        typer.echo(f"note: {note}")
    for path in written.files:
        typer.echo(path)
