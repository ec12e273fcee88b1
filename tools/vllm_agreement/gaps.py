# SPDX-License-Identifier: Apache-2.0
"""How far the log-probabilities of an engine's samples are from the trainer's, and may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FURTHEST: Final = 1e-3
"""Most that two log-probabilities of a token differ, both in float32."""
MOVED: Final = 1e-2
"""Least that the last step's differ from those of other weights, somewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far vLLM's log-probabilities of its samples are from the trainer's, in one micro-batch.

    Attributes:
        step: The step, from 0.
        tokens: Tokens compared.
        now: Largest difference from the trainer's weights of this step.
        start: Largest difference from the weights of the first step.
    """

    step: int
    tokens: int
    now: float
    start: float


def report(found: Sequence[Gap], count: int, *, pushed: bool) -> bool:
    """Print a line a step and return whether the two agree.

    Args:
        found: Of all micro-batches.
        count: Steps that were to be trained.
        pushed: Whether the engine holds the weights of each step, or those of the first.
    """
    print("step  tokens  furthest from this step's weights  from the first step's")
    steps = sorted({gap.step for gap in found})
    parts = [[gap for gap in found if gap.step == step] for step in steps]
    for step, part in zip(steps, parts, strict=True):
        now, start = max(gap.now for gap in part), max(gap.start for gap in part)
        print(f"{step:>4}  {sum(g.tokens for g in part):>6}  {now:>33.1e}  {start:>21.1e}")
    same = max(gap.now if pushed else gap.start for gap in found)
    moved = max(gap.start if pushed else gap.now for gap in parts[-1])
    here, there = ("this", "the first") if pushed else ("the first", "this")
    print(
        f"largest difference from {here} step's weights {same:.1e}, at most {FURTHEST:.0e} wanted"
    )
    print(f"in the end, from {there} step's weights {moved:.1e}, at least {MOVED:.0e} wanted")
    return len(steps) == count and same <= FURTHEST and moved >= MOVED
