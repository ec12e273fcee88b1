# SPDX-License-Identifier: Apache-2.0
"""Numbers with their units as a reply writes them, in SI.

A range ("1-2 m"), a list, a bound ("at least 2"), an operand ("2 + 1 = 3"), an ordinal or the
number of an image is a number but no answer; it is kept with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from spatialevo_dge.reply.mention import Mention
from spatialevo_dge.reply.numerals import Number, part_after, read_number, word_of
from spatialevo_dge.reply.text import Token
from spatialevo_dge.reply.unit import BARE, LENGTHS, Unit, read_unit


class Quantity(NamedTuple):
    """A number in SI and its dimension (``""`` where no unit was written)."""

    value: float
    dimension: str


_OPENING: Final = frozenset("( [ \" ' = : ~ ≈".split())
_DETERMINERS: Final = frozenset(
    "the this that which each every another any some no first second last other correct "
    "nearest closest nearer closer farther larger smaller right left".split()
)
_SHOWN: Final = frozenset("images views dimensions".split())
_WHOLES: Final = frozenset("which them these those whom".split())
_IMAGE_WORDS: Final = frozenset(
    "image images frame frames photo photos picture pictures figure view views step option room "
    "camera cameras object number no #".split()
)
_FOLLOWERS: Final = frozenset(
    "and or to in from between apart away across long wide tall high deep is are was for of on at "
    "by with total as so because since which that if but approx approximately about roughly the "
    "this give not rather x plus minus more less until till through".split()
)
_HEDGES: Final = frozenset(
    "about around approximately roughly approx ~ ≈ a an the maybe perhaps probably only exactly "
    "nearly almost some ca circa . = :".split()
)
_BOUNDS_BEFORE: Final = frozenset(
    "least most over under below above within beyond exceeding exceeds maximum minimum max min "
    "than < > ≤ ≥".split()
)
_SOFTENERS: Final = frozenset("just slightly little bit barely".split())
_COMPARED: Final = frozenset("< > ≤ ≥".split())
_BOUNDS_AFTER: Final = frozenset("more less fewer greater higher above over".split())
_RANGE: Final = frozenset("to - – or ~ through till until".split())
_LIST: Final = frozenset("and , & or /".split())
_NUMBERED: Final = "the number of an image or a thing"
_IMAGE_LINKS: Final = frozenset("and & or to - – /".split())
_OPERATORS: Final = frozenset("+ × x / by ^ minus plus times".split())


def quantities(tokens: Sequence[Token]) -> list[Mention[Quantity]]:
    """Find every number of a text, with its unit, in order."""
    found: list[Mention[Quantity]] = []
    place = 0
    while place < len(tokens):
        mention = _quantity(tokens, place)
        if mention is None:
            place += 1
        else:
            found.append(mention)
            place = mention.end
    return _neighbours(tokens, found)


def _quantity(tokens: Sequence[Token], start: int) -> Mention[Quantity] | None:
    """Read the quantity that begins at a token: sign, number, unit, and smaller units."""
    place, negative = _sign(tokens, start)
    number = read_number(tokens, place) if place < len(tokens) else None
    if number is None:
        number = _article(tokens, place)
    if number is None or (place > start and number.end == place):
        return None
    unit, end = read_unit(tokens, number.end, afterwards=number)
    value = number.value
    if unit.dimension == "length":
        value, end = _with_rest(tokens, value, unit, end)
    value *= unit.factor * (-1 if negative else 1)
    lost = _unfit(tokens, start, number, end, unit) or ("" if math.isfinite(value) else "infinite")
    return Mention(
        start=start, end=end, value=Quantity(value, unit.dimension), unit=unit.name, lost=lost
    )


def _sign(tokens: Sequence[Token], start: int) -> tuple[int, bool]:
    """Step over a sign; a dash is a bullet before a blank, a range between two numbers."""
    word = tokens[start].low
    if word in {"minus", "negative"}:
        return start + 1, True
    if word != "-" or start + 1 >= len(tokens):
        return start, False
    before, after = word_of(tokens, start - 1), tokens[start + 1]
    free = not before or not tokens[start].glued or before in _OPENING
    ranges = before in LENGTHS or (start > 0 and tokens[start - 1].kind == "number")
    signs = after.glued and after.kind == "number" and free and not ranges
    return (start + 1, True) if signs else (start, False)


def _article(tokens: Sequence[Token], start: int) -> Number | None:
    """Read the "a" of "a metre" as one."""
    if word_of(tokens, start) in {"a", "an"}:
        unit, end = read_unit(tokens, start + 1, afterwards=None)
        if end > start + 2 or (unit.dimension and len(word_of(tokens, start + 1)) > 2):
            return Number(1.0, start + 1)
    return None


def _with_rest(tokens: Sequence[Token], value: float, unit: Unit, end: int) -> tuple[float, int]:
    """Add "and a half", "50 cm", "10 inches" or the glued "50" of "1m50"."""
    part = part_after(tokens, end)
    if part is not None and read_unit(tokens, part.end, afterwards=part)[0] is BARE:
        return value + part.value, part.end
    place = end + (word_of(tokens, end) == "and")
    if not value.is_integer() or place >= len(tokens):
        return value, end
    rest = read_number(tokens, place)
    if rest is None:
        return value, end
    smaller, rest_end = read_unit(tokens, rest.end, afterwards=rest)
    if unit.name == "m" and smaller is BARE and place == end:
        hundredths = len(tokens[place].text) == 2 and tokens[place].text.isdigit()
        counts = rest_end < len(tokens) and tokens[rest_end].kind == "word"
        return (value + rest.value / 100, rest_end) if hundredths and not counts else (value, end)
    if smaller.dimension != "length" or smaller.system != unit.system:
        return value, end
    share = rest.value * smaller.factor / unit.factor
    return (value + share, rest_end) if smaller.factor < unit.factor and share < 1 else (value, end)


def _unfit(tokens: Sequence[Token], start: int, number: Number, end: int, unit: Unit) -> str:
    """Why a number is no answer, by the words around it."""
    if unit is BARE and (why := _part_of_a_word(tokens, start, number, end)):
        return why
    before = word_of(tokens, start - 1)
    if before == "^":
        return "an exponent"
    numbers = before in _IMAGE_WORDS or word_of(tokens, end) in _SHOWN
    if numbers and not unit.name:
        return _NUMBERED
    return "a bound" if _bounded(tokens, start, end) else ""


def _part_of_a_word(tokens: Sequence[Token], start: int, number: Number, end: int) -> str:
    following = tokens[end] if end < len(tokens) else None
    if tokens[start].kind == "number" and tokens[start].glued and tokens[start - 1].kind == "word":
        return "part of a word"
    if following is not None and following.glued and following.kind == "word":
        return "an ordinal or part of a word"
    hyphen = following is not None and following.low == "-" and following.glued
    if hyphen and end + 1 < len(tokens):
        behind = tokens[end + 1]
        if behind.glued and behind.kind == "word" and read_number(tokens, end + 1) is None:
            return "part of a word"
    if word_of(tokens, end) == "of" and word_of(tokens, end + 1) in _WHOLES:
        return "a part of the number"
    alone = tokens[start].low == "one" and number.end == start + 1
    return "a pronoun" if alone and _stands_for_a_noun(tokens, start) else ""


def _stands_for_a_noun(tokens: Sequence[Token], place: int) -> bool:
    """Whether "one" is a pronoun: "the one", "the only one", "one of the chairs", "one another"."""
    before = word_of(tokens, place - 1)
    if before == "only":
        before = word_of(tokens, place - 2)
        return before in {"the", "this", "that"}
    return before in _DETERMINERS or word_of(tokens, place + 1) in {"of", "another"}


def _bounded(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a number is only a bound: "at least 2", "2 or more", "3+"."""
    after = word_of(tokens, end)
    behind = word_of(tokens, end + 1)
    if after in {"+", "plus"} and not _starts_number(tokens, end + 1):
        return True
    if after in {"or", "and"} and behind in _BOUNDS_AFTER:
        return True
    if after in _COMPARED or (after == "at" and behind in {"least", "most"}):
        return True
    place = start - 1
    while word_of(tokens, place) in _HEDGES:
        place -= 1
    word, before = word_of(tokens, place), word_of(tokens, place - 1)
    if (word, before) in {("to", "up"), ("of", "instead")}:
        return True
    return word in _BOUNDS_BEFORE and before not in _SOFTENERS


