# SPDX-License-Identifier: Apache-2.0
"""Colours that make things recognisable."""

from __future__ import annotations

from typing import Final

from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.solids import Colour

WHITE: Final[Colour] = (240, 240, 238)
CREAM: Final[Colour] = (232, 222, 200)
STEEL: Final[Colour] = (178, 184, 190)
GREY: Final[Colour] = (128, 130, 134)
DARK: Final[Colour] = (58, 60, 66)
BLACK: Final[Colour] = (28, 28, 32)
GLASS: Final[Colour] = (168, 208, 240)
SILVER: Final[Colour] = (198, 214, 222)
LEAF: Final[Colour] = (62, 128, 58)
GLOW: Final[Colour] = (255, 238, 178)
BRASS: Final[Colour] = (186, 150, 76)

WOODS: Final[tuple[Colour, ...]] = ((150, 102, 60), (176, 128, 82), (112, 74, 46), (196, 156, 110))
FABRICS: Final[tuple[Colour, ...]] = (
    (76, 98, 138), (140, 72, 66), (94, 116, 86), (128, 112, 98), (164, 142, 112), (86, 82, 108)
)  # fmt: skip
BRIGHTS: Final[tuple[Colour, ...]] = (
    (206, 66, 54), (42, 122, 188), (238, 182, 52), (72, 158, 98), (224, 122, 60), (136, 84, 158)
)  # fmt: skip


def wood(dice: Dice) -> Colour:
    """Return a wood tone."""
    return dice.choice(WOODS)


def fabric(dice: Dice) -> Colour:
    """Return an upholstery tone."""
    return dice.choice(FABRICS)


def bright(dice: Dice) -> Colour:
    """Return the colour of a small thing."""
    return dice.choice(BRIGHTS)


def shade(colour: Colour, factor: float) -> Colour:
    """Return the colour made darker (below 1) or lighter (above 1)."""
    red, green, blue = (min(255, round(channel * factor)) for channel in colour)
    return (red, green, blue)
