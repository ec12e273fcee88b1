# SPDX-License-Identifier: Apache-2.0
"""Finite-state rewriting of token sequences, written as regular expressions over kinds of tokens.

A kind is one character of a private alphabet, so a pattern over kinds is a pattern over characters
and a whole sequence is matched at the speed of `re`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Chunk:
    """A token on its way to the grammar: its kind, its value, and the words it stands for."""

    kind: str
    value: object = None
    text: str = ""


Action: TypeAlias = Callable[[Sequence[Chunk]], Sequence[Chunk]]

_NAME = re.compile(r"[A-Z][A-Z_0-9]*")
_FIRST = 0xE000  # Unicode's private use area


class Alphabet:
    """Gives every kind of token a character."""

    def __init__(self) -> None:
        """Start without kinds."""
        self._code: dict[str, str] = {}

    def code(self, kind: str) -> str:
        """Return the kind's character."""
        found = self._code.get(kind)
        if found is None:
            found = self._code[kind] = chr(_FIRST + len(self._code))
        return found

    def encode(self, chunks: Sequence[Chunk]) -> str:
        """Write a sequence as one string."""
        code = self.code
        return "".join([code(chunk.kind) for chunk in chunks])

    def pattern(self, text: str) -> re.Pattern[str]:
        """Compile a pattern over names of kinds; blanks in it mean nothing."""
        return re.compile(_NAME.sub(lambda name: self.code(name[0]), text).replace(" ", ""))


ALPHABET = Alphabet()


class Rule:
    """Replaces every match of a pattern, left to right, by what an action makes of it."""

    __slots__ = ("_action", "_compiled", "_pattern")

    def __init__(self, pattern: str, action: Action) -> None:
        """Keep the pattern; it is compiled when the first text is read, not at import."""
        self._pattern = pattern
        self._compiled: re.Pattern[str] | None = None
        self._action = action

    def apply(self, chunks: Sequence[Chunk], coded: str) -> tuple[Sequence[Chunk], str]:
        """Rewrite a sequence and its code."""
        compiled = self._compiled
        if compiled is None:
            compiled = self._compiled = ALPHABET.pattern(self._pattern)
        match = compiled.search(coded)
        if match is None:
            return chunks, coded
        out: list[Chunk] = []
        place = 0
        while match is not None:
            start, end = match.span()
            out.extend(chunks[place:start])
            out.extend(self._action(chunks[start:end]))
            place = end
            match = compiled.search(coded, end)
        out.extend(chunks[place:])
        return out, ALPHABET.encode(out)


def rewrite(chunks: Sequence[Chunk], rules: Sequence[Rule]) -> Sequence[Chunk]:
    """Apply rules one after the other."""
    coded = ALPHABET.encode(chunks)
    for rule in rules:
        chunks, coded = rule.apply(chunks, coded)
    return chunks


def keep(*kinds: str) -> Action:
    """Keep only the chunks of these kinds."""
    return lambda found: [chunk for chunk in found if chunk.kind in kinds]


def become(kind: str) -> Action:
    """Make one chunk of another kind out of the whole match."""
    return lambda found: [Chunk(kind, found[0].value, " ".join(chunk.text for chunk in found))]


def rename(old: str, new: str) -> Action:
    """Give chunks of one kind another."""
    return lambda found: [
        Chunk(new, chunk.value, chunk.text) if chunk.kind == old else chunk for chunk in found
    ]


def drop(_: Sequence[Chunk]) -> Sequence[Chunk]:
    """Drop the whole match."""
    return ()
