# SPDX-License-Identifier: Apache-2.0
"""Labels that a question offers, found in a reply: longest match, plurals, articles, ordinals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from spatialevo_dge.reply.mention import Mention
from spatialevo_dge.reply.numerals import ORDINALS, small_number, word_of
from spatialevo_dge.reply.text import Token, fold_unicode, tokenize

_ARTICLES: Final = frozenset(("the", "a", "an"))
_BEFORE_HEAD: Final = frozenset(
    ("", "the", "a", "an", "this", "that", "is", "are", ".", ",", ":", ";", "\n", "it", "s")
)
_PICTURES: Final = ("picture", "photo", "photograph")
_SUFFIXES: Final = {1: "st", 2: "nd", 3: "rd"}
_SAME: Final = frozenset("same equal equally identical equidistant tie tied".split())
SAME: Final = "same"


def fold(word: str) -> str:
    """Fold a noun and its plural to one key: "shelves" and "shelf", "boxes" and "box".

    The key is no word. Folding is blind to irregular plurals, which labels do not have.
    """
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    word = word.removesuffix("s").removesuffix("e")
    return word[:-1] + {"v": "f", "y": "i"}.get(word[-1], word[-1])


class Labels:
    """The offered labels by what a reply may call them.

    A label is known by its words written apart, joined or hyphenated, the last one singular or
    plural; "image 2" also as "second image" and "image two"; "coffee table" also as "table" where
    no other label has a table.
    """

    def __init__(self, labels: Iterable[str]) -> None:
        """Index labels; a name that two of them share names neither."""
        self._names: dict[str, str] = {}
        words = {label: words_of(label) for label in labels}
        for names in (_exact, _folded, _numbered):
            self._add([(name, label) for label, parts in words.items() for name in names(parts)])
        self._heads = self._unique_heads(words)
        self._longest = 2 + max((len(parts) for parts in words.values()), default=0)
        self._offers_same = SAME in words

    def _add(self, named: list[tuple[str, str]]) -> None:
        times = Counter(name for name, _ in named)
        for name, label in named:
            if name and times[name] == 1:
                self._names.setdefault(name, label)

    @staticmethod
    def _unique_heads(words: dict[str, list[str]]) -> dict[str, str]:
        times = Counter(word for parts in words.values() for word in {fold(w) for w in parts})
        return {
            fold(parts[-1]): label
            for label, parts in words.items()
            if len(parts) > 1 and parts[-1].isalpha() and len(parts[-1]) > 1
            if times[fold(parts[-1])] == 1
        }

    def find(self, tokens: Sequence[Token]) -> list[Mention[str]]:
        """Find the labels that a text mentions, the longest first at each place."""
        words = [_digits(token.low) for token in tokens]
        found: list[Mention[str]] = []
        place = 0
        while place < len(tokens):
            mention = self._at(tokens, words, place)
            if mention is not None:
                found.append(mention)
            place = mention.end if mention else place + 1
        return self._all_the_same(tokens, found)

    def _at(self, tokens: Sequence[Token], words: list[str], start: int) -> Mention[str] | None:
        if tokens[start].kind not in {"word", "number"}:
            return None
        name = ""
        best: Mention[str] | None = None
        place = start
        for _ in range(self._longest):
            if place >= len(tokens) or tokens[place].kind not in {"word", "number"}:
                break
            word = words[place]
            label = self._names.get(name + word) or self._names.get(name + fold(word))
            name += word
            place += 1
            if label is not None:
                best = Mention(start=start, end=place, value=label)
            place += word_of(tokens, place) == "-"
        return best or self._head(tokens, start) or self._same(tokens, start)

    def _head(self, tokens: Sequence[Token], start: int) -> Mention[str] | None:
        label = self._heads.get(fold(tokens[start].low))
        if label is None or word_of(tokens, start - 1) not in _BEFORE_HEAD:
            return None
        return Mention(start=start, end=start + 1, value=label)

    def _same(self, tokens: Sequence[Token], start: int) -> Mention[str] | None:
        if not self._offers_same or tokens[start].low not in _SAME:
            return None
        return Mention(start=start, end=start + 1, value=SAME)

    def _all_the_same(
        self, tokens: Sequence[Token], found: list[Mention[str]]
    ) -> list[Mention[str]]:
        """Read "the sofa and the table are the same" as one answer."""
        values = [mention.value for mention in found]
        if not self._offers_same or len(set(values)) < 3 or SAME not in values:
            return found
        between = {token.low for token in tokens}
        if "and" in between and not between & {"or", ",", ";", "\n"}:
            return [mention for mention in found if mention.value == SAME]
        return found


def words_of(label: str) -> list[str]:
    """Split a label into lower-case words, numbers in figures, without its article."""
    tokens = tokenize(fold_unicode(label))
    words = [_digits(token.low) for token in tokens if token.kind in {"word", "number"}]
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _digits(word: str) -> str:
    """Write "two" and "02" as "2"."""
    value = small_number(word)
    if value is not None:
        return str(value)
    return word.lstrip("0") or "0" if word.isdigit() else word


def _exact(words: list[str]) -> list[str]:
    return ["".join(words)]


def _folded(words: list[str]) -> list[str]:
    return ["".join(words[:-1]) + fold(words[-1])] if words else []


def _numbered(words: list[str]) -> list[str]:
    """Names of "image 2": "second image", "2nd image"; and the bare "2" is for the whole reply."""
    if len(words) != 2 or words[0].isdigit() or not words[1].isdigit() or len(words[1]) > 2:
        return []
    number = int(words[1])
    ordinals = [word for word, value in ORDINALS.items() if value == number]
    suffix = "th" if 10 <= number % 100 <= 20 else _SUFFIXES.get(number % 10, "th")
    things = (words[0], *(_PICTURES if words[0] == "image" else ()))
    return [
        name
        for thing in things
        for name in (
            f"{thing}{number}",
            *(f"{ordinal}{fold(thing)}" for ordinal in (*ordinals, f"{number}{suffix}")),
        )
    ]
