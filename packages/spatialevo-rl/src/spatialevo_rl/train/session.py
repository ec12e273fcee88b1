# SPDX-License-Identifier: Apache-2.0
"""A recipe from the command line to its report; and steps that are played without an update."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from spatialevo_rl.cli.errors import CommandError, running
from spatialevo_rl.cli.progress import TrainingDisplay
from spatialevo_rl.report.held_out import summary
from spatialevo_rl.report.write import write_report
from spatialevo_rl.rollout_text import lines
from spatialevo_rl.scenes.assign import Curriculum
from spatialevo_rl.scenes.summary import summarise
from spatialevo_rl.train.checkpoint import CheckpointError
from spatialevo_rl.train.config import RunConfig, parse
from spatialevo_rl.train.run import Run, prepare


def configure(recipe: str, flags: Sequence[str]) -> RunConfig:
    """Read a recipe and flags; the run's config.yaml also says which recipe it was.

    Raises:
        ConfigError: A setting is unknown or wrong.
    """
    config = parse(recipe, flags)
    return replace(config, values={"recipe": recipe, **config.values})


def train_recipe(recipe: str, flags: Sequence[str]) -> Path:
    """Train a recipe, and write its report.

    Returns:
        The run's folder.

    Raises:
        ConfigError: A setting is unknown or wrong.
        CommandError: The folder holds another run.
        SceneError: There are no such scenes.
    """
    config = configure(recipe, flags)
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    display = TrainingDisplay(config.train.max_steps, console)
    try:
        run = prepare(config, display)
    except CheckpointError as error:
        raise CommandError(str(error)) from error
    trainer: Any = run.trainer
    main = trainer.accelerator.is_main_process
    if main:
        _introduce(run, config, console)
    with running(), display:
        run.train()
    if main:
        _conclude(run, console)
    return run.folder


def _introduce(run: Run, config: RunConfig, console: Console) -> None:
    trainer: Any = run.trainer
    curriculum = Curriculum(
        tasks=config.scheduler,
        scene_views=config.scenes.scene_views,
        policy=config.episode.policy,
    )
    for line in summarise(trainer.stage.store, curriculum).lines():
        console.print(line)
    trained = sum(each.numel() for each in trainer.model.parameters() if each.requires_grad)
    console.print(f"{trained:,} parameters are trained; everything goes to {run.folder}")
    for damage in run.checkpoints.damaged:
        console.print(f"{damage}; going on from an older checkpoint")
    if run.checkpoints.dropped:
        console.print(f"{run.checkpoints.dropped} recorded steps have no checkpoint: played again.")
    if run.resume_from is not None:
        console.print(f"Going on from {run.resume_from.name}.")


def _conclude(run: Run, console: Console) -> None:
    written = write_report(run.folder, store=run.trainer.stage.store)
    for line in summary(written.run):
        console.print(line)
    for path in written.files:
        console.print(str(path))


def play_steps(recipe: str, flags: Sequence[str], steps: int) -> Iterator[str]:
    """Play steps as the trainer does, update nothing, and yield what was said and earned.

    Raises:
        ConfigError: A setting is unknown or wrong.
        SceneError: There are no such scenes.
    """
    config = configure(recipe, flags)
    with tempfile.TemporaryDirectory() as folder:
        config.train.output_dir = folder
        run = prepare(config, show=lambda *_: None)
        trainer: Any = run.trainer
        table = list(trainer.train_dataset)
        try:
            for step in range(steps):
                trainer.state.global_step = step
                trainer._generate_and_score_completions(table)
                yield from lines(trainer.step_log.rows)
        finally:
            trainer.stage.close()
