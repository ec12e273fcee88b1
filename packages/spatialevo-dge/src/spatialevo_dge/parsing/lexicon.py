# SPDX-License-Identifier: Apache-2.0
"""Word lists as tries: what words mean in any question, and how a scene's labels may be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from weakref import WeakKeyDictionary

from spatialevo_dge.entities import Noun
from spatialevo_dge.labels import canonical, plural, singular, synonyms
from spatialevo_dge.parsing.words import split
from spatialevo_dge.regions import by_name
from spatialevo_dge.resources import read
from spatialevo_dge.scene import Scene

_END: Final = ""
"""Key under which a trie node holds its entry; no word is empty."""

BASE: Final = "base"
"""Value of a verb in its base form; directly after a noun it may be one itself ("sofa cover")."""

MIN_LIKENESS: Final = 70.0
"""Least rapidfuzz ratio, in percent, at which a label is evidence for an unknown name."""
MAX_LIKENESSES: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase of a word list means: a kind of token and its value."""

    kind: str
    value: object = None


Trie = dict[str, Any]


def add(trie: Trie, words: Sequence[str], entry: Entry) -> None:
    """Put a phrase into a trie."""
    node = trie
    for word in words:
        node = node.setdefault(word, {})
    node[_END] = entry


def longest(
    trie: Trie, words: Sequence[str], start: int, limit: int | None = None
) -> tuple[int, Entry | None]:
    """Return the end and entry of the longest phrase that begins at a word, up to a limit."""
    stop = len(words) if limit is None else limit
    node = trie.get(words[start])
    place, end, found = start + 1, start, None
    while node is not None:
        if _END in node:
            end, found = place, node[_END]
        if place == stop:
            break
        node = node.get(words[place])
        place += 1
    return end, found


@cache
def common() -> Trie:
    """Return the words that mean the same in every scene."""
    trie: Trie = {}
    for phrase, entry in entries().items():
        add(trie, split(phrase), entry)
        if entry.kind == "NOUN":
            add(trie, split(plural(phrase)), entry)
    for name in by_name():
        add(trie, split(name), Entry("REGION", name))
    for name in synonyms():
        for form in (name, plural(name)):
            words = split(form)
            if longest(trie, words, 0)[0] < len(words):
                add(trie, words, Entry("NOUN"))
    return trie


def entries() -> Mapping[str, Entry]:
    """Read the word list: what each phrase means.

    A verb's forms, which are made by rule, give way to phrases that are listed.

    Raises:
        ValueError: A phrase is listed under two kinds.
    """
    listed: dict[str, Entry] = {}
    made: dict[str, Entry] = {}
    entry, verbs = Entry(_END), False
    for line in read("data/lexicon.txt").splitlines():
        if line.startswith("["):
            kind, _, value = line.strip("[]").partition(" ")
            verbs = kind == "VERBS"
            entry = Entry(value) if verbs else Entry(kind, value or None)
        elif line and not line.startswith("#"):
            for phrase in map(str.strip, line.split("|")):
                if verbs:
                    made.update(dict.fromkeys(_conjugated(phrase), entry))
                    made[phrase] = Entry(entry.kind, BASE)
                elif listed.setdefault(phrase, entry) != entry:
                    raise ValueError(
                        f"lexicon.txt: {phrase!r} is both {listed[phrase].kind} and {entry.kind}"
                    )
    return made | listed


def _conjugated(verb: str) -> tuple[str, ...]:
    """Return the forms of a regular verb; its first word is the verb."""
    first, blank, rest = verb.partition(" ")
    if first.endswith("y") and first[-2] not in "aeiou":
        forms = (first, f"{first[:-1]}ies", f"{first[:-1]}ied", f"{first}ing")
    elif first.endswith("e"):
        forms = (first, f"{first}s", f"{first}d", f"{first[:-1]}ing")
    else:
        ending = "es" if first.endswith(("s", "x", "z", "ch", "sh")) else "s"
        forms = (first, f"{first}{ending}", f"{first}ed", f"{first}ing")
    return tuple(f"{form}{blank}{rest}" for form in forms)


class SceneLexicon:
    """How the labels and frames of one scene may be written."""

    __slots__ = ("_close", "frame_ids", "labels", "trie")

    def __init__(self, scene: Scene) -> None:
        """List every spelling of every label."""
        self.labels = scene.labels
        self.frame_ids = {frame_id.lower(): frame_id for frame_id in scene.frames_by_id}
        self.trie: Trie = {}
        self._close: dict[str, tuple[str, ...]] = {}
        for text, noun in _nouns(scene.labels).items():
            for form in (text, plural(text), singular(text)):
                words = split(form)
                if words:
                    end, known = longest(self.trie, words, 0)
                    if known is None or end < len(words) or form == text:
                        add(self.trie, words, Entry("OBJ", noun))

    def unknown(self, words: Sequence[str]) -> Noun:
        """Return the noun of a phrase that no label of the scene answers to."""
        text = singular(" ".join(words))
        if text not in self._close and len(self._close) > 4096:
            self._close.clear()
        if text not in self._close:
            self._close[text] = close_labels(text, self.labels)
        return Noun(text=text, label=None, close=self._close[text])


def close_labels(text: str, labels: Sequence[str]) -> tuple[str, ...]:
    """Return the labels spelt most like a phrase: evidence for a person, never an answer."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  (only an unknown name needs it)

    found = process.extract(
        text, labels, scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS, limit=MAX_LIKENESSES
    )
    return tuple(label for label, _, _ in found)


_OF_SCENE: WeakKeyDictionary[Scene, SceneLexicon] = WeakKeyDictionary()


def of_scene(scene: Scene) -> SceneLexicon:
    """Return the scene's lexicon, made once for as long as the scene lives."""
    lexicon = _OF_SCENE.get(scene)
    if lexicon is None:
        lexicon = _OF_SCENE[scene] = SceneLexicon(scene)
    return lexicon


def _nouns(labels: Sequence[str]) -> Mapping[str, Noun]:
    """Return what each name means in a scene with these labels."""
    written = {canonical(label): label for label in labels}
    meanings: dict[str, str | None] = dict(written)
    rivals: dict[str, set[str]] = {}
    for folded, label in written.items():
        for name in synonyms().get(folded, ()):
            _mean(name, label, written, meanings, rivals)
    for folded, label in written.items():
        words = folded.split()
        for start in range(1, len(words)):
            rivals.setdefault(" ".join(words[start:]), set()).add(label)
    for name, others in list(rivals.items()):
        for same in synonyms().get(name, ()):
            if same not in meanings:  # "couch" beside a "corner sofa"
                rivals.setdefault(same, set()).update(others)
    return {
        name: _noun(name, meanings.get(name), rivals.get(name, set()))
        for name in sorted({*meanings, *rivals})
    }


def _noun(name: str, label: str | None, rivals: set[str]) -> Noun:
    others = tuple(sorted(other for other in rivals if other != label))
    text = label if label is not None and canonical(label) == name else name
    return Noun(text=text, label=label, rivals=others)


def _mean(
    name: str,
    label: str,
    written: Mapping[str, str],
    meanings: dict[str, str | None],
    rivals: dict[str, set[str]],
) -> None:
    """Let a synonym mean a label, or none where two labels of the scene claim it."""
    if name in written:
        return
    if name not in meanings:
        meanings[name] = label
    elif meanings[name] != label:
        first = meanings[name]
        rivals.setdefault(name, set()).update({label} if first is None else {label, first})
        meanings[name] = None
