# SPDX-License-Identifier: Apache-2.0
"""Things to sit and lie on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spatialevo_dge.synthetic.catalogue.palette import (
    BLACK,
    CREAM,
    DARK,
    WHITE,
    fabric,
    shade,
    wood,
)
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Draft, Entry, Home, Ledge
from spatialevo_dge.synthetic.solids import Colour, box, legs, tube


def _chair(dice: Dice) -> Draft:
    colour, side = wood(dice), dice.uniform(0.42, 0.48)
    seat, back = dice.uniform(0.44, 0.48), dice.uniform(0.86, 0.96)
    post = (0.04, 0.04, back - seat)
    return [
        *legs((side, side, seat - 0.04), 0.04, shade(colour, 0.85)),
        box((side, side, 0.04), (0.0, 0.0, seat - 0.04), colour),
        *(box(post, (x * (side / 2 - 0.02), 0.02 - side / 2, seat), colour) for x in (-1, 1)),
        *(box((side - 0.08, 0.025, 0.09), (0.0, 0.02 - side / 2, back - z), colour)
          for z in (0.10, 0.26)),
    ]  # fmt: skip


def _office_chair(dice: Dice) -> Draft:
    colour = dice.choice((DARK, (52, 72, 112), (96, 44, 48)))
    seat, width = dice.uniform(0.46, 0.52), dice.uniform(0.48, 0.54)
    return [
        box((0.60, 0.07, 0.06), (0.0, 0.0, 0.04), BLACK),
        box((0.07, 0.60, 0.06), (0.0, 0.0, 0.04), BLACK),
        *(box((0.05, 0.05, 0.04), (x, y, 0.0), BLACK)
          for x, y in ((-0.27, 0.0), (0.27, 0.0), (0.0, -0.27), (0.0, 0.27))),
        tube((0.06, 0.06, seat - 0.18), (0.0, 0.0, 0.10), (150, 152, 156)),
        box((width, width, 0.08), (0.0, 0.0, seat - 0.08), colour),
        box((0.08, 0.04, 0.22), (0.0, 0.02 - width / 2, seat - 0.04), BLACK),
        box((width - 0.06, 0.07, 0.46), (0.0, 0.04 - width / 2, seat + 0.10), colour),
        *(box((0.05, 0.26, 0.03), (x * (width / 2 - 0.02), 0.0, seat + 0.20), BLACK)
          for x in (-1, 1)),
        *(box((0.03, 0.03, 0.24), (x * (width / 2 - 0.02), 0.05, seat - 0.03), BLACK)
          for x in (-1, 1)),
    ]  # fmt: skip


def _upholstered(dice: Dice, width: float, depth: float, cushions: int) -> Draft:
    colour, arm, back, seat = fabric(dice), 0.18, 0.22, dice.uniform(0.40, 0.45)
    height, inner = dice.uniform(0.78, 0.86), width - 2 * 0.18
    cushion = (inner / cushions - 0.02, depth - back - 0.02, 0.13)
    lefts = [inner * ((k + 0.5) / cushions - 0.5) for k in range(cushions)]
    front = (depth - back) / 2 - depth / 2 + back
    pale = shade(colour, 1.14)
    return [
        *legs((width - 0.04, depth - 0.04, 0.08), 0.06, DARK),
        box((width, depth, 0.22), (0.0, 0.0, 0.08), shade(colour, 0.82)),
        box((width, back, height - 0.30), (0.0, back / 2 - depth / 2, 0.30), colour),
        *(box((arm, depth - back, 0.30), (x * (width - arm) / 2, back / 2, 0.30), colour)
          for x in (-1, 1)),
        *(box(cushion, (x, front, seat - 0.13), pale) for x in lefts),
        Ledge(centre=(0.0, front, seat), size=(inner - 0.04, cushion[1] - 0.04), clearance=0.6),
    ]  # fmt: skip


def _sofa(dice: Dice) -> Draft:
    width = dice.uniform(1.75, 2.2)
    return _upholstered(dice, width, dice.uniform(0.85, 0.95), 3 if width > 2.0 else 2)


def _armchair(dice: Dice) -> Draft:
    return _upholstered(dice, dice.uniform(0.84, 0.95), dice.uniform(0.80, 0.88), 1)


def _bed(dice: Dice) -> Draft:
    width, length = dice.choice((1.0, 1.4, 1.6, 1.8)), dice.uniform(1.98, 2.08)
    frame, cover = wood(dice), fabric(dice)
    top = dice.uniform(0.48, 0.54)
    quilt = length * 0.66
    return [
        *legs((width, length, 0.12), 0.08, shade(frame, 0.8)),
        box((width, length, 0.18), (0.0, 0.0, 0.12), frame),
        box((width, 0.06, 0.92), (0.0, -0.03 - length / 2, 0.12), frame),
        box((width - 0.06, length - 0.06, top - 0.32), (0.0, 0.0, 0.30), WHITE),
        box((width, quilt, 0.14), (0.0, (length - quilt) / 2, top - 0.12), cover),
        Ledge(centre=(0.0, -length * 0.35, top - 0.02), size=(width - 0.1, length * 0.25)),
        Ledge(centre=(0.0, length * 0.17, top + 0.02), size=(width - 0.1, quilt - 0.1)),
    ]


def _stool(dice: Dice) -> Draft:
    colour, seat, side = wood(dice), dice.uniform(0.44, 0.62), dice.uniform(0.32, 0.38)
    return [
        tube((side, side, 0.05), (0.0, 0.0, seat - 0.05), colour),
        *legs((side * 0.76, side * 0.76, seat - 0.05), 0.035, shade(colour, 0.8)),
        box((side * 0.68, 0.025, 0.025), (0.0, 0.0, seat * 0.35), shade(colour, 0.8)),
        box((0.025, side * 0.68, 0.025), (0.0, 0.0, seat * 0.35), shade(colour, 0.8)),
    ]


def _bench(dice: Dice) -> Draft:
    colour: Colour = wood(dice)
    width, depth, seat = dice.uniform(1.0, 1.3), dice.uniform(0.34, 0.40), 0.45
    return [
        box((width, depth, 0.05), (0.0, 0.0, seat - 0.05), colour),
        *(box((0.06, depth - 0.04, seat - 0.05), (x * (width / 2 - 0.10), 0.0, 0.0),
              shade(colour, 0.8)) for x in (-1, 1)),
        Ledge(centre=(0.0, 0.0, seat), size=(width - 0.06, depth - 0.04)),
    ]  # fmt: skip


def _ottoman(dice: Dice) -> Draft:
    colour, side = fabric(dice), dice.uniform(0.45, 0.60)
    return [
        tube((side, side, 0.34), (0.0, 0.0, 0.04), colour),
        tube((side * 0.9, side * 0.9, 0.04), (0.0, 0.0, 0.0), DARK),
        tube((side * 0.92, side * 0.92, 0.04), (0.0, 0.0, 0.38), shade(colour, 1.15)),
    ]


def _piano(dice: Dice) -> Draft:
    colour = dice.choice((BLACK, (84, 52, 34)))
    width = dice.uniform(1.40, 1.50)
    blacks = [width * (k / 14 - 0.46) for k in range(14) if k % 7 not in {2, 6}]
    return [
        box((width, 0.34, 1.15), (0.0, -0.13, 0.0), colour),
        box((width, 0.28, 0.14), (0.0, 0.18, 0.58), colour),
        *(box((0.07, 0.24, 0.58), (x * (width / 2 - 0.04), 0.18, 0.0), colour) for x in (-1, 1)),
        box((width - 0.10, 0.15, 0.02), (0.0, 0.235, 0.72), WHITE),
        *(box((0.025, 0.09, 0.012), (x, 0.21, 0.74), BLACK) for x in blacks),
        box((0.55, 0.02, 0.24), (0.0, 0.05, 0.82), shade(CREAM, 0.95)),
        Ledge(centre=(0.0, -0.13, 1.15), size=(width - 0.06, 0.30)),
    ]


CATALOGUE: Final[Mapping[str, Entry]] = {
    "chair": Entry(draft=_chair, home=Home.FLOOR),
    "office chair": Entry(draft=_office_chair, home=Home.FLOOR),
    "armchair": Entry(draft=_armchair, home=Home.FLOOR),
    "sofa": Entry(draft=_sofa, home=Home.WALL, front=0.5),
    "bed": Entry(draft=_bed, home=Home.WALL, front=0.3),
    "stool": Entry(draft=_stool, home=Home.FLOOR),
    "bench": Entry(draft=_bench, home=Home.WALL, front=0.3),
    "ottoman": Entry(draft=_ottoman, home=Home.FLOOR),
    "piano": Entry(draft=_piano, home=Home.WALL, front=0.5),
}
