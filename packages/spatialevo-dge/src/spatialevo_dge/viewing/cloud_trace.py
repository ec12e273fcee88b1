# SPDX-License-Identifier: Apache-2.0
"""The points of a scan as plotly traces: objects, floor, walls and what covers them apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.cloud import Cloud
from spatialevo_dge.scene import Scene
from spatialevo_dge.viewing.plotly_json import Node, packed, text_of
from spatialevo_dge.viewing.sampling import spread_rows

MOST_POINTS: Final = 60_000
HIDDEN: Final = frozenset({"ceiling"})
"""What covers the room is there at a click, not from the start."""

FADED: Final = frozenset({"wall"})
"""What stands between the eye and the room is drawn thinly."""

_SIZES: Final = ((10_000, 4.5), (35_000, 3.6), (MOST_POINTS, 2.8))  # pixels, up to so many points


def cloud_traces(scene: Scene) -> Iterator[Node]:
    """Return one trace for the objects, one for each kind of structure, one for the rest."""
    if scene.cloud is None:
        return
    rows = spread_rows(len(scene.cloud.points_in_world), MOST_POINTS)
    size = next(pixels for most, pixels in _SIZES if len(rows) <= most)
    kinds = kinds_of(scene)
    of_row = kinds_of_rows(scene)[rows]
    for number, kind in enumerate(kinds):
        chosen = rows[of_row == number]
        if len(chosen):
            yield _trace(scene.cloud, chosen, kind, size)


def kinds_of(scene: Scene) -> tuple[str, ...]:
    """Name the parts of a cloud: unlabelled points, objects, and each label of the structure."""
    return ("unlabelled points", "objects' points", *_structures(scene))


def kinds_of_rows(scene: Scene) -> NDArray[np.int64]:
    """Return for each row of the cloud its place in `kinds_of`, (n,)."""
    if scene.cloud is None:
        return np.empty(0, dtype=np.int64)
    kinds = np.zeros(len(scene.cloud.points_in_world), dtype=np.int64)
    for item in scene.objects:
        if item.point_range is not None:
            kinds[slice(*item.point_range)] = 1
    places = {label: 2 + place for place, label in enumerate(_structures(scene))}
    for item in scene.structure:
        if item.point_range is not None:
            kinds[slice(*item.point_range)] = places[item.label]
    return kinds


def _structures(scene: Scene) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.label for item in scene.structure))


def _trace(cloud: Cloud, rows: NDArray[np.int64], kind: str, size: float) -> Node:
    faded = kind in FADED
    x, y, z = (packed(cloud.points_in_world[rows, axis]) for axis in range(3))
    return {
        "type": "scatter3d",
        "mode": "markers",
        "name": text_of(kind),
        "x": x,
        "y": y,
        "z": z,
        "marker": {
            "size": 0.6 * size if faded else size,
            "color": _colours(cloud, rows),
            "opacity": 0.35 if faded else 1.0,
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
        "visible": "legendonly" if kind in HIDDEN else True,
    }


def _colours(cloud: Cloud, rows: NDArray[np.int64]) -> list[str] | str:
    if cloud.colours is None:
        return "#8a8f98"
    red, green, blue = (cloud.colours[rows, channel].astype(np.int64) for channel in range(3))
    return [f"#{value:06x}" for value in ((red << 16) | (green << 8) | blue).tolist()]
