# SPDX-License-Identifier: Apache-2.0
"""Oriented boxes as data sets annotate them: centroid, side lengths, axes by rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.importers.matrices import FARTHEST
from spatialevo_dge.json_fields import Fields
from spatialevo_geometry import OrientedBox


def read_box(record: Fields, scale: float = 1.0) -> OrientedBox:
    """Read a box with ``centroid``, ``axesLengths`` (full sides) and ``normalizedAxes`` (rows).

    Args:
        record: The box.
        scale: Metres per unit of the lengths.

    Raises:
        SceneError: A number is missing or cannot be, or the axes are not orthonormal.
    """
    centre, extents = record.numbers("centroid", 3), record.numbers("axesLengths", 3)
    axes = record.numbers("normalizedAxes", 9).reshape(3, 3)
    for name, values in (("centroid", centre), ("axesLengths", extents)):
        _require_near(record, name, values * scale)
    try:
        return OrientedBox(centre=centre * scale, axes=axes, extents=extents * scale)
    except ValueError as error:
        record.fail("", str(error))


def _require_near(record: Fields, name: str, values: NDArray[np.float64]) -> None:
    if float(np.abs(values).max()) > FARTHEST:
        record.fail(name, f"beyond {FARTHEST:g} m: {values.tolist()}")


def bounds(box: OrientedBox) -> OrientedBox:
    """Return the axis-aligned box of an oriented box's corners."""
    return OrientedBox(
        centre=(box.aabb_min + box.aabb_max) / 2.0,
        axes=np.eye(3),
        extents=box.aabb_max - box.aabb_min,
    )
