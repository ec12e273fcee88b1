# SPDX-License-Identifier: Apache-2.0
"""What happens around a step: its record, a line of progress, a check that weights move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from rich.console import Console
from transformers import TrainerCallback

from spatialevo_rl.rollout_log import RolloutLog, StepRecord, TimingRecord
from spatialevo_rl.train.alarms import Watch
from spatialevo_rl.train.checkpoint import Checkpoints
from spatialevo_rl.train.play import Stage
from spatialevo_rl.train.step_log import AfterStep, StepLog


class Recorder(TrainerCallback):  # type: ignore[misc]
    """Writes each step's rows, numbers and times, before any checkpoint of it is saved.

    Args:
        stage: The run's stage.
        step_log: What the trainer gathers.
        log: The run's log; only the main process writes.
        checkpoints: Keeps the alarms' memory.
        show: Called with the records of each step on the main process.
    """

    def __init__(
        self,
        stage: Stage,
        step_log: StepLog,
        log: RolloutLog,
        checkpoints: Checkpoints,
        show: Callable[[StepRecord, TimingRecord], None],
    ) -> None:
        self._stage, self._step_log, self._log = stage, step_log, log
        self._checkpoints, self._show = checkpoints, show
        self._watch = Watch()
        if checkpoints.more:
            self._watch.load(checkpoints.more["watch"])

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Close the step: `Trainer` logs it once, before saving."""
        del args, control
        if logs is None or "learning_rate" not in logs:  # the summary at the end of a run
            return
        after = AfterStep(
            learning_rate=logs["learning_rate"],
            grad_norm=logs["grad_norm"] if "grad_norm" in logs else None,
            scheduler_accuracy=self._stage.scheduler.averages(),
            alpha=self._stage.settings.episode.alpha,
        )
        record, timing = self._step_log.end(after)
        record = replace(record, alarms=self._watch.look(record))
        if state.is_world_process_zero:
            self._log.append([*self._step_log.rows, record, timing])
            self._show(record, timing)
        self._checkpoints.more = {"watch": self._watch.state()}


class WeightsMove(TrainerCallback):  # type: ignore[misc]
    """Stops a run whose updates change nothing: a mistake that no curve shows.

    Looks at the first steps, and at every hundredth.
    """

    def __init__(self, often: int = 100) -> None:
        self._often = often
        self._before: dict[str, torch.Tensor] = {}

    def on_step_begin(
        self, args: Any, state: Any, control: Any, model: Any = None, **_: Any
    ) -> None:
        """Keep a copy of a few trained parameters."""
        del args, control
        if state.global_step < 3 or state.global_step % self._often == 0:
            self._before = {n: p.detach().clone() for n, p in _few(model)}

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **more: Any
    ) -> None:
        """Compare them after the step.

        Raises:
            RuntimeError: If there was a gradient and a learning rate, but no parameter moved.
        """
        del args, control
        before, self._before = self._before, {}
        if not before or logs is None or "grad_norm" not in logs:
            return
        if logs["grad_norm"] > 0 and logs["learning_rate"] > 0:
            after = dict(_few(more["model"]))
            if all(torch.equal(after[name], old) for name, old in before.items()):
                raise RuntimeError(
                    f"step {state.global_step}: gradient norm {logs['grad_norm']:.3g}, learning "
                    f"rate {logs['learning_rate']:.3g}, but none of {', '.join(before)} changed: "
                    "weights too coarse for the step (train LoRA, or float32 weights)?"
                )


def _few(model: Any, count: int = 8) -> list[tuple[str, torch.Tensor]]:
    """Return some trained parameters of a model, spread over its depth."""
    trained = [(n, p.data) for n, p in model.named_parameters() if p.requires_grad and p.numel()]
    return trained[:: max(1, len(trained) // count)]


class ProgressLine:
    """Prints one line a step: what a person watches."""

    def __init__(self, steps: int, console: Console | None = None) -> None:
        self._steps = steps
        self._console = console or Console(stderr=True, highlight=False)
        self._alarmed: set[str] = set()

    def __call__(self, record: StepRecord, timing: TimingRecord) -> None:
        """Print a step, and each alarm when it begins."""
        tasks = " ".join(f"{task}={value:.2f}" for task, value in record.accuracy.items())
        share = timing.oracle_seconds / timing.seconds if timing.seconds else 0.0
        self._console.print(
            f"{record.step + 1:>5}/{self._steps} {timing.seconds:5.2f} s "
            f"r_Q {_number(record.questioner_reward)} r_A {_number(record.solver_reward)} "
            f"legal {_number(record.validity)} seen {_number(record.observation)} "
            f"kl {_number(record.kl)} oracle {share:.1%}  {tasks}",
            soft_wrap=True,
        )
        names = {alarm.name for alarm in record.alarms}
        for alarm in record.alarms:
            if alarm.name not in self._alarmed:
                self._console.print(f"      alarm: {alarm.message}. Remedy: {alarm.remedy}")
        self._alarmed = names


def _number(value: float | None) -> str:
    return "  - " if value is None else f"{value:.2f}"
