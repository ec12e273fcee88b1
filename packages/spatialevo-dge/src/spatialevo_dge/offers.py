# SPDX-License-Identifier: Apache-2.0
"""Offered options: which of "A. left", "B. right" is true, and those that a text points at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from spatialevo_dge.answer import Answer
from spatialevo_dge.entities import Among, Comparison, Entities, Noun
from spatialevo_dge.parsing.lexicon import of_scene
from spatialevo_dge.parsing.parse import Parse, Reader
from spatialevo_dge.parsing.tokens import tokens
from spatialevo_dge.question import Question
from spatialevo_dge.scene import Scene
from spatialevo_dge.scoring import score
from spatialevo_dge.task import SpatialTask

NOTE: Final = "the text names no candidates; they are the options offered"

_LABELLED: Final = re.compile(r"\s*\(?([A-Za-z])[).:]\s*(.*)", re.DOTALL)
_END_OF_TEXT: Final = " \t\r\n.:?!"


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


def read_with_offers(
    question: Question, scene: Scene, tasks: Sequence[SpatialTask[Any]], reader: Reader
) -> Parse:
    """Read a text; where it is no question by itself, read it with its options written out.

    "Which of these is closest to the bed?" leaves its candidates to the options. They are taken
    only if every option is the name of one thing and all of them compete for the answer.
    """
    parse = reader(question.text, scene, tasks)
    if parse.readings or not question.options:
        return parse
    names = [_split(place, text)[1] for place, text in enumerate(question.options)]
    offered = [noun for name in names for noun in _one_thing(name, scene)]
    if len(offered) != len(names):
        return parse
    listed = " or the ".join((", the ".join(names[:-1]), names[-1]) if names[1:] else names)
    asked = f"{question.text.rstrip(_END_OF_TEXT)}: the {listed}?"
    retried = reader(asked, scene, tasks)
    found = tuple(item for item in retried.readings if _candidates(item.entities) == offered)
    if not found:
        return parse
    return replace(retried, readings=found, notes=(*retried.notes, NOTE))


def _one_thing(name: str, scene: Scene) -> list[Noun]:
    """Return the object that a text names, and nothing where it says anything else."""
    sequences, _, _ = tokens(name, of_scene(scene))
    for chunks in sequences:
        said = [chunk for chunk in chunks if chunk.kind != "STOP"]
        if len(said) == 1 and isinstance(said[0].value, Noun):
            return [said[0].value]
    return []


def _candidates(entities: Entities) -> list[Noun]:
    if isinstance(entities, Among):
        return list(entities.candidates)
    return [entities.first, entities.second] if isinstance(entities, Comparison) else []


def _split(place: int, option: str) -> tuple[str, str]:
    match = _LABELLED.fullmatch(option)
    if match is None:
        return chr(ord("A") + place), option.strip()
    return match.group(1).upper(), match.group(2).strip()
