# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl finetune`: supervised learning of the solver on a file of questions."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from spatialevo_rl.cli.errors import CommandError, resumable, running
from spatialevo_rl.cli.registry import app
from spatialevo_rl.cli.settings import SETTINGS
from spatialevo_rl.recipe import load_recipe


@app.command(context_settings=SETTINGS)
def finetune(
    context: typer.Context,
    recipe: Annotated[
        str, typer.Option(help="A recipe's name, or a YAML file.")
    ] = "lab-static-sft",
    keep: Annotated[
        str, typer.Option(help="Keep the adapter after these numbers of steps, as in 8,64.")
    ] = "",
    cpu_seconds: Annotated[
        float | None,
        typer.Option("--cpu-seconds", min=0.001, help="Processor time; else max_steps steps."),
    ] = None,
) -> None:
    """Fine-tune the solver on `--questions FILE`; goes on where it was stopped.

    Every setting of a recipe is a flag.
    """
    load_recipe(recipe)
    from spatialevo_rl.train.checkpoint import CheckpointError  # noqa: PLC0415  (heavy)
    from spatialevo_rl.train.config import ConfigError  # noqa: PLC0415
    from spatialevo_rl.train.finetune import Length, fine_tune_file  # noqa: PLC0415
    from spatialevo_rl.train.session import configure  # noqa: PLC0415

    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    words = [word.strip() for word in keep.split(",") if word.strip()]
    if not all(word.isdecimal() for word in words):
        raise ConfigError(f"--keep: expected steps such as 8,60, got {keep!r}")
    steps = tuple(int(word) for word in words)
    config = configure(recipe, context.args)
    if not config.episode.questions:
        raise ConfigError("questions: expected a file; spatialevo-rl questions -o FILE makes one")
    try:
        with resumable(), running():
            found = fine_tune_file(
                config,
                Length(cpu_seconds=cpu_seconds, keep=steps),
                lambda cost: console.print(
                    f"step {cost.step + 1}  loss {cost.loss:.4f}  "
                    f"{cost.samples} samples in {cost.cpu_seconds:.2f} processor seconds"
                ),
            )
    except CheckpointError as error:
        raise CommandError(str(error)) from error
    console.print(f"{found.steps} steps; adapters in {found.folder / 'adapters'}")
