# SPDX-License-Identifier: Apache-2.0
"""Rules by which benchmarks read a letter out of a reply, as lmms-eval 0.7.3 applies them.

Each returns the letter and where it stands, so that `corrections` can tell a letter from a piece of
a word. File and function of the source are named at each rule.
"""

from __future__ import annotations

import re
from typing import Final

from spatialevo_eval.replies.corrections import Found

__all__ = [
    "ambiguous_letters",
    "first_letter",
    "first_token",
    "in_backticks",
    "in_last_line",
    "last_by_pattern",
    "ranked",
    "upper_cascade",
]


def first_token(reply: str) -> str:
    """Return what comes before the first blank, without a full stop at its end.

    vsibench/utils.py `fuzzy_matching`; "(A)" and "Answer: A" are no letter to it.
    """
    return reply.split(" ", maxsplit=1)[0].rstrip(".").strip()


def first_letter(reply: str) -> Found | None:
    """Return the first letter of a reply, opening brackets skipped.

    embspatial/utils.py `_extract_answer_letter`.
    """
    text = reply.strip()
    match = re.match(r"[(\s]*([A-Z])", text, re.IGNORECASE)
    return _at(match, text)


def in_last_line(reply: str) -> Found | None:
    """Return the first of A to D that stands alone in the last line, either case.

    viewspatial/utils.py `extract_option`.
    """
    text = reply.rsplit("\n", maxsplit=1)[-1]
    return _at(re.search(r"\b([A-D])\b", text, re.IGNORECASE), text)


_PHRASES: Final = (
    "the answer is", "answer is", "the correct answer is", "correct answer is",
    "the best answer is", "best answer is", "the correct option is", "correct option is",
    "the best option is", "best option is", "the choice is", "choice is", "the correct choice is",
    "correct choice is", "i choose", "i select", "i pick", "my answer is", "my choice is",
    "옵션", "정답은", "답은", "답:", "答案是", "答案为", "选", "答えは",
)  # fmt: skip
_RANKS: Final = (("({})", 6, 1), ("{}.", 5, 0), ("{}:", 4, 0), ("{})", 3, 0), ("{} ", 2, 0))


def ranked(reply: str, letters: str = "ABCD") -> Found | None:
    """Return the letter in the most telling place, the last one of several in such places.

    _task_utils/mcq_extract.py `extract_mcq_answer`: at the start, at the end, after a phrase such
    as "the answer is", in brackets, before a full stop, a colon, a bracket, a blank, then anywhere.
    """
    if not reply.strip():
        return None
    text = reply.strip()
    for mark in ",.!?;:'\"":
        text = text.strip(mark)
    text = f" {text} "
    candidates = [*_formatted(text, letters), *_after_phrases(text, letters)]
    candidates += _at_the_edges(text, letters)
    if not candidates:
        candidates = [(0, text.rfind(x), text.rfind(x), x) for x in letters if x in text]
    if not candidates:
        return None
    _, _, start, letter = max(candidates, key=lambda candidate: candidate[:2])
    return Found(letter=letter, text=text, start=start)


_Candidate = tuple[int, int, int, str]  # rank, position that decides a tie, index of the letter


def _formatted(text: str, letters: str) -> list[_Candidate]:
    """List letters in brackets and before marks, the last of each kind."""
    places = (
        (rank, text.rfind(form.format(letter)), offset, letter)
        for form, rank, offset in _RANKS
        for letter in letters
    )
    return [(rank, at, at + offset, letter) for rank, at, offset, letter in places if at >= 0]


def _after_phrases(text: str, letters: str) -> list[_Candidate]:
    """List the first of each letter after the first of each phrase."""
    low = text.lower()
    ends = [low.find(phrase) + len(phrase) for phrase in _PHRASES if phrase in low]
    places = ((text.find(letter, end), letter) for end in ends for letter in letters)
    return [(7, at, at, letter) for at, letter in places if at >= 0]


def _at_the_edges(text: str, letters: str) -> list[_Candidate]:
    """List the letter that opens or closes a text, alone."""
    bare = text.strip()
    start, end = text.find(bare), text.find(bare) + len(bare) - 1
    found: list[_Candidate] = []
    if bare and bare[0] in letters and not bare[1:2].isalpha():
        found.append((10, 0, start, bare[0]))
    if bare and bare[-1] in letters and not bare[-2:-1].isalpha():
        found.append((9, len(text) - 1, end, bare[-1]))
    return found


