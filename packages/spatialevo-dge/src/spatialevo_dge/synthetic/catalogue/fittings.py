# SPDX-License-Identifier: Apache-2.0
"""What is fixed to a room: doors, windows, wall decoration, lights and bathroom fittings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spatialevo_dge.synthetic.catalogue.palette import (
    BLACK,
    BRASS,
    CREAM,
    DARK,
    GLASS,
    GLOW,
    GREY,
    SILVER,
    STEEL,
    WHITE,
    bright,
    fabric,
    shade,
    wood,
)
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Draft, Entry, Home, Ledge
from spatialevo_dge.synthetic.solids import Colour, box, tube


def _framed(width: float, height: float, colours: tuple[Colour, Colour], rim: float) -> Draft:
    frame, pane = colours
    return [
        box((width - rim, 0.02, height - rim), (0.0, -0.01, rim / 2), pane),
        *(box((rim, 0.05, height), (x * (width - rim) / 2, 0.005, 0.0), frame) for x in (-1, 1)),
        box((width, 0.05, rim), (0.0, 0.005, 0.0), frame),
        box((width, 0.05, rim), (0.0, 0.005, height - rim), frame),
    ]


def _door(dice: Dice) -> Draft:
    width, height = dice.uniform(0.82, 0.92), dice.uniform(2.0, 2.08)
    colour = dice.choice((wood(dice), (226, 224, 216)))
    panel = shade(colour, 0.88)
    return [
        box((width, 0.04, height), (0.0, 0.0, 0.0), shade(colour, 0.7)),
        box((width - 0.12, 0.02, height - 0.06), (0.0, 0.03, 0.0), colour),
        *(box((width * 0.5, 0.01, height * 0.34), (0.0, 0.045, low * height), panel)
          for low in (0.09, 0.54)),
        box((0.12, 0.04, 0.025), (width * 0.36, 0.06, 1.02), BRASS),
    ]  # fmt: skip


def _window(dice: Dice) -> Draft:
    width, height = dice.uniform(0.9, 1.5), dice.uniform(0.95, 1.2)
    return [
        *_framed(width, height, (WHITE, GLASS), 0.07),
        box((0.05, 0.04, height), (0.0, 0.0, 0.0), WHITE),
        box((width, 0.035, 0.05), (0.0, 0.0, height * 0.6), WHITE),
    ]


def _curtain(dice: Dice) -> Draft:
    width, colour = dice.uniform(0.32, 0.45), fabric(dice)
    folds = 5
    step = width / folds
    return [
        box((step, 0.05 if k % 2 else 0.08, 2.05), ((k + 0.5) * step - width / 2, 0.0, 0.0),
            colour if k % 2 else shade(colour, 1.15))
        for k in range(folds)
    ]  # fmt: skip


def _picture_frame(dice: Dice) -> Draft:
    width, height = dice.uniform(0.4, 0.8), dice.uniform(0.35, 0.6)
    sky, ground = bright(dice), shade(bright(dice), 0.8)
    return [
        *_framed(width, height, (dice.choice((BLACK, BRASS, DARK)), shade(sky, 1.2)), 0.035),
        box((width * 0.8, 0.006, height * 0.38), (0.0, 0.003, height * 0.1), ground),
    ]


def _mirror(dice: Dice) -> Draft:
    colours = (dice.choice((BRASS, wood(dice))), SILVER)
    return _framed(dice.uniform(0.5, 0.7), dice.uniform(0.7, 1.0), colours, 0.05)


def _whiteboard(dice: Dice) -> Draft:
    width, height = dice.uniform(1.2, 1.8), dice.uniform(0.9, 1.1)
    return [
        *_framed(width, height, (GREY, (250, 250, 250)), 0.03),
        box((width * 0.5, 0.07, 0.02), (0.0, 0.02, -0.02), GREY),
        *(box((width * f, 0.004, 0.02), (-width * 0.1, 0.002, height * z), (60, 90, 170))
          for f, z in ((0.5, 0.75), (0.35, 0.62), (0.45, 0.49))),
    ]  # fmt: skip


def _clock(dice: Dice) -> Draft:
    side = dice.uniform(0.28, 0.36)
    return [
        tube((side, 0.04, side), (0.0, 0.0, 0.0), dice.choice((BLACK, BRASS, DARK)), axis=1),
        tube((side * 0.86, 0.01, side * 0.86), (0.0, 0.025, side * 0.07), WHITE, axis=1),
        box((0.014, 0.006, side * 0.36), (0.0, 0.033, side * 0.5), BLACK),
        box((side * 0.26, 0.006, 0.014), (side * 0.13, 0.033, side * 0.5), BLACK),
    ]


def _radiator(dice: Dice) -> Draft:
    count, height = dice.integer(8, 13), dice.uniform(0.5, 0.62)
    lefts = [(k - (count - 1) / 2) * 0.08 for k in range(count)]
    return [
        *(box((0.06, 0.11, height), (x, 0.0, 0.12), WHITE) for x in lefts),
        *(box((count * 0.08, 0.06, 0.05), (0.0, 0.0, 0.12 + z), shade(WHITE, 0.85))
          for z in (0.05, height - 0.1)),
        *(box((0.03, 0.05, 0.12), (x, 0.0, 0.0), GREY) for x in (lefts[0], lefts[-1])),
    ]  # fmt: skip


def _fireplace(dice: Dice) -> Draft:
    width, height, depth = dice.uniform(1.2, 1.5), dice.uniform(1.05, 1.2), 0.35
    stone = dice.choice(((170, 88, 68), (172, 166, 156)))
    pillar = width * 0.22
    return [
        *(box((pillar, depth, height), (x * (width - pillar) / 2, 0.0, 0.0), stone)
          for x in (-1, 1)),
        box((width - 2 * pillar, depth, height * 0.38), (0.0, 0.0, height * 0.62), stone),
        box((width - 2 * pillar, 0.05, height * 0.62), (0.0, 0.025 - depth / 2, 0.0), BLACK),
        box((width + 0.12, depth + 0.06, 0.07), (0.0, 0.0, height), shade(stone, 1.25)),
        *(tube((0.4, 0.1, 0.1), (0.0, y, z), (104, 70, 44), axis=0)
          for y, z in ((-0.06, 0.0), (0.06, 0.0), (0.0, 0.09))),
        box((0.26, 0.05, 0.16), (0.0, 0.0, 0.19), (250, 150, 40)),
        Ledge(centre=(0.0, 0.0, height + 0.07), size=(width, depth - 0.02), clearance=0.7),
    ]  # fmt: skip


def _floor_lamp(dice: Dice) -> Draft:
    height, shade_width = dice.uniform(1.45, 1.65), dice.uniform(0.34, 0.42)
    return [
        tube((0.28, 0.28, 0.03), (0.0, 0.0, 0.0), DARK),
        tube((0.03, 0.03, height - 0.23), (0.0, 0.0, 0.03), DARK),
        tube((shade_width, shade_width, 0.28), (0.0, 0.0, height - 0.24), GLOW, taper=0.6),
    ]


def _table_lamp(dice: Dice) -> Draft:
    height, side, colour = dice.uniform(0.4, 0.52), dice.uniform(0.22, 0.28), bright(dice)
    return [
        tube((0.14, 0.14, 0.02), (0.0, 0.0, 0.0), DARK),
        tube((0.09, 0.09, height - 0.22), (0.0, 0.0, 0.02), colour, taper=0.5),
        tube((side, side, 0.18), (0.0, 0.0, height - 0.20), GLOW, taper=0.62),
    ]


def _ceiling_lamp(dice: Dice) -> Draft:
    drop, side = dice.uniform(0.3, 0.5), dice.uniform(0.36, 0.48)
    return [
        tube((0.12, 0.12, 0.03), (0.0, 0.0, drop + 0.15), WHITE),
        tube((0.02, 0.02, drop), (0.0, 0.0, 0.15), BLACK),
        tube((side, side, 0.18), (0.0, 0.0, 0.0), GLOW, taper=0.45),
    ]


def _toilet(dice: Dice) -> Draft:
    seat, bowl = dice.uniform(0.40, 0.44), shade(WHITE, 0.97)
    return [
        box((0.38, 0.18, 0.40), (0.0, -0.25, seat - 0.04), WHITE),
        box((0.40, 0.20, 0.03), (0.0, -0.25, seat + 0.36), bowl),
        tube((0.22, 0.36, seat - 0.08), (0.0, 0.02, 0.0), bowl),
        tube((0.38, 0.50, 0.10), (0.0, 0.09, seat - 0.10), WHITE),
        tube((0.27, 0.36, 0.008), (0.0, 0.10, seat), (120, 150, 170)),
        box((0.05, 0.012, 0.03), (0.10, -0.154, seat + 0.28), STEEL),
    ]


def _bathtub(dice: Dice) -> Draft:
    width, depth, height, rim = dice.uniform(1.5, 1.7), dice.uniform(0.7, 0.78), 0.56, 0.08
    return [
        box((width, rim, height), (0.0, (rim - depth) / 2, 0.0), WHITE),
        box((width, rim, height), (0.0, (depth - rim) / 2, 0.0), WHITE),
        *(box((rim, depth, height), (x * (width - rim) / 2, 0.0, 0.0), WHITE) for x in (-1, 1)),
        box((width - 2 * rim, depth - 2 * rim, 0.12), (0.0, 0.0, 0.0), WHITE),
        box((width - 2 * rim, depth - 2 * rim, 0.24), (0.0, 0.0, 0.12), (150, 206, 226)),
        tube((0.04, 0.04, 0.2), (width * 0.42, 0.0, height), STEEL),
        box((0.16, 0.03, 0.03), (width * 0.42 - 0.08, 0.0, height + 0.17), STEEL),
    ]


def _sink(dice: Dice) -> Draft:
    width, depth, height, rim = dice.uniform(0.55, 0.75), 0.50, 0.86, 0.06
    colour = dice.choice((WHITE, CREAM, wood(dice)))
    return [
        box((width - 0.04, depth - 0.04, height - 0.14), (0.0, 0.0, 0.0), shade(colour, 0.85)),
        *(box((width / 2 - 0.05, 0.014, height - 0.26), (x * (width / 4 - 0.01), depth / 2 - 0.013,
              0.06), colour) for x in (-1, 1)),
        box((width, rim, 0.14), (0.0, (depth - rim) / 2, height - 0.14), WHITE),
        box((width, rim * 2, 0.14), (0.0, rim - depth / 2, height - 0.14), WHITE),
        *(box((rim, depth, 0.14), (x * (width - rim) / 2, 0.0, height - 0.14), WHITE)
          for x in (-1, 1)),
        box((width - 2 * rim, depth - 3 * rim, 0.04), (0.0, rim / 2, height - 0.14),
            (196, 206, 212)),
        tube((0.04, 0.04, 0.18), (0.0, 0.06 - depth / 2, height), STEEL),
        box((0.03, 0.15, 0.03), (0.0, 0.12 - depth / 2, height + 0.15), STEEL),
    ]  # fmt: skip


def _shower(dice: Dice) -> Draft:
    side, height = dice.uniform(0.85, 0.95), 2.05
    return [
        box((side, side, 0.10), (0.0, 0.0, 0.0), WHITE),
        box((side, 0.03, height - 0.1), (0.0, 0.015 - side / 2, 0.1), (176, 212, 220)),
        box((0.03, side, height - 0.1), (0.015 - side / 2, 0.0, 0.1), (190, 222, 228)),
        tube((0.03, 0.03, 1.7), (0.2, 0.06 - side / 2, 0.2), STEEL),
        tube((0.18, 0.18, 0.03), (0.2, 0.16 - side / 2, 1.87), STEEL),
        box((0.03, 0.14, 0.03), (0.2, 0.12 - side / 2, 1.89), STEEL),
    ]


def _towel(dice: Dice) -> Draft:
    colour, width = bright(dice), dice.uniform(0.4, 0.5)
    return [
        box((width + 0.12, 0.03, 0.03), (0.0, 0.025, 0.58), STEEL),
        *(box((0.03, 0.05, 0.03), (x * (width / 2 + 0.04), -0.01, 0.58), STEEL) for x in (-1, 1)),
        box((width, 0.06, 0.60), (0.0, 0.025, 0.02), colour),
        box((width, 0.064, 0.04), (0.0, 0.025, 0.08), shade(colour, 1.3)),
    ]


CATALOGUE: Final[Mapping[str, Entry]] = {
    "door": Entry(draft=_door, home=Home.HUNG, hang=(0.0, 0.0), front=0.8),
    "window": Entry(draft=_window, home=Home.HUNG, hang=(0.95, 1.05)),
    "curtain": Entry(draft=_curtain, home=Home.HUNG, hang=(0.05, 0.10)),
    "picture frame": Entry(draft=_picture_frame, home=Home.HUNG, hang=(1.35, 1.6)),
    "mirror": Entry(draft=_mirror, home=Home.HUNG, hang=(1.0, 1.2)),
    "whiteboard": Entry(draft=_whiteboard, home=Home.HUNG, hang=(0.95, 1.05)),
    "clock": Entry(draft=_clock, home=Home.HUNG, hang=(1.7, 1.95)),
    "radiator": Entry(draft=_radiator, home=Home.WALL),
    "fireplace": Entry(draft=_fireplace, home=Home.WALL, front=0.6),
    "floor lamp": Entry(draft=_floor_lamp, home=Home.FLOOR),
    "table lamp": Entry(draft=_table_lamp, home=Home.TOP),
    "lamp": Entry(draft=_table_lamp, home=Home.TOP),
    "ceiling lamp": Entry(draft=_ceiling_lamp, home=Home.CEILING),
    "toilet": Entry(draft=_toilet, home=Home.WALL, front=0.5),
    "bathtub": Entry(draft=_bathtub, home=Home.WALL, front=0.4),
    "sink": Entry(draft=_sink, home=Home.WALL, front=0.5),
    "shower": Entry(draft=_shower, home=Home.WALL, front=0.4),
    "towel": Entry(draft=_towel, home=Home.HUNG, hang=(0.9, 1.1)),
}
