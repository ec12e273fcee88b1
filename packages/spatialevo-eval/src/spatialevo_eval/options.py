# SPDX-License-Identifier: Apache-2.0
"""Offered answers: their letters and texts, as a question writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from spatialevo_eval.benchmark import Item, ItemScore
from spatialevo_eval.metrics import choice_score
from spatialevo_eval.replies import Found, Reading, corrected

__all__ = ["LetterRule", "letter_scorer", "lettered", "options_in", "texts_by_letter"]

LetterRule = Callable[[str], Found | None]
_KEY: Final = re.compile(r"\s*\(?([A-Z])\s*[.):]\s*(.*)", re.DOTALL)
_MARK: Final = re.compile(r"(?:^|(?<=[\s,;]))\(?([A-H])\s?[.):]\s*(?=\S)")


def lettered(texts: Sequence[str]) -> tuple[str, ...]:
    """Write texts as options: ``"A. chair"``, ``"B. table"``."""
    return tuple(f"{chr(ord('A') + place)}. {text}" for place, text in enumerate(texts))


def texts_by_letter(item: Item, letters: str = "ABCD") -> dict[str, str]:
    """Return the offered texts by letter; the letters alone where the item knows no texts."""
    pairs = [match.groups() for option in item.options if (match := _KEY.fullmatch(option))]
    if len(pairs) < len(item.options) or not pairs:
        return dict.fromkeys(letters, "")
    return {letter: text.strip() for letter, text in pairs}


def options_in(question: str) -> tuple[str, ...]:
    """Find the options that a question's text lists: "A. …", "(B) …", "C: …", "D) …".

    Returns:
        One ``"A. text"`` each, in order; nothing where the letters do not run from A on.
    """
    marks: list[re.Match[str]] = []
    for mark in _MARK.finditer(question):
        if mark[1] == chr(ord("A") + len(marks)):
            marks.append(mark)
    if len(marks) < 2:
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(question)]
    texts = [question[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    texts[-1] = texts[-1].partition("\n")[0].partition(" Please answer")[0]
    return lettered([text.strip(" ,;\n.") for text in texts])


def letter_scorer(
    rule: LetterRule, *, letters: str = "ABCD", correct: bool = True
) -> Callable[[Item, str], ItemScore]:
    """Return a scorer for one letter.

    Args:
        rule: The benchmark's way to read it.
        letters: Those that a question can offer.
        correct: Whether misreadings are corrected; without, lmms-eval's scores come out.
    """

    def score(item: Item, reply: str) -> ItemScore:
        found = rule(reply)
        if not correct:
            return choice_score(Reading(value=found.letter if found else None), item.reference)
        return choice_score(corrected(found, reply, texts_by_letter(item, letters)), item.reference)

    return score
