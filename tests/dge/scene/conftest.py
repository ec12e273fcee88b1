# SPDX-License-Identifier: Apache-2.0
"""A small room written in ScanNet's official file formats, with everything known in advance."""

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from spatialevo_dge.importers import import_scannet
from spatialevo_dge.scene import Scene

SCENE_ID = "scene9999_00"
SIZE = (64, 48)
FOCAL = 40.0
# World from scan: a quarter turn about z and a shift, so that forgetting it shows everywhere.
ALIGNMENT = np.array(
    [[0.0, 1.0, 0.0, 0.5], [-1.0, 0.0, 0.0, 0.25], [0.0, 0.0, 1.0, -0.1], [0.0, 0.0, 0.0, 1.0]]
)


@dataclass
class Part:
    """A grid of vertices on each face of a box; inside out for the room itself."""

    label: str
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    inward: bool = False
    vertices: NDArray[np.float64] = field(init=False)
    faces: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        low, high = np.array(self.low), np.array(self.high)
        grids, faces, count = [], [], 0
        for axis in range(3):
            one, two = (axis + 1) % 3, (axis + 2) % 3
            steps = [max(2, round((high - low)[k] / 0.1) + 1) for k in (one, two)]
            across = np.linspace(low[one], high[one], steps[0])
            along = np.linspace(low[two], high[two], steps[1])
            for side, value in enumerate((low[axis], high[axis])):
                grid = np.empty((steps[0], steps[1], 3))
                grid[..., axis] = value
                grid[..., one], grid[..., two] = np.meshgrid(across, along, indexing="ij")
                index = count + np.arange(steps[0] * steps[1]).reshape(steps)
                a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
                quads = [np.stack(t, axis=-1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))]
                triangles = np.concatenate(quads)
                outward = side == 1
                faces.append(triangles if outward != self.inward else triangles[:, ::-1])
                grids.append(grid.reshape(-1, 3))
                count += index.size
        self.vertices, self.faces = np.concatenate(grids), np.concatenate(faces)


def parts() -> list[Part]:
    """A room of 4 x 3 x 2.5 m (its faces are floor, ceiling and walls) and four things in it."""
    return [
        Part("table", (1.0, 1.0, 0.0), (2.0, 1.6, 0.7)),
        Part("office chair", (2.4, 1.0, 0.0), (2.9, 1.5, 0.9)),
        Part("trashcan", (0.2, 2.5, 0.0), (0.5, 2.8, 0.4)),
        Part("zorblax", (3.2, 2.2, 0.0), (3.8, 2.8, 1.8)),
        Part("room", (0.0, 0.0, 0.0), (4.0, 3.0, 2.5), inward=True),
    ]


def _segment(part: Part, number: int) -> NDArray[np.int64]:
    """One segment a thing; floor, ceiling and walls of the room each have one."""
    if part.label != "room":
        return np.full(len(part.vertices), 10 * number)
    z = part.vertices[:, 2]
    return np.where(z == 0.0, 900, np.where(z == 2.5, 901, 902))


def look_at(
    eye: tuple[float, float, float], target: tuple[float, float, float]
) -> NDArray[np.float64]:
    """world_from_camera of a camera without roll: x right, y down, z forward."""
    forward = np.subtract(target, eye) / np.linalg.norm(np.subtract(target, eye))
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = (
        right,
        np.cross(forward, right),
        forward,
        eye,
    )
    return pose


EYES = [
    ((0.4, 0.4, 1.6), (2.0, 1.5, 0.5)),
    ((3.6, 0.4, 1.5), (1.5, 1.5, 0.5)),
    ((2.0, 0.3, 1.2), (2.0, 3.0, 1.0)),
]


