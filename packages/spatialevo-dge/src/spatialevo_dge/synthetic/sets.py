# SPDX-License-Identifier: Apache-2.0
"""Furniture sets: which pieces a kind of room holds, and how they stand to each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from spatialevo_dge.synthetic.catalogue import CATALOGUE, build
from spatialevo_dge.synthetic.furniture import Home, Model
from spatialevo_dge.synthetic.options import FurnitureSet
from spatialevo_dge.synthetic.placement import Arranger, Placed

_CLUTTER: Final = (
    "box", "book", "bottle", "shoes", "toy", "cup", "backpack", "plant", "vase", "basket", "bowl",
    "trash can", "stool", "suitcase",
)  # fmt: skip
_HALF_TURN: Final = math.pi


def furnish(arranger: Arranger, use: FurnitureSet) -> None:
    """Place the furniture set of a room's use, large pieces first."""
    RECIPES[use](arranger)


def strew(arranger: Arranger, count: int) -> int:
    """Place up to `count` small things on surfaces and on the floor; return how many found room."""
    found = 0
    for _ in range(4 * count):
        if found == count or arranger.full:
            break
        found += place_at_home(arranger, arranger.dice.choice(_CLUTTER)) is not None
    return found


def place_at_home(arranger: Arranger, label: str) -> Placed | None:
    """Place a piece where its kind lives."""
    entry = CATALOGUE[label] if label in CATALOGUE else None
    home = Home.FLOOR if entry is None else entry.home
    if home is Home.WALL:
        return arranger.at_wall(label)
    if home is Home.HUNG:
        return arranger.hang(label)
    if home is Home.CEILING:
        return arranger.under_ceiling(label)
    if home is Home.TOP:
        hosts = [piece for piece in arranger.placed if piece.model.ledges]
        for host in arranger.dice.shuffled(hosts):
            if found := arranger.on(label, host):
                return found
    return arranger.on_floor(label)


def _openings(room: Arranger, windows: int) -> None:
    """Place a door, and windows with curtains beside every other one."""
    room.hang("door")
    for index in range(windows):
        window = room.hang("window")
        if window is not None and index == 0:
            curtain = build("curtain", room.dice)
            for side in (-1, 1):
                _curtain(room, curtain, window, side)


def _curtain(room: Arranger, model: Model, window: Placed, side: int) -> None:
    for wall in room.outline.walls:
        offset = wall.inward @ (window.position[:2] - wall.start)
        if abs(math.remainder(wall.yaw - window.yaw, 2 * math.pi)) < 1e-9 and offset < 0.1:
            along = float(wall.direction @ (window.position[:2] - wall.start))
            width = model.size[0]
            reach = window.model.size[0] / 2 + width / 2 + 0.08
            where = (along + side * reach - width / 2 - 0.02) / (wall.length - width - 0.04)
            if 0.0 <= where <= 1.0:
                room.hang(model, wall=wall, where=where)
            return


def _several(room: Arranger, label: str, host: Placed | None, count: tuple[int, int]) -> None:
    for _ in range(room.dice.integer(*count)):
        room.on(label, host)


def _lit_table(
    room: Arranger, label: str, anchor: Placed | None, side: tuple[float, float]
) -> None:
    table = room.beside(label, anchor, side)
    room.on("table lamp", table, (0.0, 0.0), turn=0.0)


def _around(room: Arranger, label: str, table: Placed | None, count: int) -> None:
    """Stand chairs round a table, facing it, none quite straight."""
    if table is None:
        return
    chair = build(label, room.dice)
    width, depth, _ = table.model.size
    lane = width / 4 if width > 1.2 else 0.0
    spots = [(x, front) for front in (1, -1) for x in ((-lane, lane) if lane else (0.0,))]
    for x, front in spots[:count]:
        turn = room.dice.jitter(0.2) + (_HALF_TURN if front > 0 else 0.0)
        away = depth / 2 + 0.30 + room.dice.uniform(0.05, 0.12)
        room.offset(chair, table, (x, front * away), turn)
    for side in (-1, 1)[: max(0, count - len(spots))]:
        turn = room.dice.jitter(0.2) + side * math.pi / 2
        away = width / 2 + 0.30 + room.dice.uniform(0.05, 0.12)
        room.offset(chair, table, (side * away, 0.0), turn)


