# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl ablation`: the method beside its controls, as a table and a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from spatialevo_rl.ablation.arms import chosen_arms
from spatialevo_rl.ablation.plan import Settings
from spatialevo_rl.cli.errors import CommandError, resumable
from spatialevo_rl.cli.registry import app
from spatialevo_rl.cli.settings import SETTINGS
from spatialevo_rl.recipe import load_recipe

SHORT: Final = Settings(
    flags=(
        *("--max_steps", "30", "--scene_count", "40", "--rounds", "3", "--visits", "12"),
        *("--num_generations", "4", "--per_device_train_batch_size", "32"),
    ),
    questions=12,
    held_out=12,
    curve=6,
    views=4,
)
"""Plumbing: every arm's way from the first step to the page, and too little of anything to mean
something."""


@app.command(context_settings=SETTINGS)
def ablation(  # noqa: PLR0913, PLR0917  (options of a command line)
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The folder of everything.")
    ] = Path("runs/ablation"),
    recipe: Annotated[str, typer.Option(help="The main recipe.")] = "lab",
    arms: Annotated[
        str, typer.Option(help="Only these, as in main,consensus; else the core table.")
    ] = "",
    seeds: Annotated[int, typer.Option(min=1, help="Seeds of each arm.")] = 3,
    jobs: Annotated[int, typer.Option(min=1, help="Runs at a time.")] = 1,
    full: Annotated[bool, typer.Option("--full", help="The one-field ablations too.")] = False,
    short: Annotated[bool, typer.Option("--short", help="One seed, 30 steps: plumbing.")] = False,
) -> None:
    """Run the arms, ask each the same held-out questions, write table.md and report.html.

    The same command goes on where it was stopped. Settings are flags, for every arm.
    """
    load_recipe(recipe)
    chosen = chosen_arms([name for name in arms.split(",") if name], full=full)
    settings = SHORT if short else Settings()
    settings = replace(settings, recipe=recipe, flags=(*settings.flags, *context.args))
    from spatialevo_rl.train.ablation import Ablation, run_ablation  # noqa: PLC0415  (heavy)
    from spatialevo_rl.train.ablation_runs import AblationError  # noqa: PLC0415

    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    wanted = Ablation(
        out=output.resolve(),
        settings=settings,
        arms=chosen,
        seeds=1 if short else seeds,
        jobs=jobs,
    )
    try:
        with resumable():
            table, page = run_ablation(wanted, console)
    except AblationError as error:
        raise CommandError(str(error)) from error
    typer.echo(table.read_text(encoding="utf-8"))
    typer.echo(f"{table}\n{page}")