def write_png(path: Path, image: NDArray[np.uint16]) -> None:
    """Write a 16-bit grey PNG with nothing but zlib."""
    height, width = image.shape
    rows = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in image)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def write_ply(path: Path, points: NDArray[np.float64], faces: NDArray[np.int64]) -> None:
    vertices = np.zeros(
        len(points),
        dtype=[("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("c", "u1", (4,))],
    )
    vertices["x"], vertices["y"], vertices["z"] = points.T
    vertices["c"] = 128
    triangles = np.zeros(len(faces), dtype=[("n", "u1"), ("v", "<i4", (3,))])
    triangles["n"], triangles["v"] = 3, faces
    header = (
        "ply\nformat binary_little_endian 1.0\ncomment made by a test\n"
        f"element vertex {len(points)}\n"
        "property float x\nproperty float y\nproperty float z\n"
        "property uchar red\nproperty uchar green\nproperty uchar blue\nproperty uchar alpha\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    path.write_bytes(header.encode() + vertices.tobytes() + triangles.tobytes())


def write_scannet(folder: Path) -> Path:
    """Write the room, its points in scan axes, and three frames."""
    folder.mkdir(parents=True)
    scan_from_world = np.linalg.inv(ALIGNMENT)
    points, faces, segments, groups, count = [], [], [], [], 0
    for number, part in enumerate(parts()):
        points.append(part.vertices)
        faces.append(part.faces + count)
        segments.append(_segment(part, number))
        count += len(part.vertices)
        if part.label != "room":
            groups.append(
                {"id": number, "objectId": number, "segments": [10 * number], "label": part.label}
            )
    for number, (segment, label) in enumerate(
        ((900, "floor"), (901, "ceiling"), (902, "wall")), start=4
    ):
        groups.append({"id": number, "objectId": number, "segments": [segment], "label": label})
    world = np.concatenate(points)
    scan = world @ scan_from_world[:3, :3].T + scan_from_world[:3, 3]
    write_ply(folder / f"{SCENE_ID}_vh_clean_2.ply", scan, np.concatenate(faces))
    (folder / f"{SCENE_ID}_vh_clean_2.0.010000.segs.json").write_text(
        json.dumps({"sceneId": SCENE_ID, "segIndices": np.concatenate(segments).tolist()})
    )
    (folder / f"{SCENE_ID}.aggregation.json").write_text(
        json.dumps({"sceneId": SCENE_ID, "segGroups": groups})
    )
    numbers = " ".join(f"{value:.6f}" for value in ALIGNMENT.reshape(-1))
    (folder / f"{SCENE_ID}.txt").write_text(
        f"axisAlignment = {numbers}\n"
        f"colorWidth = {SIZE[0]}\ncolorHeight = {SIZE[1]}\nsceneType = Office\n"
    )
    (folder / "intrinsic").mkdir()
    matrix = np.diag([FOCAL, FOCAL, 1.0, 1.0])
    matrix[:2, 2] = (SIZE[0] - 1) / 2, (SIZE[1] - 1) / 2
    np.savetxt(folder / "intrinsic" / "intrinsic_color.txt", matrix)
    (folder / "pose").mkdir()
    for number, (eye, target) in enumerate(EYES):
        np.savetxt(folder / "pose" / f"{10 * number}.txt", scan_from_world @ look_at(eye, target))
    return folder


@dataclass(frozen=True)
class Room:
    """What the tests know of the room before anything read its files."""

    scene_id: str
    world_from_scan: NDArray[np.float64]
    parts: tuple[Part, ...]
    cameras: tuple[NDArray[np.float64], ...]
    write: Callable[[Path], Path]
    write_png: Callable[[Path, NDArray[np.uint16]], None]
    write_ply: Callable[[Path, NDArray[np.float64], NDArray[np.int64]], None]


@pytest.fixture(scope="session")
def room() -> Room:
    cameras = tuple(look_at(eye, target) for eye, target in EYES)
    return Room(SCENE_ID, ALIGNMENT, tuple(parts()), cameras, write_scannet, write_png, write_ply)


@pytest.fixture(scope="session")
def room_scene(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The room, imported."""
    return import_scannet(room.write(tmp_path_factory.mktemp("scans") / room.scene_id))
