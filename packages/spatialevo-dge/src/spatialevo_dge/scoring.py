# SPDX-License-Identifier: Apache-2.0
"""Score a reply against the truth: a number between 0 and 1, what was read, and why.

An unreadable reply scores 0, as does one that commits to several answers. Words are exact. Numbers
are scored by VSI-Bench's mean relative accuracy, or within a tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

import numpy as np

from spatialevo_dge.answer import (
    Answer,
    Centimetres,
    Choice,
    Count,
    Direction,
    Metres,
    SquareMetres,
)
from spatialevo_dge.reply import read, read_reply
from spatialevo_dge.truth import MarginKind, Truth

__all__ = ["Score", "Scorer", "mean_relative_accuracy", "read_reply", "score"]

LENGTH_TOLERANCE: Final = Fraction("0.04")
"""Metres. Two surfaces of a scan with 2 cm of noise each."""

_STEPS: Final = 10
_ALLOWED: Final = tuple(float(1.0 - theta) for theta in np.linspace(0.5, 0.95, _STEPS))
"""Relative errors that VSI-Bench's code allows, with its rounding: 1 - linspace(0.5, 0.95, 10)."""

Measure = Metres | Centimetres | SquareMetres


class Scorer(StrEnum):
    """How a number is compared with the truth; words are exact under each."""

    DEFAULT = "default"  # counts exact, lengths and areas by mean relative accuracy
    MRA = "mra"  # every number by mean relative accuracy, counts too: VSI-Bench
    MRA_STRICT = "mra-strict"  # the same as VSI-Bench's paper writes it
    TOLERANCE = "tolerance"  # right or wrong: within 4 cm, or the truth's interval if wider


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good a reply is.

    Attributes:
        value: 0 (wrong or unreadable) to 1.
        parsed: What was read, of the truth's type; None when the reply is unreadable.
        why: One sentence.
    """

    value: float
    parsed: Answer | None
    why: str


def score(
    reply: str,
    truth_or_answer: Truth | Answer,
    *,
    scorer: str = Scorer.DEFAULT,
    options: Sequence[str] = (),
) -> Score:
    """Score a reply.

    Args:
        reply: What a person or a model wrote; any string.
        truth_or_answer: The truth, or its answer alone (then no interval is known).
        scorer: A `Scorer` or its value.
        options: The answers offered beside the question, such as ``("A. left", "B. right")``.

    Raises:
        TypeError: `reply` is not a string, or the truth is none.
        ValueError: `scorer` is unknown, or the truth defines no answer.
    """
    rule = Scorer(scorer)
    answer, half_width = _answer(truth_or_answer)
    reading = read(reply, answer, options)
    if reading.parsed is None:
        return Score(value=0.0, parsed=None, why=f"Unreadable: {reading.why}.")
    value, why = _compare(reading.parsed, answer, rule, half_width)
    return Score(value=value, parsed=reading.parsed, why=why)


def mean_relative_accuracy(predicted: float, truth: float, *, strict: bool = False) -> float:
    """Share of VSI-Bench's ten thresholds that a number's relative error meets.

    Thresholds theta are 0.50, 0.55 … 0.95. VSI-Bench's code counts ``|p - t| / t <= 1 - theta`` in
    floats, which decide at the edges; its paper writes ``<``, which is taken exactly here, each
    number being the decimal that it prints as (arXiv 2412.14171, section 3).

    Args:
        predicted: The reply's number, in the truth's unit.
        truth: The true number. At zero or less the relative error means nothing: 1.0 if equal.
        strict: As the paper writes it.

    Raises:
        ValueError: `truth` is not finite.
    """
    if not math.isfinite(truth):
        raise ValueError(f"truth: a finite number is needed, got {truth}")
    if truth <= 0.0:
        return float(predicted == truth)
    if not math.isfinite(predicted):
        return 0.0
    if strict:
        error = abs(_exact(predicted) - _exact(truth)) / _exact(truth)
        return max(0, _STEPS - math.floor(2 * _STEPS * error)) / _STEPS
    relative = abs(predicted - truth) / truth
    return sum(relative <= allowed for allowed in _ALLOWED) / _STEPS


def _exact(value: float) -> Fraction:
    """Return the decimal that a float prints as: 0.1 is a tenth."""
    return Fraction(repr(float(value)))


def _answer(truth: Truth | Answer) -> tuple[Answer, float]:
    """Return the answer and the half-width of its interval in SI, 0 where none is known."""
    if not isinstance(truth, Truth):
        return truth, 0.0
    if truth.answer is None:
        raise ValueError("truth: the geometry defines no answer, so no reply can be scored")
    interval = truth.margin.kind is MarginKind.INTERVAL
    return truth.answer, truth.margin.value if interval else 0.0


def _compare(parsed: Answer, answer: Answer, rule: Scorer, half_width: float) -> tuple[float, str]:
    """Compare two answers of one type."""
    said, true = parsed.render(), answer.render()
    if isinstance(parsed, Direction | Choice) or isinstance(answer, Direction | Choice):
        return float(parsed.value == answer.value), f"Read {said!r}; the truth is {true!r}."
    if isinstance(answer, Count) and rule in {Scorer.DEFAULT, Scorer.TOLERANCE}:
        return float(parsed.value == answer.value), f"Read {said}; the truth is {true}."
    if rule is Scorer.TOLERANCE and not isinstance(answer, Count):
        return _within(parsed.value, answer, half_width)
    value = max(
        mean_relative_accuracy(parsed.value, target, strict=rule is Scorer.MRA_STRICT)
        for target in (answer.value, _written(answer))
    )
    return value, f"Read {said}; the truth is {true}."


def _written(answer: Count | Measure) -> float:
    """Return the number as `render` writes it.

    A reply can be no finer than the answer is written: the truth 0.004 m is "0.00 m", and whoever
    writes that is right.
    """
    return float(answer.render().split()[0])


def _within(predicted: float, answer: Measure, half_width: float) -> tuple[float, str]:
    """Score 1 within the tolerance: in metres for lengths, in square metres for areas.

    Areas have no four centimetres; only their interval, and what rounding takes, is allowed.
    """
    length = not isinstance(answer, SquareMetres)
    scale = 100 if isinstance(answer, Centimetres) else 1
    floor = LENGTH_TOLERANCE if length else Fraction("0.005")
    allowed = max(floor, _exact(half_width))
    error = abs(_exact(predicted) - _exact(answer.value)) / scale
    return (
        float(error <= allowed),
        f"Off by {float(error):.3g}; {float(allowed):.3g} is allowed.",
    )