_UPPER: Final = (
    r"^([A-D])",
    r"(?:ANSWER|CHOICE|OPTION)(?:\s+IS)?[\s:]+([A-D])",
    r"\(([A-D])\)",
    r"([A-D])\s*[.)\]]",
    r"(?:^|\s)([A-D])(?:\s|$)",
)


def upper_cascade(reply: str) -> Found | None:
    """Return the letter that the first matching pattern finds in the reply in capitals.

    vstar_bench/utils.py `extract_answer_letter`: at the start, after "answer", in brackets, before
    a full stop or a bracket, alone; then the only one of A to D there is.
    """
    text = reply.strip().upper()
    for pattern in _UPPER:
        if match := re.search(pattern, text, re.IGNORECASE):
            return _at(match, text)
    alone = list(re.finditer(r"([A-D])", text))
    return _at(alone[0], text) if len(alone) == 1 else None


_TAGGED: Final = (
    r"[Mm]y answer is ([A-E])",
    r"[Tt]he answer is ([A-E])",
    r"\b([A-E])\b",
)
_PLAIN: Final = (
    r"(?:^|\n)(?:Answer: )?([A-E])(?:\.|$|\s)",
    r"[*\"]([A-E])[*\"]",
    r"\bAnswer:?\s*([A-E])\b",
    r"[Mm]y answer is ([A-E])",
    r"answer is ([A-E])",
)


def last_by_pattern(reply: str) -> Found | None:
    """Return the last letter that the first matching pattern finds.

    mindcube/utils.py `extract_answer`, from MindCube's own code: before a full stop anywhere; in an
    <Answer> tag; at a line's start, in quotes, after "answer"; then alone, lines from the bottom.
    """
    text = reply.strip()
    if found := _last(r"([A-E])\.", text):
        return found
    section = re.search(r"<Answer>(.*?)(?:<|$)", text, re.DOTALL)
    if section:
        for pattern in _TAGGED:
            if found := _last(pattern, section[1]):
                return found
    for pattern in _PLAIN:
        if found := _last(pattern, text):
            return found
    for line in reversed(text.split("\n")):
        if match := re.search(r"\b([A-E])\b", line):
            return _at(match, line)
    return None


def in_backticks(reply: str) -> Found | None:
    """Return the first of A to F alone, in double back-ticks, back-ticks or braces where there are.

    mmsi_bench/utils.py `extract_single_choice_with_word_boundary`; a letter before another word is
    taken for an article.
    """
    text = reply
    for pattern in (r"``([^`]*)``", r"`([^`]*)`", r"\{([^}]*)\}"):
        if match := re.search(pattern, text):
            text = match[1]
    return _at(re.search(r"\b([A-F])\b(?!\s[a-zA-Z])", text, re.IGNORECASE), text)


_ANNOUNCED: Final = (
    "<answer>", "Answer:", "Final answer", "final answer", "Final Answer", "the answer is",
    "The answer is", "correct answer", "Correct answer", "Correct Answer", "答案", "correct path",
)  # fmt: skip


def ambiguous_letters(reply: str) -> tuple[Found, ...]:
    """Return every capital A to D before the first full stop of the final answer.

    spatialviz/utils.py: the <answer> tag where a <think> tag stands too; else what follows the last
    of the first phrase that occurs; else a reply of one character. One letter, however often, is an
    answer; two are none.
    """
    think = re.search(r"<think>.*?</think>", reply, re.DOTALL)
    answer = re.search(r"<answer>(.*?)</answer>", reply, re.DOTALL)
    if think and answer:
        text = answer[1].strip()
    elif len(reply) == 1:
        text = reply
    else:
        phrase = next((phrase for phrase in _ANNOUNCED if phrase in reply), None)
        if phrase is None:
            return ()
        text = reply.rsplit(phrase, maxsplit=1)[-1].strip()
    text = text.split(".")[0]
    return tuple(
        Found(letter=match[0], text=text, start=match.start())
        for match in re.finditer(r"[A-D]", text)
    )


def _last(pattern: str, text: str) -> Found | None:
    matches = list(re.finditer(pattern, text))
    return _at(matches[-1], text) if matches else None


def _at(match: re.Match[str] | None, text: str) -> Found | None:
    """Return a pattern's first group as what was found."""
    if match is None:
        return None
    return Found(letter=match[1].upper(), text=text, start=match.start(1))
