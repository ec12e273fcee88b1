# SPDX-License-Identifier: Apache-2.0
"""Kitchen, laundry, office and media appliances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spatialevo_dge.synthetic.catalogue.palette import (
    BLACK,
    BRIGHTS,
    CREAM,
    DARK,
    GLASS,
    GREY,
    STEEL,
    WHITE,
    shade,
)
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Draft, Entry, Home, Ledge
from spatialevo_dge.synthetic.solids import Colour, box, tube


def _refrigerator(dice: Dice) -> Draft:
    width, depth, height = dice.uniform(0.6, 0.75), dice.uniform(0.6, 0.68), dice.uniform(1.65, 1.9)
    colour = dice.choice((WHITE, STEEL, (206, 212, 216)))
    split = height * 0.62
    return [
        box((width, depth, height), (0.0, 0.0, 0.0), shade(colour, 0.82)),
        box((width - 0.01, 0.03, split - 0.05), (0.0, depth / 2 + 0.015, 0.04), colour),
        box((width - 0.01, 0.03, height - split - 0.02), (0.0, depth / 2 + 0.015, split), colour),
        box((0.025, 0.03, 0.5), (width * 0.40, depth / 2 + 0.045, split - 0.56), GREY),
        box((0.025, 0.03, 0.28), (width * 0.40, depth / 2 + 0.045, split + 0.05), GREY),
    ]


def _stove(dice: Dice) -> Draft:
    width, depth, height = 0.60, 0.60, 0.90
    colour = dice.choice((WHITE, STEEL, DARK))
    plates = [(x, y) for x in (-0.15, 0.15) for y in (-0.13, 0.15)]
    return [
        box((width, depth, height - 0.02), (0.0, 0.0, 0.0), colour),
        box((width, depth, 0.02), (0.0, 0.0, height - 0.02), BLACK),
        *(tube((0.19, 0.19, 0.008), (x, y, height), (150, 60, 48)) for x, y in plates),
        box((width - 0.08, 0.014, 0.42), (0.0, depth / 2 + 0.007, 0.18), BLACK),
        box((width - 0.14, 0.03, 0.03), (0.0, depth / 2 + 0.029, 0.63), STEEL),
        *(tube((0.05, 0.03, 0.05), (x, depth / 2 + 0.015, 0.76), GREY, axis=1)
          for x in (-0.2, -0.07, 0.07, 0.2)),
    ]  # fmt: skip


def _dishwasher(dice: Dice) -> Draft:
    colour = dice.choice((WHITE, STEEL))
    return [
        box((0.60, 0.58, 0.86), (0.0, 0.0, 0.0), shade(colour, 0.85)),
        box((0.58, 0.014, 0.64), (0.0, 0.297, 0.08), colour),
        box((0.58, 0.014, 0.11), (0.0, 0.297, 0.735), DARK),
        box((0.40, 0.03, 0.025), (0.0, 0.319, 0.66), GREY),
        Ledge(centre=(0.0, 0.0, 0.86), size=(0.54, 0.52), clearance=0.5),
    ]


def _washing_machine(dice: Dice) -> Draft:
    depth = dice.uniform(0.52, 0.60)
    front = depth / 2
    return [
        box((0.60, depth, 0.85), (0.0, 0.0, 0.0), WHITE),
        box((0.58, 0.012, 0.12), (0.0, front + 0.006, 0.71), (210, 214, 218)),
        tube((0.42, 0.03, 0.42), (0.0, front + 0.015, 0.22), STEEL, axis=1),
        tube((0.32, 0.02, 0.32), (0.0, front + 0.035, 0.27), (64, 76, 92), axis=1),
        tube((0.06, 0.03, 0.06), (0.18, front + 0.027, 0.74), GREY, axis=1),
        box((0.14, 0.01, 0.06), (-0.18, front + 0.017, 0.74), DARK),
        Ledge(centre=(0.0, 0.0, 0.85), size=(0.54, depth - 0.06), clearance=0.6),
    ]


def _microwave(dice: Dice) -> Draft:
    colour = dice.choice((STEEL, WHITE, DARK))
    return [
        box((0.48, 0.34, 0.27), (0.0, 0.0, 0.01), colour),
        *(box((0.04, 0.26, 0.01), (x, 0.0, 0.0), BLACK) for x in (-0.2, 0.2)),
        box((0.33, 0.012, 0.21), (0.06, 0.176, 0.04), BLACK),
        box((0.09, 0.012, 0.21), (-0.17, 0.176, 0.04), GREY),
        box((0.05, 0.008, 0.03), (-0.17, 0.186, 0.2), (120, 220, 140)),
    ]


def _toaster(dice: Dice) -> Draft:
    colour = dice.choice((STEEL, (190, 52, 48), CREAM))
    return [
        box((0.28, 0.17, 0.18), (0.0, 0.0, 0.01), colour),
        box((0.26, 0.15, 0.01), (0.0, 0.0, 0.0), BLACK),
        *(box((0.20, 0.03, 0.004), (0.0, y, 0.19), BLACK) for y in (-0.035, 0.035)),
        box((0.02, 0.04, 0.03), (0.15, 0.0, 0.12), BLACK),
    ]


def _kettle(dice: Dice) -> Draft:
    colour = dice.choice((STEEL, WHITE, (52, 96, 128)))
    return [
        tube((0.16, 0.16, 0.02), (0.0, 0.0, 0.0), BLACK),
        tube((0.15, 0.15, 0.19), (0.0, 0.0, 0.02), colour, taper=0.75),
        tube((0.05, 0.05, 0.03), (0.0, 0.0, 0.21), BLACK),
        box((0.06, 0.03, 0.03), (-0.09, 0.0, 0.16), colour),
        box((0.03, 0.025, 0.15), (0.115, 0.0, 0.06), BLACK),
        box((0.06, 0.025, 0.025), (0.085, 0.0, 0.185), BLACK),
    ]


def _tv(dice: Dice) -> Draft:
    width = dice.uniform(0.95, 1.35)
    height = width * 0.57
    return [
        box((0.40, 0.22, 0.02), (0.0, 0.0, 0.0), DARK),
        box((0.10, 0.04, 0.08), (0.0, -0.01, 0.02), DARK),
        box((width, 0.05, height), (0.0, 0.0, 0.08), BLACK),
        box((width - 0.05, 0.006, height - 0.05), (0.0, 0.028, 0.105), (44, 62, 84)),
    ]


def _monitor(dice: Dice) -> Draft:
    width = dice.uniform(0.52, 0.64)
    height = width * 0.58
    screen = dice.choice(((72, 132, 184), (96, 150, 130), (60, 84, 130)))
    return [
        box((0.24, 0.20, 0.015), (0.0, 0.0, 0.0), DARK),
        box((0.05, 0.03, 0.16), (0.0, -0.03, 0.015), DARK),
        box((width, 0.04, height), (0.0, 0.0, 0.12), BLACK),
        box((width - 0.03, 0.006, height - 0.03), (0.0, 0.023, 0.135), screen),
    ]


def _keyboard(dice: Dice) -> Draft:
    colour = dice.choice((DARK, WHITE))
    key: Colour = shade(colour, 1.6) if colour == DARK else shade(colour, 0.75)
    rows = [-0.048, -0.016, 0.016, 0.048]
    return [
        box((0.44, 0.15, 0.018), (0.0, 0.0, 0.0), colour),
        *(box((0.41, 0.022, 0.008), (0.0, y, 0.018), key) for y in rows),
    ]


def _laptop(dice: Dice) -> Draft:
    colour = dice.choice((STEEL, DARK))
    return [
        box((0.34, 0.23, 0.018), (0.0, 0.0, 0.0), colour),
        box((0.30, 0.10, 0.004), (0.0, -0.03, 0.018), BLACK),
        box((0.34, 0.012, 0.22), (0.0, -0.121, 0.0), colour),
        box((0.31, 0.004, 0.17), (0.0, -0.113, 0.035), (92, 152, 204)),
    ]


def _printer(dice: Dice) -> Draft:
    colour = dice.choice((WHITE, (206, 206, 202), GREY))
    return [
        box((0.44, 0.36, 0.20), (0.0, 0.0, 0.0), colour),
        box((0.40, 0.30, 0.05), (0.0, -0.02, 0.20), shade(colour, 0.7)),
        box((0.30, 0.012, 0.06), (0.0, 0.186, 0.05), BLACK),
        box((0.22, 0.12, 0.012), (0.0, 0.24, 0.05), (250, 250, 250)),
        box((0.08, 0.012, 0.04), (-0.15, 0.186, 0.14), (90, 170, 210)),
    ]


def _telephone(dice: Dice) -> Draft:
    colour = dice.choice((DARK, CREAM, (150, 44, 44)))
    return [
        box((0.20, 0.20, 0.05), (0.0, 0.0, 0.0), colour),
        box((0.05, 0.20, 0.04), (0.065, 0.0, 0.05), shade(colour, 0.7)),
        box((0.09, 0.09, 0.008), (-0.035, 0.035, 0.05), WHITE),
        box((0.10, 0.05, 0.01), (-0.035, -0.055, 0.05), GLASS),
    ]


def _air_conditioner(dice: Dice) -> Draft:
    width = dice.uniform(0.8, 0.95)
    return [
        box((width, 0.20, 0.28), (0.0, 0.0, 0.02), WHITE),
        box((width - 0.10, 0.16, 0.02), (0.0, 0.01, 0.0), DARK),
        box((width - 0.06, 0.008, 0.03), (0.0, 0.104, 0.06), GREY),
        box((0.05, 0.008, 0.02), (width * 0.38, 0.104, 0.2), (80, 200, 120)),
    ]


def _speaker(dice: Dice) -> Draft:
    height, colour = dice.uniform(0.7, 1.0), dice.choice((DARK, (96, 64, 42)))
    return [
        box((0.22, 0.26, height), (0.0, 0.0, 0.0), colour),
        *(tube((0.16, 0.02, 0.16), (0.0, 0.14, height * f), GREY, axis=1) for f in (0.35, 0.65)),
    ]


def _fan(dice: Dice) -> Draft:
    height, colour = dice.uniform(0.9, 1.15), dice.choice(BRIGHTS)
    return [
        tube((0.36, 0.36, 0.03), (0.0, 0.0, 0.0), WHITE),
        tube((0.04, 0.04, height), (0.0, 0.0, 0.03), WHITE),
        tube((0.40, 0.06, 0.40), (0.0, 0.05, height - 0.2), (208, 216, 220), axis=1),
        tube((0.10, 0.10, 0.10), (0.0, 0.07, height - 0.05), colour, axis=1),
    ]


CATALOGUE: Final[Mapping[str, Entry]] = {
    "refrigerator": Entry(draft=_refrigerator, home=Home.WALL, front=0.6),
    "stove": Entry(draft=_stove, home=Home.WALL, front=0.6),
    "dishwasher": Entry(draft=_dishwasher, home=Home.WALL, front=0.6),
    "washing machine": Entry(draft=_washing_machine, home=Home.WALL, front=0.5),
    "microwave": Entry(draft=_microwave, home=Home.TOP),
    "toaster": Entry(draft=_toaster, home=Home.TOP),
    "kettle": Entry(draft=_kettle, home=Home.TOP),
    "tv": Entry(draft=_tv, home=Home.TOP),
    "monitor": Entry(draft=_monitor, home=Home.TOP),
    "keyboard": Entry(draft=_keyboard, home=Home.TOP),
    "laptop": Entry(draft=_laptop, home=Home.TOP),
    "printer": Entry(draft=_printer, home=Home.TOP),
    "telephone": Entry(draft=_telephone, home=Home.TOP),
    "air conditioner": Entry(draft=_air_conditioner, home=Home.HUNG, hang=(2.0, 2.05)),
    "speaker": Entry(draft=_speaker, home=Home.FLOOR),
    "fan": Entry(draft=_fan, home=Home.FLOOR),
}
