# SPDX-License-Identifier: Apache-2.0
"""Mentions of possible answers, and which of them the sentence takes back.

"Not the sofa but the table" mentions both and answers with one. A clause ends at punctuation and
at "but", "while", "so" …; within it a negation takes back what follows, and "X is not …" takes back
X; "than", "unlike", "between" make what follows a thing compared with, no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from spatialevo_dge.reply.numerals import word_of
from spatialevo_dge.reply.text import Token

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(Generic[T_co]):
    """A possible answer within a text.

    Attributes:
        start: Its first token.
        end: The token after its last.
        value: What it says.
        unit: The unit it was written in; empty where none was.
        lost: Why it is no answer; empty where it is one.
    """

    start: int
    end: int
    value: T_co
    unit: str = ""
    lost: str = ""

    def of(self, value: U) -> Mention[U]:
        """Return the same mention of another value."""
        return Mention(start=self.start, end=self.end, value=value, unit=self.unit, lost=self.lost)


_STOPS: Final = frozenset(". ; , ! ? : ( ) [ ] \n".split(" ")) | frozenset(
    "but however while whereas although though because since so therefore thus hence".split()
)
_AUXILIARIES: Final = frozenset(
    "is are was were be does do did has have can could would should will may might".split()
)
_NEGATORS: Final = frozenset(
    "not never neither nor without cannot isnt arent wasnt doesnt dont "
    "wrong incorrect false".split()
)
_AFTER: Final = frozenset("cannot isnt arent wasnt doesnt dont".split())
_JUDGED: Final = frozenset("not never wrong incorrect false".split())
_CERTAINTY: Final = frozenset("sure certain clear confident doubt question only".split())
_COMPARISONS: Final = frozenset(
    "than unlike except versus vs besides between among amongst".split()
)
_LISTING: Final = frozenset("than between among amongst".split())
_CONJUNCTIONS: Final = frozenset("and or the a an".split())
_COMPARED_WITH: Final = frozenset(
    [("instead", "of"), ("opposed", "to"), ("compared", "to"), ("compared", "with")]
    + [(word, "but") for word in ("anything", "everything", "all", "nothing")]
)


def weigh(
    tokens: Sequence[Token], mentions: Sequence[Mention[T_co]], *, labels: bool
) -> list[Mention[T_co]]:
    """Mark the mentions that a negation or a comparison takes back.

    Args:
        tokens: The text.
        mentions: What it mentions, in any order.
        labels: Whether they are labels or directions, to which "no", "than" and "between" apply;
            numbers have their own reading of those words.
    """
    covered = {place for mention in mentions for place in range(mention.start, mention.end)}
    clauses = _clauses(tokens, covered, labels=labels)
    return [
        mention if mention.lost else replace(mention, lost=clauses[mention.start].taken(mention))
        for mention in mentions
    ]


@dataclass(slots=True)
class _Clause:
    """What of a clause bears on its mentions: the places of its first and last such words."""

    negation: int | None = None
    judgement: int | None = None
    comparison: int | None = None
    lists: bool = False

    def taken(self, mention: Mention[object]) -> str:
        """Say why the clause takes a mention back; empty where it does not."""
        if self.negation is not None and self.negation < mention.start:
            return "negated"
        if self.judgement is not None and self.judgement >= mention.end:
            return "negated"
        if self.comparison is not None and self.comparison < mention.start:
            return "only compared with"
        return ""


def _clauses(tokens: Sequence[Token], covered: set[int], *, labels: bool) -> list[_Clause]:
    """The clause of each token."""
    clauses = []
    clause = _Clause()
    for place, token in enumerate(tokens):
        if place not in covered:
            listed = token.low == "," and clause.lists and _continues(tokens, place + 1, covered)
            if _stops(tokens, place) and not listed:
                clause = _Clause()
            _read_sign(tokens, place, clause, labels=labels)
        clauses.append(clause)
    return clauses


def _stops(tokens: Sequence[Token], place: int) -> bool:
    word = tokens[place].low
    following = word_of(tokens, place + 1)
    if (word_of(tokens, place - 1), word) in _COMPARED_WITH:
        return False
    if word in {"rather", "instead"}:
        return following not in {"than", "of"}
    if word in {"and", "&"}:
        return following == "not"
    return word in _STOPS


def _read_sign(tokens: Sequence[Token], place: int, clause: _Clause, *, labels: bool) -> None:
    """Note a token that negates or compares."""
    word = tokens[place].low
    before = word_of(tokens, place - 1)
    if _negates(word, labels) and not _of_certainty(tokens, place):
        clause.negation = place if clause.negation is None else clause.negation
        if word in _AFTER or word.endswith("n't") or (word in _JUDGED and before in _AUXILIARIES):
            clause.judgement = place
    compares = word in _COMPARISONS or (before, word) in _COMPARED_WITH
    if labels and compares and clause.comparison is None:
        clause.comparison = place
        clause.lists = word in _LISTING and before not in {"rather", "other"}


def _continues(tokens: Sequence[Token], place: int, covered: set[int]) -> bool:
    """Whether a comma only separates things compared with: "than the sofa, the bed and the tv"."""
    while place < len(tokens) and (place in covered or tokens[place].low in _CONJUNCTIONS):
        place += 1
    return place >= len(tokens) or _stops(tokens, place)


def _negates(word: str, labels: bool) -> bool:
    return word in _NEGATORS or word.endswith("n't") or (labels and word == "no")


def _of_certainty(tokens: Sequence[Token], place: int) -> bool:
    """Whether a negation is only about certainty: "not sure", "not entirely clear", "no doubt"."""
    return any(word_of(tokens, place + step) in _CERTAINTY for step in (1, 2))
