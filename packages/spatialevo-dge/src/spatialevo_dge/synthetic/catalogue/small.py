# SPDX-License-Identifier: Apache-2.0
"""Small things, textiles and plants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spatialevo_dge.synthetic.catalogue.palette import (
    BLACK,
    BRASS,
    DARK,
    LEAF,
    STEEL,
    WHITE,
    bright,
    fabric,
    shade,
    wood,
)
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Draft, Entry, Home, Ledge
from spatialevo_dge.synthetic.solids import Part, box, tube


def _cup(dice: Dice) -> Draft:
    side, height, colour = dice.uniform(0.075, 0.09), dice.uniform(0.09, 0.11), bright(dice)
    return [
        tube((side, side, height), (0.0, 0.0, 0.0), colour),
        tube((side * 0.84, side * 0.84, 0.004), (0.0, 0.0, height), (70, 44, 28)),
        box((0.035, 0.014, 0.055), (side / 2 + 0.012, 0.0, height * 0.25), colour),
    ]


def _bowl(dice: Dice) -> Draft:
    side, colour = dice.uniform(0.14, 0.2), dice.choice((WHITE, bright(dice)))
    return [
        tube((side * 0.5, side * 0.5, 0.015), (0.0, 0.0, 0.0), shade(colour, 0.8)),
        tube((side, side, 0.065), (0.0, 0.0, 0.015), colour, taper=1.8),
        tube((side * 0.88, side * 0.88, 0.004), (0.0, 0.0, 0.08), shade(bright(dice), 1.1)),
    ]


def _plate(dice: Dice) -> Draft:
    side = dice.uniform(0.22, 0.27)
    return [
        tube((side, side, 0.02), (0.0, 0.0, 0.0), WHITE, taper=1.4),
        tube((side * 0.66, side * 0.66, 0.004), (0.0, 0.0, 0.02), shade(WHITE, 0.85)),
    ]


def _bottle(dice: Dice) -> Draft:
    colour = dice.choice(((44, 108, 64), (150, 196, 220), (120, 66, 34)))
    return [
        tube((0.08, 0.08, 0.17), (0.0, 0.0, 0.0), colour),
        tube((0.08, 0.08, 0.05), (0.0, 0.0, 0.17), colour, taper=0.4),
        tube((0.032, 0.032, 0.07), (0.0, 0.0, 0.22), colour),
        tube((0.036, 0.036, 0.02), (0.0, 0.0, 0.29), BRASS),
    ]


def _vase(dice: Dice) -> Draft:
    height, colour, petal = dice.uniform(0.2, 0.28), bright(dice), bright(dice)
    stems = ((-0.04, 0.02, 0.14), (0.04, 0.03, 0.18), (0.0, -0.04, 0.22))
    return [
        tube((0.13, 0.13, height), (0.0, 0.0, 0.0), colour, taper=0.6),
        *(box((0.01, 0.01, z), (x * 0.6, y * 0.6, height), LEAF) for x, y, z in stems),
        *(tube((0.07, 0.07, 0.05), (x, y, height + z - 0.02), petal) for x, y, z in stems),
    ]


def _book(dice: Dice) -> Draft:
    width, depth, thick = (
        dice.uniform(0.16, 0.22),
        dice.uniform(0.23, 0.28),
        dice.uniform(0.03, 0.05),
    )
    colour = bright(dice)
    return [
        box((width - 0.008, depth - 0.012, thick - 0.012), (0.004, 0.0, 0.006), (246, 242, 230)),
        box((width, depth, 0.006), (0.0, 0.0, 0.0), colour),
        box((width, depth, 0.006), (0.0, 0.0, thick - 0.006), colour),
        box((0.008, depth, thick), (0.004 - width / 2, 0.0, 0.0), colour),
        box((width * 0.5, 0.03, 0.003), (0.0, depth * 0.2, thick), shade(colour, 1.5)),
    ]


def _pillow(dice: Dice) -> Draft:
    width, depth, colour = dice.uniform(0.4, 0.55), dice.uniform(0.32, 0.4), dice.choice(
        (WHITE, bright(dice), bright(dice)))  # fmt: skip
    return [
        box((width, depth, 0.07), (0.0, 0.0, 0.03), colour),
        box((width * 0.84, depth * 0.84, 0.13), (0.0, 0.0, 0.0), shade(colour, 0.93)),
    ]


def _blanket(dice: Dice) -> Draft:
    width, depth, colour = dice.uniform(0.5, 0.7), dice.uniform(0.4, 0.5), bright(dice)
    stripe = shade(colour, 1.4)
    return [
        box((width, depth, 0.04), (0.0, 0.0, 0.0), shade(colour, 0.9)),
        box((width * 0.96, depth * 0.96, 0.035), (0.0, 0.0, 0.04), colour),
        *(box((0.06, depth * 0.965, 0.038), (x * width, 0.0, 0.04), stripe) for x in (-0.3, 0.3)),
    ]


def _rug(dice: Dice) -> Draft:
    width, depth, colour = dice.uniform(1.7, 2.3), dice.uniform(1.2, 1.6), fabric(dice)
    return [
        box((width, depth, 0.008), (0.0, 0.0, 0.0), shade(colour, 0.75)),
        box((width - 0.16, depth - 0.16, 0.003), (0.0, 0.0, 0.008), shade(colour, 1.25)),
        box((width - 0.36, depth - 0.36, 0.003), (0.0, 0.0, 0.011), colour),
        Ledge(centre=(0.0, 0.0, 0.014), size=(width - 0.4, depth - 0.4), clearance=2.0),
    ]


def _bath_mat(dice: Dice) -> Draft:
    width, depth, colour = dice.uniform(0.6, 0.8), dice.uniform(0.4, 0.5), bright(dice)
    return [
        box((width, depth, 0.012), (0.0, 0.0, 0.0), shade(colour, 0.8)),
        box((width - 0.1, depth - 0.1, 0.004), (0.0, 0.0, 0.012), colour),
    ]


def _cutting_board(dice: Dice) -> Draft:
    colour = wood(dice)
    return [
        box((0.36, 0.24, 0.02), (0.0, 0.0, 0.0), colour),
        box((0.08, 0.05, 0.02), (0.21, 0.0, 0.0), colour),
        box((0.20, 0.03, 0.006), (-0.02, 0.02, 0.02), STEEL),
        box((0.10, 0.026, 0.016), (0.13, 0.02, 0.02), BLACK),
    ]


def _shaker(dice: Dice) -> Draft:
    parts: list[Part | Ledge] = [box((0.16, 0.09, 0.02), (0.0, 0.0, 0.0), wood(dice))]
    for x, colour in ((-0.04, (246, 246, 246)), (0.04, (62, 54, 50))):
        parts += [
            tube((0.06, 0.06, 0.09), (x, 0.0, 0.02), colour, taper=0.8),
            tube((0.045, 0.045, 0.025), (x, 0.0, 0.11), STEEL),
        ]
    return parts


def _backpack(dice: Dice) -> Draft:
    colour = bright(dice)
    dark = shade(colour, 0.7)
    return [
        box((0.32, 0.17, 0.40), (0.0, 0.0, 0.0), colour),
        box((0.28, 0.15, 0.06), (0.0, 0.0, 0.40), dark),
        box((0.26, 0.06, 0.20), (0.0, 0.115, 0.03), dark),
        *(box((0.05, 0.03, 0.34), (x, -0.10, 0.04), DARK) for x in (-0.09, 0.09)),
        box((0.10, 0.03, 0.03), (0.0, -0.04, 0.46), DARK),
    ]


def _shoes(dice: Dice) -> Draft:
    colour = dice.choice((DARK, (112, 68, 40), bright(dice)))
    parts: list[Part | Ledge] = []
    for x in (-0.075, 0.075):
        parts += [
            box((0.10, 0.28, 0.025), (x, 0.0, 0.0), WHITE),
            box((0.09, 0.27, 0.045), (x, 0.0, 0.025), colour),
            box((0.085, 0.13, 0.05), (x, -0.065, 0.07), shade(colour, 0.85)),
        ]
    return parts


def _guitar(dice: Dice) -> Draft:
    colour = dice.choice(((196, 122, 50), (160, 56, 40), (70, 48, 36)))
    return [
        *(box((0.04, 0.26, 0.05), (x, -0.02, 0.0), BLACK) for x in (-0.1, 0.1)),
        box((0.05, 0.05, 0.60), (0.0, -0.115, 0.05), BLACK),
        tube((0.40, 0.10, 0.40), (0.0, 0.0, 0.05), colour, axis=1),
        tube((0.30, 0.095, 0.30), (0.0, 0.0, 0.36), colour, axis=1),
        tube((0.10, 0.006, 0.10), (0.0, 0.053, 0.36), BLACK, axis=1),
        box((0.05, 0.03, 0.46), (0.0, 0.03, 0.60), (58, 38, 28)),
        box((0.08, 0.03, 0.14), (0.0, 0.03, 1.06), (58, 38, 28)),
        box((0.12, 0.012, 0.02), (0.0, 0.056, 0.2), BLACK),
    ]


def _plant(dice: Dice) -> Draft:
    height, side = dice.uniform(0.6, 1.3), dice.uniform(0.24, 0.34)
    pot = side * 0.85
    crown, wide = height - pot - 0.1, side * dice.uniform(1.3, 1.7)
    light = shade(LEAF, 1.25)
    return [
        tube((side, side, pot), (0.0, 0.0, 0.0), (178, 96, 62), taper=1.3),
        tube((side * 0.86, side * 0.86, 0.01), (0.0, 0.0, pot), (66, 46, 34)),
        tube((0.04, 0.04, 0.10), (0.0, 0.0, pot), (96, 70, 44)),
        tube((wide, wide, crown * 0.45), (0.0, 0.0, pot + 0.10), LEAF, taper=0.65),
        tube((wide * 0.85, wide * 0.85, crown * 0.35), (0, 0, pot + 0.1 + crown * 0.38), light,
             taper=0.55),
        tube((wide * 0.55, wide * 0.55, crown * 0.32), (0, 0, pot + 0.1 + crown * 0.68), LEAF,
             taper=0.2),
    ]  # fmt: skip


def _toy(dice: Dice) -> Draft:
    side = dice.uniform(0.16, 0.24)
    return [
        box((side, side, side), (0.0, 0.0, 0.0), bright(dice)),
        box((side * 0.7, side * 0.7, side * 0.7), (0.0, 0.0, side), bright(dice)),
    ]


CATALOGUE: Final[Mapping[str, Entry]] = {
    "cup": Entry(draft=_cup, home=Home.TOP),
    "bowl": Entry(draft=_bowl, home=Home.TOP),
    "plate": Entry(draft=_plate, home=Home.TOP),
    "bottle": Entry(draft=_bottle, home=Home.TOP),
    "vase": Entry(draft=_vase, home=Home.TOP),
    "book": Entry(draft=_book, home=Home.TOP),
    "pillow": Entry(draft=_pillow, home=Home.TOP),
    "blanket": Entry(draft=_blanket, home=Home.TOP),
    "rug": Entry(draft=_rug, home=Home.FLOOR),
    "bath mat": Entry(draft=_bath_mat, home=Home.FLOOR),
    "cutting board": Entry(draft=_cutting_board, home=Home.TOP),
    "salt and pepper shaker": Entry(draft=_shaker, home=Home.TOP),
    "backpack": Entry(draft=_backpack, home=Home.FLOOR),
    "shoes": Entry(draft=_shoes, home=Home.FLOOR),
    "guitar": Entry(draft=_guitar, home=Home.FLOOR),
    "plant": Entry(draft=_plant, home=Home.FLOOR),
    "toy": Entry(draft=_toy, home=Home.FLOOR),
}
