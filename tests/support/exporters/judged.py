# SPDX-License-Identifier: Apache-2.0
"""Questions of a room, judged on the room and on what an importer made of its exported files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge import Legal, Question, enumerate_questions, judge
from spatialevo_dge.scene import Scene, SceneObject
from spatialevo_dge.tasks import all_tasks
from spatialevo_geometry import OrientedBox

EVERY, MOST = 7, 30
"""Of each task's questions every seventh is asked, at most thirty."""

EDGE = 0.10
"""Share of a surface, or metres of depth, from the edge of the band of "the same"."""


@dataclass
class Comparison:
    """What became of the questions.

    Attributes:
        same: Questions answered alike, by task.
        refused: Rules by which the import refuses what the room answers, by task.
        near: Questions answered otherwise whose quantity lies near the edge of "the same", where
            exact sight and sight through a depth image of millimetres and pixels may differ.
        wrong: Question, answer on the room, answer on the import.
    """

    same: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    near: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, object, object]] = field(default_factory=list)

    def add(self, other: Comparison) -> None:
        self.same += other.same
        self.refused += other.refused
        self.near += other.near
        self.wrong += other.wrong


def compare(room: Scene, imported: Scene, tolerance: float = 1e-5) -> Comparison:
    """Ask what can be asked of the room; frames correspond in order.

    Numbers are alike within a tolerance, relative where they exceed 1; floor areas, which scans
    have to measure, within 8 %: the points of these rooms are 10 cm apart.
    """
    found = Comparison()
    frames = {a.id: b.id for a, b in zip(room.frames, imported.frames, strict=True)}
    for task in all_tasks():
        for question, expected in _questions(room, task.id):
            asked = replace(question, frames=tuple(frames[name] for name in question.frames))
            ruling = judge(asked, imported)
            if not isinstance(ruling, Legal):
                found.refused[task.id, ruling.rule.value] += 1
            elif _alike(expected.answer.value, ruling.answer.value,
                        0.08 if task.id == "room_size" else tolerance):  # fmt: skip
                found.same[task.id] += 1
            elif "same" in (expected.answer.value, ruling.answer.value) and _near(expected):
                found.near[task.id] += 1
            else:
                found.wrong.append((question.text, expected.answer.value, ruling.answer.value))
    return found


def _near(expected: Legal) -> bool:
    return expected.truth.margin.value <= EDGE


def _questions(room: Scene, task: str) -> Iterator[tuple[Question, Legal]]:
    found = enumerate_questions(room, task)
    first = list(islice(found, EVERY))
    yield from first[:1]  # there may be one only
    yield from islice(found, 0, EVERY * MOST, EVERY)


def _alike(expected: object, found: object, tolerance: float) -> bool:
    if isinstance(expected, float | int) and isinstance(found, float | int):
        return abs(expected - found) <= tolerance * max(1.0, abs(expected))
    return expected == found


def with_fitted_boxes(room: Scene, imported: Scene) -> Scene:
    """Return the room with boxes that fit its points, for formats that carry no boxes.

    The fit is this module's own: of all rectangles along an edge of the footprint's hull the one of
    least area; among equals, such as round a lamp's foot, the one nearest to the importer's.
    """
    theirs = {item.id: item for item in imported.objects}
    items = tuple(_refitted(room, item, theirs[item.id].obb) for item in room.objects)
    return replace(room, objects=items)


def _refitted(room: Scene, item: SceneObject, near: OrientedBox) -> SceneObject:
    points = np.asarray(room.cloud.points_in_world[slice(*item.point_range)], dtype=float)
    low, high = points.min(axis=0), points.max(axis=0)
    box = least_box(points, near)
    aabb = OrientedBox(centre=(low + high) / 2, axes=np.eye(3), extents=high - low)
    return replace(item, obb=box, obb_raw=box, aabb=aabb)


def least_box(points: NDArray[np.float64], near: OrientedBox) -> OrientedBox:
    hull = _hull(points[:, :2])
    edges = np.roll(hull, -1, axis=0) - hull
    angles = np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2)
    turns = np.array([[np.cos(angles), np.sin(angles)], [-np.sin(angles), np.cos(angles)]])
    local = np.einsum("ijk,nj->kni", turns, hull)  # per angle, in the turned axes
    sides = np.ptp(local, axis=1)
    areas = sides.prod(axis=1)
    equal = np.flatnonzero(areas <= areas.min() * (1 + 2e-5))
    heading = np.arctan2(near.axes[0, 1], near.axes[0, 0])
    apart = np.abs((angles[equal] - heading + np.pi / 4) % (np.pi / 2) - np.pi / 4)
    best = equal[np.argmin(apart)]
    middle = (local[best].min(axis=0) + local[best].max(axis=0)) / 2
    low, high = points[:, 2].min(), points[:, 2].max()
    turn = turns[:, :, best]
    axes = np.eye(3)
    axes[:2, :2] = turn
    return OrientedBox(
        centre=np.array([*(turn.T @ middle), (low + high) / 2]),
        axes=axes,
        extents=np.array([*sides[best], high - low]),
    )


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Andrew's monotone chain, counter-clockwise."""
    ordered = sorted(map(tuple, np.unique(points, axis=0).tolist()))

    def chain(corners: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
        kept: list[tuple[float, ...]] = []
        for p in corners:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2], kept[-1]
                if (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax) > 0:
                    break
                kept.pop()
            kept.append(p)
        return kept[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def corner_distance(first: OrientedBox, second: OrientedBox) -> float:
    """How far corners of two boxes lie apart at most, in whichever order they are written."""
    apart = np.linalg.norm(first.corners[:, None] - second.corners[None], axis=2)
    return float(max(apart.min(axis=0).max(), apart.min(axis=1).max()))


def largest_reprojection(room: Scene, imported: Scene, points: NDArray[np.float64]) -> float:
    """The farthest that any point's pixel moves between the room's camera and the import's."""
    worst = 0.0
    for a, b in zip(room.frames, imported.frames, strict=True):
        pixels = []
        for frame in (a, b):
            local = (points - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3]
            k = frame.intrinsics
            seen = (k.fx, k.fy) * local[:, :2] / local[:, 2:] + (k.cx, k.cy)
            pixels.append(np.hstack([seen, local[:, 2:]]))
        shown = (pixels[0][:, 2] > 0.2) & (np.abs(pixels[0][:, :2]) < 1000).all(axis=1)
        worst = max(worst, float(np.abs(pixels[0] - pixels[1])[shown, :2].max()))
    return worst


def mapping_of(counter: Mapping[object, int]) -> str:
    return ", ".join(f"{key}: {count}" for key, count in sorted(counter.items(), key=str))
