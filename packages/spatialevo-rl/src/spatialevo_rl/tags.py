# SPDX-License-Identifier: Apache-2.0
"""The strict grammar of completions: exactly the role's tags, in order, once each, nothing else.

    questioner   <observation> text </observation> <question> text </question>
    solver       [reasoning, full prompt set only] <answer> text </answer>

No text between the tags holds an angle bracket, so a tag cannot be quoted, nested or smuggled in.
White space between tags is free and inside them is folded to single blanks: it carries nothing.
Under the compact prompt set, whose tokenizer sets marks apart, they are put back to their words.
Tags are written in lower case. What does not fit is `Malformed` with a reason, and never repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from spatialevo_rl.settings import EpisodeSettings, PromptSet

_QUESTIONER: Final = re.compile(
    r"\s*<observation>([^<>]*)</observation>\s*<question>([^<>]*)</question>\s*"
)
_ANSWER: Final = re.compile(r"(.*?)<answer>([^<>]*)</answer>\s*", re.DOTALL)
_TAG: Final = re.compile(r"<[/|]?\w[^<>]*>")
_APART: Final = (
    (re.compile(r" (?=[,.;:?!)\]])|(?<=[(\[]) "), ""),
    (re.compile(r"(?<=[a-z]) - (?=[a-z])"), "-"),  # front - left
    (re.compile(r"(?<=[a-z]) ' ?(?=s\b)"), "'"),  # camera ' s
    (re.compile(r"(?<=[a-z]) (?=\((?:s|es)\))"), ""),  # chair (s)
)
_NUMBER_APART: Final = re.compile(r"(?<=\d) (?=[.\d])|(?<=\d\.) (?=\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parts of a questioner's completion, white space folded, neither empty."""

    observation: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer inside a solver's tags, white space folded, not empty."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A completion that breaks the grammar; `why` says where."""

    why: str


Questioned: TypeAlias = Asked | Malformed
Replied: TypeAlias = Answered | Malformed


def parse_questioner(
    completion: str, settings: EpisodeSettings, truncated: bool = False
) -> Questioned:
    """Read a questioner's completion.

    Args:
        completion: What the model wrote, special tokens of the tokenizer left out.
        settings: With the longest completion that is read.
        truncated: Whether generation stopped at its limit.
    """
    fault = _unfit(completion, settings, truncated)
    if fault is not None:
        return fault
    match = _QUESTIONER.fullmatch(completion)
    if match is None:
        return Malformed(why="not one observation followed by one question and nothing else")
    observation, question = (_plain(part, settings) for part in match.groups())
    if not observation or not question:
        return Malformed(why=f"the {'question' if observation else 'observation'} is empty")
    return Asked(observation=observation, question=question)


def parse_answer(completion: str, settings: EpisodeSettings, truncated: bool = False) -> Replied:
    """Read a solver's completion, be it an answer or an explanation.

    The full prompt set asks for reasoning, so plain text may go before the tag; it holds no tag of
    its own. The compact set admits the tag alone, and puts a number together ("2 . 4").

    Args:
        completion: What the model wrote, special tokens of the tokenizer left out.
        settings: With the prompt set and the longest completion that is read.
        truncated: Whether generation stopped at its limit.
    """
    fault = _unfit(completion, settings, truncated)
    if fault is not None:
        return fault
    match = _ANSWER.fullmatch(completion)
    if match is None:
        return Malformed(why="not one answer at the end")
    before, answer = match[1], _plain(match[2], settings)
    compact = settings.prompt_set is PromptSet.COMPACT
    if compact and before.strip():
        return Malformed(why="text before the answer")
    if _TAG.search(before):
        return Malformed(why="another tag before the answer")
    if not answer:
        return Malformed(why="the answer is empty")
    return Answered(text=_NUMBER_APART.sub("", answer) if compact else answer)


def folded(text: str) -> str:
    """Fold white space to single blanks."""
    return " ".join(text.split())


def rejoined(text: str) -> str:
    """Undo what decoding a word-level tokenizer's words with blanks does to marks.

    "which is closer , the chair or the desk ?" becomes "which is closer, the chair or the desk?".
    """
    for pattern, plain in _APART:
        text = pattern.sub(plain, text)
    return text


def _plain(text: str, settings: EpisodeSettings) -> str:
    text = folded(text)
    return rejoined(text) if settings.prompt_set is PromptSet.COMPACT else text


def _unfit(completion: str, settings: EpisodeSettings, truncated: bool) -> Malformed | None:
    if truncated:
        return Malformed(why="cut off at the length limit")
    try:
        size = len(completion.encode())
    except UnicodeEncodeError:
        return Malformed(why="no valid Unicode")
    if size > settings.max_completion_bytes:
        return Malformed(why=f"{size} bytes; {settings.max_completion_bytes} are read")
    return None
