# SPDX-License-Identifier: Apache-2.0
"""A scene in one line."""

from __future__ import annotations

from spatialevo_dge.cli.quantities import counted, quantity
from spatialevo_dge.scene import Scene


def summary(scene: Scene) -> str:
    """Say how much a scene holds: ``"scene0000_00: 55 objects, 3 frames, floor 46.20 m²"``."""
    parts = [counted(len(scene.objects), "object"), counted(len(scene.frames), "frame")]
    if scene.skipped_frames:
        parts.append(f"{counted(len(scene.skipped_frames), 'frame')} skipped")
    if scene.cloud is not None:
        parts.append(counted(len(scene.cloud.points_in_world), "point"))
    if scene.floor is not None:
        parts.append(f"floor {quantity(scene.floor.area, 'm2')}")
    return f"{scene.id}: {', '.join(parts)}"
