# SPDX-License-Identifier: Apache-2.0
"""Units as replies write them.

Feet and inches are converted: a reply is no question, and a right length in feet is right. Inches
and feet are exact by the international definition (0.0254 m, 0.3048 m).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from spatialevo_dge.reply.numerals import Number, word_of
from spatialevo_dge.reply.text import Token


class Unit(NamedTuple):
    """A unit of length or area, its size in SI and the system it belongs to."""

    name: str
    dimension: str
    factor: float
    system: str = ""


BARE: Final = Unit("", "", 1.0)
_OTHER: Final = Unit("other", "other", 1.0)

_METRIC: Final = {
    "mm": (1e-3, "mm millimetre millimetres millimeter millimeters"),
    "cm": (1e-2, "cm cms centimetre centimetres centimeter centimeters"),
    "dm": (1e-1, "dm decimetre decimetres decimeter decimeters"),
    "m": (1.0, "m ms mt mtr mtrs metre metres meter meters"),
    "km": (1e3, "km kms kilometre kilometres kilometer kilometers"),
}
_IMPERIAL: Final = {
    "in": (0.0254, "inch inches"),
    "ft": (0.3048, "ft foot feet"),
    "yd": (0.9144, "yd yds yard yards"),
}
LENGTHS: Final = {
    word: Unit(name, "length", factor, system)
    for system, table in (("metric", _METRIC), ("imperial", _IMPERIAL))
    for name, (factor, words) in table.items()
    for word in words.split()
}
_AREAS: Final = {
    "sqm": LENGTHS["m"], "sqcm": LENGTHS["cm"], "sqmm": LENGTHS["mm"], "sqft": LENGTHS["ft"],
    "sqin": LENGTHS["inch"],
}  # fmt: skip
_OTHERS: Final = frozenset(
    "° % percent degree degrees deg kg g seconds second s px pixel pixels times o'clock radians "
    "rad hours minutes litres liters fps".split()
)
_QUOTATION: Final = 40  # tokens within which an opening quotation mark is looked for
_INCH_FOLLOWERS: Final = frozenset("wide long tall high deep apart away across".split())


def read_unit(
    tokens: Sequence[Token], start: int, *, afterwards: Number | None
) -> tuple[Unit, int]:
    """Read the unit at a token and return it with the token after it; `BARE` where none is.

    Args:
        tokens: The text.
        start: Where the unit would stand.
        afterwards: The number before it, None where there is only an article.
    """
    place = _step_in(tokens, start, fraction=afterwards is not None and afterwards.value % 1 != 0)
    if place >= len(tokens):
        return BARE, start
    word = tokens[place].low
    if word in {"square", "sq"}:
        return _squared_before(tokens, place + 1, start)
    if word in _AREAS:
        return _square(_AREAS[word]), place + 1
    length = LENGTHS.get(word) or _marks(tokens, place)
    if length is not None:
        return _squared_after(tokens, place + 1, length)
    if word in _OTHERS:
        return _OTHER, place + 1
    return BARE, start


def _step_in(tokens: Sequence[Token], start: int, *, fraction: bool) -> int:
    """Step over the hyphen of "2-metre", the tie of "2~m" and the "of a" of "half a metre"."""
    if start + 1 < len(tokens) and word_of(tokens, start) in {"-", "~"}:
        return start + 1 if tokens[start + 1].kind == "word" else start
    if fraction:
        place = start + (word_of(tokens, start) == "of")
        if word_of(tokens, place) in {"a", "an", "one"}:
            return place + 1
    return start


def _square(length: Unit) -> Unit:
    return Unit(f"{length.name}2", "area", length.factor**2, length.system)


def _squared_before(tokens: Sequence[Token], place: int, start: int) -> tuple[Unit, int]:
    """Read the unit after "square" or "sq."."""
    place += word_of(tokens, place) in {".", "-"}
    length = LENGTHS.get(word_of(tokens, place))
    return (BARE, start) if length is None else (_square(length), place + 1)


def _squared_after(tokens: Sequence[Token], place: int, length: Unit) -> tuple[Unit, int]:
    """Read the "^2", "2" or "squared" after a unit; a third power is no area."""
    caret = word_of(tokens, place) == "^"
    power = place + caret
    if power < len(tokens) and (caret or tokens[power].glued):
        if tokens[power].low == "2":
            return _square(length), power + 1
        if tokens[power].low == "3":
            return _OTHER, power + 1
    if word_of(tokens, place) == "squared":
        return _square(length), place + 1
    if word_of(tokens, place) == "cubed":
        return _OTHER, place + 1
    return length, place


def _marks(tokens: Sequence[Token], place: int) -> Unit | None:
    """Read "in", ' and " as inches and feet where they cannot be a word or a quotation mark."""
    word = tokens[place].low
    glued = tokens[place].glued
    if word == "in":
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        free = following is None or following.kind == "sign" or following.low in _INCH_FOLLOWERS
        return LENGTHS["inch"] if glued or free else None
    if word not in {"'", '"'} or not glued:
        return None
    nearby = tokens[max(0, place - _QUOTATION) : place]
    if sum(token.low == word for token in nearby) % 2 == 1:
        return None
    return LENGTHS["ft"] if word == "'" else LENGTHS["inch"]
