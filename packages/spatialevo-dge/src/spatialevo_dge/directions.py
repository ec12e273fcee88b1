# SPDX-License-Identifier: Apache-2.0
"""Direction words and the angles they stand for.

An azimuth is signed, measured about gravity from straight ahead, left positive, in radians. All
sectors are half-open on their counter-clockwise side, so that every azimuth has exactly one word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from spatialevo_dge.answer import Direction
from spatialevo_dge.entities import SectorForm

EIGHT_WORDS: Final = (
    "front",
    "front-left",
    "left",
    "back-left",
    "back",
    "back-right",
    "right",
    "front-right",
)

_WORDS: Final[Mapping[SectorForm, tuple[str, ...]]] = MappingProxyType(
    {
        SectorForm.EIGHT: EIGHT_WORDS,
        SectorForm.QUADRANT: ("front-left", "back-left", "back-right", "front-right"),
        SectorForm.LEFT_RIGHT_BACK: ("left", "right", "back"),
        SectorForm.LEFT_RIGHT: ("left", "right"),
    }
)

_EDGES: Final[Mapping[SectorForm, tuple[float, ...]]] = MappingProxyType(
    {
        SectorForm.EIGHT: tuple(22.5 + 45.0 * place for place in range(8)),
        SectorForm.QUADRANT: (0.0, 90.0, 180.0, 270.0),
        SectorForm.LEFT_RIGHT_BACK: (0.0, 135.0, 225.0),
        SectorForm.LEFT_RIGHT: (0.0, 180.0),
    }
)


_COUNTER_CLOCKWISE: Final[Mapping[SectorForm, tuple[str, ...]]] = MappingProxyType(
    {
        SectorForm.QUADRANT: ("front-left", "back-left", "back-right", "front-right"),
        SectorForm.LEFT_RIGHT_BACK: ("left", "back", "right"),
        SectorForm.LEFT_RIGHT: ("left", "right"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """The word for an azimuth, and the azimuth's distance to the word's nearest edge, degrees."""

    word: str
    edge_distance: float


def words(form: SectorForm) -> tuple[str, ...]:
    """Return every word that a form of question admits."""
    return _WORDS[form]


def direction(word: str, form: SectorForm) -> Direction:
    """Return the word as an answer."""
    return Direction(word, _WORDS[form])


def sector(azimuth: float, form: SectorForm) -> Sector:
    """Name the sector an azimuth lies in.

    Args:
        azimuth: Radians from straight ahead, left positive.
        form: How finely the question asks.
    """
    degrees = math.degrees(azimuth) % 360.0
    distance = min(abs((degrees - edge + 180.0) % 360.0 - 180.0) for edge in _EDGES[form])
    return Sector(word=_word(degrees, form), edge_distance=distance)


def _word(degrees: float, form: SectorForm) -> str:
    if form is SectorForm.EIGHT:
        return EIGHT_WORDS[math.floor((degrees + 22.5) / 45.0) % 8]
    if form is SectorForm.QUADRANT:
        return _WORDS[form][math.floor(degrees / 90.0) % 4]
    # VSI-Bench's "left, right or back": back from a turn of 135 degrees on, either way.
    if form is SectorForm.LEFT_RIGHT_BACK and 135.0 <= degrees <= 225.0:
        return "back"
    return "left" if degrees < 180.0 else "right"


def span(word: str, form: SectorForm) -> tuple[float, float]:
    """Return where a word's sector begins and ends, degrees counter-clockwise from ahead."""
    if form is SectorForm.EIGHT:
        middle = 45.0 * EIGHT_WORDS.index(word)
        return middle - 22.5, middle + 22.5
    edges = (*_EDGES[form], 360.0)
    order = _COUNTER_CLOCKWISE[form].index(word)
    return edges[order], edges[order + 1]
