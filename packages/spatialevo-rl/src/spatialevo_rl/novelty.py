# SPDX-License-Identifier: Apache-2.0
"""The repetition discount: a question asked often earns less.

    nov = 1 / c snapped down to {1, 0.5, 0.25}

c is how often the key occurs in its own group plus in the last visits of its scene.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from spatialevo_rl.records import Key, Proposal, Recent

STEPS: Final = (1.0, 0.5, 0.25)
"""Values that novelty takes; the least is what a question asked over and over still earns."""

VisitState: TypeAlias = list[list[list[object]]]
"""Of one scene: its visits, oldest first, each a list of [key, occurrences]."""


def novelty(occurrences: int) -> float:
    """Return 1 / occurrences snapped down to `STEPS`, at least the smallest of them.

    Raises:
        ValueError: Less than one occurrence: the question itself is one.
    """
    if occurrences < 1:
        raise ValueError(f"occurrences: at least 1 is needed, got {occurrences}")
    return next((step for step in STEPS if step * occurrences <= 1.0), STEPS[-1])


def novelties(keys: Sequence[Key | None], recent: Recent) -> tuple[float, ...]:
    """Return the novelty of every question of a group; 1 where there is no question.

    Args:
        keys: Identity of each question of the group; None: there is none.
        recent: What was asked in the scene's last visits.
    """
    group = Counter(key for key in keys if key is not None)
    return tuple(
        1.0
        if key is None
        else novelty(group[key] + (recent.counts[key] if key in recent.counts else 0))
        for key in keys
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety:
    """How varied the questions of a group are.

    Attributes:
        distinct: Number of different keys.
        top_share: Share of the most frequent one; 0 where there is no question.
    """

    distinct: int
    top_share: float


def variety(proposals: Iterable[Proposal]) -> Variety:
    """Count the different questions of a group."""
    counts = Counter(item.key for item in proposals if item.key is not None)
    total = sum(counts.values())
    return Variety(distinct=len(counts), top_share=max(counts.values()) / total if total else 0.0)


class VisitMemory:
    """What was asked of each scene in its last visits. Its state is part of a checkpoint."""

    def __init__(self, visits: int) -> None:
        """Remember so many visits of each scene.

        Raises:
            ValueError: Less than one visit.
        """
        if visits < 1:
            raise ValueError(f"visits: at least 1 is needed, got {visits}")
        self._visits = visits
        self._asked: dict[str, deque[Counter[Key]]] = {}

    def recent(self, scene_id: str) -> Recent:
        """Return how often each question of a scene was asked in its last visits."""
        total: Counter[Key] = Counter()
        for visit in self._asked[scene_id] if scene_id in self._asked else ():
            total.update(visit)
        return Recent(counts=dict(total))

    def add(self, scene_id: str, proposals: Iterable[Proposal]) -> None:
        """Remember one visit; call it once a scene slot, in the order of the slots."""
        visit = Counter(item.key for item in proposals if item.key is not None)
        self._asked.setdefault(scene_id, deque(maxlen=self._visits)).append(visit)

    def state(self) -> dict[str, VisitState]:
        """Return what is remembered as JSON values, in a fixed order."""
        return {
            scene_id: [
                [[key, visit[key]] for key in sorted(visit, key=repr)]
                for visit in self._asked[scene_id]
            ]
            for scene_id in sorted(self._asked)
        }

    def load(self, state: dict[str, VisitState]) -> None:
        """Take over a state, also one that went through JSON, where tuples become lists.

        Raises:
            TypeError: The state is none of this class.
        """
        self._asked = {
            scene_id: deque((_visit(visit) for visit in visits), maxlen=self._visits)
            for scene_id, visits in state.items()
        }


def _visit(pairs: list[list[object]]) -> Counter[Key]:
    visit: Counter[Key] = Counter()
    for pair in pairs:
        key, count = pair
        frozen = _frozen(key)
        if not isinstance(frozen, tuple) or not isinstance(count, int):
            raise TypeError(f"state: expected [key, occurrences], got {pair!r}")
        visit[frozen] = count
    return visit


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value
