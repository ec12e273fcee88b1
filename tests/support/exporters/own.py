# SPDX-License-Identifier: Apache-2.0
"""A room as one's own scene: one JSON file by the published schema."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from spatialevo_dge.synthetic import SyntheticRoom
from support.exporters.shared import millimetres, write_image


def export_own(room: SyntheticRoom, folder: Path, *, up: str = "z", axes: str = "opencv") -> Path:
    """Write the file and its images; return the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    # y up: x stays, height becomes y, and what was y points the other way as z.
    file_from_world = np.eye(4) if up == "z" else np.array(
        [[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1.0]]
    )  # fmt: skip
    flip = np.diag([1.0, -1.0, -1.0, 1.0]) if axes == "opengl" else np.eye(4)
    k, built, frames = room.intrinsics, room.construction, []
    for frame, drawn in zip(room.scene.frames, room.pictures, strict=True):
        write_image(folder / "images" / f"{frame.id}.png", drawn.rgb)
        write_image(folder / "depth" / f"{frame.id}.png", millimetres(drawn.depth))
        frames.append(
            {
                "id": frame.id, "axes": axes,
                "pose": (file_from_world @ frame.world_from_camera @ flip).tolist(),
                "intrinsics": {"fx": k.fx, "fy": k.fy, "cx": k.cx, "cy": k.cy,
                               "width": k.width, "height": k.height},
                "image": f"images/{frame.id}.png", "depth": f"depth/{frame.id}.png",
            }
        )  # fmt: skip
    document = {
        "format": "spatialevo-own-scene", "version": 1, "id": room.scene.id, "up": up,
        "objects": [
            {
                "id": item.id, "label": item.label,
                "size": (np.abs(file_from_world[:3, :3]) @ item.size).tolist(),
                "centre": (file_from_world[:3, :3] @ item.centre).tolist(),
                "yaw_degrees": math.degrees(item.yaw),
            }
            for item in built.objects
        ],
        "floor": {"outline": built.outline.tolist(), "height": built.floor_height},
        "frames": frames,
    }  # fmt: skip
    path = folder / "scene.json"
    path.write_text(json.dumps(document))
    return path
