# SPDX-License-Identifier: Apache-2.0
"""What all exporters need: the mesh as a shuffled PLY file, images, and faults on purpose."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spatialevo_dge.scene import Scene, SceneObject


@dataclass(frozen=True)
class Faults:
    """Conventions to break, one at a time, as a careless exporter would.

    Attributes:
        axes: Leave out the change of camera axes (or invert the pose, where that is the format's).
        world_rows: Leave out the exchange of world rows.
        units: Multiply every length of mesh and boxes by this.
        alignment: Write poses in the aligned frame, though the format has them in the scan's.
        depth_units: Multiply depth images by this.
        sideways: Turn the images but not their poses.
    """

    axes: bool = False
    world_rows: bool = False
    units: float = 1.0
    alignment: bool = False
    depth_units: float = 1.0
    sideways: bool = False


@dataclass(frozen=True)
class Shuffled:
    """The mesh in another order of vertices, so that nobody relies on rows.

    Attributes:
        points: (n, 3) in the world.
        colours: (n, 3).
        faces: (m, 3).
        row_of: (n,) new row of each of the scene's rows.
    """

    points: NDArray[np.float64]
    colours: NDArray[np.uint8]
    faces: NDArray[np.int64]
    row_of: NDArray[np.int64]

    def rows(self, item: SceneObject) -> NDArray[np.int64]:
        """The new rows of an object's points."""
        return self.row_of[slice(*item.point_range)]


def shuffled(scene: Scene, seed: int) -> Shuffled:
    cloud = scene.cloud
    order = np.random.default_rng(seed).permutation(len(cloud.points_in_world))
    row_of = np.empty_like(order)
    row_of[order] = np.arange(len(order))
    return Shuffled(
        np.asarray(cloud.points_in_world, dtype=float)[order],
        cloud.colours[order],
        row_of[np.asarray(cloud.faces)],
        row_of,
    )


def write_ply(path: Path, points: NDArray[np.float64], mesh: Shuffled, alpha: bool = False) -> None:
    """A binary little-endian PLY with float positions, as scanners' software writes them."""
    colour = ("red", "green", "blue", "alpha") if alpha else ("red", "green", "blue")
    vertices = np.zeros(
        len(points), dtype=[*((axis, "<f4") for axis in "xyz"), ("c", "u1", (len(colour),))]
    )
    vertices["x"], vertices["y"], vertices["z"] = points.T
    vertices["c"][:, :3] = mesh.colours
    triangles = np.zeros(len(mesh.faces), dtype=[("n", "u1"), ("v", "<i4", (3,))])
    triangles["n"], triangles["v"] = 3, mesh.faces
    lines = [
        "ply",
        "format binary_little_endian 1.0",
        f"element vertex {len(points)}",
        *(f"property float {axis}" for axis in "xyz"),
        *(f"property uchar {name}" for name in colour),
        f"element face {len(mesh.faces)}",
        "property list uchar int vertex_indices",
        "end_header\n",
    ]
    path.write_bytes("\n".join(lines).encode() + vertices.tobytes() + triangles.tobytes())


def millimetres(depth: NDArray[np.float64], factor: float = 1.0) -> NDArray[np.uint16]:
    return np.clip(np.rint(depth * 1000.0 * factor), 0, 65535).astype(np.uint16)


def image_bytes(pixels: NDArray[np.generic], kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format=kind)
    return buffer.getvalue()


def write_image(path: Path, pixels: NDArray[np.generic]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image_bytes(pixels, "PNG" if path.suffix == ".png" else "JPEG"))


def segments_of(
    count: int, items: list[tuple[int, NDArray[np.int64]]], seed: int
) -> tuple[NDArray[np.int64], dict[int, list[int]]]:
    """Cut each item's rows at random into one to four segments; return vertex → segment, groups."""
    random = np.random.default_rng(seed)
    of_vertex = np.full(count, 5)
    groups: dict[int, list[int]] = {}
    number = 7
    for key, rows in items:
        parts = np.array_split(random.permutation(rows), min(len(rows), int(random.integers(1, 5))))
        groups[key] = []
        for part in parts:
            number += int(random.integers(1, 9))
            of_vertex[part] = number
            groups[key].append(number)
    return of_vertex, groups


def quaternion(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """(w, x, y, z) of a rotation matrix: the eigenvector of Bar-Itzhack's symmetric matrix."""
    r = rotation
    k = np.array(
        [
            [r[0, 0] - r[1, 1] - r[2, 2], 0.0, 0.0, 0.0],
            [r[0, 1] + r[1, 0], r[1, 1] - r[0, 0] - r[2, 2], 0.0, 0.0],
            [r[0, 2] + r[2, 0], r[1, 2] + r[2, 1], r[2, 2] - r[0, 0] - r[1, 1], 0.0],
            [
                r[2, 1] - r[1, 2],
                r[0, 2] - r[2, 0],
                r[1, 0] - r[0, 1],
                r[0, 0] + r[1, 1] + r[2, 2],
            ],
        ]
    )
    x, y, z, w = np.linalg.eigh(k)[1][:, -1]
    return np.array([w, x, y, z]) * (1.0 if w >= 0 else -1.0)
