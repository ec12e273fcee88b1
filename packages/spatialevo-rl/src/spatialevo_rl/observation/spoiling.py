# SPDX-License-Identifier: Apache-2.0
"""Spoilt observations: a warm-up shows them beside good ones, to leave something to learn."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import numpy as np

from spatialevo_dge import Ruling, Scene
from spatialevo_dge.labels import plural
from spatialevo_rl.observation.reading import read
from spatialevo_rl.observation.subject import targets


class Flaw(StrEnum):
    """What is wrong with an observation.

    A short observation with a false claim scores 0, a long one up to 0.3.
    """

    WRONG_RELATION = "wrong relation"  # left for right, nearer for farther
    WRONG_THING = "wrong thing"  # something that the scene does not have
    NO_TARGET = "no target"  # does not lead to the question: scores 0
    THIN = "thin"  # true, but says too little: scores 0 or 0.3


FLAWS: Final = tuple(Flaw)

_OPPOSITE: Final = {
    "left": "right",
    "right": "left",
    "nearer": "farther",
    "closer": "farther",
    "farther": "nearer",
}
_RELATION: Final = re.compile(r"\b(left|right|nearer|closer|farther)\b(?: (?:to|from) the camera)?")
_TAIL: Final = re.compile(r"( and | (?:left|right|nearer|closer|farther|to the|on the|on|in) ).*$")
_STOP: Final = re.compile(r"\s*\.\s*")


def spoil_observation(
    text: str,
    scene: Scene,
    ruling: Ruling,
    vocabulary: Sequence[str],
    dice: np.random.Generator,
    flaws: Sequence[Flaw] = FLAWS,
) -> str:
    """Return an observation with one flaw, drawn from those given.

    The share of observations that a caller spoils, and with which flaws, sets the mean score: half
    of them spoilt leaves it just above one half.

    Args:
        text: An observation as `write_observation` writes it.
        scene: Its scene.
        ruling: On its question.
        vocabulary: Labels of the data set, of which some are not in the scene.
        dice: Draws the flaw and where it goes.
        flaws: What may be wrong.

    Raises:
        ValueError: No flaw is given, or none of them can be put into the text.
    """
    order = dice.permutation(len(flaws))
    spoilers: dict[Flaw, Callable[[], str]] = {
        Flaw.WRONG_RELATION: lambda: _turned(text, dice),
        Flaw.WRONG_THING: lambda: _misnamed(text, scene, vocabulary, dice),
        Flaw.NO_TARGET: lambda: _aimless(text, scene, ruling),
        Flaw.THIN: lambda: _thinned(text),
    }
    for place in order:
        spoilt = spoilers[flaws[place]]()
        if spoilt != text:
            return spoilt
    raise ValueError(f"flaws: none of {[flaw.value for flaw in flaws]} fits {text!r}")


def _turned(text: str, dice: np.random.Generator) -> str:
    """Turn one relation round."""
    found = list(_RELATION.finditer(text))
    if not found:
        return text
    match = found[int(dice.integers(len(found)))]
    word = _OPPOSITE[match[1]]
    tail = match[0][len(match[1]) :]
    if tail:
        tail = " from the camera" if word == "farther" else " to the camera"
    return text[: match.start()] + word + tail + text[match.end() :]


def _misnamed(text: str, scene: Scene, vocabulary: Sequence[str], dice: np.random.Generator) -> str:
    """Put something absent in the place of a thing that the text names."""
    absent = sorted(set(vocabulary) - set(scene.labels))
    names = sorted(scene.labels, key=len, reverse=True)
    spelt = "|".join(re.escape(form) for name in names for form in (plural(name), name))
    found = list(re.finditer(rf"(?:\b(an?|one|\w+) )?\b({spelt})\b", text))
    if not absent or not found:
        return text
    match = found[int(dice.integers(len(found)))]
    name = absent[int(dice.integers(len(absent)))]
    before = match[1] or ""
    if before in {"a", "an"}:
        before = "an" if name[0] in "aeiou" else "a"
    elif before not in {"the", "The", "one", ""} and match[2] != name:
        name = plural(name)
    return text[: match.start()] + f"{before} {name}".strip() + text[match.end() :]


def _aimless(text: str, scene: Scene, ruling: Ruling) -> str:
    """Drop the sentences at the end that lead to the question."""
    sentences = _sentences(text)
    aims = () if ruling.entities is None else targets(ruling.entities, scene)
    names = [said.names for said in read(text, scene).sentences]
    while aims and names and all(aim & names[-1] for aim in aims):
        names.pop()
    return _joined(sentences[: len(names)], text) if names else text


def _thinned(text: str) -> str:
    """Cut the first sentence after its first thing."""
    first, *rest = _sentences(text)
    return _joined((_TAIL.sub("", first), *rest), text)


def _sentences(text: str) -> list[str]:
    return _STOP.split(text.strip(" ."))


def _joined(sentences: Sequence[str], like: str) -> str:
    """Join sentences with the marks that a text uses."""
    return " . ".join(sentences) if like[0].islower() else ". ".join(sentences) + "."
