# SPDX-License-Identifier: Apache-2.0
"""A scan's mesh, read and brought into the world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.matrices import FARTHEST
from spatialevo_dge.importers.ply import Mesh, read_ply
from spatialevo_geometry.rigid import apply


def read_mesh(path: Path, world_from_scan: NDArray[np.float64] | None = None) -> Mesh:
    """Read a PLY file; without a transform the scan's axes are the world's.

    Raises:
        SceneError: The file is missing or damaged, or a vertex lies farther away than any building
            is wide.
    """
    mesh = read_ply(path)
    far = np.abs(mesh.points).max(axis=1) > FARTHEST
    if bool(far.any()):
        place = int(np.argmax(far))
        raise SceneError(path, f"vertex {place}", f"lies at {mesh.points[place].tolist()} m")
    points = mesh.points if world_from_scan is None else apply(world_from_scan, mesh.points)
    return Mesh(points=points, colours=mesh.colours, faces=mesh.faces)
