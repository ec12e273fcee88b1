# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl rollout`: what a model asks and answers, without training it."""

from __future__ import annotations

from typing import Annotated

import typer

from spatialevo_rl.cli.registry import app
from spatialevo_rl.cli.settings import SETTINGS
from spatialevo_rl.recipe import load_recipe


@app.command(context_settings=SETTINGS)
def rollout(
    context: typer.Context,
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a YAML file.")] = "lab",
    steps: Annotated[int, typer.Option(min=1, help="How many steps are played.")] = 1,
) -> None:
    """Play steps without any update; print each question, its ruling, the answers, the rewards.

    Settings are flags, as in `--model_name_or_path DIR --scenes STORE --scenes_per_step 2`.
    """
    load_recipe(recipe)
    from spatialevo_rl.train.session import play_steps  # noqa: PLC0415  (heavy)

    for line in play_steps(recipe, context.args, steps):
        typer.echo(line)
