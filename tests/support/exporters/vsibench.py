# SPDX-License-Identifier: Apache-2.0
"""A room as VSI-Bench's scene metadata (``*_meta_info_val.json``)."""

from __future__ import annotations

import json
from pathlib import Path

from spatialevo_dge.synthetic import SyntheticRoom


def export_vsibench(room: SyntheticRoom, folder: Path) -> Path:
    """Write one file with one scene and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    boxes: dict[str, list[dict[str, object]]] = {}
    for item in room.scene.objects:
        boxes.setdefault(item.label, []).append(
            {
                "centroid": item.obb.centre.tolist(),
                "axesLengths": item.obb.extents.tolist(),
                "normalizedAxes": item.obb.axes.reshape(-1).tolist(),
                "min": item.obb.aabb_min.tolist(),
                "max": item.obb.aabb_max.tolist(),
            }
        )
    record = {
        "dataset": "scannet",
        "room_size": room.construction.area,
        "room_center": [0.0, 0.0, 1.0],
        "object_counts": {label: len(found) for label, found in boxes.items()},
        "object_bbox": boxes,
    }
    path = folder / "scannet_meta_info_val.json"
    path.write_text(json.dumps({"scene0000_00": record}))
    return path
