# SPDX-License-Identifier: Apache-2.0
"""Pass 1: from words to typed tokens; labels, images, cameras and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from spatialevo_dge.parsing.guards import Unread
from spatialevo_dge.parsing.lexicon import Entry, SceneLexicon, common, longest
from spatialevo_dge.parsing.phrases import phrases
from spatialevo_dge.parsing.rewrite import Chunk
from spatialevo_dge.parsing.words import BREAK, COMMA, MAX_CHARS, POSSESSIVE, STOP, split

MAX_WORDS: Final = 160
MAX_AMBIGUOUS: Final = 3
"""Most words of a text that may be a label or a keyword; with more the text is not read."""

_MARKS: Final = {STOP: "STOP", COMMA: "COMMA", BREAK: "BRK", POSSESSIVE: "POSS"}
_MEDIUM: Final = frozenset({"IMGN", "IMGSN", "CAMW", "ROOM", "FLOOR"})
"""Words that may as well be the name of an object ("the picture"); both readings are tried."""
_ALSO_OBJECTS: Final = frozenset({"pan", "pans", "picture", "pictures", "photo", "photos"})
"""Keywords that are objects in many scenes; they may be named where they are not."""
_NUMERALS: Final = frozenset("one two three four five six seven eight nine ten".split())
_FUNCTION: Final = frozenset({"AUX", "DET", "PRON", "OF", "AND", "OR", "FROM", "AT", "COUNT"})
"""Words that are names only where a name is due ("the can")."""
_BEFORE_A_NAME: Final = frozenset(
    {"DET", "OF", "COUNT", "BETWEEN", "AMONG", "AND", "OR", "FROM", "TO", "AT", "REL", "FACE"}
)


def tokens(text: str, lexicon: SceneLexicon) -> tuple[list[Sequence[Chunk]], str, int]:
    """Return every sequence of tokens that a text may be, why there is none, and its length.

    Returns:
        The sequences; for none, what could not be read; the number of words.
    """
    if len(text) > MAX_CHARS:
        return [], f"the text has {len(text)} characters; {MAX_CHARS} are read", 0
    words = split(text)
    if len(words) > MAX_WORDS:
        return [], f"the text has {len(words)} words; {MAX_WORDS} are read", len(words)
    found: list[Sequence[Chunk]] = []
    why = "the text is empty"
    for chunks in _alternatives(words, lexicon):
        try:
            found.append(phrases(chunks, lexicon))
        except Unread as unread:
            why = str(unread)
    return found, "" if found else why, len(words)


def _alternatives(words: list[str], lexicon: SceneLexicon) -> list[list[Chunk]]:
    """Look every word up; where a word may be a label or a keyword, try both."""
    chunks: list[Chunk] = []
    forks: list[tuple[int, Chunk]] = []
    place = 0
    while place < len(words):
        mark = _MARKS.get(words[place])
        if mark is not None:
            chunks.append(Chunk(mark))
            place += 1
            continue
        chunk, other, place = _look_up(words, place, lexicon, chunks)
        if other is not None:
            forks.append((len(chunks), other))
        chunks.append(chunk)
    if not chunks or len(forks) > MAX_AMBIGUOUS:
        return [chunks] if chunks else []
    return [_choose(chunks, forks, choice) for choice in product((False, True), repeat=len(forks))]


def _choose(
    chunks: list[Chunk], forks: list[tuple[int, Chunk]], choice: tuple[bool, ...]
) -> list[Chunk]:
    chosen = chunks.copy()
    for (place, other), use in zip(forks, choice, strict=True):
        if use:
            chosen[place] = other
    return chosen


def _look_up(
    words: list[str], place: int, lexicon: SceneLexicon, before: list[Chunk]
) -> tuple[Chunk, Chunk | None, int]:
    """Return the token at a word, its other reading if it has one, and where it ends."""
    word = words[place]
    if before and before[-1].kind == "IMGN" and before[-1].text.endswith("frame"):
        frame_id = lexicon.frame_ids.get(word, word if word.isdecimal() else None)
        if frame_id is not None:
            return Chunk("FRAMEID", frame_id, word), None, place + 1
    label_end, label = longest(lexicon.trie, words, place)
    end, entry = longest(common(), words, place)
    if label is not None and label_end >= end:
        named = _chunk(label, words, place, label_end)
        if entry is None or label_end > end:
            return named, None, label_end
        after = words[end] if end < len(words) else STOP
        keyword = _chunk(entry, words, place, end)
        return *_name_or_keyword(named, keyword, before, after), end
    if entry is not None and word in _ALSO_OBJECTS and end == place + 1:
        named, keyword = Chunk("NOUN", None, word), _chunk(entry, words, place, end)
        after = words[end] if end < len(words) else STOP
        chunk, other = _name_or_keyword(named, keyword, before, after)
        # No label asks for a second reading: the other is worth it only in place of the first.
        return chunk, other if keyword.kind == "TURN" else None, end
    if entry is not None:
        end, entry = _short_of_a_label(words, place, end, entry, lexicon)
        return _chunk(entry, words, place, end), None, max(end, place + 1)
    kind = "NUM" if word.isdecimal() else "WORD"
    return Chunk(kind, int(word) if kind == "NUM" else None, word), None, place + 1


def _name_or_keyword(
    named: Chunk, keyword: Chunk, before: list[Chunk], after: str
) -> tuple[Chunk, Chunk | None]:
    """Return what a word is that is both a label and a keyword, and what else it may be."""
    kind = before[-1].kind if before else "STOP"
    if keyword.kind in {"NOUN", "ADJ", "BAD"}:
        return named, None
    if keyword.kind in _MEDIUM:
        if keyword.kind == "CAMW":
            return keyword, named
        return (named, None) if _in_a_role(before, after) else (keyword, named)
    if kind in _BEFORE_A_NAME and before[-1].text != "to":
        return named, None
    verb = keyword.kind not in _FUNCTION and kind in {"COMMA", "BRK"}
    return keyword, named if verb else None


def _in_a_role(before: list[Chunk], after: str) -> bool:
    """Whether its place gives a noun a role that a medium does not have.

    "the desk or the picture", "(desk, picture)", "closest to the picture", "far from the picture";
    but "from the picture, estimate …" speaks of what is shown.
    """
    led = [chunk.kind for chunk in before if chunk.kind != "DET"][-2:]
    numbered = after.isdecimal() or after in _NUMERALS
    if not led or numbered or led[-1] in {"ORD", "LOC"} or before[-1].text in {"this", "these"}:
        return False
    listed = led[-1] == "COMMA" and after in {COMMA, BREAK, STOP}
    if listed or after == "or" or before[-1].kind in {"COMMA", "BRK"}:
        return True
    if led[-1] == "FROM":
        return len(led) > 1 and led[0] in {"OBJ", "FAR", "DIST", "DIRQ", "WORD"}
    return led[-1] in {"OR", "TO", "REL", "THAN", "BETWEEN", "AMONG", "COUNT"}


def _short_of_a_label(
    words: list[str], place: int, end: int, entry: Entry, lexicon: SceneLexicon
) -> tuple[int, Entry | None]:
    """Shorten a phrase that would bite off the start of a label ("from the floor | lamp")."""
    for inner in range(place + 1, end):
        if longest(lexicon.trie, words, inner)[0] > end:
            return longest(common(), words, place, inner)
    return end, entry


def _chunk(entry: Entry | None, words: list[str], start: int, end: int) -> Chunk:
    if entry is None:  # only the start of a longer phrase, which a label cut short
        return Chunk("WORD", None, words[start])
    return Chunk(entry.kind, entry.value, " ".join(words[start:end]))