def _first(options: Sequence[Callable[[], Placed | None]]) -> Placed | None:
    for option in options:
        if found := option():
            return found
    return None


def _living(room: Arranger) -> None:
    dice = room.dice
    _openings(room, dice.integer(1, 2))
    sofa = room.at_wall("sofa", where=dice.uniform(0.3, 0.7))
    stand = _first([lambda: room.opposite("tv stand", sofa), lambda: room.at_wall("tv stand")])
    room.on("tv", stand, (0.0, 0.0), turn=0.0)
    rug = room.beside("rug", sofa, (0.0, 0.25))
    table = room.on("coffee table", rug, (0.0, 0.0), turn=0.0) or room.beside(
        "coffee table", sofa, (0.0, 0.45)
    )
    for side in (-1, 1)[: dice.integer(1, 2)]:
        anchor, gap = (rug, 0.12) if rug else (table, 0.35)
        room.beside("armchair", anchor, (side * gap, 0.0), side * math.pi / 2 + dice.jitter(0.35))
    _lit_table(room, "side table", sofa, (dice.choice((-1, 1)) * 0.1, 0.0))
    shelf = room.at_wall("bookshelf")
    for label in ("vase", "bowl", "box", "book")[: dice.integer(1, 3)]:
        room.on(label, shelf, turn=0.0 if label == "box" else None)
    _several(room, "pillow", sofa, (1, 3))
    _several(room, dice.choice(("cup", "book")), table, (1, 3))
    room.on(dice.choice(("bowl", "vase")), table)
    if dice.chance(0.5):
        room.at_wall(dice.choice(("fireplace", "piano", "cabinet")))
    for label in ("floor lamp", "plant", "plant", "basket"):
        room.on_floor(label)
    for label in ("picture frame", "picture frame", "clock"):
        room.hang(label)
    room.under_ceiling("ceiling lamp")


def _bedroom(room: Arranger) -> None:
    dice = room.dice
    _openings(room, dice.integer(1, 2))
    bed = room.at_wall("bed", where=dice.uniform(0.3, 0.7))
    for side in (-1, 1):
        _lit_table(room, "nightstand", bed, (side * 0.05, 0.0))
    room.at_wall("wardrobe")
    if bed is not None:
        twin = bed.model.size[0] > 1.2
        for u in (-0.85, 0.85) if twin else (0.0,):
            room.on("pillow", bed, (u, 0.0), ledge=0, turn=0.0)
    room.on("blanket", bed, ledge=1, turn=dice.jitter(0.3))
    desk = room.at_wall("desk")
    room.beside("stool", desk, (0.0, 0.15), dice.jitter(0.5))
    room.on("laptop", desk, (-0.1, 0.2), turn=0.0)
    room.on("lamp", desk, (-0.9, -0.8), turn=0.0)
    room.on("book", desk)
    room.beside("rug", bed, (0.0, 0.2))
    room.at_wall("radiator")
    for label in ("mirror", "picture frame", "clock"):
        room.hang(label)
    for label in dice.shuffled(("suitcase", "laundry basket", "plant", "guitar", "armchair"))[:3]:
        room.on_floor(label)
    for _ in range(dice.integer(1, 3)):
        room.on_floor("shoes")
    room.under_ceiling("ceiling lamp")


