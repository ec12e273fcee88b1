# SPDX-License-Identifier: Apache-2.0
"""A room as an ARKitScenes video's folder (DATA.md and threedod/README.md of ARKitScenes)."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic import RoomOptions, SyntheticRoom, make_room
from support.exporters.shared import (
    Faults,
    millimetres,
    quaternion,
    shuffled,
    write_image,
    write_ply,
)

SOUND = Faults()
SKIES = ("Up", "Left", "Down", "Right")
WORDS = {"tv": "tv_monitor", "washing machine": "washer"}


def sky_of(seed: int) -> str:
    return SKIES[seed % 4]


def room_for_arkit(seed: int, options: RoomOptions) -> SyntheticRoom:
    """A room whose upright images come from a 256 x 192 sensor held as `sky_of` says."""
    sideways = sky_of(seed) in ("Left", "Right")
    size = (192, 256) if sideways else (256, 192)
    return make_room(seed, replace(options, image_size=size, horizontal_fov=math.radians(62.0)))


def export_arkitscenes(room: SyntheticRoom, folder: Path, *, faults: Faults = SOUND) -> Path:
    """Write a video's folder in the layout of 3DOD; return its path."""
    seed = room.construction.seed
    video, sky = f"{41000000 + seed}", sky_of(seed)
    top = folder / video
    frames = top / f"{video}_frames"
    (frames / "lowres_wide_intrinsics").mkdir(parents=True)
    mesh = shuffled(room.scene, seed)
    write_ply(top / f"{video}_3dod_mesh.ply", mesh.points * faults.units, mesh)
    (top / f"{video}_3dod_annotation.json").write_text(json.dumps(annotation(room, faults)))
    with (folder / "metadata.csv").open("a") as file:
        if not file.tell():
            file.write("video_id,visit_id,fold,sky_direction\n")
        file.write(f"{video},420683,Training,{sky}\n")
    lines = []
    for number, (frame, drawn) in enumerate(zip(room.scene.frames, room.pictures, strict=True)):
        time = 6845.706 + 0.1 * number
        name = f"{video}_{time:.3f}"
        turns = SKIES.index(sky)
        colour, depth = (np.rot90(image, turns) for image in (drawn.rgb, drawn.depth))
        write_image(frames / "lowres_wide" / f"{name}.png", np.ascontiguousarray(colour))
        steps = np.ascontiguousarray(millimetres(depth, faults.depth_units))
        write_image(frames / "lowres_depth" / f"{name}.png", steps)
        pose, numbers = sensor(frame.world_from_camera, room, turns)
        if faults.sideways:
            pose = frame.world_from_camera
        (frames / "lowres_wide_intrinsics" / f"{name}.pincam").write_text(numbers + "\n")
        lines.append(trajectory_line(time + 0.0003, pose, faults))
    # The camera takes more images than there are poses.
    write_image(
        frames / "lowres_wide" / f"{video}_{6845.756:.3f}.png", np.ascontiguousarray(colour)
    )
    (frames / "lowres_wide.traj").write_text("\n".join(lines) + "\n")
    return top


def annotation(room: SyntheticRoom, faults: Faults) -> dict[str, object]:
    data = []
    for item in room.scene.objects:
        box = item.obb
        sizes = {
            name: {
                "centroid": (box.centre * scale * faults.units).tolist(),
                "axesLengths": (box.extents * scale * faults.units).tolist(),
                "normalizedAxes": box.axes.reshape(-1).tolist(),
            }
            for name, scale in (("obb", 100.0), ("obbAligned", 1.0))
        }
        label = WORDS[item.label] if item.label in WORDS else item.label.replace(" ", "_")
        data.append({"uid": f"u{item.id}", "label": label, "segments": sizes, "children": [],
                     "attributes": {}, "labelType": "nameLabel"})  # fmt: skip
    return {"skipped": False, "data": data, "stats": {}}


def sensor(
    world_from_upright: NDArray[np.float64], room: SyntheticRoom, turns: int
) -> tuple[NDArray[np.float64], str]:
    """Pose and ``.pincam`` of the sensor whose image, turned clockwise, is the upright one.

    A counter-clockwise turn of the picture puts the pixel (u, v) at (v, width - 1 - u): what was
    down is right now, and what was left is down.
    """
    k = room.intrinsics
    size, focal, centre = (k.width, k.height), (k.fx, k.fy), (k.cx, k.cy)
    pose = np.array(world_from_upright)
    for _ in range(turns):
        right, down = pose[:3, 0].copy(), pose[:3, 1].copy()
        pose[:3, 0], pose[:3, 1] = down, -right
        centre = (centre[1], size[0] - 1 - centre[0])
        size, focal = size[::-1], focal[::-1]
    numbers = " ".join(repr(float(value)) for value in (*focal, *centre))
    return pose, f"{size[0]} {size[1]} {numbers}"


def trajectory_line(time: float, pose: NDArray[np.float64], faults: Faults) -> str:
    """Seconds, angle-axis in radians, translation in metres: world to camera."""
    camera_from_world = pose if faults.axes else np.linalg.inv(pose)
    w, *vector = quaternion(camera_from_world[:3, :3])
    length = math.sqrt(sum(value * value for value in vector))
    angle = 2.0 * math.atan2(length, w)
    axis = [value / length * angle if length else 0.0 for value in vector]
    return " ".join(repr(float(v)) for v in (time, *axis, *camera_from_world[:3, 3]))