def _starts_number(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and read_number(tokens, place) is not None


def counted(tokens: Sequence[Token], mention: Mention[Quantity]) -> bool:
    """Whether a bare number counts things ("2 chairs") rather than stands for a measure."""
    if mention.unit or mention.end >= len(tokens):
        return False
    following = tokens[mention.end]
    return following.kind == "word" and following.low not in _FOLLOWERS


def _neighbours(tokens: Sequence[Token], found: list[Mention[Quantity]]) -> list[Mention[Quantity]]:
    """Mark ranges, lists, operands, tolerances, enumerations and image numbers."""
    marked = list(found)
    for place, (_, second) in enumerate(pairwise(found)):
        first = marked[place]
        link = [token.low for token in tokens[first.end : second.start]]
        link = link if link == ["~"] else [word for word in link if word not in _HEDGES]
        if not second.lost and (why := _second_lost(link, first, second)):
            marked[place + 1] = replace(second, lost=why)
        elif why := _both_lost(tokens, link, first, second):
            marked[place] = replace(first, lost=first.lost or why)
            marked[place + 1] = replace(second, lost=second.lost or why)
    return [_enumerated(tokens, mention, several=len(marked) > 1) for mention in marked]


def _second_lost(link: list[str], first: Mention[Quantity], second: Mention[Quantity]) -> str:
    """Why the second of two neighbours is no answer: "± 0.1", the 2 of "images 1 and 2"."""
    if link in (["±"], ["+", "/", "-"], ["give", "or", "take"]):
        return "a tolerance"
    linked = len(link) == 1 and link[0] in _IMAGE_LINKS and not second.unit
    return _NUMBERED if linked and first.lost == _NUMBERED else ""


def _both_lost(
    tokens: Sequence[Token], link: list[str], first: Mention[Quantity], second: Mention[Quantity]
) -> str:
    """Why neither of two neighbours is an answer: a sum, a range, a list."""
    if len(link) != 1:
        return ""
    if link[0] in _OPERATORS:
        return "an operand"
    if first.unit and second.unit:
        return ""  # each stands for itself and they agree or not
    if first.value == second.value or first.lost == _NUMBERED or counted(tokens, first):
        return ""
    if link[0] in _RANGE or (link[0] in _LIST and not counted(tokens, second)):
        return "one of several"
    return ""


def _enumerated(
    tokens: Sequence[Token], mention: Mention[Quantity], *, several: bool
) -> Mention[Quantity]:
    """Mark the "1." that begins a line of a list."""
    begins = mention.start == 0 or tokens[mention.start - 1].kind == "line"
    dotted = word_of(tokens, mention.end) in {".", ")"} and mention.end + 1 < len(tokens)
    if several and begins and dotted and not mention.unit and not mention.lost:
        return replace(mention, lost="the number of a line")
    return mention
