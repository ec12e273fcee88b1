# SPDX-License-Identifier: Apache-2.0
"""The scenes that the parser's corpora speak of, built in memory from scenes.json.

Boxes stand on a grid, every object is fully visible in each of eight frames: what the corpora
expect depends on labels and counts alone.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from spatialevo_dge.scene import (
    BoxKind,
    FloorPlan,
    FloorSource,
    Frame,
    Scene,
    SceneObject,
    VisibilitySource,
)
from spatialevo_dge.visibility import VISIBILITY_DTYPE, VisibilityTable
from spatialevo_geometry import Intrinsics, OrientedBox

CORPUS = Path(__file__).parent / "corpus"
FRAME_COUNT = 8
COLUMNS = 5
SPACING = 1.7
ROOM_SIDE = 12.0


@cache
def scenes() -> dict[str, Scene]:
    """Return the corpora's scenes by name."""
    listed = json.loads((CORPUS / "scenes.json").read_text(encoding="utf-8"))
    return {name: make_scene(name, entry["objects"]) for name, entry in listed.items()}


def lines(name: str) -> list[dict[str, object]]:
    """Return the lines of one corpus file."""
    text = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def make_scene(name: str, counts: dict[str, int]) -> Scene:
    """Build a scene with so many instances of each label."""
    labels = [label for label, count in counts.items() for _ in range(count)]
    frames = tuple(_frame(place) for place in range(FRAME_COUNT))
    objects = tuple(_object(place, label) for place, label in enumerate(labels))
    half = ROOM_SIDE / 2
    ring = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    return Scene(
        id=name,
        source="corpus",
        objects=objects,
        frames=frames,
        visibility=_everything_visible(len(frames), len(objects)),
        floor=FloorPlan(
            area=ROOM_SIDE**2, source=FloorSource.CONSTRUCTION, rings=(ring,), height=0.0
        ),
    )


def _object(place: int, label: str) -> SceneObject:
    row, column = divmod(place, COLUMNS)
    # No two boxes of a size, no three in a line: nothing that the corpora ask for is a tie.
    size = (0.30 + 0.031 * place, 0.22 + 0.017 * place, 0.40 + 0.023 * place)
    centre = (
        (column - 2) * SPACING + 0.13 * row,
        (row - 2) * SPACING + 0.07 * column,
        size[2] / 2 + 0.011 * place,
    )
    box = OrientedBox(centre=np.array(centre), axes=np.eye(3), extents=np.array(size))
    return SceneObject(
        id=place,
        label=label,
        source_label=label,
        aabb=box,
        obb_raw=box,
        obb=box,
        box_kind=BoxKind.GIVEN,
    )


def _frame(place: int) -> Frame:
    heading = 0.35 + 0.9 * place
    forward = np.array((np.cos(heading), np.sin(heading), -0.12 * (place % 3)))
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.column_stack((right, np.cross(forward, right), forward))
    pose[:3, 3] = (0.9 * place - 3.1, 2.4 - 0.7 * place, 1.2 + 0.27 * place)
    return Frame(
        id=f"{place * 20:06d}",
        world_from_camera=pose,
        intrinsics=Intrinsics(fx=500.0, fy=500.0, cx=319.5, cy=239.5, width=640, height=480),
        visibility_source=VisibilitySource.CONSTRUCTION,
    )


def _everything_visible(frame_count: int, object_count: int) -> VisibilityTable:
    records = np.zeros(frame_count * object_count, dtype=VISIBILITY_DTYPE)
    for index in range(len(records)):
        frame, item = divmod(index, object_count)
        nearest = 1.0 + 0.4 * item + 0.05 * frame
        share = 0.95 - 0.5 * ((item + 3 * frame) % 7) / 7
        box = (10.0, 10.0, 100.0, 100.0)
        records[index] = (frame, item, 1.0, share, 0.0, 900, box, nearest, nearest + 0.1, False)
    return VisibilityTable(records, frame_count)
