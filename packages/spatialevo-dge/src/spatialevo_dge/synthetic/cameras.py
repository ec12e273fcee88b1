# SPDX-License-Identifier: Apache-2.0
"""A hand-held camera's path through a room: wide views, some of them in close pairs."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic.construction import BuiltCamera, Construction, turn_about_z
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.shapes import Outline
from spatialevo_geometry import Intrinsics

_HEIGHTS: Final = (1.2, 1.7)  # metres above the floor
_LOWEST, _HIGHEST = math.radians(-35.0), math.radians(10.0)  # pitch
_ROLL: Final = math.radians(5.0)
_WALL_MARGIN: Final = 0.25  # metres
_BODY: Final = 0.20  # metres kept from furniture
_HEADROOM: Final = 0.30  # metres above low furniture
_NEAREST: Final = 0.4  # metres: nearer things are no sight
_CENTRAL: Final = 0.95  # share of the half view that counts
_BULKY: Final = 0.5  # metres: smaller things hide nothing
_SHORT_OF: Final = 0.9  # of the way to a thing: what lies beyond is close by or part of it
_PARALLEL: Final = 1e-12
_BODY_OUTLINE: Final = np.array([[-0.02, -0.02], [0.02, -0.02], [0.02, 0.02], [-0.02, 0.02]])
_CANDIDATES: Final = 14
_TRIES: Final = 300


def intrinsics_of(image_size: tuple[int, int], horizontal_fov: float) -> Intrinsics:
    """Return a camera with square pixels and its principal point in the middle."""
    width, height = image_size
    focal = width / 2 / math.tan(horizontal_fov / 2)
    return Intrinsics(
        fx=focal, fy=focal, cx=(width - 1) / 2, cy=(height - 1) / 2, width=width, height=height
    )


class Site:
    """What a camera must respect and wants to see; world frame."""

    def __init__(
        self, construction: Construction, outline: Outline, intrinsics: Intrinsics
    ) -> None:
        """Take the room, its outline in its own frame, and the camera's intrinsics."""
        self.construction = construction
        self.outline = outline
        self._room_from_world = turn_about_z(-construction.yaw)
        self._centres = np.array([item.centre for item in construction.objects])
        self._axes = np.array([item.axes for item in construction.objects])
        self._halves = np.array([item.size for item in construction.objects]) / 2
        self._bulky = np.flatnonzero(self._halves.max(axis=1) >= _BULKY / 2)
        self._half_view = np.array(
            [intrinsics.width / intrinsics.fx, intrinsics.height / intrinsics.fy]
        ) / 2  # fmt: skip

    def admits(self, position: NDArray[np.float64]) -> bool:
        """Whether a person could hold a camera there."""
        room = self._room_from_world @ position
        body = _BODY_OUTLINE + room[:2]
        if not self.outline.contains(body, _WALL_MARGIN):
            return False
        local = np.einsum("nij,nj->ni", self._axes, position - self._centres)
        beyond = np.abs(local) - self._halves
        return not bool(((beyond[:, :2].max(axis=1) < _BODY) & (beyond[:, 2] < _HEADROOM)).any())

    def seen(self, camera: BuiltCamera) -> int:
        """How many objects a camera promises to show: centre in view, not behind another box."""
        pose = camera.world_from_camera
        local = (self._centres - pose[:3, 3]) @ pose[:3, :3]
        depth = local[:, 2:]
        in_view = (np.abs(local[:, :2]) < _CENTRAL * self._half_view * depth).all(axis=1)
        in_view &= depth[:, 0] > _NEAREST
        chosen = np.flatnonzero(in_view)
        return int(np.count_nonzero(~self._hidden(pose[:3, 3], chosen)))

    def _hidden(
        self, position: NDArray[np.float64], chosen: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Whether the segment to each chosen centre passes through another object's box (slabs)."""
        axes, halves = self._axes[self._bulky], self._halves[self._bulky]
        start = np.einsum("bij,bj->bi", axes, position - self._centres[self._bulky])
        span = np.einsum("bij,cj->bci", axes, self._centres[chosen] - position)
        span = np.where(np.abs(span) < _PARALLEL, _PARALLEL, span)
        first = (-halves - start)[:, None] / span
        last = (halves - start)[:, None] / span
        enter = np.minimum(first, last).max(axis=2)
        leave = np.maximum(first, last).min(axis=2)
        blocks = (enter < leave) & (leave > 0.0) & (enter < _SHORT_OF)
        blocks &= self._bulky[:, None] != chosen
        hidden: NDArray[np.bool_] = blocks.any(axis=0)
        return hidden


def plan_cameras(dice: Dice, site: Site, count: int) -> tuple[BuiltCamera, ...]:
    """Return a path of `count` cameras; every other one is a small step from the one before.

    Raises:
        ValueError: There is no room for a camera.
    """
    path: list[BuiltCamera] = []
    for index in range(count):
        near = _step(dice, site, path[-1]) if index % 2 else None
        path.append(near or _wide(dice, site, path))
    return tuple(path)


def _wide(dice: Dice, site: Site, path: list[BuiltCamera]) -> BuiltCamera:
    """Return the most telling of some random views, away from the views so far."""
    scored = []
    for _ in range(_CANDIDATES):
        camera = _look(dice, site, _stand(dice, site))
        apart = min(
            (float(np.linalg.norm(camera.position - c.position)) for c in path), default=0.0
        )
        scored.append((site.seen(camera) + min(apart, 2.0), camera))
    return max(scored, key=lambda pair: pair[0])[1]


def _stand(dice: Dice, site: Site) -> NDArray[np.float64]:
    """Return a free camera position."""
    low, high = site.outline.corners.min(axis=0), site.outline.corners.max(axis=0)
    turn = turn_about_z(site.construction.yaw)
    for _ in range(_TRIES):
        x, y = dice.uniform(low[0], high[0]), dice.uniform(low[1], high[1])
        position: NDArray[np.float64] = turn @ np.array([x, y, dice.uniform(*_HEIGHTS)])
        position[2] += site.construction.floor_height
        if site.admits(position):
            return position
    raise ValueError(f"seed {site.construction.seed}: no room for a camera")


def _look(dice: Dice, site: Site, position: NDArray[np.float64]) -> BuiltCamera:
    """Return a camera that looks at some object, roughly."""
    target = dice.choice(site.construction.objects).centre - position
    distance = math.hypot(target[0], target[1])
    return _held(
        position,
        math.atan2(target[1], target[0]) + dice.jitter(0.25),
        math.atan2(target[2], distance) + dice.jitter(0.12),
        dice.jitter(_ROLL),
    )


def _held(position: NDArray[np.float64], heading: float, pitch: float, roll: float) -> BuiltCamera:
    return BuiltCamera(
        position=position,
        heading=math.remainder(heading, 2.0 * math.pi),
        pitch=min(max(pitch, _LOWEST), _HIGHEST),
        roll=min(max(roll, -_ROLL), _ROLL),
    )


def _step(dice: Dice, site: Site, last: BuiltCamera) -> BuiltCamera | None:
    """Return the next view of a hand that moves, turns or tilts a little; None if walled in."""
    moves = dice.choice(((0.02, 0.15), (0.25, 0.60), (0.30, 0.80)))
    turn = math.radians(dice.choice((3.0, 20.0, 40.0)))
    for _ in range(20):
        azimuth, length = dice.jitter(math.pi), dice.uniform(*moves)
        offset = np.array(
            [math.cos(azimuth) * length, math.sin(azimuth) * length, dice.jitter(0.12)]
        )
        position = last.position + offset
        low = site.construction.floor_height
        position[2] = min(max(position[2], low + _HEIGHTS[0]), low + _HEIGHTS[1])
        camera = _held(
            position,
            last.heading + dice.jitter(turn),
            last.pitch + dice.jitter(0.15),
            last.roll + dice.jitter(0.03),
        )
        if site.admits(position) and site.seen(camera) >= 3:
            return camera
    return None
