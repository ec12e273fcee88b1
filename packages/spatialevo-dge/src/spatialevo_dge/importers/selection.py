# SPDX-License-Identifier: Apache-2.0
"""Which of a scan's thousands of frames are imported: evenly spread, or those that show most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

import numpy as np

from spatialevo_dge.importers.coverage_gain import Subject, samples_seen
from spatialevo_dge.scene import Frame

ItemT = TypeVar("ItemT")

LEAST_GAIN: Final = 1e-9
"""In objects: below this a frame adds nothing, and the rest is rounding."""


class SelectBy(StrEnum):
    """What decides where there are more frames than wanted."""

    EVEN = "even"  # evenly spread over the capture
    COVERAGE = "coverage"  # one after another, the frame that shows most that is new


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSelection:
    """Which of a scan's frames are imported.

    Attributes:
        every: Every n-th frame of the export, in capture order.
        at_most: Of these, at most so many.
        by: How these are chosen; evenly means the first and the last included.
    """

    every: int = 1
    at_most: int | None = None
    by: SelectBy = SelectBy.EVEN

    def __post_init__(self) -> None:
        """Refuse numbers below one."""
        if self.every < 1 or (self.at_most is not None and self.at_most < 1):
            raise ValueError(f"every, at_most: expected >= 1, got {self.every}, {self.at_most}")
        if self.by is SelectBy.COVERAGE and self.at_most is None:
            raise ValueError("at_most: selection by coverage needs a number of frames")

    def pick(self, names: Sequence[ItemT]) -> list[ItemT]:
        """Return what can be chosen before anything is known of the frames, in order."""
        chosen = list(names[:: self.every])
        if self.by is SelectBy.COVERAGE:
            return chosen
        return evenly(chosen, self.at_most)

    def settle(self, frames: Sequence[Frame], subject: Subject) -> list[Frame]:
        """Return the frames to keep of those picked, in capture order."""
        if self.by is SelectBy.EVEN or self.at_most is None or len(frames) <= self.at_most:
            return list(frames)
        return covering(frames, subject, self.at_most)

    def record(self) -> dict[str, object]:
        """Write the choice as JSON, for a scene's provenance."""
        return {"every": self.every, "at_most": self.at_most, "by": self.by.value}


def evenly(items: Sequence[ItemT], at_most: int | None) -> list[ItemT]:
    """Return at most so many items, evenly spread, the first and the last included."""
    if at_most is None or len(items) <= at_most:
        return list(items)
    places = np.linspace(0, len(items) - 1, at_most).round().astype(int)
    return [items[place] for place in places]


def covering(frames: Sequence[Frame], subject: Subject, at_most: int) -> list[Frame]:
    """Choose frames greedily: each time the one that adds most of what no chosen one shows.

    Ties go to the earlier frame. When no frame adds anything, the rest is spread evenly.

    Returns:
        The chosen frames, in the order given.
    """
    seen, weights = samples_seen(frames, subject)
    gains = np.array([weights[row].sum() for row in seen])
    is_open = np.ones(len(weights), dtype=np.bool_)
    chosen: list[int] = []
    while len(chosen) < at_most:
        best = int(np.argmax(gains))
        if gains[best] <= LEAST_GAIN:
            break
        chosen.append(best)
        new = np.flatnonzero(seen[best] & is_open)
        is_open[new] = False
        gains -= seen[:, new] @ weights[new]
    rest = [place for place in range(len(frames)) if place not in set(chosen)]
    chosen += evenly(rest, at_most - len(chosen)) if len(chosen) < at_most else []
    return [frames[place] for place in sorted(chosen)]
