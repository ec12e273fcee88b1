# SPDX-License-Identifier: Apache-2.0
"""The points of a scan: positions, and where known normals, areas and colours."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import SceneObject


class Cloud(Protocol):
    """Arrays of one length, in the world frame; objects own contiguous rows.

    Points that belong to no object follow the last object's rows. Arrays may be read from disk (and
    verified) at first use.
    """

    @property
    def points_in_world(self) -> NDArray[np.float32]:
        """(n, 3) positions, metres."""

    @property
    def normals_in_world(self) -> NDArray[np.float32] | None:
        """(n, 3) unit normals, outward; None where unknown."""

    @property
    def areas(self) -> NDArray[np.float32] | None:
        """(n,) surface area that each point stands for, square metres; None where unknown."""

    @property
    def colours(self) -> NDArray[np.uint8] | None:
        """(n, 3) sRGB; None where unknown."""

    @property
    def faces(self) -> NDArray[np.int32] | None:
        """(m, 3) triangles of point indices, counter-clockwise from outside; None: points only."""


def points_of(cloud: Cloud, item: SceneObject) -> NDArray[np.float64]:
    """Return the object's points.

    Returns:
        (n, 3) float64, world frame.

    Raises:
        ValueError: The object has no rows in the cloud.
    """
    if item.point_range is None:
        raise ValueError(f"object {item.id} ({item.label!r}) has no points")
    start, stop = item.point_range
    return np.asarray(cloud.points_in_world[start:stop], dtype=np.float64)
