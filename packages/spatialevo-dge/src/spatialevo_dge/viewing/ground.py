# SPDX-License-Identifier: Apache-2.0
"""Where the floor is drawn."""

from __future__ import annotations

from spatialevo_dge.scene import Scene


def ground(scene: Scene) -> float:
    """Return the height at which things on the floor are drawn, world z, metres.

    The floor's own height where it is known, else the lowest box's foot: for drawing alone.
    """
    if scene.floor is not None and scene.floor.height is not None:
        return scene.floor.height
    return min((float(item.obb.aabb_min[2]) for item in scene.objects), default=0.0)
