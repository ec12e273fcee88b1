# SPDX-License-Identifier: Apache-2.0
"""Rules of CoreCognition and STARE, whose answers may be words and numbers beside letters."""

from __future__ import annotations

import re
from typing import Final

from spatialevo_eval.replies.corrections import Found
from spatialevo_eval.replies.numbers import first_number

__all__ = ["boxed", "cleaned", "is_expression", "same_answer", "template"]

_CUT_BEFORE: Final = (">\n\n", "**\n\n")
_DROPPED: Final = (
    r"\[ \boxed{", "} \\]", "<|end_of_sentence|>", "</s>", "<CONCLUSION>", "</CONCLUSION>",
    "Falcon: ",
)  # fmt: skip
_SAID: Final = r"(yes|no|\w)"
_GAP: Final = r"[\:\;\*\n ]*"
_TEMPLATES: Final = (
    rf"^{_SAID}[,.; \n*]",
    rf"[\n*{{]{_SAID}[,.; \n*}}]",
    rf"{_SAID} is the correct answer",
    *(
        f"{word}{verb}{_GAP}{_SAID}"
        for word, verb in (
            ("answer", " is"), ("answer", ""), ("choice", " is"), ("choice", ""),
            ("option", " is"), ("Assistant", ""),
        )
    ),
)  # fmt: skip


def cleaned(reply: str) -> str:
    """Return a reply without what some models wrap theirs in.

    corecognition/utils.py `_rm_model_special`.
    """
    text = reply.strip()
    for mark in _CUT_BEFORE:
        text = text.rpartition(mark)[2]
    for piece in _DROPPED:
        text = text.replace(piece, "")
    return text.strip()


def template(text: str, answers: tuple[str, ...]) -> Found | None:
    """Return the first of some answers that a template finds in a cleaned reply.

    corecognition/utils.py `_template_match`: a text of one word is that word up to a mark; in a
    longer one each template is tried once, and what it finds counts if it is an answer.

    Args:
        text: What `cleaned` returned.
        answers: In capitals.
    """
    if len(text.split()) < 2:
        first = re.split(r"[,. :;\n]", text)[0]
        if first.upper() not in answers:
            return None
        return Found(letter=first.upper(), text=text, start=0, length=len(first))
    for pattern in _TEMPLATES:
        match = re.search(pattern, text, re.IGNORECASE)
        if match and match[1].upper() in answers:
            said = match[1]
            return Found(letter=said.upper(), text=text, start=match.start(1), length=len(said))
    return None


_BOX: Final = r"\boxed{"
_FLAGS: Final = (
    "final answer is", "correct answer is", "answer should be", "answer is", "answer:",
)  # fmt: skip


def boxed(reply: str) -> str:
    r"""Return the final answer of a reply as it is written; empty where there is none.

    stare/utils.py `fast_extract_answer`, from STARE's own code: a letter A to H alone or before a
    colon or full stop at the start; a number alone; the last ``\boxed{}``; what follows a phrase.
    """
    text = reply.strip()
    for letter in "ABCDEFGH":
        if text.upper() == letter or text.startswith((f"{letter}:", f"{letter}.")):
            return letter
    if _number(text) is not None:
        return text
    if "boxed{" in text and (contents := _box_contents(text)):
        inner = re.findall(r"\\text{(.*?)}", contents[-1])
        return (inner or contents)[-1].strip()
    low = text.lower()
    for flag in _FLAGS:
        if flag in low:
            return low.rpartition(flag)[2].strip().split("\n")[0].split(".")[0]
    return ""


def same_answer(said: str, truth: str) -> bool:
    """Whether two answers are the same text, case apart, or the same number to two decimals.

    stare/utils.py `is_equal`; numbers may be in words or in brackets.
    """
    one, other = said.lower().strip(), truth.lower().strip()
    if one == other:
        return True
    first, second = _number(_bare(one)), _number(other)
    if first is None and not re.search(r"\d", one):
        spelled = first_number(one).value
        first = None if spelled is None else float(spelled)
    if first is None or second is None:
        return False
    return round(first, 2) == round(second, 2)


def is_expression(said: str) -> bool:
    """Whether an answer is something to work out: figures and more, or Euler's e."""
    text = _bare(said.lower())
    return _number(text) is None and bool(re.search(r"\d|^e(?![a-z])", text))


def _bare(text: str) -> str:
    """Return a text without brackets and ``$`` round it."""
    text = text.strip()
    while len(text) > 1 and text[0] + text[-1] in {"()", "{}", "[]", "$$"}:
        text = text[1:-1].strip()
    return text


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _box_contents(text: str) -> list[str]:
    """Return what each box holds, braces balanced; a box in a box is part of it."""
    contents: list[str] = []
    start = text.find(_BOX)
    while start >= 0:
        inner, depth, end = start + len(_BOX), 1, start + len(_BOX)
        while end < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        if depth:
            break
        contents.append(text[inner : end - 1])
        start = text.find(_BOX, end)
    return contents
