# SPDX-License-Identifier: Apache-2.0
"""What each image shows of each object: one record a pair, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

VISIBILITY_DTYPE: Final = np.dtype(
    [
        ("frame", "<i4"),
        ("object", "<i4"),
        ("of_facing", "<f8"),
        ("of_total", "<f8"),
        ("unknown", "<f8"),
        ("pixels", "<i4"),
        ("box_2d", "<f4", (4,)),
        ("nearest_depth", "<f8"),
        ("median_depth", "<f8"),
        ("truncated", "?"),
    ]
)
"""One row of the table on disk: `frame` is an index into `Scene.frames`, `object` an object id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What one image shows of one object.

    Attributes:
        of_facing: Visible share of the surface that faces the camera, out-of-frame parts counted as
            not visible, parts without depth left out. Decides whether the object is visible.
        of_total: Visible share of the whole surface. Decides which image shows more of it.
        unknown: Share of the facing surface whose depth is missing.
        pixels: Colour pixels that a visible sample of the surface falls on.
        box_2d: (u_min, v_min, u_max, v_max) of the visible surface in colour pixels.
        nearest_depth: 5th percentile of the visible surface's depth along the optical axis, metres.
        median_depth: Median of the same, metres.
        truncated: Whether some facing surface lies outside the image.
    """

    of_facing: float
    of_total: float
    unknown: float
    pixels: int
    box_2d: tuple[float, float, float, float]
    nearest_depth: float
    median_depth: float
    truncated: bool


class VisibilityTable:
    """All records of a scene, ordered by frame and object; a missing pair is not visible at all."""

    __slots__ = ("_by_frame", "_offsets", "records")

    def __init__(self, records: NDArray[np.void], frame_count: int) -> None:
        """Index the records.

        Args:
            records: (n,) array of `VISIBILITY_DTYPE`, sorted by frame, then object.
            frame_count: Number of frames in the scene.

        Raises:
            ValueError: Wrong dtype, wrong order, or a frame index outside the scene.
        """
        if records.dtype != VISIBILITY_DTYPE:
            raise ValueError(f"records: expected VISIBILITY_DTYPE, got {records.dtype}")
        frames = np.asarray(records["frame"], dtype=np.int64)
        keys = frames * (1 << 32) + np.asarray(records["object"], dtype=np.int64)
        if len(keys) > 1 and not bool(np.all(keys[1:] > keys[:-1])):
            raise ValueError("records: not sorted by frame and object, or a pair occurs twice")
        if len(frames) and (frames[0] < 0 or frames[-1] >= frame_count):
            raise ValueError(f"records: frame index outside [0, {frame_count})")
        self.records = records
        self._offsets = np.searchsorted(frames, np.arange(frame_count + 1))
        self._by_frame: dict[int, Mapping[int, Visibility]] = {}

    def in_frame(self, frame_index: int) -> Mapping[int, Visibility]:
        """Records of one frame by object id."""
        cached = self._by_frame.get(frame_index)
        if cached is None:
            start, stop = self._offsets[frame_index], self._offsets[frame_index + 1]
            cached = {row[1]: _visibility(row) for row in self.records[start:stop].tolist()}
            self._by_frame[frame_index] = cached
        return cached


def _visibility(row: tuple[object, ...]) -> Visibility:
    _, _, of_facing, of_total, unknown, pixels, box_2d, nearest, median, truncated = row
    return Visibility(
        of_facing=of_facing,  # type: ignore[arg-type]  # tolist() gives plain floats
        of_total=of_total,  # type: ignore[arg-type]
        unknown=unknown,  # type: ignore[arg-type]
        pixels=pixels,  # type: ignore[arg-type]
        box_2d=tuple(float(value) for value in box_2d),  # type: ignore[attr-defined,arg-type]
        nearest_depth=nearest,  # type: ignore[arg-type]
        median_depth=median,  # type: ignore[arg-type]
        truncated=truncated,  # type: ignore[arg-type]
    )
