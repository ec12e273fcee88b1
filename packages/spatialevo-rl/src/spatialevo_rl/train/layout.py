# SPDX-License-Identifier: Apache-2.0
"""Which row of the batch does what: a fixed table of slots, and the sampler that deals it out.

A scene is a block of (1 + K) groups of G rows: the questioner's group, then K solver groups. A step
is B blocks. Every step has the same table; what a slot works on follows from (step, slot) alone, so
nothing about the data has to be saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass

from datasets import Dataset
from torch.utils.data import Sampler

from spatialevo_rl.settings import LayoutSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The shape of a step's global batch and its split over processes.

    Attributes:
        scenes: Scenes of a step, over all processes (B).
        groups: Groups of a scene: the questioner's and K solver groups (1 + K).
        rows: Rows of a group (G).
        processes: Number of processes.
        micro_batch: Rows of one forward and backward pass on one process.
        micro_batches: Forward and backward passes of one update on one process.
    """

    scenes: int
    groups: int
    rows: int
    processes: int
    micro_batch: int
    micro_batches: int

    def __post_init__(self) -> None:
        """Refuse a batch that does not hold whole scenes on every process."""
        block = self.groups * self.rows
        chunk = self.micro_batch * self.micro_batches
        if chunk % block:
            raise ValueError(
                f"per_device_train_batch_size ({self.micro_batch}) x gradient_accumulation_steps "
                f"({self.micro_batches}) = {chunk} rows a process, which is not a whole number of "
                f"scenes: a scene is (1 + solver_groups) x num_generations = {self.groups} x "
                f"{self.rows} = {block} rows"
            )
        if chunk * self.processes != block * self.scenes:
            raise ValueError(
                f"{self.processes} process(es) x {chunk} rows = {chunk * self.processes}, but "
                f"scenes_per_step ({self.scenes}) x {block} rows a scene = {block * self.scenes}; "
                f"set gradient_accumulation_steps to {_suggest(self)}"
            )

    @property
    def total(self) -> int:
        """Rows of a step, over all processes."""
        return self.scenes * self.groups * self.rows

    @property
    def local_scenes(self) -> int:
        """Scenes of a step on one process."""
        return self.scenes // self.processes


def _suggest(layout: Layout) -> str:
    share = layout.scenes * layout.groups * layout.rows
    per_step = layout.processes * layout.micro_batch
    return str(share // per_step) if share % per_step == 0 else "another value, or change the batch"


def make_layout(
    settings: LayoutSettings, rows: int, processes: int, micro_batch: int, micro_batches: int
) -> Layout:
    """Build and check the layout of a run.

    Args:
        settings: Scenes and solver groups.
        rows: Rows of a group, TRL's `num_generations`.
        processes: World size.
        micro_batch: TRL's `per_device_train_batch_size`.
        micro_batches: TRL's `gradient_accumulation_steps`.

    Raises:
        ValueError: If a process would not get whole scenes; names the numbers to change.
    """
    return Layout(
        scenes=settings.scenes_per_step,
        groups=1 + settings.solver_groups,
        rows=rows,
        processes=processes,
        micro_batch=micro_batch,
        micro_batches=micro_batches,
    )


def slot_table(layout: Layout) -> Dataset:
    """Return the table of one step: columns `slot` (scene), `group` (0 asks) and `row`.

    `prompt` is a constant: TRL wants the column, and prompts are made when the step is played.
    """
    places = [
        (slot, group, row)
        for slot in range(layout.scenes)
        for group in range(layout.groups)
        for row in range(layout.rows)
    ]
    slots, groups, rows = zip(*places, strict=True)
    return Dataset.from_dict(
        {"prompt": [""] * len(places), "slot": slots, "group": groups, "row": rows}
    )


class StepSampler(Sampler[int]):
    """Indices of the slot table, in order, once for every micro-batch of every step.

    TRL's loader hands a process its whole share of a step at every micro-batch and uses the first
    of them; so each step's table is dealt `micro_batches` times. Deterministic and stateless.
    """

    def __init__(self, table: Sized, steps: int, micro_batches: int) -> None:
        if steps < 1:
            raise ValueError(f"max_steps must be at least 1, got {steps}")
        self._rows = len(table)
        self._repeats = steps * micro_batches

    def __iter__(self) -> Iterator[int]:
        """Yield the table's indices again and again."""
        for _ in range(self._repeats):
            yield from range(self._rows)

    def __len__(self) -> int:
        """Return the number of indices of a whole run."""
        return self._rows * self._repeats


def local_slots(rows: Sequence[Mapping[str, object]], layout: Layout) -> tuple[int, ...]:
    """Return the scene slots of one process's rows, in order.

    Args:
        rows: Rows of the slot table that this process got.
        layout: The run's layout.

    Raises:
        ValueError: If the rows are not whole blocks in the table's order: a sampler, a sharding or
            a TRL that deals otherwise would mix groups in silence.
    """
    block = layout.groups * layout.rows
    slots: list[int] = []
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        first = part[0]["slot"]
        want = [(first, g, r) for g in range(layout.groups) for r in range(layout.rows)]
        got = [(row["slot"], row["group"], row["row"]) for row in part]
        if got != want or not isinstance(first, int):
            raise ValueError(f"rows {start} to {start + len(part) - 1} are not one scene's block")
        slots.append(first)
    return tuple(slots)
