# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl ouroboros`: the loop of a frozen proposer and a learning solver."""

from __future__ import annotations

from typing import Annotated

import typer

from spatialevo_rl.cli.errors import resumable
from spatialevo_rl.cli.registry import app
from spatialevo_rl.cli.settings import SETTINGS
from spatialevo_rl.recipe import load_recipe


@app.command(context_settings=SETTINGS)
def ouroboros(
    context: typer.Context,
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a YAML file.")] = "ouroboros-lab",
) -> None:
    """Let a frozen proposer write questions with programs, and the solver learn them, in rounds.

    Goes on where it was stopped. Every setting of a recipe is a flag: `--proposer openai
    --proposer_url http://localhost:8000/v1 --proposer_model NAME --scenes STORE --no_feedback`.
    """
    load_recipe(recipe)  # a misspelt name is told before anything heavy is loaded
    from spatialevo_rl.train.ouroboros_session import ouroboros_recipe  # noqa: PLC0415  (heavy)

    with resumable():
        ouroboros_recipe(recipe, context.args)
