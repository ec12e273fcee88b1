# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl questions`: a fixed file of questions with the oracle's answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spatialevo_rl.cli.registry import app
from spatialevo_rl.cli.settings import SETTINGS
from spatialevo_rl.recipe import load_recipe


@app.command(context_settings=SETTINGS)
def questions(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    count: Annotated[int, typer.Option(min=1, help="Questions a task.")] = 800,
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a YAML file.")] = "lab",
) -> None:
    """Write questions about a recipe's training scenes, answers balanced, one JSON line each.

    `train --questions FILE` trains on them in place of the questioner's. Settings are flags.
    """
    load_recipe(recipe)
    from spatialevo_rl.train.questions import write_questions  # noqa: PLC0415  (heavy)
    from spatialevo_rl.train.session import configure  # noqa: PLC0415

    written = write_questions(configure(recipe, context.args), count, output, typer.echo)
    typer.echo(f"{written:,} questions in {output}")
