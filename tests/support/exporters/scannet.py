# SPDX-License-Identifier: Apache-2.0
"""A room as a ScanNet folder (ScanNet's README; SensReader's README and SensorData.h)."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic import SyntheticRoom
from support.exporters.shared import (
    Faults,
    Shuffled,
    image_bytes,
    millimetres,
    segments_of,
    shuffled,
    write_image,
    write_ply,
)

SOUND = Faults()


def axis_alignment(seed: int) -> NDArray[np.float64]:
    """World from scan: a turn about z and a shift, as ScanNet's axisAlignment is."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0.3, np.pi)
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    matrix[:3, 3] = random.uniform(-2.0, 2.0, 3)
    return matrix


def export_scannet(
    room: SyntheticRoom, folder: Path, *, stream: bool = False, faults: Faults = SOUND
) -> Path:
    """Write a scene's folder, its frames exported, or as the raw stream alone; return its path."""
    seed = room.construction.seed
    scene_id = f"scene{seed:04d}_00"
    folder = folder / scene_id
    folder.mkdir(parents=True)
    world_from_scan = axis_alignment(seed)
    scan_from_world = np.linalg.inv(world_from_scan)
    mesh = shuffled(room.scene, seed)
    points = (mesh.points @ scan_from_world[:3, :3].T + scan_from_world[:3, 3]) * faults.units
    write_ply(folder / f"{scene_id}_vh_clean_2.ply", points, mesh, alpha=True)
    write_annotation(room, folder, scene_id, mesh)
    numbers = " ".join(repr(float(value)) for value in world_from_scan.reshape(-1))
    (folder / f"{scene_id}.txt").write_text(
        f"appVersionId = 99\naxisAlignment = {numbers}\nsceneType = Apartment\n"
    )
    poses = [
        frame.world_from_camera if faults.alignment else scan_from_world @ frame.world_from_camera
        for frame in room.scene.frames
    ]
    if faults.axes:
        poses = [pose @ np.diag([1.0, -1.0, -1.0, 1.0]) for pose in poses]
    if stream:
        write_sens(room, folder / f"{scene_id}.sens", poses, faults)
    else:
        write_export(room, folder, poses, faults)
    return folder


def write_annotation(room: SyntheticRoom, folder: Path, scene_id: str, mesh: Shuffled) -> None:
    scene = room.scene
    items = [(item.id, mesh.rows(item)) for item in (*scene.objects, *scene.structure)]
    of_vertex, segments = segments_of(len(mesh.points), items, room.construction.seed)
    (folder / f"{scene_id}_vh_clean_2.0.010000.segs.json").write_text(
        json.dumps({"params": {"kThresh": "0.0001"}, "sceneId": scene_id,
                    "segIndices": of_vertex.tolist()})
    )  # fmt: skip
    groups = [
        {"id": item.id, "objectId": item.id, "segments": segments[item.id], "label": item.label}
        for item in (*scene.objects, *scene.structure)
    ]
    (folder / f"{scene_id}.aggregation.json").write_text(
        json.dumps({"sceneId": f"scannet.{scene_id}", "appId": "Aggregator.v2",
                    "segGroups": groups})
    )  # fmt: skip


def matrix_of(room: SyntheticRoom) -> NDArray[np.float64]:
    k = room.intrinsics
    return np.array([[k.fx, 0, k.cx, 0], [0, k.fy, k.cy, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])


def write_export(
    room: SyntheticRoom, folder: Path, poses: list[NDArray[np.float64]], faults: Faults
) -> None:
    """What SensReader writes: one text file, JPEG and 16-bit PNG a frame."""
    for name in ("pose", "intrinsic"):
        (folder / name).mkdir()
    for kind in ("color", "depth"):
        np.savetxt(folder / "intrinsic" / f"intrinsic_{kind}.txt", matrix_of(room), fmt="%.17g")
        np.savetxt(folder / "intrinsic" / f"extrinsic_{kind}.txt", np.eye(4), fmt="%.17g")
    for number, (pose, drawn) in enumerate(zip(poses, room.pictures, strict=True)):
        np.savetxt(folder / "pose" / f"{20 * number}.txt", pose, fmt="%.17g")
        write_image(folder / "color" / f"{20 * number}.jpg", drawn.rgb)
        depth = millimetres(drawn.depth, faults.depth_units)
        write_image(folder / "depth" / f"{20 * number}.png", depth)


def write_sens(
    room: SyntheticRoom, path: Path, poses: list[NDArray[np.float64]], faults: Faults
) -> None:
    """The raw stream, version 4; the last frame has lost its pose, as ScanNet's do."""
    k, name = room.intrinsics, b"StructureSensor"
    camera = matrix_of(room).astype("<f4").tobytes() + np.eye(4, dtype="<f4").tobytes()
    parts = [
        struct.pack("<I", 4),
        struct.pack("<Q", len(name)) + name,
        camera,  # colour: intrinsic, extrinsic
        camera,  # depth
        struct.pack("<ii", 2, 1),  # JPEG, zlib_ushort
        struct.pack("<IIII", k.width, k.height, k.width, k.height),
        struct.pack("<f", 1000.0),
        struct.pack("<Q", len(poses) + 1),
    ]
    lost = np.full((4, 4), -np.inf)
    drawn = [*room.pictures, room.pictures[-1]]
    for number, (pose, picture) in enumerate(zip([*poses, lost], drawn, strict=True)):
        colour = image_bytes(picture.rgb, "JPEG")
        depth = zlib.compress(
            millimetres(picture.depth, faults.depth_units).astype("<u2").tobytes()
        )
        parts += [
            pose.astype("<f4").tobytes(),
            struct.pack("<QQQQ", 1000 * number, 1000 * number + 3, len(colour), len(depth)),
            colour,
            depth,
        ]
    measurement = struct.pack("<15dQ", *(0.1 * i for i in range(15)), 77)
    parts.append(struct.pack("<Q", 3) + 3 * measurement)
    path.write_bytes(b"".join(parts))
