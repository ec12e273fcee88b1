# SPDX-License-Identifier: Apache-2.0
"""Poses as data sets write them, turned into `world_from_camera` with OpenCV camera axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def world_from_opencv_of_nerfstudio(transform_matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo what ScanNet++'s exporter to nerfstudio does to a pose.

    The exporter starts from an OpenCV camera-to-world matrix in the mesh's frame, negates the
    camera's y and z axes (OpenGL), swaps the first two world rows and negates the third (ScanNet++
    toolkit, ``common/utils/nerfstudio.py``). Taken as it is, the matrix puts every camera under the
    floor.

    Args:
        transform_matrix: (4, 4) as stored in ``transforms.json``.

    Returns:
        (4, 4) world_from_camera, OpenCV axes, in the frame of the mesh.

    Raises:
        ValueError: Not a (4, 4) matrix.
    """
    if transform_matrix.shape != (4, 4):
        raise ValueError(f"transform_matrix: expected (4, 4), got {transform_matrix.shape}")
    world_from_camera = np.array(transform_matrix, dtype=np.float64)
    world_from_camera[2] *= -1.0
    world_from_camera = world_from_camera[[1, 0, 2, 3]]
    world_from_camera[:3, 1:3] *= -1.0
    return world_from_camera
