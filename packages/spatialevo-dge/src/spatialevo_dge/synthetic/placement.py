# SPDX-License-Identifier: Apache-2.0
"""Putting furniture into a room so that no two pieces share space.

Everything here is in the room's own frame: the outline's, with the floor at z = 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic.catalogue import build
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Home, Ledge, Model
from spatialevo_dge.synthetic.shapes import Outline, Wall

GAP: Final = 0.02  # metres between neighbours, so that no two boxes touch
_TRIES: Final = 30
_CONTACT: Final = 1e-9  # metres: a thing on another may touch it


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A piece in its place.

    Attributes:
        id: Position among the placed pieces, from 1.
        model: The piece.
        position: Centre of its base, room frame.
        yaw: Turn about the vertical, radians.
        on: Id of the piece that it stands on.
        inside: Id of the piece that it stands in.
    """

    id: int
    model: Model
    position: tuple[float, float, float]
    yaw: float
    on: int | None = None
    inside: int | None = None

    def to_room(self, x: float, y: float) -> tuple[float, float]:
        """Map a point of the piece's frame to the room's, seen from above."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return self.position[0] + cos * x - sin * y, self.position[1] + sin * x + cos * y


Block = NDArray[np.float64]
"""An upright box: x, y, half width, half depth, yaw, lowest z, highest z."""


def block_of(model: Model, position: tuple[float, float, float], yaw: float) -> Block:
    """Return the bounding box of a piece at a place."""
    x, y, z = position
    width, depth, height = model.size
    return np.array([x, y, width / 2, depth / 2, yaw, z, z + height])


def footprint(block: Block) -> NDArray[np.float64]:
    """Return the block's base as (4, 2) corners, counter-clockwise."""
    x, y, half_width, half_depth, yaw = block[:5]
    cos, sin = math.cos(yaw), math.sin(yaw)
    local = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (half_width, half_depth)
    turn = np.array([[cos, sin], [-sin, cos]])
    corners: NDArray[np.float64] = local @ turn + (x, y)
    return corners


def blocked(blocks: NDArray[np.float64], block: Block, gap: float) -> NDArray[np.bool_]:
    """Tell which of (n, 7) blocks come closer than `gap` (by the separating axes) to a block."""
    offset = blocks[:, :2] - block[:2]
    cos, sin = np.cos(blocks[:, 4] - block[4]), np.sin(blocks[:, 4] - block[4])
    cos, sin = np.abs(cos), np.abs(sin)
    clear: NDArray[np.bool_] = np.zeros(len(blocks), dtype=bool)
    near = blocks[:, 2:4]
    for yaw, own, other in (
        (blocks[:, 4], near, block[None, 2:4]),
        (block[4], block[None, 2:4], near),
    ):
        right = np.abs(offset[:, 0] * np.cos(yaw) + offset[:, 1] * np.sin(yaw))
        front = np.abs(offset[:, 1] * np.cos(yaw) - offset[:, 0] * np.sin(yaw))
        clear |= right > own[:, 0] + other[:, 0] * cos + other[:, 1] * sin + gap
        clear |= front > own[:, 1] + other[:, 0] * sin + other[:, 1] * cos + gap
    clear |= blocks[:, 5] > block[6] - _CONTACT
    clear |= blocks[:, 6] < block[5] + _CONTACT
    return ~clear


