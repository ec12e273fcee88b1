# SPDX-License-Identifier: Apache-2.0
"""From an observation's text to its claims: clauses, each parsed by the closed grammar or not.

A clause that the grammar does not admit as a whole makes no claim: "the chair is not left of the
bed" claims nothing, rather than what is left when a word is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lark import Lark, Transformer
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer, Token

from spatialevo_dge import DEFAULT, Policy, Scene
from spatialevo_rl.observation.claims import Claim, ClaimKind, Thing
from spatialevo_rl.observation.pieces import Piece, Sentence, sentences
from spatialevo_rl.observation.wordings import BEHIND, FARTHER, FRONT, RIGHT

_VERBS: Final = frozenset({"SEE", "THERE", "SHOW", "IS", "SEEN"})
_SILENT: Final = frozenset({"DET", "PLAIN", "FILL"})
_LEADS: Final = frozenset({"SEP", "IMG", "PLAIN", "FILL"})
_GOES_ON: Final = frozenset({"REL", "IS"})
_UNSEPARATED: Final = _GOES_ON | {"SEP", "THAT"}
"""Before these a separator says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one sentence says.

    Attributes:
        names: Every thing it names, in a claim or not, and every functional region.
        things: The things among them.
        claims: Its claims.
    """

    names: frozenset[str]
    things: frozenset[Thing]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An observation as read.

    Attributes:
        sentences: What each sentence says, in order.
        words: Number of words, marks left out.
        claimed: How many of them stand inside clauses that are claims.
    """

    sentences: tuple[Said, ...]
    words: int
    claimed: int


def read(text: str, scene: Scene, policy: Policy = DEFAULT) -> Reading:
    """Read an observation; total: any text gives a reading.

    Args:
        text: The observation.
        scene: Its labels are the names that are known.
        policy: Says what "in front of" means.
    """
    found, words = sentences(text, scene)
    said: list[Said] = []
    claimed = 0
    for sentence in found:
        claims: list[Claim] = []
        for clause in _clauses(sentence):
            stated = _claims(clause, policy)
            claims += stated
            if stated:
                claimed += sum(p.stop - p.start for p in clause if p.kind != "FILL")
        said.append(_said(sentence, tuple(claims)))
    return Reading(sentences=tuple(said), words=words, claimed=claimed)


def _said(sentence: Sentence, claims: tuple[Claim, ...]) -> Said:
    things = frozenset(piece.value for piece in sentence if isinstance(piece.value, Thing))
    regions = (str(piece.value) for piece in sentence if piece.kind == "REGION")
    names = frozenset((*(thing.name for thing in things), *regions))
    return Said(names=names, things=things, claims=claims)


def _clauses(sentence: Sentence) -> Iterator[Sequence[Piece]]:
    """Cut a sentence at "and" and commas where what was read has its verb and so has the rest."""
    start = 0
    verb = False
    for place, piece in enumerate(sentence):
        verb = verb or piece.kind in _VERBS
        if piece.kind == "SEP" and verb and _begins_a_clause(sentence, place + 1):
            yield sentence[start:place]
            start, verb = place, False
    yield sentence[start:]


def _begins_a_clause(sentence: Sentence, start: int) -> bool:
    """Whether a verb comes before the next separator, with a subject before it.

    "and is left of the lamp" goes on about the subject before it.
    """
    begun = False
    for piece in sentence[start:]:
        if piece.kind == "SEP" and begun:
            return False
        if piece.kind in _VERBS:
            return begun or piece.kind != "IS"
        # ", and in image 2, there is": what leads a clause does not end it.
        begun = begun or piece.kind not in _LEADS
    return False


def _claims(clause: Sequence[Piece], policy: Policy) -> list[Claim]:
    tokens = list(_tokens(clause))
    if not tokens or any(token.type == "OTHER" for token in tokens):
        return []
    try:
        parts: Any = _parser().parse(tokens)
    except UnexpectedInput:
        return []
    front = policy.front_is_deeper
    return [claim for part in parts for claim in part.claims(front)]


def _tokens(clause: Sequence[Piece]) -> Iterator[Token]:
    """Hand over what the grammar knows; "and is left of" goes on about the same subject."""
    spoken = [piece for piece in clause if piece.kind not in _SILENT]
    before = "SEP"
    for place, piece in enumerate(spoken):
        kind: str = "OTHER" if piece.kind == "REGION" else piece.kind
        after = spoken[place + 1].kind if place + 1 < len(spoken) else "SEP"
        leads = before == "IMG" and place == 1
        if kind == "SEP" and (leads or before == "SEP" or after in _UNSEPARATED):
            before = "SEP" if after in _GOES_ON else before
            continue
        if kind == "IS" and place and (before == "SEP" or _trails(place, spoken)):
            continue
        if kind == "REL" and place and before == "SEP":
            kind = "ALSO"
        before = kind
        token = Token(kind, "")
        token.value = piece.value  # what the word means, not its text
        yield token


