# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl train`: a recipe from start to report."""

from __future__ import annotations

from typing import Annotated

import typer

from spatialevo_rl.cli.errors import CommandError
from spatialevo_rl.cli.registry import app
from spatialevo_rl.cli.settings import SETTINGS
from spatialevo_rl.plan.workload import processes_of
from spatialevo_rl.recipe import load_recipe, read_flags
from spatialevo_rl.stack import refuse_missing


@app.command(context_settings=SETTINGS)
def train(
    context: typer.Context,
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a YAML file.")] = "lab",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Build everything up to the first step, and stop.")
    ] = False,
    layers: Annotated[
        int | None,
        typer.Option(min=1, help="With --dry-run: layers of the real width, random weights."),
    ] = None,
) -> None:
    """Train: one model asks and answers, rewarded by the oracle; goes on where it was stopped.

    Every setting of a recipe is a flag: `--seed 1 --max_steps 500 --scenes STORE --output-dir RUN`.
    Recipes have the usual ones (spatialevo_rl/recipes/*.yaml); TRL's GRPOConfig has the others.
    A recipe for several GPUs starts a process on each; torchrun and accelerate start them as well.
    """
    settings = {**load_recipe(recipe), **read_flags(context.args)}  # told before the heavy part
    if dry_run:
        from spatialevo_rl.train.dry_run import dry_run as build  # noqa: PLC0415  (heavy)

        for line in build(recipe, context.args, layers):
            typer.echo(line)
        return
    if layers is not None:
        raise CommandError("layers: only with --dry-run; a run trains the whole model")
    refuse_missing(settings)
    count = processes_of(settings)
    if count > 1:
        from spatialevo_rl.train.processes import launched, start  # noqa: PLC0415  (heavy)

        if not launched():
            words = ("train", "--recipe", recipe, *context.args)
            raise typer.Exit(code=start(count, words, settings))
    from spatialevo_rl.train.session import train_recipe  # noqa: PLC0415  (heavy)

    train_recipe(recipe, context.args)