class Arranger:
    """Places pieces one after another; a piece that finds no place is left out (None).

    A piece is given by its label, or as a model where several are to be alike.
    """

    def __init__(self, dice: Dice, outline: Outline, height: float, limit: int | None) -> None:
        """Start with an empty room of the given height that takes at most `limit` pieces."""
        self.dice = dice
        self.outline = outline
        self.height = height
        self.placed: list[Placed] = []
        self._limit = limit
        self._blocks = np.empty((0, 7))
        self._reserved = np.empty((0, 7))

    @property
    def full(self) -> bool:
        """Whether the room has as many pieces as it may."""
        return self._limit is not None and len(self.placed) >= self._limit

    def at_wall(
        self, piece: str | Model, *, wall: Wall | None = None, where: float | None = None
    ) -> Placed | None:
        """Stand a piece with its back to a wall, `where` in [0, 1] along it."""
        model = self._model(piece)
        gap = self.dice.uniform(GAP, 0.05)
        return self._along_walls(model, wall, where, (gap, (0.0, 0.0)))

    def hang(
        self, piece: str | Model, *, wall: Wall | None = None, where: float | None = None
    ) -> Placed | None:
        """Fix a piece to a wall at its usual height."""
        model = self._model(piece)
        return self._along_walls(model, wall, where, (0.0, model.hang))

    def on_floor(self, piece: str | Model, *, turned: bool = True) -> Placed | None:
        """Stand a piece anywhere on the floor."""
        model = self._model(piece)
        low, high = self.outline.corners.min(axis=0), self.outline.corners.max(axis=0)
        for _ in range(_TRIES):
            x, y = self.dice.uniform(low[0], high[0]), self.dice.uniform(low[1], high[1])
            yaw = self.dice.jitter(math.pi) if turned else self.dice.integer(0, 3) * math.pi / 2
            if found := self._add(model, (x, y, 0.0), yaw):
                return found
        return None

    def beside(
        self,
        piece: str | Model,
        anchor: Placed | None,
        side: tuple[float, float],
        turn: float = 0.0,
    ) -> Placed | None:
        """Stand a piece beside another on the floor.

        Args:
            piece: The piece.
            anchor: The other.
            side: Direction in the anchor's frame; its length is the free gap in metres.
            turn: Yaw relative to the anchor, radians.
        """
        if anchor is None:
            return None
        model = self._model(piece)
        gap = math.hypot(*side)
        right, front = side[0] / gap, side[1] / gap
        half = _half_extents(model, turn)
        x = right * (anchor.model.size[0] / 2 + half[0] + gap)
        y = front * (anchor.model.size[1] / 2 + half[1] + gap)
        if model.home is Home.WALL and abs(right) > abs(front) and turn == 0.0:
            y = half[1] - anchor.model.size[1] / 2  # backs in line
        return self._add(model, (*anchor.to_room(x, y), 0.0), anchor.yaw + turn)

    def offset(
        self, piece: str | Model, anchor: Placed | None, at: tuple[float, float], turn: float = 0.0
    ) -> Placed | None:
        """Stand a piece on the floor with its centre at a point of the anchor's frame."""
        if anchor is None:
            return None
        model = self._model(piece)
        return self._add(model, (*anchor.to_room(*at), 0.0), anchor.yaw + turn)

    def on(
        self, piece: str | Model, anchor: Placed | None, at: tuple[float, float] | None = None,
        *, ledge: int | None = None, turn: float | None = None,
    ) -> Placed | None:  # fmt: skip
        """Put a piece on (or into) another.

        Args:
            piece: The piece.
            anchor: The other.
            at: Where on the ledge, each coordinate in [-1, 1]; None: anywhere.
            ledge: Which of the anchor's ledges; None: any.
            turn: Yaw relative to the anchor, radians; None: anyhow.
        """
        if anchor is None or not anchor.model.ledges:
            return None
        model = self._model(piece)
        for _ in range(1 if at is not None and turn is not None else _TRIES):
            chosen = (
                self.dice.choice(anchor.model.ledges)
                if ledge is None
                else anchor.model.ledges[ledge]
            )
            angle = self.dice.jitter(math.pi) if turn is None else turn
            spot = at or (self.dice.jitter(1.0), self.dice.jitter(1.0))
            if found := self._on_ledge(model, anchor, chosen, (*spot, angle)):
                return found
        return None

    def under_ceiling(self, piece: str | Model) -> Placed | None:
        """Hang a piece from the ceiling near the middle of the room."""
        model = self._model(piece)
        middle = self.outline.pieces.mean(axis=1)[
            self.dice.integer(0, len(self.outline.pieces) - 1)
        ]
        x, y = middle[0] + self.dice.jitter(0.4), middle[1] + self.dice.jitter(0.4)
        return self._add(model, (x, y, self.height - model.size[2]), self.dice.jitter(math.pi))

    def opposite(self, piece: str | Model, anchor: Placed | None) -> Placed | None:
        """Stand a piece at the wall that another faces, facing it."""
        if anchor is None:
            return None
        model = self._model(piece)
        far = 0.0
        half = model.size[1] / 2
        while self.outline.contains(np.array([anchor.to_room(0.0, far + half)]), GAP):
            far += 0.05
        spot = anchor.to_room(0.0, far - 0.05)
        return self._add(model, (*spot, 0.0), anchor.yaw + math.pi)

    def row(self, labels: Sequence[str]) -> list[Placed]:
        """Stand pieces side by side along one of the longest walls, as many as fit."""
        models = [build(label, self.dice) for label in labels]
        walls = sorted(self.outline.walls, key=lambda wall: -wall.length)
        rows = [self._try_row(models, wall, self.dice.uniform(0.05, 0.3)) for wall in walls[:3]]
        best = max(rows, key=len)
        for piece in best:
            self._keep(piece)
        return best

    def _try_row(self, models: Sequence[Model], wall: Wall, start: float) -> list[Placed]:
        row: list[Placed] = []
        along, waiting = start, list(models)
        while waiting and not (self._limit and len(self.placed) + len(row) >= self._limit):
            model = waiting[0]
            width, depth, _ = model.size
            if along + width > wall.length:
                waiting.pop(0)
                continue
            spot = wall.start + wall.direction * (along + width / 2)
            spot = spot + wall.inward * (GAP + depth / 2)
            position = (float(spot[0]), float(spot[1]), 0.0)
            if not self._stands(model, position, wall.yaw):
                along += 0.05
                continue
            number = len(self.placed) + len(row) + 1
            row.append(Placed(id=number, model=model, position=position, yaw=wall.yaw))
            along += width + 1.5 * GAP
            waiting.pop(0)
        return row

    def _stands(self, model: Model, position: tuple[float, float, float], yaw: float) -> bool:
        return self._fits(model, position, yaw, ()) and self._front_is_free(model, position, yaw)

    def _model(self, piece: str | Model) -> Model:
        return build(piece, self.dice) if isinstance(piece, str) else piece

    def _along_walls(
        self, model: Model, wall: Wall | None, where: float | None,
        lift: tuple[float, tuple[float, float]],
    ) -> Placed | None:  # fmt: skip
        gap, (low, high) = lift
        width, depth, height = model.size
        walls = [w for w in ((wall,) if wall else self.outline.walls) if w.length > width + 0.1]
        if not walls or low + height > self.height:
            return None
        weights = np.cumsum([w.length for w in walls])
        for _ in range(_TRIES):
            drawn = self.dice.uniform(0.0, float(weights[-1]))
            side = walls[min(int(np.searchsorted(weights, drawn)), len(walls) - 1)]
            share = self.dice.uniform(0.0, 1.0) if where is None else where
            along = width / 2 + GAP + share * (side.length - width - 2 * GAP)
            spot = side.start + side.direction * along + side.inward * (gap + depth / 2)
            base = min(self.dice.uniform(low, high), self.height - height - GAP) if high else low
            position = (float(spot[0]), float(spot[1]), base)
            if self._front_is_free(model, position, side.yaw):
                found = self._add(model, position, side.yaw)
                if found:
                    return found
            where = None
        return None

    def _on_ledge(
        self, model: Model, anchor: Placed, ledge: Ledge, spot: tuple[float, float, float]
    ) -> Placed | None:
        u, v, turn = spot
        half = _half_extents(model, turn)
        free = (ledge.size[0] / 2 - half[0], ledge.size[1] / 2 - half[1])
        if min(free) < 0.0 or model.size[2] > ledge.clearance:
            return None
        x, y = anchor.to_room(ledge.centre[0] + u * free[0], ledge.centre[1] + v * free[1])
        z = anchor.position[2] + anchor.model.size[2] / 2 + ledge.centre[2]
        return self._add(model, (x, y, z), anchor.yaw + turn, anchor, inside=ledge.inside)

    def _front_is_free(
        self, model: Model, position: tuple[float, float, float], yaw: float
    ) -> bool:
        if model.front == 0.0:
            return True
        block = block_of(model, position, yaw)
        ahead = block[3] + GAP + model.front / 2
        block[0] -= math.sin(yaw) * ahead
        block[1] += math.cos(yaw) * ahead
        block[3] = model.front / 2
        block[5], block[6] = 0.05, 1.6
        return self.outline.contains(footprint(block)) and not bool(
            blocked(self._blocks, block, 0.0).any()
        )

    def _fits(
        self,
        model: Model,
        position: tuple[float, float, float],
        yaw: float,
        ignored: tuple[int, ...],
    ) -> bool:
        block = block_of(model, position, yaw)
        if block[6] > self.height - _CONTACT and model.home is not Home.CEILING:
            return False
        hits = blocked(self._blocks, block, GAP)
        hits[[number - 1 for number in ignored]] = False
        if hits.any() or blocked(self._reserved, block, 0.0).any():
            return False
        # Something on a wall lies flush with it; its back must not count as crossing it.
        margin = 0.0 if model.home is Home.HUNG else GAP / 2
        if model.home is Home.HUNG:
            block = block.copy()
            block[2:4] -= 1e-6
        return self.outline.contains(footprint(block), margin)

    def _add(
        self, model: Model, position: tuple[float, float, float], yaw: float,
        anchor: Placed | None = None, *, inside: bool = False,
    ) -> Placed | None:  # fmt: skip
        ignored = () if anchor is None else (anchor.id,)
        if self.full or not self._fits(model, position, yaw, ignored):
            return None
        on = None if anchor is None or inside else anchor.id
        within = anchor.id if anchor is not None and inside else None
        number = len(self.placed) + 1
        piece = Placed(id=number, model=model, position=position, yaw=yaw, on=on, inside=within)
        self._keep(piece)
        return piece

    def _keep(self, piece: Placed) -> None:
        self.placed.append(piece)
        block = block_of(piece.model, piece.position, piece.yaw)
        self._blocks = np.vstack([self._blocks, block])
        if piece.model.label == "door":
            ahead = piece.model.front / 2
            swing = block.copy()
            swing[0] -= math.sin(piece.yaw) * (block[3] + ahead)
            swing[1] += math.cos(piece.yaw) * (block[3] + ahead)
            swing[3] = ahead
            self._reserved = np.vstack([self._reserved, swing])


def _half_extents(model: Model, turn: float) -> tuple[float, float]:
    cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
    width, depth = model.size[0] / 2, model.size[1] / 2
    return width * cos + depth * sin, width * sin + depth * cos
