# SPDX-License-Identifier: Apache-2.0
"""The furniture catalogue: every label the generator can draw up, and how."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from spatialevo_dge.synthetic.catalogue import (
    appliances,
    fittings,
    palette,
    seating,
    small,
    storage,
    tables,
)
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Draft, Entry, Home, Ledge, Model
from spatialevo_dge.synthetic.solids import box

CATALOGUE: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        **seating.CATALOGUE,
        **tables.CATALOGUE,
        **storage.CATALOGUE,
        **appliances.CATALOGUE,
        **fittings.CATALOGUE,
        **small.CATALOGUE,
    }
)


def build(label: str, dice: Dice) -> Model:
    """Return a piece of the label; a label unknown to the catalogue becomes a plain box."""
    return (CATALOGUE[label] if label in CATALOGUE else _GENERIC).build(label, dice)


def _generic(dice: Dice) -> Draft:
    width, depth, height = dice.uniform(0.3, 0.6), dice.uniform(0.3, 0.5), dice.uniform(0.3, 0.7)
    top = (0.0, 0.0, height)
    return [
        box((width, depth, height), (0.0, 0.0, 0.0), palette.bright(dice)),
        Ledge(centre=top, size=(width - 0.04, depth - 0.04)),
    ]


_GENERIC: Final = Entry(draft=_generic, home=Home.FLOOR)