def _trails(place: int, spoken: Sequence[Piece]) -> bool:
    """Whether a verb only ends a comparison: "nearer than the lamp is"."""
    return 2 < place == len(spoken) - 1


class _Tokens(Lexer):
    """Hands ready tokens to the parser."""

    def __init__(self, _: object) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        return iter(data)


@dataclass(slots=True)
class _Noun:
    thing: Thing
    number: int = 0

    def shown(self, image: int | None) -> Claim:
        kind = ClaimKind.COUNT if self.number else ClaimKind.EXISTS
        return Claim(kind=kind, first=self.thing, image=image, number=self.number)


@dataclass(slots=True)
class _Part:
    """A statement about some nouns: they are shown, or stand in a relation, in an image or any."""

    nouns: list[_Noun]
    relation: str = ""
    others: tuple[_Noun, ...] = ()
    image: int | None = None
    exist: bool = True
    led: bool = False  # its image went before it

    def claims(self, front_is_deeper: bool) -> Iterator[Claim]:
        for noun in self.nouns:
            if self.exist or noun.number:
                yield noun.shown(self.image)
        for other in self.others:
            if other.number:
                yield other.shown(self.image)
            for noun in self.nouns:
                yield _relation(self.relation, noun.thing, other.thing, self.image, front_is_deeper)


def _relation(
    word: str, first: Thing, second: Thing, image: int | None, front_is_deeper: bool
) -> Claim:
    """Return the canonical claim of a relation word."""
    if word in {FRONT, BEHIND}:
        word = "nearer" if (word == FRONT) != front_is_deeper else FARTHER
    if word in {RIGHT, FARTHER}:
        word = "left" if word == RIGHT else "nearer"
        first, second = second, first
    return Claim(kind=ClaimKind(word), first=first, second=second, image=image)


class _Builder(Transformer[Token, list[_Part]]):
    """Turns a parse into parts, rule by rule; methods are named after the rules."""

    def np(self, found: list[Any]) -> _Noun:
        return _Noun(found[-1].value, found[0].value if len(found) == 2 else 0)

    def nps(self, found: list[Any]) -> list[_Noun]:
        return [found[0]] if len(found) == 1 else [*found[0], found[-1]]

    def rel(self, found: list[Any]) -> _Part:
        image = found[2].value if len(found) == 3 else None
        return _Part([], found[0].value, tuple(found[1]), image, exist=False)

    also = rel

    def rels(self, found: list[Any]) -> list[_Part]:
        return [found[0]] if len(found) == 1 else [*found[0], found[1]]

    def item(self, found: list[Any]) -> _Part:
        image = next((f.value for f in found[1:] if isinstance(f, Token) and f.type == "IMG"), None)
        relation = next((f.value for f in found if isinstance(f, Token) and f.type == "REL"), "")
        others = tuple(f for f in found[1:] if isinstance(f, _Noun))
        return _Part([found[0]], relation, others, image)

    def items(self, found: list[Any]) -> list[_Part]:
        if len(found) == 1:
            return [found[0]]
        if len(found) == 4:
            found[3].image, found[3].led = found[2].value, True
        return [*found[0], found[-1]]

    def seen(self, found: list[Any]) -> list[_Part]:
        return _spread(found[1])

    def visible(self, found: list[Any]) -> list[_Part]:
        image = next((f.value for f in found[1:] if f.type == "IMG"), None)
        return [_Part(found[0], image=image)]

    def situated(self, found: list[Any]) -> list[_Part]:
        exist = isinstance(found[1], Token) and found[1].type == "SEEN"
        for part in found[-1]:
            part.nouns, part.exist = found[0], exist
        return _spread(found[-1])

    def inverted(self, found: list[Any]) -> list[_Part]:
        return [_Part(found[-1], found[0].value, (found[1],))]

    def within(self, found: list[Any]) -> list[_Part]:
        for part in found[1]:
            part.image = part.image or found[0].value
        return list(found[1])

    def shown(self, found: list[Any]) -> list[_Part]:
        return self.within([found[0], found[2]])

    def start(self, found: list[Any]) -> list[_Part]:
        return list(found[0])


def _spread(parts: list[_Part]) -> list[_Part]:
    """Let an image named at the end hold for what was listed before it."""
    image = None
    for part in reversed(parts):
        image = part.image = part.image or image
        image = None if part.led else image
    return parts


@cache
def _parser() -> Lark:
    text = files("spatialevo_rl.observation").joinpath("claims.lark").read_text(encoding="utf-8")
    return Lark(
        text,
        parser="lalr",
        lexer=_Tokens,
        transformer=_Builder(),
        maybe_placeholders=False,
        keep_all_tokens=True,
    )
