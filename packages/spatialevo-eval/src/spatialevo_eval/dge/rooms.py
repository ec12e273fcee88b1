# SPDX-License-Identifier: Apache-2.0
"""Held-out synthetic rooms, made when they are needed and named by their seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from types import MappingProxyType
from typing import Final

from PIL import Image

from spatialevo_dge.scene import Scene
from spatialevo_dge.synthetic import RoomOptions, SyntheticRoom, make_room
from spatialevo_dge.synthetic.catalogue import CATALOGUE
from spatialevo_dge.synthetic.painted import LABELS, painted_options
from spatialevo_dge.view import ViewKind

__all__ = ["PLANS", "Plan", "RoomFrame", "room_of", "scenes", "seen_views"]

FIRST_SEED: Final = 4_000_000
"""Training, validation and test splits of the training package end below."""
_KEPT: Final = 64  # rooms in memory: a benchmark asks about each again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which rooms a benchmark asks about.

    Attributes:
        name: In item ids.
        options: What the room of a seed is like.
        labels: Kinds of objects that a room may hold.
        count: How many rooms.
    """

    name: str
    options: Callable[[int], RoomOptions]
    labels: tuple[str, ...]
    count: int


def _furnished(_seed: int) -> RoomOptions:
    """Leave everything to the seed but the images: large enough for pretrained models."""
    return RoomOptions(cameras=6, image_size=(320, 240))


PLANS: Final[Mapping[str, Plan]] = MappingProxyType(
    {
        plan.name: plan
        for plan in (
            Plan(name="room", options=_furnished, labels=tuple(sorted(CATALOGUE)), count=12),
            Plan(name="painted", options=painted_options, labels=LABELS, count=48),
        )
    }
)


@lru_cache(maxsize=_KEPT)
def room_of(plan: str, seed: int) -> SyntheticRoom:
    """Return a room.

    Raises:
        KeyError: There is no such plan.
        ValueError: What the seed asks for does not fit into its room.
    """
    return make_room(seed, PLANS[plan].options(seed))


def scenes(plan: Plan) -> Iterator[tuple[int, Scene]]:
    """Yield a plan's rooms by seed; a seed whose room is impossible is passed over."""

    def possible() -> Iterator[tuple[int, Scene]]:
        for seed in range(FIRST_SEED, FIRST_SEED + 10 * plan.count):
            try:
                yield seed, room_of(plan.name, seed).scene
            except ValueError:  # what the seed asks for fits into no room of its size
                continue

    return islice(possible(), plan.count)


def seen_views(scene: Scene, kind: ViewKind) -> tuple[tuple[str, ...], ...]:
    """Return what is shown with a question: all images, each one, or neighbours in both orders."""
    ids = tuple(frame.id for frame in scene.frames)
    if kind is ViewKind.SCENE:
        return (ids,)
    if kind is ViewKind.FRAME:
        return tuple((each,) for each in ids)
    return tuple(order for pair in pairwise(ids) for order in (pair, pair[::-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFrame:
    """An image of a synthetic room, drawn when it is opened."""

    plan: str
    seed: int
    frame: str

    @property
    def name(self) -> str:
        """Plan, seed and frame: ``"room-4000000/003"``."""
        return f"{self.plan}-{self.seed}/{self.frame}"

    def open(self) -> Image.Image:
        """Return what the camera sees, RGB."""
        room = room_of(self.plan, self.seed)
        place = [frame.id for frame in room.scene.frames].index(self.frame)
        return Image.fromarray(room.pictures[place].rgb)
