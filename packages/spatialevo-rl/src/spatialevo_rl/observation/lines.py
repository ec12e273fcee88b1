# SPDX-License-Identifier: Apache-2.0
"""Sentences of a written observation: what each states, and how it is put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from spatialevo_dge.labels import plural

NUMBERS: Final = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

SHORT: Final[Mapping[str, str]] = {
    "left": "left of",
    "right": "right of",
    "nearer": "nearer than",
    "farther": "farther than",
    "on": "on",
    "in": "in",
}
"""Relations in the fewest words."""

_LONG: Final[Mapping[str, tuple[str, ...]]] = {
    "left": ("to the left of", "left of", "on the left side of"),
    "right": ("to the right of", "right of", "on the right side of"),
    "nearer": ("nearer to the camera than", "closer to the camera than", "nearer than"),
    "farther": ("farther from the camera than", "farther away than", "farther than"),
    "on": ("on top of", "on"),
    "in": ("inside", "in"),
}
_OPENINGS: Final = ("I see", "I can see", "I notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence.

    Attributes:
        things: What it speaks of, each with a number (0: "a bed").
        relation: How they lie from `others`; empty where they are just there.
        others: What they are related to.
        seen: Whether it says that the things are there ("I see a bed left of a lamp"), or takes
            that for granted ("the bed is left of the lamp").
    """

    things: tuple[tuple[str, int], ...]
    relation: str = ""
    others: tuple[str, ...] = ()
    seen: bool = True


def brief(lines: Sequence[Line]) -> str:
    """Write lines in lower case, every word and mark apart, in the fewest words."""
    return " . ".join(_brief(line) for line in lines)


def full(lines: Sequence[Line], dice: np.random.Generator) -> str:
    """Write lines as English sentences, in wordings that the dice choose."""
    return " ".join(_full(line, dice) for line in lines)


def _brief(line: Line) -> str:
    if line.seen:
        things = _listed([_a(name, number) for name, number in line.things], " , ")
        tail = f" {SHORT[line.relation]} {_a(line.others[0])}" if line.relation else ""
        return f"i see {things}{tail}"
    things = _listed([f"the {name}" for name, _ in line.things], " , ")
    others = _listed([f"the {name}" for name in line.others], " , ")
    return f"{things} {_verb(line)} {SHORT[line.relation]} {others}"


def _full(line: Line, dice: np.random.Generator) -> str:
    relation = _choice(_LONG[line.relation], dice) if line.relation else ""
    if line.seen:
        opening = _choice((*_OPENINGS, f"There {_verb(line, first_only=True)}"), dice)
        things = _listed([_a(name, number) for name, number in line.things], ", ")
        tail = f" {relation} {_a(line.others[0])}" if relation else ""
        return f"{opening} {things}{tail}."
    things = _listed([f"the {name}" for name, _ in line.things], ", ")
    others = _listed([f"the {name}" for name in line.others], ", ")
    text = f"{things} {_verb(line)} {relation} {others}."
    return text[0].upper() + text[1:]


def _verb(line: Line, first_only: bool = False) -> str:
    several = len(line.things) > 1 and not first_only
    name, number = line.things[0]
    return "are" if several or number > 1 or plural(name) == name else "is"


def _a(name: str, number: int = 0) -> str:
    if number:
        return f"{NUMBERS[number]} {plural(name) if number > 1 else name}"
    if plural(name) == name:
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _listed(phrases: Sequence[str], comma: str) -> str:
    if len(phrases) == 1:
        return phrases[0]
    return f"{comma.join(phrases[:-1])} and {phrases[-1]}"


def _choice(options: Sequence[str], dice: np.random.Generator) -> str:
    return options[int(dice.integers(len(options)))]
