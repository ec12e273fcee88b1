# SPDX-License-Identifier: Apache-2.0
"""How replies to one kind of question are read: what to look for and which options stand open.

A form is made of an answer's type, its admitted words and the offered options alone. The true value
cannot reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, NamedTuple

from spatialevo_dge.answer import (
    Answer,
    Centimetres,
    Choice,
    Count,
    Direction,
    Metres,
    SquareMetres,
)
from spatialevo_dge.reply.heading import heading_of, headings
from spatialevo_dge.reply.label import SAME, Labels, words_of
from spatialevo_dge.reply.letter import keyed
from spatialevo_dge.reply.mention import Mention
from spatialevo_dge.reply.numerals import word_of
from spatialevo_dge.reply.quantity import Quantity, counted, quantities
from spatialevo_dge.reply.text import Token

Found = Mention[Answer | None]
Measure = type[Metres] | type[Centimetres] | type[SquareMetres]

_NONE_BEFORE: Final = frozenset("are is see has have contains contain were was find count".split())
_NONE_BUT: Final = frozenset(
    "way idea doubt need answer sign more less fewer longer one question clear "
    "there i it the that this they we just".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How answers to one kind of question are found.

    Attributes:
        find: Finds the possible answers in a text; None as a value is one that is not admitted.
        labels: Whether answers are words rather than numbers.
        verbatim: Replies that are an answer as they stand.
        texts: Text of each offered option by its key.
        order: Texts of the offered options in order, for "the second one".
        numbered: Answers whose label holds a number that no other does: "2" means "image 2".
    """

    find: Callable[[Sequence[Token]], list[Found]]
    labels: bool
    verbatim: Mapping[str, Answer] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    numbered: Mapping[str, Answer] = field(default_factory=dict)


def form_of(answer: Answer, options: Sequence[str]) -> Form:
    """Return the form of an answer: of its type and admitted words.

    Raises:
        TypeError: `answer` is no answer, or `options` is a single string.
    """
    if isinstance(options, str):
        raise TypeError(f"options: a sequence of strings is needed, got the string {options!r}")
    words = answer.options if isinstance(answer, Direction | Choice) else ()
    return _form(_Shape(type(answer), words, tuple(options)))


class _Shape(NamedTuple):
    kind: type
    words: tuple[str, ...]
    options: tuple[str, ...]


@lru_cache(maxsize=1024)
def _form(shape: _Shape) -> Form:
    form = _plain(shape.kind, shape.words)
    if shape.options:
        texts = keyed(shape.options)
        return replace(form, texts=texts, order=tuple(texts.values()))
    if shape.kind is Choice:
        letters = {chr(ord("A") + place): word for place, word in enumerate(shape.words[:26])}
        return replace(form, texts=letters, order=shape.words)
    return form


def _plain(kind: type, words: tuple[str, ...]) -> Form:
    """Form of an answer without options."""
    if kind is Count:
        return Form(find=_counts, labels=False)
    if kind is Metres or kind is Centimetres or kind is SquareMetres:
        measure = kind
        return Form(find=lambda tokens: _measures(tokens, measure), labels=False)
    if kind is Direction:
        return _headings({word: Direction(word, words) for word in words})
    if kind is Choice:
        values: dict[str, Answer] = {word: Choice(word, words) for word in words}
        if all(heading_of(word) for word in words if word != SAME):
            return _headings(values)
        return _labels(values)
    raise TypeError(f"answer: not an answer but {kind.__name__}")


def _labels(values: Mapping[str, Answer]) -> Form:
    names = Labels(values)
    return Form(
        find=lambda tokens: [found.of(values[found.value]) for found in names.find(tokens)],
        labels=True,
        verbatim=_verbatim(values),
        numbered=_numbered(values),
    )


def _headings(values: Mapping[str, Answer]) -> Form:
    """Read directions; a word of the form that is none ("same level") is read as a label."""
    by_heading = {heading_of(word): value for word, value in values.items()}
    others = Labels(word for word in values if heading_of(word) is None)

    def find(tokens: Sequence[Token]) -> list[Found]:
        return [
            *(found.of(by_heading.get(found.value)) for found in headings(tokens)),
            *(found.of(values[found.value]) for found in others.find(tokens)),
        ]

    return Form(find=find, labels=True, verbatim=_verbatim(values))


def _verbatim(values: Mapping[str, Answer]) -> dict[str, Answer]:
    """Answers by the label as it stands, and by its lower case where only one label has it."""
    lower = [word.strip().casefold() for word in values]
    return {
        **{
            name: value
            for name, value in zip(lower, values.values(), strict=True)
            if lower.count(name) == 1
        },
        **{word.strip(): value for word, value in values.items()},
    }


def _numbered(values: Mapping[str, Answer]) -> dict[str, Answer]:
    numbers = [
        (word, value)
        for label, value in values.items()
        for word in words_of(label)
        if word.isdigit()
    ]
    alone = [word for word, _ in numbers]
    return {word: value for word, value in numbers if alone.count(word) == 1}


def _counts(tokens: Sequence[Token]) -> list[Found]:
    """Find whole numbers without a unit, and "none" and "there are no …"."""
    found: list[Found] = []
    for mention in quantities(tokens):
        value = mention.value.value
        if mention.lost:
            found.append(mention.of(None))
        elif mention.unit or not 0 <= value < 1e9 or not value.is_integer():
            found.append(replace(mention.of(None), lost="no whole number of things"))
        else:
            found.append(mention.of(Count(int(value))))
    zeros = (_none(tokens, place) for place in range(len(tokens)))
    return found + [mention for mention in zeros if mention is not None]


def _none(tokens: Sequence[Token], place: int) -> Found | None:
    """Read "none", "there are no chairs", "no chairs" and "there aren't any"."""
    word, before = tokens[place].low, word_of(tokens, place - 1)
    zero: Found = Mention(start=place, end=place + 1, value=Count(0))
    if word == "none":
        return zero
    if word == "any" and (before == "not" or before.endswith("n't")):
        return replace(zero, start=place - 1)
    if word != "no" or (before and before not in _NONE_BEFORE) or place + 1 >= len(tokens):
        return None
    following = tokens[place + 1]
    return zero if following.kind == "word" and following.low not in _NONE_BUT else None


def _measures(tokens: Sequence[Token], kind: Measure) -> list[Found]:
    """Find lengths or areas; a bare number takes the asked unit where nothing has one."""
    dimension = "area" if kind is SquareMetres else "length"
    scale = 100.0 if kind is Centimetres else 1.0
    numbers = quantities(tokens)
    fitting = any(mention.value.dimension == dimension and not mention.lost for mention in numbers)
    found: list[Found] = []
    for mention in numbers:
        lost = mention.lost or _misfit(tokens, mention, dimension, fitting=fitting)
        value = mention.value.value * (scale if mention.unit else 1.0)
        found.append(replace(mention.of(None if lost else kind(value)), lost=lost))
    return found


def _misfit(
    tokens: Sequence[Token], mention: Mention[Quantity], dimension: str, *, fitting: bool
) -> str:
    if mention.unit:
        return "" if mention.value.dimension == dimension else f"not in a unit of {dimension}"
    if fitting:
        return "without a unit beside one that has it"
    return "a number of things" if counted(tokens, mention) else ""
