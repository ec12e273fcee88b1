# SPDX-License-Identifier: Apache-2.0
"""Direction words in a reply, joined to one token set a phrase: "in front and to the left".

Words beside each other or hyphenated are one direction. Words joined by "and", "to the",
"slightly" … are one too, so long as none occurs twice; "or" and a bare comma separate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spatialevo_dge.reply.mention import Mention
from spatialevo_dge.reply.numerals import word_of
from spatialevo_dge.reply.text import Token, fold_unicode, tokenize

Heading = frozenset[str]

_SYNONYMS: Final = {
    "front": "front forward forwards forwardly ahead",
    "back": "back behind rear backward backwards backside",
    "left": "left leftward leftwards lefthand counterclockwise anticlockwise",
    "right": "right rightward rightwards righthand clockwise",
    "up": "up above upward upwards higher upper top",
    "down": "down below beneath under underneath downward downwards lower bottom",
}
_DEPTHS: Final = ("front", "forward", "back", "rear")
_WORDS: Final[dict[str, Heading]] = {
    word: frozenset((heading,)) for heading, words in _SYNONYMS.items() for word in words.split()
} | {
    name: _parts
    for depth in _DEPTHS
    for side in ("left", "right")
    for _parts in [frozenset(("front" if depth[0] == "f" else "back", side))]
    for name in (depth + side, side + depth)
}
_JOINTS: Final = frozenset(
    "and but - & / to the your my its their in on at of you it me him her camera viewer observer "
    "slightly somewhat a bit little side hand more also toward towards direction".split()
)
_JOINING: Final = frozenset("and but - & / to slightly somewhat bit little".split())
_SOFT: Final = frozenset("slightly somewhat a also more".split())
_OWNERS: Final = frozenset("the your my its their his her to on -".split())
_INTENSIFIED: Final = frozenset(
    "behind in ahead above below under beneath next beside there here now away at on answer".split()
)
_FURNITURE: Final = frozenset("door doors wall walls seat yard row window windows".split())


def headings(tokens: Sequence[Token]) -> list[Mention[Heading]]:
    """Find the directions that a text mentions, in order."""
    found: list[Mention[Heading]] = []
    place = 0
    while place < len(tokens):
        unit = _unit(tokens, place)
        if unit is None:
            place += 1
            continue
        place = unit.end
        joined = _join(tokens, found[-1], unit) if found else None
        if joined is None:
            found.append(unit)
        else:
            found[-1] = joined
    return found


def heading_of(word: str) -> Heading | None:
    """Token set of a direction an answer may have ("front-left"); None for any other phrase."""
    tokens = tokenize(fold_unicode(word))
    found = headings(tokens)
    if len(found) != 1 or any(
        token.low not in _WORDS and token.low not in _JOINTS for token in tokens
    ):
        return None
    return found[0].value


def _unit(tokens: Sequence[Token], start: int) -> Mention[Heading] | None:
    """Read direction words that stand together: "front-left", "left front", "higher up"."""
    if not _points(tokens, start):
        return None
    value = _WORDS[tokens[start].low]
    end = start + 1
    while end < len(tokens):
        place = end + (tokens[end].low in {"-", "–"} and tokens[end].glued)
        if place >= len(tokens) or not _points(tokens, place):
            break
        value |= _WORDS[tokens[place].low]
        end = place + 1
    return Mention(start=start, end=end, value=value)


def _points(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is a direction here: not "right behind", "the front door"."""
    word = tokens[place].low
    if word not in _WORDS:
        return False
    following = word_of(tokens, place + 1)
    if word == "right" and following in _INTENSIFIED:
        before = word_of(tokens, place - 1)
        return before in _OWNERS and following != "answer"
    return not (word in _DEPTHS and following in _FURNITURE)


def _join(
    tokens: Sequence[Token], first: Mention[Heading], second: Mention[Heading]
) -> Mention[Heading] | None:
    """Join two directions into one where the words between them do."""
    if second.start - first.end > 9:
        return None
    between = [token.low for token in tokens[first.end : second.start]]
    words = [word for word in between if word != ","]
    if not words or not all(word in _JOINTS for word in words):
        return None
    joined = any(word in _JOINING for word in words)
    if "but" in words and words[words.index("but") + 1 :][:1] not in [[soft] for soft in _SOFT]:
        return None
    if not joined or first.value & second.value:
        return None
    return Mention(start=first.start, end=second.end, value=first.value | second.value)
