# SPDX-License-Identifier: Apache-2.0
"""A measured truth: the answer, how far it is from being another, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from spatialevo_dge.answer import Answer
from spatialevo_dge.verdict import Violation

JsonValue: TypeAlias = (
    "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
Trace: TypeAlias = Mapping[str, JsonValue]


class MarginKind(StrEnum):
    """How to read a margin."""

    INTERVAL = "interval"  # a number: half-width of its 95 % interval
    BOUNDARY = "boundary"  # a label: distance to the nearest decision boundary
    EXACT = "exact"  # nothing to be uncertain about (a count of annotated instances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How certain an answer is.

    Attributes:
        kind: Whether `value` is an interval's half-width or the distance to a boundary.
        value: In `unit`.
        unit: ``"m"``, ``"m2"``, ``"deg"``, ``"fraction"`` or ``"ratio"``.
        sd: Standard deviation of the compared quantity under the scene's noise, in `unit`.
    """

    kind: MarginKind
    value: float = 0.0
    unit: str = ""
    sd: float = 0.0


EXACT_MARGIN = Margin(kind=MarginKind.EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the geometry says.

    Attributes:
        answer: The answer; None only where the geometry defines none (then `doubts` says why).
        margin: How certain it is.
        trace: Numbers, boxes, vectors and frames it was computed from: JSON values, SI units, names
            that state frame and unit.
        doubts: Reasons for which a policy refuses to certify the answer: DEGENERATE or BORDERLINE
            violations. `judge` turns them into an illegal ruling; `measure` only reports them.
    """

    answer: Answer | None
    margin: Margin
    trace: Trace
    doubts: tuple[Violation, ...] = ()
