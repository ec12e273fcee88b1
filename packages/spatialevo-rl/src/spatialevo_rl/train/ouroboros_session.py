# SPDX-License-Identifier: Apache-2.0
"""The loop from the command line to its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from spatialevo_rl.cli.errors import CommandError
from spatialevo_rl.ouroboros.chat import ChatError
from spatialevo_rl.ouroboros.loop import NothingAcceptedError
from spatialevo_rl.ouroboros.report import summary_of_rounds
from spatialevo_rl.report.held_out import summary
from spatialevo_rl.report.write import write_report
from spatialevo_rl.train.checkpoint import CheckpointError
from spatialevo_rl.train.ouroboros import run_loop
from spatialevo_rl.train.session import configure
from spatialevo_rl.train.supervised_trainer import StepCost

_LINES: Final = 10  # that a phase writes where there is no terminal


class LoopDisplay:
    """Says which phase a round is in; a bar a phase on a terminal, some lines elsewhere.

    Args:
        steps: Optimizer steps of the whole run.
        console: Where it is shown.
    """

    def __init__(self, steps: int, console: Console) -> None:
        self._steps, self._console = steps, console
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeRemainingColumn(), console=console,
        )  # fmt: skip
        self._name, self._task, self._told = "", self._bar.add_task("", visible=False), -1

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show how far a phase is."""
        part = done * _LINES // max(total, 1)
        if name != self._name:
            self._name, self._told = name, -1
            self._task = self._bar.add_task(name, total=total)
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done)
        elif part != self._told:
            self._told = part
            self._console.print(f"{name}: {done} of {total}")

    def step(self, cost: StepCost) -> None:
        """Show an optimizer step."""
        self("learning", cost.step + 1, self._steps)


def ouroboros_recipe(recipe: str, flags: Sequence[str]) -> Path:
    """Run a recipe's loop, and write its report.

    Returns:
        The run's folder.

    Raises:
        ConfigError: A setting is unknown or wrong.
        CommandError: The folder holds another run, the proposer does not reply, or a round has
            nothing to learn from.
        SceneError: There are no such scenes.
    """
    config = configure(recipe, flags)
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    folder = Path(config.train.output_dir)
    display = LoopDisplay(config.train.max_steps, console)
    try:
        with display:
            records = run_loop(config, display, display.step)
    except (CheckpointError, ChatError, NothingAcceptedError) as error:
        raise CommandError(str(error)) from error
    written = write_report(folder)
    for line in (*summary_of_rounds(records), *summary(written.run)):
        console.print(line)
    for path in written.files:
        console.print(str(path))
    return folder
