# SPDX-License-Identifier: Apache-2.0
"""Small rooms: a few painted things, two images of 64 x 64, made in some thirty milliseconds.

Every label has one colour, since 64 pixels tell colours apart but not chairs from stools. Small
things come one to four times, so that counts differ; large ones come once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.options import RoomOptions, RoomShape
from spatialevo_dge.synthetic.room import SyntheticRoom, make_room

PAINT: Final[Mapping[str, tuple[int, int, int]]] = MappingProxyType(
    {
        "chair": (220, 40, 36),
        "stool": (24, 24, 30),
        "box": (244, 222, 36),
        "plant": (28, 150, 52),
        "basket": (150, 240, 60),
        "suitcase": (250, 132, 20),
        "table": (36, 72, 220),
        "bed": (140, 50, 190),
        "sofa": (250, 96, 190),
        "wardrobe": (20, 196, 216),
    }
)
"""Colours of the labels, sRGB: far from each other, from wood and from wall paint."""

LABELS: Final = tuple(sorted(PAINT))
"""The vocabulary of these rooms."""

_SMALL: Final = ("chair", "stool", "box", "plant", "basket", "suitcase")
_LARGE: Final = ("table", "bed", "sofa", "wardrobe")
_COUNTS: Final = (1, 2, 2, 3, 4)
_MOST: Final = 9  # objects: more hide each other at this size
_CAMERAS: Final = 2
_FOV: Final = math.radians(90.0)
IMAGE_SIZE: Final = (64, 64)
"""Width and height of the images, pixels."""


def painted_options(seed: int) -> RoomOptions:
    """Choose what the room of a seed holds: three to four kinds of small things, two large ones."""
    dice = Dice(seed, "lab")
    labels = dict.fromkeys(dice.shuffled(_LARGE)[: dice.integer(1, 2)], 1)
    for label in dice.shuffled(_SMALL)[: dice.integer(3, 4)]:
        left = _MOST - sum(labels.values())
        labels[label] = max(1, min(dice.choice(_COUNTS), left))
    return RoomOptions(
        shape=RoomShape.RECTANGLE,
        size=(dice.uniform(3.6, 5.0), dice.uniform(3.6, 5.0)),
        labels=labels,
        paint={label: PAINT[label] for label in labels},
        cameras=_CAMERAS,
        image_size=IMAGE_SIZE,
        horizontal_fov=_FOV,
        spacing=0.3,
    )


def make_painted_room(seed: int) -> SyntheticRoom:
    """Make the painted room of a seed.

    Raises:
        ValueError: What the seed asks for does not fit into its room.
    """
    return make_room(seed, painted_options(seed))
