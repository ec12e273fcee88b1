# SPDX-License-Identifier: Apache-2.0
"""A question as plain words: one spelling of quotes, contractions, hyphens and option letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

MAX_CHARS: Final = 1000
"""Longest text that is read; VSI-Bench's longest question has 400 characters."""

STOP: Final = "."
BREAK: Final = ","
COMMA: Final = ";"
POSSESSIVE: Final = "'s"

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2212", "-"),
        **dict.fromkeys("\u2013\u2014", " - "),
        **dict.fromkeys("\u00a0_", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)


class _Fold(NamedTuple):
    """One spelling made another; `sign` is a text without which the pattern cannot match."""

    sign: str
    pattern: re.Pattern[str]
    plain: str


def _fold(sign: str, pattern: str, plain: str) -> _Fold:
    return _Fold(sign, re.compile(pattern), plain)


_FOLDS: Final = (
    # Sentences that benchmarks append to every question of a kind. Two of them say how fine the
    # directions are, which the reading checks; the others define what is done anyway.
    _fold(
        "cartesian",
        r"the directions refer to the quadrants of a cartesian plane \(if i am standing at the "
        r"origin and facing along the positive y-axis\)",
        "notequadrant",
    ),
    _fold(
        "135",
        r"an object is to my back if i would have to turn at least 135 degrees in order to face it",
        "noteback",
    ),
    _fold(
        "multiple rooms",
        r"if multiple rooms are shown, estimate the size of the combined space",
        "",
    ),
    _fold(
        "multiple instances",
        r"if there are multiple instances of an? object(?: category)?, measure to the closest",
        "",
    ),
    _fold("in front means", r"in front means nearer to the viewer, behind means farther away", ""),
    _fold("(", r"\b([a-z]+)\((?:s|es)\)", r"\1"),  # chair(s)
    _fold("^", r"\bm\s?\^\s?2(?!\w)", "m2"),
    _fold("\u00b2", r"\bm\s?\u00b2(?!\w)", "m2"),
    _fold("i.", r",?\s?\bi\.\s?e\.?,?", " ie"),
    _fold("e.", r"\be\.\s?g\.?", "eg"),
    _fold("n't", r"\b[a-z]+n't\b", "not"),
    _fold("'s", r"\b(what|where|who|which|how|that|it|there|here|he|she)'s\b", r"\1 is"),
    _fold("'", r"\bi'm\b", "i am"),
    _fold("'", r"\b(you|we|they|what|where)'re\b", r"\1 are"),
    _fold("'", r"\b(i|you|we|they)'d\b", r"\1 would"),
    _fold("'", r"\b(i|you|we|they)'ll\b", r"\1 will"),
    _fold("'", r"\b(i|you|we|they)'ve\b", r"\1 have"),
    # "where does the tv stand relative to the sofa": the sentence has no other verb.
    _fold(
        " stand ",
        r"\b(does the \w+(?: \w+)?(?:,? or the \w+(?: \w+)?)*) stand"
        r"(?= (?:closer|nearer|farther|further|relative|with respect|in relation)\b)",
        r"\1 lie",
    ),
    # Letters and numbers that only mark options: "A. left", "(b) desk".
    _fold(")", r"(?:(?<=[\s,;:?])|^)(?:\([a-h1-9]\)|[a-h]\)(?=\s))", " , "),
    _fold(". ", r"(?:(?<=[\s,;:?])|^)[a-h]\.(?=\s)", " , "),
    _fold("-", r"\s-+\s", " , "),
)  # fmt: skip

_NUMBERED: Final = re.compile(r"(\w*)(\s|^)[1-9]\)(?=\s)")
_COUNTED: Final = frozenset({"image", "picture", "photo", "photograph", "view", "frame", "camera"})
_WORD: Final = re.compile(r"[^\W_]+|'s\b|[.?!:;,()\[\]{}/&]")
_MARKS: Final = {
    **dict.fromkeys(".?!", STOP),
    **dict.fromkeys(",;:", COMMA),
    **dict.fromkeys("()[]{}", BREAK),
    "/": "or",
    "&": "and",
}


def split(text: str) -> list[str]:
    """Split a text into words and marks.

    Marks are `STOP` (a sentence ends), `COMMA`, `BREAK` (a bracket) and `POSSESSIVE`.
    """
    folded = unicodedata.normalize("NFC", text).translate(_SIGNS).lower()
    for sign, pattern, plain in _FOLDS:
        if sign in folded:
            folded = pattern.sub(plain, folded)
    if ")" in folded:
        folded = _NUMBERED.sub(_option, folded)
    return [_MARKS.get(word, word) for word in _WORD.findall(folded)]


def _option(match: re.Match[str]) -> str:
    """Drop the number of an option, but not that of an image: "(image 1)"."""
    return match[0] if match[1] in _COUNTED else f"{match[1]} , "
