# SPDX-License-Identifier: Apache-2.0
"""Whether a legal question favours one of its answers by repeating it.

The oracle reads a text whose words stand in any order and may be said again: "Which is longer, the
bed or the desk? bed." asks the same as without its last word. So in training every thing and every
image is named once, directions are offered evenly or not at all, and nothing follows the question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from types import MappingProxyType
from typing import Final, TypeGuard

from spatialevo_dge import Answer, Choice, Direction, Legal, Scene
from spatialevo_dge.entities import Entities, Noun, SectorForm, Standing
from spatialevo_dge.parsing.lexicon import of_scene
from spatialevo_dge.parsing.tokens import tokens
from spatialevo_dge.parsing.words import COMMA, STOP, split

_WORD: Final = re.compile(r"[^\W_]+")
_SIDES: Final = MappingProxyType(
    {
        word: side
        for side, words in {
            "left": "left leftward leftwards counterclockwise anticlockwise",
            "right": "right rightward rightwards clockwise",
            "front": "front ahead forward forwards",
            "back": "back behind backward backwards rear",
            "up": "up upward upwards above higher",
            "down": "down downward downwards below beneath under lower",
        }.items()
        for word in words.split()
    }
)
_SAME: Final = frozenset("same equal equally equivalent tie tied".split())
_UNITS: Final = re.compile(r"\b(?:centi)?met(?:er|re)s?\b|\bc?m\b")
_ONE_UNIT: Final = re.compile(r"\b(?:an?|per|each) (?:square )?(?:(?:centi)?met(?:er|re)|c?m)\b")
_NUMERALS: Final = "one two three four five six seven eight nine ten".split()
_ORDINALS: Final = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_NUMBER: Final = MappingProxyType(
    {word: place for names in (_NUMERALS, _ORDINALS) for place, word in enumerate(names, start=1)}
)
_IMAGES: Final = "(?:image|picture|photo|photograph|view|frame|shot|camera|viewpoint)s?"
_ORDINAL: Final = f"(?:{'|'.join(_ORDINALS)})"
_IMAGE: Final = re.compile(
    rf"\b{_IMAGES} (?:number |no )?(?P<after>\d+|{'|'.join(_NUMERALS)})\b"
    r"|(?:(?<= and )|(?<= or ))(?P<also>\d+)\b"
    rf"|\b(?P<before>{_ORDINAL})(?= (?:{_IMAGES}|(?:and|or|to)(?: the)? {_ORDINAL} {_IMAGES})\b)"
)
_NOTES: Final = frozenset({STOP, COMMA, "notequadrant", "noteback"})


def giveaway(question: str, ruling: Legal, scene: Scene) -> str:
    """Say what in a legal question favours an answer; empty where nothing does.

    Args:
        question: The question's text.
        ruling: What the oracle said: which answers there are, not which is true, is used.
        scene: Whose labels the question names.
    """
    text = question.lower()
    return (
        _afterthought(text)
        or _named_again(question, ruling, scene)
        or _uneven_images(text, ruling.answer)
        or _uneven_sides(_without_names(text, ruling.entities), ruling.answer)
        or _repeated_unit(text)
    )


def _afterthought(text: str) -> str:
    """Find words after the question mark; definitions that benchmarks append are none."""
    words = split(text.rpartition("?")[2]) if "?" in text else []
    said = [word for word in words if word not in _NOTES]
    return f"{said[0]!r} after the question" if said else ""


def _named_again(question: str, ruling: Legal, scene: Scene) -> str:
    sequences, _, _ = tokens(question, of_scene(scene))
    shape = ruling.entities
    # "facing the desk, is the lamp to the left or the right of the desk"
    twice = isinstance(shape, Standing) and shape.form is SectorForm.LEFT_RIGHT
    for chunks in sequences:
        named = [chunk.value for chunk in chunks if chunk.kind == "OBJ"]
        counts = Counter(noun.label or noun.text for noun in named if isinstance(noun, Noun))
        if twice and isinstance(shape, Standing):
            counts[shape.face.label or shape.face.text] -= 1
        again = [name for name, count in counts.items() if count > 1]
        if not again:
            return ""
    return f"{again[0]!r} twice" if sequences else ""


def _uneven_images(text: str, answer: Answer) -> str:
    numbers = Counter(
        match["after"] or match["also"] or match["before"] for match in _IMAGE.finditer(text)
    )
    counts = Counter[int]()
    for word, count in numbers.items():
        counts[int(word) if word.isdecimal() else _NUMBER[word]] += count
    again = [place for place, count in counts.items() if count > 1]
    if again:
        return f"image {again[0]} twice"
    offered = isinstance(answer, Choice) and f"image {min(counts, default=0)}" in answer.options
    return "one image alone is offered" if offered and len(counts) == 1 else ""


def _uneven_sides(text: str, answer: Answer) -> str:
    words = _WORD.findall(text)
    if isinstance(answer, Choice) and sum(word in _SAME for word in words) > 1:
        return "'same' twice"
    if not isinstance(answer, Direction) and not _heights(answer):
        return ""
    answers = set(_sides(_WORD.findall(" ".join(answer.options))))
    counts = Counter(_sides(words))
    if not answers or not counts:
        return ""
    strange = [side for side in counts if side not in answers]
    if strange:
        return f"{strange[0]!r} is no answer"
    if len(counts) == 1 or len(set(counts.values())) > 1:
        return f"{max(counts, key=counts.__getitem__)!r} is offered more than others"
    return ""


def _heights(answer: Answer) -> TypeGuard[Choice]:
    return isinstance(answer, Choice) and all(option in _SIDES for option in answer.options)


def _without_names(text: str, entities: Entities) -> str:
    """Leave out what things are called: a front door is no direction."""
    for item in fields(entities):
        value = getattr(entities, item.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Noun):
                text = text.replace(part.text, " ")
    return text


def _sides(words: Iterable[str]) -> list[str]:
    return [_SIDES[word] for word in words if word in _SIDES]


def _repeated_unit(text: str) -> str:
    if _ONE_UNIT.search(text) or len(_UNITS.findall(text)) > 1:
        return "a unit twice, or as an amount"
    return ""
