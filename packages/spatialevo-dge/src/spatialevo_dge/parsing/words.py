# SPDX-License-Identifier: Apache-2.0
"""A question as plain words: one spelling of quotes, contractions, hyphens and option letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_CHARS: Final = 1000
"""Longest text that is read; VSI-Bench's longest question has 400 characters."""

STOP: Final = "."
BREAK: Final = ","
COMMA: Final = ";"
POSSESSIVE: Final = "'s"

_SIGNS: Final = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u00b4": "'",
        "`": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": " - ",
        "\u2014": " - ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\u00a0": " ",
        "_": " ",
    }
)

_FOLDS: Final = (
    # Sentences that benchmarks append to every question of a kind; two of them say how fine the
    # directions are, which the reading checks.
    (
        re.compile(
            r"the directions refer to the quadrants of a cartesian plane \(if i am standing at the "
            r"origin and facing along the positive y-axis\)"
        ),
        "notequadrant",
    ),
    (
        re.compile(
            r"an object is to my back if i would have to turn at least 135 degrees in order to "
            r"face it"
        ),
        "noteback",
    ),
    (re.compile(r"if multiple rooms are shown, estimate the size of the combined space"), ""),
    (
        re.compile(
            r"if there are multiple instances of an? object(?: category)?, measure to the closest"
        ),
        "",
    ),
    (re.compile(r"in front means nearer to the viewer, behind means farther away"), ""),
    (re.compile(r"\b([a-z]+)\((?:s|es)\)"), r"\1"),  # chair(s)
    (re.compile(r"\bm\s?(?:\^\s?2|\u00b2)(?!\w)"), "m2"),
    (re.compile(r",?\s*\bi\.\s?e\.?,?"), " ie"),
    (re.compile(r"\be\.\s?g\.?"), "eg"),
    (re.compile(r"\b(?:can|do|does|did|is|are|was|were|would|could|should|has|have|had|wo|must)n't\b"), "not"),
    (re.compile(r"\bcannot\b"), "not"),
    (re.compile(r"\b(what|where|who|which|how|that|it|there|here|he|she)'s\b"), r"\1 is"),
    (re.compile(r"\b(i)'m\b"), r"\1 am"),
    (re.compile(r"\b(you|we|they|what|where)'re\b"), r"\1 are"),
    (re.compile(r"\b(i|you|we|they)'d\b"), r"\1 would"),
    (re.compile(r"\b(i|you|we|they)'ll\b"), r"\1 will"),
    (re.compile(r"\b(i|you|we|they)'ve\b"), r"\1 have"),
    # Letters and numbers that only mark options: "A. left", "(b) desk", "1) sofa".
    (re.compile(r"(?:(?<=[\s,;:?])|^)(?:\([a-h1-9]\)|[a-h][.)](?=\s))"), " , "),
    (re.compile(r"\s-+\s"), " , "),
)

_NUMBERED: Final = re.compile(r"(\w*)(\s|^)[1-9]\)(?=\s)")
_COUNTED: Final = frozenset({"image", "picture", "photo", "photograph", "view", "frame", "camera"})

_WORD: Final = re.compile(r"[^\W_]+|'s\b|[.?!:;,()\[\]{}/&]")
_PUNCTUATION: Final = {
    ".": STOP,
    "?": STOP,
    "!": STOP,
    ",": COMMA,
    ";": COMMA,
    ":": COMMA,
    "/": "or",
    "&": "and",
}


def split(text: str) -> list[str]:
    """Split a text into words and marks.

    Marks are `STOP` (a sentence ends), `COMMA`, `BREAK` (a bracket) and `POSSESSIVE`.
    """
    folded = unicodedata.normalize("NFC", text).translate(_SIGNS).lower()
    for pattern, plain in _FOLDS:
        folded = pattern.sub(plain, folded)
    folded = _NUMBERED.sub(_option, folded)
    return [_PUNCTUATION.get(word, BREAK if word in "()[]{}" else word) for word in _WORD.findall(folded)]


def _option(match: re.Match[str]) -> str:
    """Drop the number of an option, but not that of an image: "(image 1)"."""
    return match[0] if match[1] in _COUNTED else f"{match[1]} , "
