# SPDX-License-Identifier: Apache-2.0
"""Option letters in a reply: "B", "(B)", "B.", "option b", "I think B", never the article "a"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from spatialevo_dge.reply.mention import Mention
from spatialevo_dge.reply.numerals import ORDINALS, small_number, word_of
from spatialevo_dge.reply.text import Token

_KEYED: Final = re.compile(r"\s*[(\[]?([A-Za-z]|[0-9]{1,2})[.):\]]\s*(.*)", re.DOTALL)
_LONGEST_KEY: Final = 12
_ORDINALS: Final = ORDINALS | {"former": 1, "latter": 2}
_NAMES: Final = frozenset("option choice letter alternative candidate".split())
_FILLERS: Final = _NAMES | {"the", "one"}
_AFTER_A: Final = frozenset("is because since as seems looks would was has and or".split())
_ENDS: Final = frozenset(("", ".", ",", ";", ":", "!", "?", ")", "]", "\n", '"', "'"))


def keyed(options: Sequence[str]) -> dict[str, str]:
    """Map the key of each offered answer to its text; keys are A, B, C … where none is written."""
    pairs = {}
    for place, option in enumerate(options):
        match = _KEYED.fullmatch(option)
        key, text = match.groups() if match else (chr(ord("A") + place), option)
        pairs[key.upper()] = text.strip()
    return pairs


class Key(NamedTuple):
    """The option that is all a text says: its letter, or its place from 1.

    `named` tells "option 2" and "the second one" from a bare "2".
    """

    letter: str = ""
    place: int = 0
    named: bool = False


def bare_key(tokens: Sequence[Token]) -> Key | None:
    """Return the key that is all a text says: "B", "(b)", "the second one", "option 2"."""
    words = [token for token in tokens if token.kind in {"word", "number"}]
    if len(tokens) > _LONGEST_KEY:
        return None
    named = bool({word.low for word in words} & _NAMES)
    words = [word for word in words if word.low not in _FILLERS] or words
    if len(words) != 1:
        return None
    word = words[0].low
    if len(word) == 1 and word.isalpha():
        return Key(letter=word.upper())
    if word in _ORDINALS:
        return Key(place=_ORDINALS[word], named=True)
    number = small_number(word)
    if number is None and word.isdigit() and len(word) <= 2:
        number = int(word)
    return None if number is None else Key(place=number, named=named)


def letters(
    tokens: Sequence[Token], keys: Mapping[str, object], covered: set[int]
) -> list[Mention[str]]:
    """Find the option keys that a text mentions outside what is already read."""
    return [
        Mention(start=place, end=place + 1, value=token.text.upper())
        for place, token in enumerate(tokens)
        if token.kind == "word" and len(token.text) == 1 and place not in covered
        if token.text.upper() in keys and _is_key(tokens, place)
    ]


def _is_key(tokens: Sequence[Token], place: int) -> bool:
    text = tokens[place].text
    before, after = word_of(tokens, place - 1), word_of(tokens, place + 1)
    if (before in {"(", "["} and after in {")", "]"}) or _named(tokens, place):
        return True
    opens = place == 0 or tokens[place - 1].kind == "line"
    if opens and after in {")", ".", ":"} and tokens[place + 1].glued:
        return True
    if text.islower() or text == "I":
        return False
    if text == "A":
        return after in _ENDS or after in _AFTER_A
    return True


def _named(tokens: Sequence[Token], place: int) -> bool:
    """Whether "option" or the like stands before a letter."""
    while place > 0 and tokens[place - 1].low in {"(", "[", '"', "'", ":"}:
        place -= 1
    return word_of(tokens, place - 1) in _NAMES
