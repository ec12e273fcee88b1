# SPDX-License-Identifier: Apache-2.0
"""Where a reply is read otherwise than lmms-eval reads it, and why.

One principle: where the benchmark's rule is strict and finds nothing, nothing is found here either,
so published scores stay comparable. A reading is corrected only where the rule reads something that
the reply does not say: a letter out of a word, the head of a number, a sum of a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from spatialevo_dge.answer import Choice
from spatialevo_dge.reply import read_reply

__all__ = [
    "CORRECTIONS",
    "LETTERS",
    "NUMBERS",
    "Correction",
    "Found",
    "Reading",
    "carefully",
    "corrected",
]

_WORD: Final = re.compile(r"[A-Za-z0-9\u00c0-\u024f]")
_ABBREVIATION: Final = re.compile(r"\b(?:e\.\s?g|i\.\s?e|a\.\s?m|p\.\s?m|c\.\s?f)\b", re.IGNORECASE)
_AFTER_ARTICLE: Final = re.compile(r" +([a-z][a-z'-]*)")
_AFTER_LETTER: Final = frozenset(
    "is was has would seems looks because since as and or but for with if in on to the that which "
    "appears matches fits best correct being not".split()
)
"""Words that follow the name of an option, and not an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A letter that a rule read, and where.

    Attributes:
        letter: As the rule returns it.
        text: What the rule looked at.
        start: Index of the first character in `text`.
        length: Characters read: more than one for "yes" and "no".
    """

    letter: str
    text: str
    start: int
    length: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reply was taken to say.

    Attributes:
        value: A letter, a word or a number; None where nothing was read.
        correction: Name of the correction that changed or withdrew the rule's reading, or empty.
    """

    value: str | float | None
    correction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A named difference from lmms-eval.

    Attributes:
        name: In records and in the agreement table.
        reason: What goes wrong without it.
        applies: Tells, from a letter found and the offered texts, whether it was misread; None for
            corrections of numbers and of comparisons, which their readers decide.
    """

    name: str
    reason: str
    applies: Callable[[Found, Mapping[str, str]], bool] | None = None


def _inside_word(found: Found, _options: Mapping[str, str]) -> bool:
    """Whether a word goes on before or after the letter: the B of "Because", the D of "I'd"."""
    before = found.text[: found.start][-2:]
    after = found.text[found.start + found.length :][:1]
    contracted = len(before) == 2 and before[1] in "'’" and _WORD.match(before[0])
    return bool(_WORD.match(before[-1:]) or contracted or _WORD.match(after))


def _article(found: Found, options: Mapping[str, str]) -> bool:
    """Whether the letter is the "a" of "a chair"; known only where the offered texts are."""
    if found.letter.upper() != "A" or found.length != 1 or not options.get("A", ""):
        return False
    text = found.text.lower() if found.text.isupper() else found.text
    following = _AFTER_ARTICLE.match(text, found.start + 1)
    if following is None or following[1] in _AFTER_LETTER:
        return False
    return not options["A"].strip().lower().startswith(following[1])


def _pronoun(found: Found, options: Mapping[str, str]) -> bool:
    """Whether the letter is the I of "I think", and no option is called I."""
    return found.letter.upper() == "I" and "I" not in options


def _abbreviation(found: Found, _options: Mapping[str, str]) -> bool:
    """Whether the letter stands in "i.e." or "e.g."."""
    spans = (match.span() for match in _ABBREVIATION.finditer(found.text))
    return any(start <= found.start < end for start, end in spans)


LETTERS: Final = (
    Correction(
        name="letter-inside-word",
        reason="'Because I cannot see it' is not option B, nor is 'The colour is red.' option D: a "
        "letter of a word is read as an answer, so refusals score by chance.",
        applies=_inside_word,
    ),
    Correction(
        name="article-a",
        reason="'A chair stands behind it' is not option A, unless option A is a chair.",
        applies=_article,
    ),
    Correction(
        name="pronoun-i",
        reason="'I think B' is read as option I, which nobody offered.",
        applies=_pronoun,
    ),
    Correction(
        name="abbreviation",
        reason="The e of 'i.e.' is read as option E, whatever follows.",
        applies=_abbreviation,
    ),
)
NUMBERS: Final = (
    Correction(name="thousands-separator", reason="'1,200' is read as 1."),
    Correction(name="leading-point", reason="'.5' is read as 5."),
    Correction(
        name="number-words-added",
        reason="'one, two or three' is read as 3 and 'two, three' as 5: words that form no one "
        "number are added up.",
    ),
)
_COMPARISONS: Final = (
    Correction(
        name="zero-truth",
        reason="A truth of 0 divides by zero: lmms-eval raises or scores a right 0 as wrong.",
    ),
    Correction(
        name="computer-algebra",
        reason="STARE's answers are compared by computer algebra, which works out '2+2' and takes "
        "'E. cube' for Euler's number but 'A. cube' for no answer; texts and plain numbers count "
        "here.",
    ),
)
CORRECTIONS: Final[Mapping[str, Correction]] = MappingProxyType(
    {each.name: each for each in (*LETTERS, *NUMBERS, *_COMPARISONS)}
)


def corrected(found: Found | None, reply: str, options: Mapping[str, str]) -> Reading:
    """Return the rule's reading, or a careful one of the whole reply where the rule misread it.

    Args:
        found: What the rule read.
        reply: What the model wrote.
        options: Texts of the offered answers by letter; texts are empty where they are not known.
    """
    if found is None:
        return Reading(value=None)
    for correction in LETTERS:
        if correction.applies is not None and correction.applies(found, options):
            return Reading(value=carefully(reply, options), correction=correction.name)
    return Reading(value=found.letter)


def carefully(reply: str, options: Mapping[str, str]) -> str | None:
    """Return the one option that a reply commits to, by letter or by text; None where none.

    The oracle's own reader decides (`spatialevo_dge.reply`).
    """
    texts = {letter: text.strip() or f"option {letter}" for letter, text in options.items()}
    if len({text.lower() for text in texts.values()}) < len(texts):
        texts = {letter: f"option {letter}" for letter in options}
    if not texts:
        return None
    labels = tuple(texts.values())
    offered = [f"{letter}. {text}" for letter, text in texts.items()]
    parsed = read_reply(reply, Choice(value=labels[0], options=labels), offered)
    if not isinstance(parsed, Choice):
        return None
    return next(letter for letter, text in texts.items() if text == parsed.value)
