# SPDX-License-Identifier: Apache-2.0
"""Tables, desks and counters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spatialevo_dge.synthetic.catalogue.palette import CREAM, DARK, STEEL, WHITE, shade, wood
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Draft, Entry, Home, Ledge
from spatialevo_dge.synthetic.solids import Colour, Part, box, legs, tube


def _table(size: tuple[float, float, float], leg: float, colour: Colour) -> Draft:
    width, depth, height = size
    return [
        *legs((width, depth, height - 0.04), leg, shade(colour, 0.85)),
        box((width, depth, 0.04), (0.0, 0.0, height - 0.04), colour),
        Ledge(centre=(0.0, 0.0, height), size=(width - 0.04, depth - 0.04)),
    ]


def _drawers(
    size: tuple[float, float, float], count: int, base: float, colour: Colour
) -> list[Part]:
    """Fronts and knobs of `count` drawers on a body of the size, standing proud of its front."""
    width, depth, height = size
    step = (height - base) / count
    parts = []
    for k in range(count):
        low = base + k * step
        parts += [
            box((width - 0.04, 0.012, step - 0.03), (0.0, depth / 2 + 0.006, low + 0.015), colour),
            box((0.09, 0.02, 0.02), (0.0, depth / 2 + 0.022, low + step / 2 - 0.01), STEEL),
        ]
    return parts


def _dining_table(dice: Dice) -> Draft:
    if dice.chance(0.25):
        side, colour = dice.uniform(1.0, 1.15), wood(dice)
        return [
            tube((side, side, 0.04), (0.0, 0.0, 0.71), colour),
            tube((0.12, 0.12, 0.67), (0.0, 0.0, 0.04), shade(colour, 0.8)),
            tube((0.5, 0.5, 0.04), (0.0, 0.0, 0.0), shade(colour, 0.8)),
            Ledge(centre=(0.0, 0.0, 0.75), size=(side * 0.68, side * 0.68)),
        ]
    size = (dice.uniform(1.3, 1.7), dice.uniform(0.8, 0.95), dice.uniform(0.73, 0.77))
    return _table(size, 0.07, wood(dice))


def _coffee_table(dice: Dice) -> Draft:
    width, depth = dice.uniform(0.9, 1.2), dice.uniform(0.5, 0.65)
    colour = wood(dice)
    shelf = box((width - 0.12, depth - 0.12, 0.025), (0.0, 0.0, 0.12), shade(colour, 0.9))
    return [*_table((width, depth, dice.uniform(0.38, 0.45)), 0.06, colour), shelf]


def _side_table(dice: Dice) -> Draft:
    side, height, colour = dice.uniform(0.4, 0.5), dice.uniform(0.5, 0.6), wood(dice)
    return [
        tube((side, side, 0.03), (0.0, 0.0, height - 0.03), colour),
        tube((0.05, 0.05, height - 0.06), (0.0, 0.0, 0.03), DARK),
        tube((side * 0.7, side * 0.7, 0.03), (0.0, 0.0, 0.0), DARK),
        Ledge(centre=(0.0, 0.0, height), size=(side * 0.68, side * 0.68)),
    ]


def _desk(dice: Dice) -> Draft:
    width, depth, height = dice.uniform(1.2, 1.6), dice.uniform(0.65, 0.8), 0.74
    colour = dice.choice((wood(dice), CREAM))
    side, pedestal = shade(colour, 0.8), (0.40, depth - 0.12, height - 0.04)
    shift = width / 2 - 0.22
    return [
        box((width, depth, 0.04), (0.0, 0.0, height - 0.04), colour),
        box((0.04, depth - 0.06, height - 0.04), (0.04 - width / 2, 0.0, 0.0), side),
        box(pedestal, (shift, 0.0, 0.0), side),
        *(part.moved((shift, 0.0, 0.0)) for part in _drawers(pedestal, 3, 0.05, colour)),
        Ledge(centre=(0.0, 0.0, height), size=(width - 0.04, depth - 0.04), clearance=0.8),
    ]


def _nightstand(dice: Dice) -> Draft:
    size = (dice.uniform(0.42, 0.52), dice.uniform(0.38, 0.44), dice.uniform(0.48, 0.58))
    colour = wood(dice)
    return [
        box(size, (0.0, 0.0, 0.0), shade(colour, 0.88)),
        *_drawers(size, 2, 0.05, colour),
        Ledge(centre=(0.0, 0.0, size[2]), size=(size[0] - 0.03, size[1] - 0.03)),
    ]


def _tv_stand(dice: Dice) -> Draft:
    width, depth, height = (
        dice.uniform(1.3, 1.7),
        dice.uniform(0.38, 0.45),
        dice.uniform(0.45, 0.55),
    )
    colour = dice.choice((wood(dice), DARK, WHITE))
    third = width / 3
    return [
        box((width, depth, height - 0.08), (0.0, 0.0, 0.08), shade(colour, 0.85)),
        *legs((width - 0.1, depth - 0.08, 0.08), 0.05, DARK),
        *(box((third - 0.03, 0.012, height - 0.14), ((k - 1) * third, depth / 2 + 0.006, 0.11),
              colour) for k in range(3)),
        Ledge(centre=(0.0, 0.0, height), size=(width - 0.02, depth - 0.02), clearance=1.2),
    ]  # fmt: skip


def _counter(dice: Dice) -> Draft:
    width, depth, height = dice.uniform(1.3, 1.9), 0.60, 0.90
    colour, doors = dice.choice((WHITE, CREAM, (150, 168, 160))), 3
    step = width / doors
    lefts = [(k + 0.5) * step - width / 2 for k in range(doors)]
    return [
        box((width, depth - 0.08, 0.10), (0.0, -0.02, 0.0), DARK),
        box((width, depth - 0.02, height - 0.14), (0.0, -0.01, 0.10), shade(colour, 0.85)),
        *(box((step - 0.02, 0.012, height - 0.20), (x, depth / 2 - 0.014, 0.12), colour)
          for x in lefts),
        *(box((0.02, 0.02, 0.16), (x + step * 0.36, depth / 2 + 0.002, 0.6), STEEL)
          for x in lefts),
        box((width, depth + 0.02, 0.04), (0.0, 0.0, height - 0.04), (96, 92, 90)),
        Ledge(centre=(0.0, 0.0, height), size=(width - 0.04, depth - 0.06), clearance=0.5),
    ]  # fmt: skip


CATALOGUE: Final[Mapping[str, Entry]] = {
    "dining table": Entry(draft=_dining_table, home=Home.FLOOR),
    "coffee table": Entry(draft=_coffee_table, home=Home.FLOOR),
    "side table": Entry(draft=_side_table, home=Home.FLOOR),
    "table": Entry(draft=_dining_table, home=Home.FLOOR),
    "desk": Entry(draft=_desk, home=Home.WALL, front=0.7),
    "nightstand": Entry(draft=_nightstand, home=Home.WALL, front=0.3),
    "tv stand": Entry(draft=_tv_stand, home=Home.WALL, front=0.4),
    "counter": Entry(draft=_counter, home=Home.WALL, front=0.6),
}
