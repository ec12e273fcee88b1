# SPDX-License-Identifier: Apache-2.0
"""Signs that a run collapses, each with what to do about it.

A run whose own reward rises while it learns nothing looks healthy on every curve of its own. What
gives it away is the oracle's reward beside the one used, entropy, and sameness.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from spatialevo_rl.rollout_log import Alarm, StepRecord

WINDOW: Final = 50
"""Steps that a sign has to last on average before it counts."""
OPENING: Final = 10
"""Steps whose mean entropy is the start's."""

REWARD_GAP: Final = 0.2
LEAST_ENTROPY: Final = 0.2  # of the start's
TOP_ANSWER: Final = 0.9
FLAT_GROUPS: Final = 0.8
MOST_KL: Final = 1.0
DISTINCT_KEYS: Final = 1.5
TOP_KEY: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    name: str
    limit: float
    above: bool
    text: str
    remedy: str


_SIGNS: Final = (
    _Sign(
        name="reward_gap", limit=REWARD_GAP, above=True,
        text="own reward exceeds the oracle's by {value:.2f}",
        remedy="label_source: oracle; votes reward agreement, not truth",
    ),
    _Sign(
        name="entropy", limit=LEAST_ENTROPY, above=False,
        text="entropy is {value:.0%} of the start's",
        remedy="raise beta or temperature, or lower learning_rate",
    ),
    _Sign(
        name="top_answer", limit=TOP_ANSWER, above=True,
        text="{value:.0%} of replies are their task's most frequent one",
        remedy="the solver guesses a constant: raise beta, check the task's floor in the report, "
        "drop tasks without skill from trained_tasks",
    ),
    _Sign(
        name="flat_groups", limit=FLAT_GROUPS, above=True,
        text="{value:.0%} of groups have equal rewards and teach nothing",
        remedy="raise temperature or num_generations, or train harder tasks",
    ),
    _Sign(
        name="kl", limit=MOST_KL, above=True,
        text="the policy is {value:.2f} nats a token from its start",
        remedy="raise beta or lower learning_rate",
    ),
    _Sign(
        name="distinct_keys", limit=DISTINCT_KEYS, above=False,
        text="a group asks {value:.1f} different questions",
        remedy="novelty: true; raise temperature",
    ),
    _Sign(
        name="top_key", limit=TOP_KEY, above=True,
        text="{value:.0%} of a step's questions are the same one",
        remedy="novelty: true; more scenes_per_step",
    ),
)  # fmt: skip


@dataclass(slots=True)
class Watch:
    """Remembers the last steps and says what looks wrong. Its state is part of a checkpoint."""

    _seen: dict[str, deque[float]] = field(default_factory=dict)
    _opening: list[float] = field(default_factory=list)

    def look(self, record: StepRecord) -> tuple[Alarm, ...]:
        """Take a step in and return the alarms that hold now.

        An alarm needs `WINDOW` steps in which its number is known.
        """
        for name, value in self._numbers(record).items():
            self._seen.setdefault(name, deque(maxlen=WINDOW)).append(value)
        return tuple(
            Alarm(
                name=sign.name,
                message=f"{sign.text.format(value=mean)} over {WINDOW} steps",
                remedy=sign.remedy,
            )
            for sign in _SIGNS
            if (mean := self._mean(sign.name)) is not None
            and (mean > sign.limit if sign.above else mean < sign.limit)
        )

    def _numbers(self, record: StepRecord) -> dict[str, float]:
        numbers = {
            "reward_gap": _difference(record.solver_reward, record.solver_true_reward),
            "entropy": self._entropy(record.entropy),
            "top_answer": record.top_answer_share,
            "flat_groups": _mean([record.flat_questioner, record.flat_solver]),
            "kl": record.kl,
            "distinct_keys": record.distinct_keys,
            "top_key": record.top_key_share,
        }
        return {name: value for name, value in numbers.items() if value is not None}

    def _entropy(self, value: float | None) -> float | None:
        """Return entropy as a share of the opening's; None during the opening."""
        if value is None:
            return None
        if len(self._opening) < OPENING:
            self._opening.append(value)
            return None
        start = sum(self._opening) / OPENING
        return value / start if start > 0 else None

    def _mean(self, name: str) -> float | None:
        values = self._seen.get(name, ())
        return sum(values) / WINDOW if len(values) == WINDOW else None

    def state(self) -> dict[str, Any]:
        """Return what is remembered, as JSON values."""
        return {
            "seen": {name: list(values) for name, values in sorted(self._seen.items())},
            "opening": list(self._opening),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Take over a state."""
        self._seen = {name: deque(vs, maxlen=WINDOW) for name, vs in state["seen"].items()}
        self._opening = list(state["opening"])


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
