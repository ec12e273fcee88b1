# SPDX-License-Identifier: Apache-2.0
"""From text to sentences of typed pieces, by the scene's own lexicon and the words of claims.

Names of things are found as in questions: plurals and synonyms fold, the longest name wins, and a
name of another kind of object ("toy car") is never the shorter one inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, cast

from spatialevo_dge import Scene
from spatialevo_dge.entities import Noun
from spatialevo_dge.labels import singular
from spatialevo_dge.parsing.lexicon import Entry, SceneLexicon, Trie, common, longest, of_scene
from spatialevo_dge.parsing.words import BREAK, COMMA, POSSESSIVE, STOP, split
from spatialevo_rl.observation.claims import Thing
from spatialevo_rl.observation.wordings import IMAGE_NOUNS, NUMERALS, ORDINALS, wordings

Kind: TypeAlias = Literal[
    "OBJ", "NUM", "IMG", "REL", "ALSO", "SEP", "SEE", "THERE", "SHOW", "IS", "SEEN", "THAT",
    "DET", "ADJ", "PLAIN", "FILL", "NEAR", "WORD", "REGION", "OTHER",
]  # fmt: skip
"""Terminals of the grammar; then what goes before a noun; what is passed over because it says
nothing more (PLAIN), or says what nothing judges (FILL; NEAR with the noun after it, "near the
window"); and what no claim admits: OTHER is a word of questions that claims do not use ("not",
"or", "between").
"""

MAX_DIGITS: Final = 2
"""Longest numeral that counts things."""
MAX_IMAGE: Final = 9999
_LEADS_A_NAME: Final = frozenset({"DET", "NUM", "SEE", "THERE", "SHOW"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A few words that mean one thing.

    Attributes:
        kind: What they are.
        value: Ordinal of an image, number, name of a relation, or the thing named.
        start: First word, counted over the observation without marks.
        stop: The word after the last.
    """

    kind: Kind
    value: object
    start: int
    stop: int


Sentence: TypeAlias = tuple[Piece, ...]


def sentences(text: str, scene: Scene) -> tuple[tuple[Sentence, ...], int]:
    """Return the sentences of a text that have words, and the number of words in all."""
    words = split(text)
    lexicon = of_scene(scene)
    found: list[Sentence] = []
    total = start = 0
    for place in (*(at for at, word in enumerate(words) if word == STOP), len(words)):
        pieces = list(_pieces(words[start:place], lexicon, total))
        start = place + 1
        if any(piece.stop > piece.start for piece in pieces):
            found.append(tuple(_unjudged(_named(pieces))))
            total = pieces[-1].stop
    return tuple(found), total


def _pieces(words: Sequence[str], lexicon: SceneLexicon, offset: int) -> Iterator[Piece]:
    """Look up the words of one sentence; marks are pieces without words."""
    place = 0
    while place < len(words):
        word = words[place]
        if word in {COMMA, BREAK, POSSESSIVE}:
            yield Piece("OTHER" if word == POSSESSIVE else "SEP", "", offset, offset)
            place += 1
            continue
        kind, value, stop = _look_up(words, place, lexicon)
        yield Piece(kind, value, offset, offset + stop - place)
        offset += stop - place
        place = stop


def _look_up(words: Sequence[str], place: int, lexicon: SceneLexicon) -> tuple[Kind, object, int]:
    """Return what begins at a word, its value, and where it ends: the longest name or wording."""
    stop, ordinal = _image(words, place)
    if stop > place:
        return "IMG", ordinal, stop
    label_stop, label = longest(lexicon.trie, words, place)
    stop, entry = _keyword(words, place, lexicon.trie)
    other_stop, other = longest(common(), words, place)
    if other is not None and other.kind == "NOUN" and other_stop > max(label_stop, stop):
        return "OBJ", _absent(words[place:other_stop]), other_stop
    if label is not None and label_stop >= stop and isinstance(label.value, Noun):
        return "OBJ", _thing(label.value), label_stop
    if entry is not None:
        return *_meaning(entry), stop
    return _not_a_wording(words, place, other, other_stop)


def _not_a_wording(
    words: Sequence[str], place: int, other: Entry | None, stop: int
) -> tuple[Kind, object, int]:
    """Return what a word is that names nothing of the scene and makes no claim."""
    if words[place].isdecimal() and len(words[place]) <= MAX_DIGITS:
        return "NUM", int(words[place]), place + 1
    if other is None:
        return "WORD", words[place], place + 1
    if other.kind in {"ADJ", "REGION"}:
        return *_meaning(other), stop
    return "OTHER", "", max(stop, place + 1)


def _meaning(entry: Entry) -> tuple[Kind, object]:
    value = int(str(entry.value)) if entry.kind == "NUM" else entry.value
    return cast("Kind", entry.kind), value


def _keyword(words: Sequence[str], place: int, labels: Trie) -> tuple[int, Entry | None]:
    """Return the longest wording that does not bite into a label ("on the | floor lamp")."""
    stop, entry = longest(wordings(), words, place)
    for inner in range(place + 1, stop):
        if longest(labels, words, inner)[0] > stop:
            return longest(wordings(), words, place, inner)
    return stop, entry


def _image(words: Sequence[str], place: int) -> tuple[int, int]:
    """Read "image 2", "in the second photo"; the end is the place itself where there is none."""
    at = place + (words[place] in {"in", "on", "from", "of"})
    at += at < len(words) and words[at] == "the"
    if at + 1 >= len(words):
        return place, 0
    first, second = words[at], words[at + 1]
    if first in IMAGE_NOUNS and (second in NUMERALS or second.isdecimal()):
        number = NUMERALS.get(second) or int(second[:5])
        return (at + 2, number) if number <= MAX_IMAGE else (place, 0)
    if first in ORDINALS and second in IMAGE_NOUNS:
        return at + 2, ORDINALS[first]
    return place, 0


def _named(pieces: list[Piece]) -> Iterator[Piece]:
    """Settle what words before a noun are, and what an unknown word after an article is."""
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.kind not in {"ADJ", "WORD"}:
            yield piece
            place += 1
            continue
        end = place
        while end < len(pieces) and pieces[end].kind in {"ADJ", "WORD"}:
            end += 1
        run = pieces[place:end]
        unknown = any(found.kind == "WORD" for found in run)
        yield from (replace(found, kind="FILL") for found in run[:-1])
        if end < len(pieces) and pieces[end].kind == "OBJ":
            yield replace(run[-1], kind="FILL")
            thing = pieces[end].value
            if unknown and isinstance(thing, Thing):
                thing = replace(thing, described=True)
            yield replace(pieces[end], value=thing)
            end += 1
        elif run[-1].kind == "WORD" and place and pieces[place - 1].kind in _LEADS_A_NAME:
            yield replace(run[-1], kind="OBJ", value=_absent((str(run[-1].value),)))
        else:
            yield replace(run[-1], kind="OTHER")
        place = end


def _unjudged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pass over nearness, which nothing defines, with the thing that something is near to."""
    near = False
    for piece in pieces:
        passed = near and piece.kind in {"DET", "NUM", "OBJ"}
        yield replace(piece, kind="FILL") if passed or piece.kind == "NEAR" else piece
        near = piece.kind == "NEAR" or (near and piece.kind in {"DET", "PLAIN", "FILL", "NUM"})


def _thing(noun: Noun) -> Thing:
    known = noun.label is not None
    return Thing(name=noun.label or noun.text, known=known, rivals=bool(noun.rivals))


def _absent(words: Sequence[str]) -> Thing:
    return Thing(name=singular(" ".join(words)), known=False)
