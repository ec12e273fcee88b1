# SPDX-License-Identifier: Apache-2.0
"""Numbers in replies, as lmms-eval 0.7.3 reads them for VSI-Bench and ReVSI."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from spatialevo_eval.replies.corrections import Reading
from spatialevo_eval.replies.letters import first_token

__all__ = ["first_number", "first_token_number"]

_UNITS: Final = "zero one two three four five six seven eight nine".split()
_TEENS: Final = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES: Final = (
    {word: value for value, word in enumerate((*_UNITS, *_TEENS))}
    | {word: 10 * value for value, word in enumerate(_TENS, start=2)}
    | {"hundred": 100, "thousand": 1000}
)
_FIGURES: Final = re.compile(r"-?\d+(?:\.\d+)?")
_THOUSANDS: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_GAP: Final = re.compile(r"[\s-]+(and\s+)?")


def first_number(reply: str, *, correct: bool = True) -> Reading:
    """Return the first number of a reply, in figures or in words, whichever comes first.

    vsibench/utils.py `extract_number`. Corrected: thousands separators, a leading point, and number
    words in a row that form no one number, of which the first numeral counts.
    """
    text = reply.strip().lower()
    figures = _FIGURES.search(text)
    words = _first_words(text)
    if figures and (not words or figures.start() < words[0].start()):
        return _in_figures(text, figures, correct)
    if not words:
        return Reading(value=None)
    spelled = [word[0] for word in words]
    numeral = _numeral(text, words)
    if correct and numeral != spelled:
        return Reading(value=_value(numeral), correction="number-words-added")
    return Reading(value=_value(spelled))


def first_token_number(reply: str) -> Reading:
    """Return the number that stands before the first blank and is nothing else.

    revsi/utils.py `revsi_process_results`: Python's `float`, so "2m" and "1,200" are unreadable.
    """
    try:
        return Reading(value=float(first_token(reply.strip())))
    except ValueError:
        return Reading(value=None)


def _in_figures(text: str, figures: re.Match[str], correct: bool) -> Reading:
    if correct and (whole := _THOUSANDS.match(text, figures.start())):
        return Reading(value=float(whole[0].replace(",", "")), correction="thousands-separator")
    point = text[: figures.start()][-1:] == "." and not text[: figures.start()][-2:-1].isalnum()
    if correct and point and figures[0].isdigit():
        minus = text[: figures.start()][-2:-1] == "-"
        value = float(f"0.{figures[0]}")
        return Reading(value=-value if minus else value, correction="leading-point")
    return Reading(value=float(figures[0]))


def _first_words(text: str) -> list[re.Match[str]]:
    """Return the first number word and those that follow with at most "and" between."""
    run: list[re.Match[str]] = []
    for word in re.finditer(r"[a-z]+", text):
        if word[0] in _VALUES:
            run.append(word)
        elif run and word[0] != "and":
            break
    return run


def _value(words: list[str]) -> float:
    """Add number words up: "three hundred twenty-one" is 321."""
    total = current = 0
    for word in words:
        value = _VALUES[word]
        if value == 1000:
            total, current = total + max(current, 1) * 1000, 0
        elif value == 100:
            current = max(current, 1) * 100
        else:
            current += value
    return float(total + current)


def _numeral(text: str, words: list[re.Match[str]]) -> list[str]:
    """Return the words of the first numeral: those that English joins into one number."""
    numeral = [words[0][0]]
    for previous, word in pairwise(words):
        gap = _GAP.fullmatch(text[previous.end() : word.start()])
        if gap is None or not _joins(word[0], numeral):
            break
        if gap[1] and numeral[-1] not in {"hundred", "thousand"}:
            break
        numeral.append(word[0])
    return numeral


def _joins(word: str, numeral: list[str]) -> bool:
    """Whether a number word goes on with a numeral: "twenty" with "one", not "one" with "two"."""
    last = numeral[-1]
    if word == "thousand":
        return "thousand" not in numeral
    if word == "hundred":
        since = numeral[numeral.index("thousand") :] if "thousand" in numeral else numeral
        return "hundred" not in since and last in (*_UNITS[1:], *_TEENS)
    if word in _UNITS[1:] and last in _TENS:
        return True
    return word != "zero" and last in {"hundred", "thousand"}
