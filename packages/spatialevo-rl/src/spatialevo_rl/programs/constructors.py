# SPDX-License-Identifier: Apache-2.0
"""How programs state an answer with its unit; what is no answer of its kind is refused.

The signatures and docstrings are part of the language's documentation, as the operators' are.
"""

from __future__ import annotations

from typing import Final

from spatialevo_dge import Answer, Centimetres, Choice, Count, Direction, Metres, SquareMetres
from spatialevo_dge.directions import EIGHT_WORDS
from spatialevo_rl.programs.outcomes import Failure
from spatialevo_rl.programs.refusals import Refusal

MOST_METRES: Final = 1_000.0
"""Longer than any indoor scan; a program that says more has confused its units."""
MOST_SQUARE_METRES: Final = 100_000.0
MOST_INSTANCES: Final = 10_000
MOST_OPTIONS: Final = 32
LONGEST_OPTION: Final = 80

ANSWERS: Final = (Count, Metres, Centimetres, SquareMetres, Direction, Choice)


class Constructors:
    """The last expression of a program is the value of one of these."""

    def count(self, value: int) -> Answer:
        """State a number of instances: a whole number, not negative."""
        return Count(int(_within(value, MOST_INSTANCES, "count")))

    def metres(self, value: float) -> Answer:
        """State a length in metres, not negative."""
        return Metres(_within(value, MOST_METRES, "metres"))

    def centimetres(self, value: float) -> Answer:
        """State a length in centimetres, not negative."""
        return Centimetres(_within(value, MOST_METRES * 100.0, "centimetres"))

    def square_metres(self, value: float) -> Answer:
        """State an area in square metres, not negative."""
        return SquareMetres(_within(value, MOST_SQUARE_METRES, "square_metres"))

    def direction(self, word: str, options: list[str] | None = None) -> Answer:
        """State a direction word out of the options that the question admits.

        Without options: one of the eight words "front", "front-left", "left" and so on.
        """
        admitted = EIGHT_WORDS if options is None else _options(options)
        return Direction(_among(word, admitted), admitted)

    def choice(self, name: str, options: list[str]) -> Answer:
        """State which of the things that the question offers is meant."""
        offered = _options(options)
        return Choice(_among(name, offered), offered)


def _within(value: float, most: float, name: str) -> float:
    if not 0.0 <= value <= most:
        raise Refusal(Failure.UNIT, f"{name}: {value:.6g} is outside 0 to {most:.6g}")
    return value + 0.0  # -0.0 becomes 0.0


def _among(word: str, options: tuple[str, ...]) -> str:
    if word not in options:
        raise Refusal(Failure.UNIT, f"{word!r} is not one of the options {list(options)}")
    return word


def _options(options: list[str]) -> tuple[str, ...]:
    if not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) < len(options):
        raise Refusal(Failure.UNIT, f"options: from 2 to {MOST_OPTIONS} different ones are needed")
    if not all(0 < len(option) <= LONGEST_OPTION for option in options):
        raise Refusal(Failure.UNIT, f"options: each has from 1 to {LONGEST_OPTION} letters")
    return tuple(options)
