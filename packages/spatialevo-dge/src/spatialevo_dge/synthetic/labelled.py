# SPDX-License-Identifier: Apache-2.0
"""Rooms made to order: given labels, every one of them visible in every frame."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from spatialevo_dge.synthetic.cameras import intrinsics_of
from spatialevo_dge.synthetic.catalogue import build
from spatialevo_dge.synthetic.construction import BuiltCamera, RoomFrame, construct
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Home, Model
from spatialevo_dge.synthetic.mesh import Structure
from spatialevo_dge.synthetic.options import RoomOptions, RoomShape
from spatialevo_dge.synthetic.placement import Placed
from spatialevo_dge.synthetic.room import SyntheticRoom, finish
from spatialevo_dge.synthetic.shapes import outline_of

_SEEN: Final = 0.12  # of every object in every frame; questions need 0.10
_TALL: Final = 1.1  # metres: taller things stand along the back wall
_HEIGHT: Final = 3.2  # metres, floor to ceiling
_LEAST_WIDTH: Final = 7.0  # metres
_FOV: Final = math.radians(100.0)
_STAND_OFF: Final = 1.6  # metres from the cameras to the first row
_TRIES: Final = 8
_STRUCTURE: Final = Structure(wall=(222, 216, 204), floor=(176, 134, 92))


def make_labelled_room(
    labels: Mapping[str, int], frames: int = 4, *, seed: int = 0
) -> SyntheticRoom:
    """Build a hall with exactly these instances, each visible in each of its frames.

    Tall things stand and hang along the back wall, the others in rows before them, the lowest in
    front; the cameras look over all of them from the front. A label unknown to the catalogue
    becomes a plain box.

    Raises:
        ValueError: No label, a count below 1, or an object stays hidden in some frame.
    """
    options = RoomOptions(
        labels=labels, cameras=frames, image_size=(640, 480), horizontal_fov=_FOV,
        shape=RoomShape.RECTANGLE, height=_HEIGHT,
    )  # fmt: skip
    hidden: list[str] = []
    for attempt in range(_TRIES):
        room = _build(Dice(seed, f"labelled {attempt}"), labels, options, 0.35 + 0.12 * attempt)
        hidden = _hidden(room)
        if not hidden:
            return room
    raise ValueError(f"labels: no layout shows everything in every frame, such as {hidden}")


def _hidden(room: SyntheticRoom) -> list[str]:
    """Labels of the objects that some frame does not show well enough."""
    table = room.scene.visibility
    if table is None:
        return []
    shown = [table.in_frame(index) for index in range(len(room.scene.frames))]
    return [
        item.label
        for item in room.scene.objects
        if any(item.id not in seen or seen[item.id].of_facing < _SEEN for seen in shown)
    ]


@dataclass(frozen=True, slots=True)
class _Row:
    """Pieces side by side; `depth` is the deepest one's."""

    models: tuple[Model, ...]

    @property
    def depth(self) -> float:
        return max(_reach(model) for model in self.models)


def _build(
    dice: Dice, labels: Mapping[str, int], options: RoomOptions, gap: float
) -> SyntheticRoom:
    models = [build(label, dice) for label, count in labels.items() for _ in range(count)]
    back = [model for model in models if _is_back(model)]
    width = max(_LEAST_WIDTH, 1.0 + sum(model.size[0] + gap for model in back))
    rows = _rows(dice, [model for model in models if not _is_back(model)], width - 1.0, gap)
    # Wide enough a view takes in the front row's ends from there.
    before = max(_STAND_OFF, 0.5 * width / math.tan(_FOV / 2) * 0.6)
    depth = 1.3 + sum(row.depth + gap for row in rows) + before + 0.6
    placed = _back_wall(dice, dice.shuffled(back), (width, depth), gap)
    y = depth / 2 - 1.3
    for row in rows:
        y -= row.depth / 2
        placed += _line(dice, row, y, (width, len(placed)))
        y -= row.depth / 2 + gap
    outline = outline_of(RoomShape.RECTANGLE, (width, depth), (1.0, 1.0), mirrored=False)
    frame = RoomFrame(yaw=0.0, floor_height=0.0, height=_HEIGHT)
    cameras = _cameras(dice, options.cameras, 0.3 - depth / 2, y)
    construction = replace(construct(dice.seed, outline, placed, frame, None), cameras=cameras)
    intrinsics = intrinsics_of(options.image_size, options.horizontal_fov)
    return finish(construction, _STRUCTURE, intrinsics, options)