def _kitchen(room: Arranger) -> None:
    dice = room.dice
    room.hang("door")
    units = ["stove", "counter", "sink", "dishwasher"]
    room.row(["refrigerator", *dice.shuffled(units)])
    for label in dice.shuffled(["counter", "washing machine"]):
        room.at_wall(label)
    for _ in range(dice.integer(1, 2)):
        room.hang("window")
    table = room.on_floor("dining table", turned=dice.chance(0.3))
    _around(room, "chair", table, dice.choice((2, 4, 4, 6)))
    tops = [piece for piece in room.placed if piece.model.label == "counter"]
    for label in ("microwave", "kettle", "toaster", "cutting board", "bottle", "basket"):
        if tops:
            turn = None if label in {"kettle", "bottle"} else dice.jitter(0.15)
            room.on(label, dice.choice(tops), turn=turn)
    for label, count in (("plate", (2, 4)), ("cup", (1, 3)), ("bowl", (1, 2))):
        _several(room, label, table, count)
    room.on("salt and pepper shaker", table)
    if dice.chance(0.5):
        room.hang("shelf")
    room.hang("clock")
    for label in ("trash can", "plant"):
        room.on_floor(label)
    room.under_ceiling("ceiling lamp")


def _office(room: Arranger) -> None:
    dice = room.dice
    _openings(room, dice.integer(1, 2))
    for index in range(dice.integer(1, 3)):
        desk = room.at_wall("desk")
        room.on("monitor", desk, (-0.05, -0.7), turn=dice.jitter(0.12))
        room.on("keyboard", desk, (-0.05, 0.55), turn=dice.jitter(0.1))
        room.beside(
            "office chair", desk, (0.0, dice.uniform(0.1, 0.3)), _HALF_TURN + dice.jitter(0.6)
        )
        extra = ("table lamp", "telephone", "cup")[index]
        room.on(extra, desk, (0.9, -0.6), turn=0.0)
        room.on(dice.choice(("book", "cup", "laptop")), desk)
    shelf = room.at_wall("bookshelf")
    for label in ("box", "vase", "book")[: dice.integer(1, 3)]:
        room.on(label, shelf, turn=0.0 if label == "box" else None)
    cabinet = room.at_wall("filing cabinet")
    table = room.at_wall("cabinet")
    room.on("printer", table, (0.0, 0.0), turn=0.0) or room.on(
        "printer", cabinet, (0.0, 0.0), turn=0.0
    )
    room.at_wall("radiator")
    for label in ("whiteboard", "clock", "picture frame", "air conditioner"):
        room.hang(label)
    for label in ("trash can", "backpack", "plant", "trash can", "box"):
        room.on_floor(label)
    room.under_ceiling("ceiling lamp")


def _bathroom(room: Arranger) -> None:
    dice = room.dice
    room.hang("door")
    room.at_wall(dice.choice(("bathtub", "bathtub", "shower")), where=dice.choice((0.0, 1.0)))
    sink = room.at_wall("sink")
    room.at_wall("toilet")
    if sink is not None:
        _over(room, "mirror", sink)
    machine = room.at_wall("washing machine")
    room.on("basket", machine, turn=0.0)
    cabinet = room.at_wall("cabinet")
    for label in ("vase", "bottle", "bottle"):
        room.on(label, cabinet)
    for label in ("window", "towel", "towel", "shelf"):
        room.hang(label)
    for label in ("trash can", "laundry basket", "bath mat", "plant", "stool"):
        room.on_floor(label)
    room.under_ceiling("ceiling lamp")


def _over(room: Arranger, label: str, piece: Placed) -> None:
    """Hang a piece on the wall above another."""
    for wall in room.outline.walls:
        spot = piece.position[:2] - wall.start
        if (
            abs(math.remainder(wall.yaw - piece.yaw, 2 * math.pi)) < 1e-9
            and wall.inward @ spot < 0.6
        ):
            room.hang(label, wall=wall, where=float(wall.direction @ spot) / wall.length)
            return


RECIPES: Final[Mapping[FurnitureSet, Callable[[Arranger], None]]] = MappingProxyType(
    {
        FurnitureSet.LIVING: _living,
        FurnitureSet.BEDROOM: _bedroom,
        FurnitureSet.KITCHEN: _kitchen,
        FurnitureSet.OFFICE: _office,
        FurnitureSet.BATHROOM: _bathroom,
    }
)
