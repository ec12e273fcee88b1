# SPDX-License-Identifier: Apache-2.0
"""Numbers in figures and in words: "1 1/2", "twenty-one", "one and a half", "three quarters"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from spatialevo_dge.reply.text import Token, numeral

_SMALL: Final = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS: Final = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_COLLECTIVE: Final = {
    "single": 1,
    "dozen": 12,
    "couple": 2,
    "pair": 2,
    "hundred": 100,
    "thousand": 1000,
}
_PARTS: Final = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4,
    "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5, "eighth": 8, "eighths": 8,
    "tenth": 10, "tenths": 10,
}  # fmt: skip
_ARTICLES: Final = ("a", "an")
ORDINALS: Final = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1
    )
}


class Number(NamedTuple):
    """A number and the token after it."""

    value: float
    end: int


def word_of(tokens: Sequence[Token], place: int) -> str:
    """Lower-case text of the token at a place; empty beyond either end."""
    return tokens[place].low if 0 <= place < len(tokens) else ""


def small_number(word: str) -> int | None:
    """Value of a number word below twenty, such as the "two" of "image two"."""
    return _SMALL.get(word)


def read_number(tokens: Sequence[Token], start: int) -> Number | None:
    """Read the longest number that begins at a token; None where none does."""
    if tokens[start].kind == "number":
        return _with_part(tokens, _figures(tokens, start))
    part = _part(tokens, start)
    if part is not None:
        return part
    whole = _words(tokens, start)
    return None if whole is None else _with_part(tokens, whole)


def _figures(tokens: Sequence[Token], start: int) -> Number:
    """Read figures with what hangs on them: "3/4", "1 1/2", "1.5 × 10^3"."""
    value = numeral(tokens[start].text)
    over = _fraction(tokens, start)
    if over is not None:
        return over
    following = start + 1
    figures = following < len(tokens) and tokens[following].kind == "number"
    if figures and value.is_integer():
        mixed = _fraction(tokens, following)
        if mixed is not None and mixed.value < 1:
            return Number(value + mixed.value, mixed.end)
    return _power(tokens, Number(value, following))


def _fraction(tokens: Sequence[Token], start: int) -> Number | None:
    """Read "1/2"."""
    if start + 2 >= len(tokens):
        return None
    top, slash, bottom = tokens[start : start + 3]
    if slash.low not in {"/", "⁄"} or bottom.kind != "number" or not bottom.glued:
        return None
    below = numeral(bottom.text)
    return Number(numeral(top.text) / below, start + 3) if below else None


def _power(tokens: Sequence[Token], number: Number) -> Number:
    """Read the "× 10^3" after a number."""
    place = number.end
    if word_of(tokens, place) not in {"x", "×"} or word_of(tokens, place + 1) != "10":
        return number
    if word_of(tokens, place + 2) != "^":
        return number
    negative = word_of(tokens, place + 3) == "-"
    last = place + 3 + negative
    if last >= len(tokens) or tokens[last].kind != "number":
        return number
    exponent = numeral(tokens[last].text)
    if exponent > 12:
        return number
    return Number(number.value * 10.0 ** (-exponent if negative else exponent), last + 1)


def _with_part(tokens: Sequence[Token], whole: Number) -> Number:
    """Add the "and a half" after a whole number."""
    if word_of(tokens, whole.end) == "and":
        part = _part(tokens, whole.end + 1)
        if part is not None and part.value < 1:
            return Number(whole.value + part.value, part.end)
    return whole


def part_after(tokens: Sequence[Token], place: int) -> Number | None:
    """Read the "and a half" of "a metre and a half"."""
    if word_of(tokens, place) != "and" or place + 1 >= len(tokens):
        return None
    return _part(tokens, place + 1)


def _part(tokens: Sequence[Token], start: int) -> Number | None:
    """Read "half", "a quarter", "three quarters", "one-third"."""
    word = word_of(tokens, start)
    if word in {"half", "quarter"}:
        return Number(1 / _PARTS[word], start + 1)
    top = 1 if word in _ARTICLES else _SMALL.get(word)
    place = start + 1 + (word_of(tokens, start + 1) == "-")
    bottom = _PARTS.get(word_of(tokens, place))
    if top is None or bottom is None:
        return None
    return Number(top / bottom, place + 1)


def _words(tokens: Sequence[Token], start: int) -> Number | None:
    """Read a cardinal in words, up to the thousands; also "a dozen", "a single"."""
    first = word_of(tokens, start)
    if first in _ARTICLES:
        return _collective(tokens, start + 1)
    if first == "dozen":
        return Number(12.0, start + 1)
    total = current = 0
    place = start
    while True:
        word = word_of(tokens, place)
        if not _fits(word, current, total):
            break
        if word == "hundred":
            current *= 100
        elif word == "thousand":
            total, current = 1000 * current, 0
        else:
            current += _SMALL[word] if word in _SMALL else _TENS[word]
        place = _joint(tokens, place + 1, current, total)
    if place == start:
        return None
    while word_of(tokens, place - 1) in {"and", "-"}:
        place -= 1
    return _decimals(tokens, Number(float(total + current), place))


def _collective(tokens: Sequence[Token], place: int) -> Number | None:
    """Read what follows "a": "single", "dozen", "hundred and fifty"."""
    word = word_of(tokens, place)
    value = float(_COLLECTIVE.get(word, 0))
    if not value:
        return None
    below = place + 1 + (word_of(tokens, place + 1) == "and")
    if value >= 100 and _is_cardinal(tokens, below):
        rest = _words(tokens, below)
        if rest is not None and rest.value < value:
            return Number(value + rest.value, rest.end)
    return Number(value, place + 1)


def _is_cardinal(tokens: Sequence[Token], place: int) -> bool:
    word = word_of(tokens, place)
    return (word in _SMALL or word in _TENS) and _part(tokens, place) is None


def _fits(word: str, current: int, total: int) -> bool:
    """Whether a number word continues the number read so far."""
    if word in _SMALL:
        room = current % 100
        return room == 0 if _SMALL[word] > 9 else room % 10 == 0 and room != 10
    if word in _TENS:
        return current % 100 == 0
    if word == "hundred":
        return 0 < current < 100
    return word == "thousand" and 0 < current < 1000 and total == 0


def _joint(tokens: Sequence[Token], place: int, current: int, total: int) -> int:
    """Step over the hyphen of "twenty-one" and the "and" of "one hundred and five"."""
    word = word_of(tokens, place)
    if not _is_cardinal(tokens, place + 1):
        return place
    tens = current % 100 >= 20 and current % 10 == 0
    if word == "-" and tens and _SMALL.get(word_of(tokens, place + 1), 99) < 10:
        return place + 1
    if word == "and" and current % 100 == 0 and current + total > 0:
        return place + 1
    return place


def _decimals(tokens: Sequence[Token], whole: Number) -> Number:
    """Read the "point five" after a whole number."""
    if word_of(tokens, whole.end) != "point":
        return whole
    digits = ""
    place = whole.end + 1
    while len(digits) < 6 and _SMALL.get(word_of(tokens, place), 99) < 10:
        digits += str(_SMALL[word_of(tokens, place)])
        place += 1
    return Number(float(f"{whole.value:.0f}.{digits}"), place) if digits else whole
