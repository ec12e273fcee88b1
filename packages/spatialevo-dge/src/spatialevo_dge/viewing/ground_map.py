# SPDX-License-Identifier: Apache-2.0
"""A scan seen from straight above, as an image: the ground of the plan."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.cloud import Cloud
from spatialevo_dge.scene import Scene
from spatialevo_dge.viewing.cloud_trace import HIDDEN, kinds_of, kinds_of_rows
from spatialevo_dge.viewing.ground import ground
from spatialevo_geometry import Intrinsics, rasterise

_HEADROOM: Final = 2.0
"""Metres above the floor over which only objects are drawn: what else is there covers the room."""
_ABOVE: Final = 2_000.0
"""Metres from which the plan is seen: far enough that nothing leans by more than a pixel."""
_PALE: Final = 0.42
"""How far colours are moved towards white, so that evidence stands out."""


def seen_from_above(
    scene: Scene, low: NDArray[np.float64], scale: float, size: tuple[int, int]
) -> NDArray[np.uint8] | None:
    """Draw the cloud from above.

    Args:
        scene: Whose cloud.
        low: (2,) world x and y of the lower left corner of the image, metres.
        scale: Pixels per metre.
        size: Width and height, pixels.

    Returns:
        (h, w, 3) sRGB on white; None for a scene without points.
    """
    if scene.cloud is None:
        return None
    chosen = _uncovered(scene, scene.cloud)
    middle = np.array([low[0] + size[0] / scale / 2.0, low[1] + size[1] / scale / 2.0])
    owner = _nearest_rows(scene.cloud, chosen, middle, scale, size)
    image = np.full((size[1], size[0], 3), 255.0)
    seen = owner >= 0
    colours = scene.cloud.colours
    drawn = np.array([150.0, 156.0, 165.0]) if colours is None else colours[owner[seen]]
    image[seen] = drawn + _PALE * (255.0 - drawn)
    pale: NDArray[np.uint8] = np.rint(image).astype(np.uint8)
    return pale


def _uncovered(scene: Scene, cloud: Cloud) -> NDArray[np.bool_]:
    """Choose the points that do not hide the room from above."""
    kinds, of_row = kinds_of(scene), kinds_of_rows(scene)
    covering = [place for place, kind in enumerate(kinds) if kind in HIDDEN]
    height = cloud.points_in_world[:, 2] - ground(scene)
    objects = kinds.index("objects' points")
    chosen: NDArray[np.bool_] = ~np.isin(of_row, covering) & (
        (height < _HEADROOM) | (of_row == objects)
    )
    return chosen


def _nearest_rows(
    cloud: Cloud,
    chosen: NDArray[np.bool_],
    middle: NDArray[np.float64],
    scale: float,
    size: tuple[int, int],
) -> NDArray[np.int64]:
    """Return for each pixel a row of the cloud whose surface it shows, -1 where none, (h, w)."""
    points = np.asarray(cloud.points_in_world, dtype=np.float64)
    if cloud.faces is None or not len(cloud.faces):
        return _splatted(points, np.flatnonzero(chosen), middle, scale, size)
    faces = cloud.faces[chosen[cloud.faces].all(axis=1)]
    if not len(faces):
        return np.full((size[1], size[0]), -1, dtype=np.int64)
    lens = Intrinsics(
        fx=scale * _ABOVE,
        fy=scale * _ABOVE,
        cx=(size[0] - 1) / 2.0,
        cy=(size[1] - 1) / 2.0,
        width=size[0],
        height=size[1],
    )
    from_above = (points - (*middle, 0.0)) * (1.0, -1.0, -1.0) + (0.0, 0.0, _ABOVE)
    _, face = rasterise(from_above, faces, lens)
    shown = np.asarray(face, dtype=np.int64)
    return np.where(shown < 0, -1, faces[shown, 0])


def _splatted(
    points: NDArray[np.float64],
    rows: NDArray[np.int64],
    middle: NDArray[np.float64],
    scale: float,
    size: tuple[int, int],
) -> NDArray[np.int64]:
    """Draw each point as a small square, the highest last."""
    owner = np.full((size[1], size[0]), -1, dtype=np.int64)
    rows = rows[np.argsort(points[rows, 2], kind="stable")]
    offset = (points[rows, :2] - middle) * (scale, -scale)
    pixels = np.rint(offset + np.array(size) / 2.0).astype(np.int64)
    reach = max(1, round(0.012 * scale))
    for dx in range(-reach, reach + 1):
        for dy in range(-reach, reach + 1):
            u, v = pixels[:, 0] + dx, pixels[:, 1] + dy
            inside = (u >= 0) & (u < size[0]) & (v >= 0) & (v < size[1])
            owner[v[inside], u[inside]] = rows[inside]
    return owner
