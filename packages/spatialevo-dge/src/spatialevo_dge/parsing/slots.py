# SPDX-License-Identifier: Apache-2.0
"""What a parse tree says, slot by slot, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatialevo_dge.entities import FrameRef, Noun, SectorForm, Unit
from spatialevo_dge.parsing.rewrite import Chunk

if TYPE_CHECKING:
    from lark import Token, Tree


class Refused(Exception):  # noqa: N818  (a refusal is an outcome, not an error)
    """The phrases do not make a question of the task; the message says why."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One phrase of the text: the slot it fills, its tokens, and the sentence it stands in."""

    slot: str
    chunks: tuple[Chunk, ...]
    sentence: int

    @property
    def nouns(self) -> list[Noun]:
        """The objects named."""
        return [chunk.value for chunk in self.chunks if isinstance(chunk.value, Noun)]

    @property
    def frames(self) -> list[FrameRef]:
        """The images named, by themselves or by their cameras."""
        found = [chunk.value for chunk in self.chunks if isinstance(chunk.value, FrameRef)]
        return found or [
            FrameRef(ordinal=chunk.value) for chunk in self.chunks if isinstance(chunk.value, int)
        ]


class Slots:
    """The phrases of a text by slot."""

    __slots__ = ("_filled",)

    def __init__(self, filled: Sequence[Filled]) -> None:
        """Keep the phrases in the order of the text."""
        self._filled = tuple(filled)

    def __contains__(self, slot: str) -> bool:
        return any(filled.slot == slot for filled in self._filled)

    def has(self, *slots: str) -> bool:
        """Whether any of the slots is filled."""
        return any(filled.slot in slots for filled in self._filled)

    def all(self, *slots: str) -> tuple[Filled, ...]:
        """Return the phrases that fill any of the slots."""
        return tuple(filled for filled in self._filled if filled.slot in slots)

    def nouns(self, *slots: str) -> list[Noun]:
        """Return the objects named in the slots."""
        return [noun for filled in self.all(*slots) for noun in filled.nouns]

    def frames(self, *slots: str) -> list[FrameRef]:
        """Return the images named in the slots."""
        return [ref for filled in self.all(*slots) for ref in filled.frames]

    def kinds(self, *kinds: str) -> bool:
        """Whether any token of these kinds was read, in whatever slot."""
        return any(chunk.kind in kinds for filled in self._filled for chunk in filled.chunks)

    def interrogative(self, slot: str) -> bool:
        """Whether a phrase of the slot asks by itself: "how far", not "the distance"."""
        return any(
            chunk.text.startswith("how") for filled in self.all(slot) for chunk in filled.chunks
        )

    def sentences(self, *slots: str) -> frozenset[int]:
        """Return the sentences in which any of the slots is filled."""
        return frozenset(filled.sentence for filled in self.all(*slots))

    def one(self, *slots: str) -> Noun:
        """Return the one object named in the slots, however often.

        Raises:
            Refused: None is named, or several.
        """
        found = distinct(self.nouns(*slots))
        if len(found) != 1:
            raise Refused(f"{slots[0]}: one object was expected, {_listed(found)} named")
        return found[0]

    def pair(self, asking: Iterable[int], *slots: str) -> tuple[Noun, Noun]:
        """Return the two objects named in the slots: by the asking sentences, or before them.

        Raises:
            Refused: There are not two, or a third is named beside them.
        """
        sentences = frozenset(asking)
        told = self.all(*slots)
        asked = [noun for item in told if item.sentence in sentences for noun in item.nouns]
        if len(asked) > 2:
            asked = distinct(asked)
        before = [noun for item in told if item.sentence not in sentences for noun in item.nouns]
        if not asked:
            asked, before = before, []
        if len(asked) != 2 or any(key(noun) not in map(key, asked) for noun in before):
            raise Refused(f"two objects were expected, {_listed([*asked, *before])} named")
        return asked[0], asked[1]

    def unit(self, default: Unit, *allowed: Unit) -> Unit:
        """Return the unit asked for.

        Raises:
            Refused: Two units are named, or one that does not fit.
        """
        named = {Unit(str(c.value)) for filled in self.all("unit") for c in filled.chunks}
        if len(named) > 1 or not named <= {default, *allowed}:
            raise Refused(f"unit: {', '.join(sorted(named))}")
        return named.pop() if named else default

    def form(self) -> SectorForm:
        """Return how finely a direction is asked for.

        Raises:
            Refused: The words offered are none of the forms, or contradict the text's own note.
        """
        words = {str(c.value) for filled in self.all("offer") for c in filled.chunks}
        if "diagonal" in words and words >= set(_FOUR):
            words = {*_FOUR, *_CORNERS}
        form = _FORMS.get(frozenset(words))
        if form is None:
            raise Refused(f"these directions are no form of question: {', '.join(sorted(words))}")
        noted = {str(c.value) for filled in self.all("note") for c in filled.chunks}
        if noted - {form.value}:
            raise Refused("the note about directions does not fit the directions offered")
        return form

    @property
    def directions(self) -> bool:
        """Whether the text asks for a direction."""
        return (
            any(
                chunk.kind in {"DIRQ", "HOW"}
                for filled in self.all("asked")
                for chunk in filled.chunks
            )
            or len({c.value for filled in self.all("offer") for c in filled.chunks}) > 1
        )


_FOUR = ("front", "back", "left", "right")
_CORNERS = ("front-left", "front-right", "back-left", "back-right")
_FORMS = {
    frozenset(): SectorForm.EIGHT,
    frozenset({*_FOUR, *_CORNERS}): SectorForm.EIGHT,
    frozenset(_CORNERS): SectorForm.QUADRANT,
    frozenset({"left", "right", "back"}): SectorForm.LEFT_RIGHT_BACK,
    frozenset({"left", "right"}): SectorForm.LEFT_RIGHT,
}


def key(noun: Noun) -> str:
    """Return what makes two nouns the same thing: the label, or the words where there is none."""
    return noun.label or noun.text


def distinct(nouns: Iterable[Noun]) -> list[Noun]:
    """Return nouns without repetitions."""
    found: dict[str, Noun] = {}
    for noun in nouns:
        found.setdefault(key(noun), noun)
    return list(found.values())


def slots_of(tree: Tree[Token]) -> Slots:
    """Read the phrases off a tree, counting sentences."""
    filled: list[Filled] = []
    sentence = 0
    for child in tree.children:
        chunks = tuple(_chunks(child))
        sentence += chunks[0].kind == "STOP"
        slot = getattr(child, "data", chunks[0].kind)
        filled.append(Filled(str(slot), chunks, sentence))
    return Slots(filled)


def _chunks(found: Token | Tree[Token]) -> Iterable[Chunk]:
    children = getattr(found, "children", None)
    if children is None:
        yield found.value  # type: ignore[union-attr]  # a token
        return
    for child in children:
        yield from _chunks(child)


def _listed(nouns: Sequence[Noun]) -> str:
    return ", ".join(repr(noun.text) for noun in nouns) or "none was"


def ask(slots: Slots, *words: str) -> None:
    """Require that one of the slots is filled.

    Raises:
        Refused: None is.
    """
    if not slots.has(*words):
        raise Refused(f"{words[0]} is not asked for")


def ask_direction(slots: Slots) -> None:
    """Require that a direction is asked for.

    Raises:
        Refused: None is.
    """
    if not slots.directions:
        raise Refused("no direction is asked for")


def unlike(refs: Iterable[FrameRef]) -> list[FrameRef]:
    """Return images without repetitions."""
    return list(dict.fromkeys(refs))
