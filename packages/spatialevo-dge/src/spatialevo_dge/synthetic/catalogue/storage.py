# SPDX-License-Identifier: Apache-2.0
"""Cupboards, shelves and containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spatialevo_dge.synthetic.catalogue.palette import (
    BRIGHTS,
    CREAM,
    DARK,
    GREY,
    STEEL,
    WHITE,
    bright,
    shade,
    wood,
)
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Draft, Entry, Home, Ledge
from spatialevo_dge.synthetic.solids import Colour, Part, Triple, box, tube


def _bookshelf(dice: Dice) -> Draft:
    width, depth, height = dice.uniform(0.8, 1.1), dice.uniform(0.30, 0.36), dice.uniform(1.6, 2.0)
    colour, board, rows = wood(dice), 0.025, 5
    step, inner = (height - board) / rows, width - 2 * board
    parts: list[Part | Ledge] = [
        *(box((board, depth, height), (x * (width - board) / 2, 0.0, 0.0), colour)
          for x in (-1, 1)),
        box((inner, 0.012, height), (0.0, 0.006 - depth / 2, 0.0), shade(colour, 0.7)),
        *(box((inner, depth - 0.012, board), (0.0, 0.006, k * step), shade(colour, 0.95))
          for k in range(rows + 1)),
    ]  # fmt: skip
    for row in range(rows):
        low, used = row * step + board, 0.0
        if row != 2:  # books fill a part of every row but one
            stack, used = _books(dice, inner * dice.uniform(0.3, 0.55), depth, step - board)
            parts += [part.moved((-inner / 2, 0.0, low)) for part in stack]
        centre, size = (used / 2, 0.01, low), (inner - used - 0.03, depth - 0.04)
        parts.append(Ledge(centre=centre, size=size, clearance=step - board - 0.02, inside=True))
    return parts


def _books(dice: Dice, width: float, depth: float, height: float) -> tuple[list[Part], float]:
    """Return upright books from x = 0 to `width` or a little more, and where they end."""
    parts, x = [], 0.0
    while x < width:
        thick, tall = dice.uniform(0.03, 0.07), height * dice.uniform(0.6, 0.9)
        colour = shade(dice.choice(BRIGHTS), dice.uniform(0.6, 1.0))
        parts.append(box((thick, depth * 0.65, tall), (x + thick / 2, 0.0, 0.0), colour))
        x += thick + 0.002
    return parts, x


def _doors(size: Triple, count: int, base: float, colour: Colour) -> list[Part]:
    width, depth, height = size
    step = width / count
    parts = []
    for k in range(count):
        x = (k + 0.5) * step - width / 2
        hand = step * (0.38 if k % 2 == 0 else -0.38)
        parts += [
            box((step - 0.02, 0.014, height - base - 0.03), (x, depth / 2 + 0.007, base), colour),
            box((0.02, 0.02, 0.16), (x + hand, depth / 2 + 0.024, height * 0.5), STEEL),
        ]
    return parts


def _wardrobe(dice: Dice) -> Draft:
    size = (dice.uniform(1.1, 1.6), dice.uniform(0.55, 0.62), dice.uniform(1.9, 2.15))
    colour = dice.choice((WHITE, CREAM, wood(dice)))
    body = box(size, (0.0, 0.0, 0.0), shade(colour, 0.82))
    return [body, *_doors(size, 2 if size[0] < 1.4 else 3, 0.08, colour)]


def _cabinet(dice: Dice) -> Draft:
    size = (dice.uniform(0.7, 1.0), dice.uniform(0.35, 0.45), dice.uniform(0.8, 1.0))
    colour = wood(dice)
    return [
        box(size, (0.0, 0.0, 0.0), shade(colour, 0.82)),
        *_doors(size, 2, 0.06, colour),
        Ledge(centre=(0.0, 0.0, size[2]), size=(size[0] - 0.04, size[1] - 0.04)),
    ]


def _filing_cabinet(dice: Dice) -> Draft:
    width, depth, height = 0.46, dice.uniform(0.55, 0.62), dice.uniform(1.0, 1.32)
    colour, count = dice.choice((GREY, (112, 122, 116), (160, 158, 150))), 3 if height < 1.1 else 4
    step = (height - 0.06) / count
    parts: list[Part | Ledge] = [box((width, depth, height), (0.0, 0.0, 0.0), shade(colour, 0.85))]
    for k in range(count):
        low = 0.04 + k * step
        parts += [
            box((width - 0.03, 0.014, step - 0.02), (0.0, depth / 2 + 0.007, low), colour),
            box((0.14, 0.02, 0.025), (0.0, depth / 2 + 0.024, low + step * 0.6), STEEL),
            box((0.10, 0.004, 0.04), (0.0, depth / 2 + 0.016, low + step * 0.25), WHITE),
        ]
    return [*parts, Ledge(centre=(0.0, 0.0, height), size=(width - 0.03, depth - 0.03))]


def _shelf(dice: Dice) -> Draft:
    width, colour = dice.uniform(0.7, 1.0), wood(dice)
    return [
        box((width, 0.22, 0.03), (0.0, 0.0, 0.12), colour),
        *(box((0.03, 0.16, 0.12), (x * width * 0.38, -0.03, 0.0), shade(colour, 0.7))
          for x in (-1, 1)),
        Ledge(centre=(0.0, 0.0, 0.15), size=(width - 0.04, 0.18), clearance=0.4),
    ]  # fmt: skip


def _hollow(width: float, depth: float, height: float, colour: Colour) -> list[Part]:
    """Return an open container: four walls round a bottom."""
    wall, dark = 0.015, shade(colour, 0.55)
    return [
        box((width, depth, 0.02), (0.0, 0.0, 0.0), dark),
        *(box((wall, depth, height), (x * (width - wall) / 2, 0.0, 0.0), colour) for x in (-1, 1)),
        *(box((width, wall, height), (0.0, y * (depth - wall) / 2, 0.0), colour) for y in (-1, 1)),
    ]


def _band(width: float, depth: float, height: float, base: float) -> list[Part]:
    """Return a band round an open container, which leaves the inside free."""
    colour, wall = (140, 100, 58), 0.015
    return [
        *(box((wall, depth, height), (x * (width - wall) / 2, 0.0, base), colour) for x in (-1, 1)),
        *(box((width, wall, height), (0.0, y * (depth - wall) / 2, base), colour) for y in (-1, 1)),
    ]


def _basket(dice: Dice) -> Draft:
    width, depth = dice.uniform(0.34, 0.44), dice.uniform(0.26, 0.34)
    height = dice.uniform(0.18, 0.24)
    inner = (width - 0.05, depth - 0.05)
    return [
        *_hollow(width, depth, height, (184, 142, 88)),
        *_band(width + 0.01, depth + 0.01, 0.02, height * 0.5),
        Ledge(centre=(0.0, 0.0, 0.02), size=inner, clearance=height - 0.03, inside=True),
    ]


def _laundry_basket(dice: Dice) -> Draft:
    side, height = dice.uniform(0.38, 0.46), dice.uniform(0.52, 0.62)
    colour = dice.choice(((206, 190, 160), (150, 176, 196), (196, 160, 116)))
    bands = [tube((side + 0.01, side + 0.01, 0.03), (0, 0, height * f), shade(colour, 0.75))
             for f in (0.2, 0.5, 0.8)]  # fmt: skip
    return [
        tube((side, side, height), (0.0, 0.0, 0.0), colour),
        *bands,
        tube((side * 0.86, side * 0.86, 0.05), (0.0, 0.0, height), WHITE),
        box((0.22, 0.18, 0.07), (0.04, 0.02, height + 0.05), bright(dice)),
    ]


def _trash_can(dice: Dice) -> Draft:
    side, height = dice.uniform(0.24, 0.32), dice.uniform(0.30, 0.46)
    colour = dice.choice((GREY, DARK, (72, 104, 128)))
    return [
        tube((side, side, height), (0.0, 0.0, 0.0), colour, taper=1.2),
        tube((side * 0.88, side * 0.88, 0.012), (0.0, 0.0, height), (22, 22, 24)),
    ]


def _box(dice: Dice) -> Draft:
    width, depth = dice.uniform(0.3, 0.5), dice.uniform(0.25, 0.4)
    height, card = dice.uniform(0.2, 0.35), (188, 150, 104)
    return [
        box((width, depth, height), (0.0, 0.0, 0.0), card),
        box((width + 0.002, 0.06, height + 0.004), (0.0, 0.0, 0.0), (214, 190, 150)),
    ]


def _suitcase(dice: Dice) -> Draft:
    width, depth, height = dice.uniform(0.42, 0.5), dice.uniform(0.24, 0.3), dice.uniform(0.6, 0.72)
    colour = bright(dice)
    return [
        *(box((0.05, depth * 0.8, 0.05), (x * width * 0.36, 0.0, 0.0), DARK) for x in (-1, 1)),
        box((width, depth, height), (0.0, 0.0, 0.05), colour),
        *(box((0.02, depth + 0.012, height * 0.9), (x * width * 0.25, 0.0, 0.05 + height * 0.05),
              shade(colour, 0.75)) for x in (-1, 0, 1)),
        *(box((0.02, 0.03, 0.22), (x * 0.09, -depth * 0.3, height + 0.05), STEEL) for x in (-1, 1)),
        box((0.22, 0.035, 0.03), (0.0, -depth * 0.3, height + 0.27), DARK),
    ]  # fmt: skip


CATALOGUE: Final[Mapping[str, Entry]] = {
    "bookshelf": Entry(draft=_bookshelf, home=Home.WALL, front=0.4),
    "wardrobe": Entry(draft=_wardrobe, home=Home.WALL, front=0.6),
    "cabinet": Entry(draft=_cabinet, home=Home.WALL, front=0.4),
    "filing cabinet": Entry(draft=_filing_cabinet, home=Home.WALL, front=0.4),
    "shelf": Entry(draft=_shelf, home=Home.HUNG, hang=(1.3, 1.6)),
    "basket": Entry(draft=_basket, home=Home.FLOOR),
    "laundry basket": Entry(draft=_laundry_basket, home=Home.FLOOR),
    "trash can": Entry(draft=_trash_can, home=Home.FLOOR),
    "box": Entry(draft=_box, home=Home.FLOOR),
    "suitcase": Entry(draft=_suitcase, home=Home.FLOOR),
}
