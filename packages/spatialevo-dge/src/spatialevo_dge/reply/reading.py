# SPDX-License-Identifier: Apache-2.0
"""Read what a reply says as an answer of the asked type.

A reply commits to one answer or it is unreadable: two that differ, a range, a bound and a negation
alone are none. What is read depends on the question's form, never on the true value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from spatialevo_dge.answer import Answer, Centimetres, Metres, SquareMetres
from spatialevo_dge.reply import text as texts
from spatialevo_dge.reply.form import Form, Found, form_of
from spatialevo_dge.reply.letter import bare_key, letters
from spatialevo_dge.reply.mention import weigh
from spatialevo_dge.reply.text import Token, tokenize

_AGREE: Final = 0.02
"""Two units give the same length when they agree to 2 %: "1.5 m (4.9 ft)" does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reply says.

    Attributes:
        parsed: The answer, of the asked type; None when the reply is unreadable.
        why: How it was read, or why it could not be.
        conflict: Whether it gives several answers.
    """

    parsed: Answer | None
    why: str
    conflict: bool = False


_FILLERS: Final = frozenset(
    "a an the or and is it about approximately roughly maybe perhaps possibly probably".split()
)


def read_reply(reply: str, answer: Answer, options: Sequence[str] = ()) -> Answer | None:
    """Read a reply as an answer of the type of `answer`; None when it is unreadable.

    Args:
        reply: What a person or a model wrote.
        answer: Any answer to the question: its type, unit and admitted words are used, its value is
            not.
        options: The answers offered beside the question, such as ``("A. left", "B. right")``.

    Raises:
        TypeError: `reply` is not a string or `answer` is no answer.
    """
    return read(reply, answer, options).parsed


def read(reply: str, answer: Answer, options: Sequence[str] = ()) -> Reading:
    """Read a reply as `read_reply` does, and say how."""
    if not isinstance(reply, str):
        raise TypeError(f"reply: a string is needed, got {type(reply).__name__}")
    form = form_of(answer, options)
    if len(reply) > texts.MAX_CHARS:
        return Reading(parsed=None, why=f"longer than {texts.MAX_CHARS} characters")
    verbatim = _verbatim(reply, form)
    if verbatim is not None:
        return verbatim
    folded = texts.fold_unicode(reply)
    if len(folded) > texts.MAX_CHARS:
        return Reading(parsed=None, why=f"longer than {texts.MAX_CHARS} characters, written out")
    parts = texts.committed(folded)
    return _agreed([_read_part(part, form) for part in parts])


def _verbatim(text: str, form: Form) -> Reading | None:
    """Read a text that is an admitted answer as it stands, whatever its words."""
    text = text.strip()
    found = form.verbatim.get(text) or form.verbatim.get(text.casefold())
    return None if found is None else Reading(parsed=found, why="the answer and nothing else")


def _read_part(text: str, form: Form) -> Reading:
    """Read a committed part: what follows "answer:", else all of it, else its conclusion."""
    verbatim = _verbatim(text, form)
    if verbatim is not None:
        return verbatim
    marked = [_read_marked(rest, form) for rest in texts.after_markers(text)]
    said = [reading for reading in marked if reading.parsed is not None or reading.conflict]
    if said:
        return _agreed(said)
    text = texts.without_questions(text)
    reading = _segment(text, form)
    if not reading.conflict:
        return reading
    shorter = (_without_asides, _said_alone, _before_reason, _conclusion)
    again = (_segment(shorten(text, form), form) for shorten in shorter)
    return next((other for other in again if other.parsed is not None), reading)


def _without_asides(text: str, form: Form) -> str:
    """Leave out what is in parentheses and more than an answer: "3 chairs (two by the desk …)"."""
    for aside in texts.asides(text):
        if not _is_bare(aside, form):
            text = text.replace(aside, " ", 1)
    return text


def _said_alone(text: str, form: Form) -> str:
    """Return the first or the last sentence where it alone is an answer and nothing else."""
    sentences = texts.sentences(text)
    bare = [place for place, sentence in enumerate(sentences) if _is_bare(sentence, form)]
    return sentences[bare[0]] if bare in ([0], [len(sentences) - 1]) else text


def _before_reason(text: str, _: Form) -> str:
    return texts.before_reason(text)


def _conclusion(text: str, _: Form) -> str:
    return texts.conclusion(text)


def _read_marked(rest: str, form: Form) -> Reading:
    """Read what follows a marker: its line, or its first sentence where the line says more.

    A list is no answer, be it one of lines or of sentences: what comes next must not be a different
    answer and nothing else.
    """
    used = rest.partition("\n")[0]
    reading = _segment(used, form)
    if reading.conflict:
        used = texts.first_sentence(used)
        reading = _segment(used, form)
    following = texts.first_sentence(rest[len(used) :].lstrip(" .;!\n"))
    if reading.parsed is not None and _is_bare(following, form):
        return _agreed([reading, replace(_segment(following, form), conflict=True)])
    return reading


def _is_bare(text: str, form: Form) -> bool:
    """Whether a text is one or more answers, lettered or not, and nothing else."""
    tokens = tokenize(text)
    found = form.find(tokens)
    covered = {place for mention in found for place in range(mention.start, mention.end)}
    covered |= {mention.start for mention in letters(tokens, form.texts, covered)}
    return bool(covered) and not any(
        token.kind == "number" or (token.low not in _FILLERS and len(token.text) > 1)
        for place, token in enumerate(tokens)
        if place not in covered
    )


def _agreed(readings: Sequence[Reading]) -> Reading:
    """Return the one answer of several parts; an unreadable one where they differ."""
    for reading in readings:
        if reading.parsed is None:
            return reading
    first = readings[0]
    if all(_equal(reading.parsed, first.parsed) for reading in readings):
        return first
    return Reading(parsed=None, why="several answers that differ", conflict=True)


def _equal(first: Answer | None, second: Answer | None) -> bool:
    if isinstance(first, Metres | Centimetres | SquareMetres) and type(first) is type(second):
        return abs(first.value - second.value) <= 1e-9 * abs(first.value)
    return first == second


def _segment(text: str, form: Form) -> Reading:
    """Read a piece of plain text as it stands."""
    tokens = tokenize(text)
    alone = _alone(tokens, form)
    if alone is not None:
        return alone
    found = form.find(tokens)
    covered = {place for mention in found for place in range(mention.start, mention.end)}
    found += [
        letter.of(_option(form.texts[letter.value], form))
        for letter in letters(tokens, form.texts, covered)
    ]
    weighed = weigh(tokens, found, labels=form.labels)
    kept = [mention for mention in weighed if not mention.lost]
    if kept:
        return _merged(kept)
    reasons = ", ".join(sorted({mention.lost for mention in weighed}))
    return Reading(parsed=None, why=f"no answer but {reasons}" if reasons else "no answer")


def _alone(tokens: Sequence[Token], form: Form) -> Reading | None:
    """Read a text that is nothing but the key or the place of an option."""
    key = bare_key(tokens)
    if key is None:
        return None
    if str(key.place) in form.numbered:
        return Reading(parsed=form.numbered[str(key.place)], why="the number of one label")
    text = form.texts.get(key.letter) or form.texts.get(str(key.place) if form.labels else "")
    if text is None and key.named and 0 < key.place <= len(form.order):
        text = form.order[key.place - 1]
    if text is None:
        return None
    parsed = _option(text, form)
    return Reading(parsed=parsed, why="an option" if parsed else "an option of another kind")


def _option(text: str, form: Form) -> Answer | None:
    """Read the text of an offered answer, in which letters are no keys."""
    if text in form.verbatim:
        return form.verbatim[text]
    return _segment(texts.plain(texts.fold_unicode(text)), replace(form, texts={}, order=())).parsed


def _merged(mentions: list[Found]) -> Reading:
    """Return the one answer that all mentions give."""
    first = mentions[0]
    if any(mention.value is None for mention in mentions):
        return Reading(parsed=None, why="an answer that the question does not admit", conflict=True)
    if all(_agree(mention, first) for mention in mentions):
        return Reading(parsed=first.value, why="one answer")
    return Reading(parsed=None, why="several answers that differ", conflict=True)


def _agree(mention: Found, first: Found) -> bool:
    one, other = mention.value, first.value
    if (
        isinstance(one, Metres | Centimetres | SquareMetres)
        and isinstance(other, Metres | Centimetres | SquareMetres)
        and mention.unit != first.unit
    ):
        return abs(one.value - other.value) <= _AGREE * max(abs(one.value), abs(other.value))
    return _equal(one, other)
