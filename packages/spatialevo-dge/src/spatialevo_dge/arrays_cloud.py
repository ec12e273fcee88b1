# SPDX-License-Identifier: Apache-2.0
"""Two clouds: one in memory, and one on disk whose arrays are read and verified at first use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatialevo_dge.errors import SceneError

if TYPE_CHECKING:
    from spatialevo_dge.array_files import ArrayFile

ScalarT = TypeVar("ScalarT", bound=np.generic)

CLOUD_ARRAYS: Final[Mapping[str, tuple[np.dtype[Any], int]]] = {
    "points_in_world": (np.dtype("<f4"), 3),
    "normals_in_world": (np.dtype("<f4"), 3),
    "areas": (np.dtype("<f4"), 1),
    "colours": (np.dtype("u1"), 3),
    "faces": (np.dtype("<i4"), 3),
}
"""Type and columns of each array of a cloud; one column means shape (n,)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class InMemoryCloud:
    """A `Cloud` of plain arrays; they are converted to the cloud's types and made read-only.

    Attributes:
        points_in_world: (n, 3) positions, metres.
        normals_in_world: (n, 3) unit normals, outward; a point without a surface has zeros.
        areas: (n,) square metres.
        colours: (n, 3) sRGB, 0 to 255.
        faces: (m, 3) point indices, counter-clockwise from outside.

    Raises:
        ValueError: A wrong shape, a value that is not finite, or a face that names no point.
    """

    points_in_world: NDArray[np.float32]
    normals_in_world: NDArray[np.float32] | None = None
    areas: NDArray[np.float32] | None = None
    colours: NDArray[np.uint8] | None = None
    faces: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        """Convert and check every array."""
        count = len(self.points_in_world)
        for name in CLOUD_ARRAYS:
            given = getattr(self, name)
            if given is not None:
                array = _converted(given, name, None if name == "faces" else count)
                object.__setattr__(self, name, array)
        if self.faces is not None and not indices_within(self.faces, count):
            raise ValueError(f"faces: an index lies outside the {count} points")


def indices_within(indices: NDArray[np.integer[Any]], count: int) -> bool:
    """Return whether every index is in [0, count)."""
    return not indices.size or (int(indices.min()) >= 0 and int(indices.max()) < count)


def _converted(value: ArrayLike, name: str, count: int | None) -> NDArray[Any]:
    dtype, columns = CLOUD_ARRAYS[name]
    given = np.asarray(value)
    rows = len(given) if count is None and given.ndim else count
    expected = (rows,) if columns == 1 else (rows, columns)
    if given.shape != expected:
        raise ValueError(f"{name}: expected {expected}, got {given.shape}")
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        if given.dtype.kind not in "iu":
            raise ValueError(f"{name}: expected integers, got dtype {given.dtype}")
        if given.size and not limits.min <= given.min() <= given.max() <= limits.max:
            raise ValueError(f"{name}: a value does not fit into {dtype.name}")
    elif not bool(np.all(np.isfinite(given))):
        raise ValueError(f"{name}: a value is not finite")
    array = np.ascontiguousarray(given, dtype=dtype).view()
    array.flags.writeable = False
    return array


class MappedCloud:
    """A `Cloud` whose arrays stay on disk until they are asked for, and are verified then.

    Every property raises SceneError, naming the file, when its array is damaged.
    """

    def __init__(self, files: Mapping[str, ArrayFile]) -> None:
        """Take the array files by the names of `CLOUD_ARRAYS`; positions must be among them."""
        self._files = files
        for name, file in files.items():
            dtype, columns = CLOUD_ARRAYS[name]
            rows = file.shape[:1] if name == "faces" else files["points_in_world"].shape[:1]
            expected = rows if columns == 1 else (*rows, columns)
            if file.dtype != dtype or file.shape != expected:
                problem = f"expected {dtype} {expected}, got {file.dtype} {file.shape}"
                raise SceneError(file.path, name, problem)

    def _read(self, name: str) -> NDArray[Any] | None:
        file = self._files.get(name)
        return None if file is None else file.read()

    @property
    def point_count(self) -> int:
        """Number of points, known without reading them."""
        return self._files["points_in_world"].shape[0]

    @cached_property
    def points_in_world(self) -> NDArray[np.float32]:
        """(n, 3) positions, metres."""
        return self._files["points_in_world"].read()

    @cached_property
    def normals_in_world(self) -> NDArray[np.float32] | None:
        """(n, 3) unit normals, outward; None where unknown."""
        return self._read("normals_in_world")

    @cached_property
    def areas(self) -> NDArray[np.float32] | None:
        """(n,) square metres; None where unknown."""
        return self._read("areas")

    @cached_property
    def colours(self) -> NDArray[np.uint8] | None:
        """(n, 3) sRGB; None where unknown."""
        return self._read("colours")

    @cached_property
    def faces(self) -> NDArray[np.int32] | None:
        """(m, 3) triangles of point indices; None: points only."""
        faces = self._read("faces")
        if faces is not None and not indices_within(faces, self.point_count):
            problem = f"an index lies outside the {self.point_count} points"
            raise SceneError(self._files["faces"].path, "faces", problem)
        return faces
