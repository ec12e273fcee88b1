# SPDX-License-Identifier: Apache-2.0
"""Which slots of a run the gallery shows: spread over the steps, every task in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spatialevo_rl.report.run import Run
from spatialevo_rl.rollout_log import AnswerRecord, QuestionRecord, RowRecord

CARDS: Final = 12
_STEPS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One slot of one step: what was asked and what was answered.

    Attributes:
        step: Optimizer step.
        slot: Scene slot.
        asked: The questioner's group, by row; empty where questions were enumerated.
        groups: The solver's groups, by row.
    """

    step: int
    slot: int
    asked: tuple[QuestionRecord, ...]
    groups: tuple[tuple[AnswerRecord, ...], ...]

    @property
    def first(self) -> RowRecord:
        """Any row: all have the same scene, images and task."""
        return self.asked[0] if self.asked else self.groups[0][0]


def samples(run: Run, most: int = CARDS) -> tuple[Sample, ...]:
    """Choose and read the samples; a run of few steps gives several of each.

    Raises:
        RecordError: A line of the log is damaged.
    """
    steps = _spread([each.step for each in run.steps], _STEPS)
    by_step: dict[int, dict[int, list[RowRecord]]] = {step: {} for step in steps}
    for row in run.log.rows(steps):
        by_step[row.step].setdefault(row.slot, []).append(row)
    chosen: list[Sample] = []
    shown: Counter[str] = Counter()
    while len(chosen) < most and any(by_step.values()):
        for slots in (by_step[step] for step in steps if by_step[step]):
            slot = min(slots, key=lambda slot: (shown[slots[slot][0].task], slot))
            chosen.append(_sample(slots.pop(slot)))
            shown[chosen[-1].first.task] += 1
    return tuple(sorted(chosen[:most], key=lambda each: (each.step, each.slot)))


def _spread(steps: Sequence[int], most: int) -> tuple[int, ...]:
    """Return at most so many steps, evenly spread, the first and the last among them."""
    if len(steps) <= most:
        return tuple(steps)
    return tuple(steps[round(place * (len(steps) - 1) / (most - 1))] for place in range(most))


def _sample(rows: Sequence[RowRecord]) -> Sample:
    asked = [row for row in rows if isinstance(row, QuestionRecord)]
    groups: dict[int, list[AnswerRecord]] = {}
    for row in rows:
        if isinstance(row, AnswerRecord):
            groups.setdefault(row.group, []).append(row)
    return Sample(
        step=rows[0].step,
        slot=rows[0].slot,
        asked=tuple(sorted(asked, key=lambda row: row.row)),
        groups=tuple(
            tuple(sorted(groups[group], key=lambda row: row.row)) for group in sorted(groups)
        ),
    )
