# SPDX-License-Identifier: Apache-2.0
"""Offered options: which of "A. left", "B. right" says the truth?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from spatialevo_dge.answer import Answer
from spatialevo_dge.scoring import score

_LABELLED: Final = re.compile(r"\s*\(?([A-Za-z])[).:]\s*(.*)", re.DOTALL)


def option_that_says(answer: Answer, options: Sequence[str]) -> str | None:
    """Return the label of the only option that says the answer.

    Args:
        answer: The truth.
        options: Texts such as ``"B. front-left"`` or ``"(B) front-left"``; a text without a label
            gets the letter of its position.

    Returns:
        The label in upper case; None where no option says the answer, or several do.
    """
    said = [
        label
        for label, text in map(_split, range(len(options)), options)
        if score(text, answer).value == 1.0
    ]
    return said[0] if len(said) == 1 else None


def _split(place: int, option: str) -> tuple[str, str]:
    match = _LABELLED.fullmatch(option)
    if match is None:
        return chr(ord("A") + place), option.strip()
    return match.group(1).upper(), match.group(2).strip()
