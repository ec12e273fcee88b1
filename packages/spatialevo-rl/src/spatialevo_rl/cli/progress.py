# SPDX-License-Identifier: Apache-2.0
"""What a person watches while a run goes on: rewards, validity, tasks, time; alarms at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from spatialevo_rl.rollout_log import StepRecord, TimingRecord

WINDOW: Final = 20
"""Steps that a number is the mean of: one step says little."""
_LINES: Final = 40
"""About so many lines a run writes where there is no terminal."""

_NUMBERS: Final[Mapping[str, Callable[[StepRecord], float | None]]] = {
    "reward, questioner": lambda each: each.questioner_reward,
    "reward, solver": lambda each: each.solver_reward,
    "  against the oracle": lambda each: each.solver_true_reward,
    "reward, explainer": lambda each: each.explainer_reward,
    "legal questions": lambda each: each.validity,
    "observation": lambda each: each.observation,
    "well-formed questions": lambda each: each.questioner_format,
    "well-formed answers": lambda each: each.solver_format,
    "flat groups, questioner": lambda each: each.flat_questioner,
    "flat groups, solver": lambda each: each.flat_solver,
    "entropy, nats": lambda each: each.entropy,
    "KL, nats": lambda each: each.kl,
}


class TrainingDisplay:
    """Takes each step's records; a live table on a terminal, a line now and then elsewhere.

    Args:
        steps: Of the whole run.
        console: Where it is shown.
    """

    def __init__(self, steps: int, console: Console) -> None:
        self._steps, self._console = steps, console
        self._recent: deque[tuple[StepRecord, TimingRecord]] = deque(maxlen=WINDOW)
        self._every = max(1, steps // _LINES)
        self._alarmed: set[str] = set()
        self._bar = Progress(
            TextColumn("step"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=steps)
        self._live = Live(console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, record: StepRecord, timing: TimingRecord) -> None:
        """Show a step."""
        self._recent.append((record, timing))
        self._tell_alarms(record)
        if self._console.is_terminal:
            self._bar.update(self._task, completed=record.step + 1)
            self._live.update(Group(self._bar, self._table(), self._tasks()))
        elif (record.step + 1) % self._every == 0 or record.step + 1 == self._steps:
            self._console.print(self.line())

    def _tell_alarms(self, record: StepRecord) -> None:
        for alarm in record.alarms:
            if alarm.name not in self._alarmed:
                self._console.print(
                    f"alarm at step {record.step}: {alarm.message}. Remedy: {alarm.remedy}"
                )
        self._alarmed = {alarm.name for alarm in record.alarms}

    def mean(self, read: Callable[[StepRecord], float | None]) -> float | None:
        """Return the mean of a number over the last steps that have it."""
        return _mean(read(record) for record, _ in self._recent)

    def by_task(self) -> Mapping[str, tuple[float, float | None]]:
        """Return the share of each task, and its accuracy, over the last steps."""
        names = sorted({task for record, _ in self._recent for task in record.task_shares})
        return {
            task: (
                _mean(_of(record.task_shares, task) or 0.0 for record, _ in self._recent) or 0.0,
                _mean(_of(record.accuracy, task) for record, _ in self._recent),
            )
            for task in names
        }

    def seconds(self) -> tuple[float, float]:
        """Return the time of a step, and the oracle's share of it, over the last steps."""
        total = sum(timing.seconds for _, timing in self._recent)
        oracle = sum(timing.oracle_seconds for _, timing in self._recent)
        return total / len(self._recent), oracle / total if total else 0.0

    def line(self) -> str:
        """Return the numbers on one line."""
        step = self._recent[-1][0].step + 1
        seconds, oracle = self.seconds()
        return (
            f"step {step}/{self._steps}, mean of {len(self._recent)}: "
            f"{seconds:.2f} s (oracle {oracle:.1%}) "
            f"r_Q {_said(self.mean(lambda each: each.questioner_reward))} "
            f"r_A {_said(self.mean(lambda each: each.solver_reward))} "
            f"legal {_said(self.mean(lambda each: each.validity))} "
            f"seen {_said(self.mean(lambda each: each.observation))} "
            f"kl {_said(self.mean(lambda each: each.kl))} | "
            f"share/accuracy: {'; '.join(self._task_words())}"
        )

    def _task_words(self) -> Iterator[str]:
        for task, (share, accuracy) in self.by_task().items():
            yield f"{task} {share:.0%}/{_said(accuracy)}"

    def _table(self) -> Table:
        table = Table(f"mean of {len(self._recent)} steps", "", box=None, pad_edge=False)
        for name, read in _NUMBERS.items():
            table.add_row(name, _said(self.mean(read)))
        seconds, oracle = self.seconds()
        table.add_row("seconds a step", f"{seconds:.2f}")
        table.add_row("  of them the oracle", f"{oracle:.1%}")
        return table

    def _tasks(self) -> Table:
        table = Table("task", "share", "accuracy", box=None, pad_edge=False)
        for task, (share, accuracy) in self.by_task().items():
            table.add_row(task, f"{share:.0%}", _said(accuracy))
        return table


def _of(values: Mapping[str, float], name: str) -> float | None:
    return values[name] if name in values else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _said(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
