# SPDX-License-Identifier: Apache-2.0
"""What a step was: its rows, its numbers, its times. One line each in the run's log."""

from __future__ import annotations

import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from accelerate import PartialState
from accelerate.utils import reduce
from torch import Tensor

from spatialevo_rl.episode import oracle_failed
from spatialevo_rl.records import Role
from spatialevo_rl.rollout_log import (
    RowRecord,
    StepRecord,
    TimingRecord,
)
from spatialevo_rl.step_means import UpdateNumbers, step_record
from spatialevo_rl.train.loss import TokenLoss
from spatialevo_rl.train.play import SlotResult


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterStep:
    """What is known only when the update is done.

    Attributes:
        learning_rate: Of the step.
        grad_norm: Before clipping; None where the back end does not say.
        scheduler_accuracy: The curriculum's running accuracy, by task.
        alpha: Weight of the format term.
    """

    learning_rate: float
    grad_norm: float | None
    scheduler_accuracy: Mapping[str, float]
    alpha: float


class StepLog:
    """Gathers one step after the other. The same calls are made on every process."""

    def __init__(self) -> None:
        self.step = -1
        self.rows: list[RowRecord] = []
        self._faults = self._void = 0
        self._lengths: list[tuple[int, bool]] = []
        self._seconds: dict[str, float] = defaultdict(float)
        self._tokens: list[Tensor] = []
        self._begun = time.perf_counter()
        self._processor_begun = time.process_time()

    def begin(self, step: int) -> None:
        """Start a step."""
        self.step = step
        self.rows = []
        self._lengths = []
        self._tokens = []
        self._seconds.clear()
        self._begun = time.perf_counter()
        self._processor_begun = time.process_time()

    @contextmanager
    def clock(self, part: str) -> Iterator[None]:
        """Add the time of a block to a part of the step."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[part] += time.perf_counter() - begun

    def take_rows(self, rows: Sequence[RowRecord]) -> None:
        """Take the rows of all processes."""
        self.rows = list(rows)

    def take_results(self, results: Sequence[SlotResult]) -> None:
        """Count what the rows do not say, over all processes."""
        proposals = [one for result in results for one in result.proposals]
        self._faults = sum(oracle_failed(one) for one in proposals)
        self._void = sum(job.role is Role.VOID for result in results for job in result.jobs)

    def take_lengths(self, lengths: Sequence[tuple[int, bool]]) -> None:
        """Take each completion's tokens and whether it was cut, of all processes."""
        self._lengths = list(lengths)

    def take_tokens(self, loss: Tensor, terms: TokenLoss, entropies: Tensor, mask: Tensor) -> None:
        """Take sums over a micro-batch's tokens."""
        sums = [(x * mask).sum() for x in (terms.kl, entropies, terms.clipped.float())]
        parts = [loss.detach(), *(one.detach() for one in sums), mask.sum()]
        self._tokens.append(torch.stack([part.float() for part in parts]))

    def end(self, after: AfterStep) -> tuple[StepRecord, TimingRecord]:
        """Close the step; every process has to call it."""
        device = PartialState().device
        local = torch.stack(self._tokens).sum(dim=0) if self._tokens else torch.zeros(5)
        loss, kl, entropy, _, count = reduce(local.to(device), "sum").tolist()
        seconds = time.perf_counter() - self._begun
        lengths = [length for length, _ in self._lengths]
        numbers = UpdateNumbers(
            loss=loss,
            kl=kl / count if count else None,
            grad_norm=after.grad_norm,
            learning_rate=after.learning_rate,
            entropy=entropy / count if count else None,
            completion_tokens=sum(lengths) / max(len(lengths), 1),
            trained_tokens=round(count),
            truncated=sum(cut for _, cut in self._lengths) / max(len(lengths), 1),
            void_slots=self._void,
            oracle_faults=self._faults,
        )
        record = step_record(
            self.step, self.rows, numbers, after.scheduler_accuracy, alpha=after.alpha
        )
        return record, self._timing(seconds, device)

    def _timing(self, seconds: float, device: torch.device) -> TimingRecord:
        generation, oracle = self._seconds["generation"], self._seconds["oracle"]
        if device.type == "cuda":
            peak = torch.cuda.max_memory_allocated(device)
        else:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return TimingRecord(
            step=self.step,
            seconds=seconds,
            generation_seconds=generation,
            oracle_seconds=oracle,
            update_seconds=seconds - generation - oracle,
            cpu_seconds=time.process_time() - self._processor_begun,
            peak_bytes=peak,
            finished=time.time(),
        )
