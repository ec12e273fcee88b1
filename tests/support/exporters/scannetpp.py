# SPDX-License-Identifier: Apache-2.0
"""A room as a ScanNet++ folder (ScanNet++'s documentation and toolkit; COLMAP's text format)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic import SyntheticRoom
from support.exporters.shared import (
    Faults,
    Shuffled,
    millimetres,
    quaternion,
    segments_of,
    shuffled,
    write_image,
    write_ply,
)

SOUND = Faults()


def export_scannetpp(
    room: SyntheticRoom, folder: Path, *, cameras: str = "nerfstudio", faults: Faults = SOUND
) -> Path:
    """Write a scene's folder with one kind of cameras: nerfstudio, colmap or iphone."""
    seed = room.construction.seed
    folder = folder / f"{seed:010x}"
    (folder / "scans").mkdir(parents=True)
    mesh = shuffled(room.scene, seed)
    write_ply(folder / "scans" / "mesh_aligned_0.05.ply", mesh.points * faults.units, mesh)
    write_annotation(room, folder / "scans", mesh, faults)
    writers = {"nerfstudio": write_nerfstudio, "colmap": write_colmap, "iphone": write_iphone}
    writers[cameras](room, folder, faults)
    return folder


def write_annotation(room: SyntheticRoom, folder: Path, mesh: Shuffled, faults: Faults) -> None:
    scene = room.scene
    items = [(item.id, mesh.rows(item)) for item in (*scene.objects, *scene.structure)]
    of_vertex, segments = segments_of(len(mesh.points), items, room.construction.seed)
    (folder / "segments.json").write_text(json.dumps({"segIndices": of_vertex.tolist()}))
    groups = []
    for index, item in enumerate((*scene.objects, *scene.structure)):
        box = item.obb
        low, high = box.aabb_min, box.aabb_max
        groups.append(
            {
                "id": item.id,
                "objectId": item.id,
                "partId": item.id,
                "index": index,
                "segments": segments[item.id],
                "label": item.label,
                "obb": {
                    "centroid": (box.centre * faults.units).tolist(),
                    "axesLengths": (box.extents * faults.units).tolist(),
                    "normalizedAxes": box.axes.reshape(-1).tolist(),
                    "min": low.tolist(),
                    "max": high.tolist(),
                },
                "dominantNormal": [0.0, 0.0, 1.0],
            }
        )
    # A note of the annotators, with a segment of its own.
    loose = {"id": 9999, "objectId": 9999, "segments": segments[scene.objects[0].id][:1],
             "label": "REMOVE"}  # fmt: skip
    (folder / "segments_anno.json").write_text(
        json.dumps({"sceneId": "x", "segGroups": [*groups, loose]})
    )


def nerfstudio_matrix(
    world_from_camera: NDArray[np.float64], faults: Faults
) -> NDArray[np.float64]:
    """What the toolkit makes of an OpenCV camera-to-world matrix."""
    rotation, centre = world_from_camera[:3, :3], world_from_camera[:3, 3]
    right, down, forward = rotation.T
    columns = [right, down, forward] if faults.axes else [right, -down, -forward]
    rows = np.stack([*columns, centre], axis=1)
    x, y, z = rows
    matrix = np.eye(4)
    matrix[:3] = (x, y, z) if faults.world_rows else (y, x, -z)
    return matrix


def write_nerfstudio(room: SyntheticRoom, folder: Path, faults: Faults) -> None:
    k, frames = room.intrinsics, []
    for number, (frame, drawn) in enumerate(zip(room.scene.frames, room.pictures, strict=True)):
        name = f"DSC{number + 1300:05d}.JPG"
        write_image(folder / "dslr" / "resized_undistorted_images" / name, drawn.rgb)
        matrix = nerfstudio_matrix(frame.world_from_camera, faults)
        frames.append({"file_path": name, "mask_path": f"{number}.png",
                       "transform_matrix": matrix.tolist(), "is_bad": False})  # fmt: skip
    bad = {**frames[0], "file_path": "DSC09999.JPG", "is_bad": True}
    document = {
        "fl_x": k.fx, "fl_y": k.fy, "cx": k.cx + 0.5, "cy": k.cy + 0.5, "w": k.width,
        "h": k.height, "k1": 0.0, "k2": 0.0, "k3": 0.0, "k4": 0.0, "camera_model": "PINHOLE",
        "frames": [*frames[:-1], bad], "test_frames": frames[-1:], "has_mask": True,
    }  # fmt: skip
    target = folder / "dslr" / "nerfstudio"
    target.mkdir(parents=True)
    (target / "transforms_undistorted.json").write_text(json.dumps(document))


def write_colmap(room: SyntheticRoom, folder: Path, faults: Faults) -> None:
    k, target = room.intrinsics, folder / "dslr" / "colmap"
    target.mkdir(parents=True)
    (target / "cameras.txt").write_text(
        "# Camera list with one line of data per camera:\n"
        "#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n# Number of cameras: 1\n"
        f"1 PINHOLE {k.width} {k.height} {k.fx!r} {k.fy!r} {k.cx + 0.5!r} {k.cy + 0.5!r}\n"
    )
    lines = ["# Image list with two lines of data per image:",
             "#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME"]  # fmt: skip
    for number, (frame, drawn) in enumerate(zip(room.scene.frames, room.pictures, strict=True)):
        name = f"DSC{number + 1300:05d}.JPG"
        write_image(folder / "dslr" / "resized_undistorted_images" / name, drawn.rgb)
        camera_from_world = np.linalg.inv(frame.world_from_camera)
        if faults.axes:  # camera to world, as everybody else has it
            camera_from_world = frame.world_from_camera
        values = [*quaternion(camera_from_world[:3, :3]), *camera_from_world[:3, 3]]
        numbers = " ".join(repr(float(value)) for value in values)
        lines += [f"{number + 1} {numbers} 1 {name}", "10.5 20.25 -1" if number % 2 else ""]
    (target / "images.txt").write_text("\n".join(lines) + "\n")


def write_iphone(room: SyntheticRoom, folder: Path, faults: Faults) -> None:
    k, document = room.intrinsics, {}
    for number, (frame, drawn) in enumerate(zip(room.scene.frames, room.pictures, strict=True)):
        name = f"frame_{10 * number:06d}"
        write_image(folder / "iphone" / "rgb" / f"{name}.jpg", drawn.rgb)
        depth = millimetres(drawn.depth, faults.depth_units)
        write_image(folder / "iphone" / "depth" / f"{name}.png", depth)
        pose = np.array(frame.world_from_camera)
        if faults.axes:  # ARKit's own axes
            pose = pose @ np.diag([1.0, -1.0, -1.0, 1.0])
        document[name] = {
            "timestamp": 0.1 * number,
            "pose": np.eye(4).tolist(),
            "aligned_pose": pose.tolist(),
            "intrinsic": [[k.fx, 0.0, k.cx], [0.0, k.fy, k.cy], [0.0, 0.0, 1.0]],
            "imu": {"rotate": [0.0, 0.0, 0.0]},
        }
    (folder / "iphone" / "pose_intrinsic_imu.json").write_text(json.dumps(document))