def _is_back(model: Model) -> bool:
    return model.home in {Home.HUNG, Home.CEILING} or model.size[2] >= _TALL


def _reach(model: Model) -> float:
    """Side of a square that the piece stays within however it is turned a little."""
    return math.hypot(model.size[0] * math.sin(0.3), model.size[1]) + 0.02


def _rows(dice: Dice, models: Sequence[Model], width: float, gap: float) -> list[_Row]:
    """Cut the pieces, from the tallest to the lowest, into rows no wider than `width`."""
    rows: list[list[Model]] = []
    free = 0.0
    for model in sorted(models, key=lambda model: (-model.size[2], model.label)):
        need = model.size[0] + _reach(model) * 0.3 + gap
        if need > free:
            rows.append([])
            free = width
        rows[-1].append(model)
        free -= need
    return [_Row(tuple(dice.shuffled(row))) for row in rows]


def _back_wall(
    dice: Dice, models: Sequence[Model], room: tuple[float, float], gap: float
) -> list[Placed]:
    width, depth = room
    spare = width - sum(model.size[0] + gap for model in models)
    placed: list[Placed] = []
    x = (spare + gap) / 2 - width / 2
    for model in models:
        x += model.size[0] / 2
        away = 0.0 if model.home is Home.HUNG else 0.04
        base = 0.0
        if model.home is Home.HUNG:
            base = min(dice.uniform(*model.hang), _HEIGHT - model.size[2] - 0.05)
        elif model.home is Home.CEILING:
            base = _HEIGHT - model.size[2]
        position = (x, depth / 2 - away - model.size[1] / 2, base)
        placed.append(Placed(id=len(placed) + 1, model=model, position=position, yaw=math.pi))
        x += model.size[0] / 2 + gap
    return placed


def _line(dice: Dice, row: _Row, y: float, room: tuple[float, int]) -> list[Placed]:
    """Spread a row over the width, each piece turned a little, its front to the cameras."""
    width, before = room
    needs = [model.size[0] + _reach(model) * 0.3 for model in row.models]
    gap = (width - 1.0 - sum(needs)) / len(needs)
    placed: list[Placed] = []
    x = 0.5 - width / 2
    for model, need in zip(row.models, needs, strict=True):
        spot = (x + (need + gap) / 2, y, 0.0)
        turn = math.pi + dice.jitter(0.25)
        number = before + len(placed) + 1
        placed.append(Placed(id=number, model=model, position=spot, yaw=turn))
        x += need + gap
    return placed


def _cameras(dice: Dice, count: int, nearest: float, front: float) -> tuple[BuiltCamera, ...]:
    """Cameras along the front wall, which differ in place, height, heading and pitch."""
    cameras = []
    for index in range(count):
        side = (index - (count - 1) / 2) / max(count - 1, 1)
        x = 2.2 * side + dice.jitter(0.1)
        y = nearest + dice.uniform(0.0, 0.3)
        z = dice.choice((1.9, 2.15, 2.4)) + dice.jitter(0.08)
        heading = math.pi / 2 + 0.45 * side + dice.jitter(0.03)
        # The front row must not slip below the image.
        drop = math.atan2(z, front - y)
        pitch = -min(max(0.5 * drop, math.radians(12.0)), math.radians(30.0)) + dice.jitter(0.05)
        cameras.append(
            BuiltCamera(
                position=np.array([x, y, z]), heading=heading, pitch=pitch, roll=dice.jitter(0.03)
            )
        )
    return tuple(cameras)
