# SPDX-License-Identifier: Apache-2.0
"""Pinhole projection, back-projection and depth images.

Camera axes: x right, y down, z forward. Pixel (u, v) covers [u - 0.5, u + 0.5) in both directions,
so a point is in the image if -0.5 <= u < width - 0.5 and likewise for v. Depth is z in metres, 0
where there is nothing.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatialevo_geometry import _native
from spatialevo_geometry.arrays import (
    DepthImage,
    Faces,
    Matrix3,
    Points,
    Points2,
    Scalars,
    as_float64,
    as_points,
    as_points2,
    as_scalars,
    require_finite,
)

__all__ = [
    "Intrinsics",
    "as_depth",
    "depth_to_points",
    "project",
    "rasterise",
    "unproject",
    "z_buffer",
]

# One side of the largest image: 2**15 pixels a side are beyond any camera, and 8 GB of depth.
LARGEST_SIDE = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Intrinsics:
    """A pinhole camera without distortion, in pixels.

    Attributes:
        fx: focal length along u, > 0.
        fy: focal length along v, > 0.
        cx: u of the optical axis; the centre of the leftmost pixel is 0.
        cy: v of the optical axis.
        width: pixels along u, > 0.
        height: pixels along v, > 0.

    Raises:
        TypeError: for a size that is not an integer.
        ValueError: for a value that is not finite or not positive where it must be.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    width: int
    height: int
    _handle: _native.Intrinsics = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("fx", "fy", "cx", "cy"):
            value = float(getattr(self, name))
            if not math.isfinite(value) or (name in {"fx", "fy"} and value <= 0.0):
                raise ValueError(f"{name}: expected a finite number, fx and fy > 0, got {value}")
            object.__setattr__(self, name, value)
        for name in ("width", "height"):
            size = operator.index(getattr(self, name))
            if not 0 < size <= LARGEST_SIDE:
                raise ValueError(f"{name}: expected 1 to {LARGEST_SIDE}, got {size}")
            object.__setattr__(self, name, size)
        native = _native.Intrinsics(self.fx, self.fy, self.cx, self.cy, self.width, self.height)
        object.__setattr__(self, "_handle", native)

    def __reduce__(self) -> tuple[object, ...]:
        values = (self.fx, self.fy, self.cx, self.cy, self.width, self.height)
        return (_rebuild, values)

    @property
    def matrix(self) -> Matrix3:
        """The camera matrix, shape (3, 3)."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])


def _rebuild(*values: float) -> Intrinsics:
    fx, fy, cx, cy, width, height = values
    return Intrinsics(fx=fx, fy=fy, cx=cx, cy=cy, width=int(width), height=int(height))


def as_depth(depth: ArrayLike, intrinsics: Intrinsics, name: str = "depth") -> DepthImage:
    """Return a depth image of the camera's size, float64; its values are not looked at.

    Raises:
        TypeError: for something that is not an array of real numbers.
        ValueError: for a shape other than (height, width).
    """
    array = as_float64(depth, name)
    expected = (intrinsics.height, intrinsics.width)
    if array.shape != expected:
        raise ValueError(f"{name}: expected (height, width) = {expected}, got {array.shape}")
    return array


def project(points_in_camera: ArrayLike, intrinsics: Intrinsics) -> tuple[Points2, Scalars]:
    """Return the pixel positions (n, 2) and depths (n,) of points (n, 3) in camera axes.

    Positions are NaN where the depth is not positive; they may lie outside the image.

    Raises:
        ValueError: for a wrong shape or a point that is not finite.
    """
    points = as_points(points_in_camera, "points_in_camera")
    return _native.project(points, intrinsics._handle), points[:, 2].copy()


def unproject(pixels: ArrayLike, depths: ArrayLike, intrinsics: Intrinsics) -> Points:
    """Return the points (n, 3) in camera axes of pixel positions (n, 2) at depths (n,).

    Raises:
        ValueError: for a wrong shape or a value that is not finite.
    """
    positions = as_points2(pixels, "pixels")
    checked = as_scalars(depths, "depths", length=len(positions))
    return _native.unproject(positions, checked, intrinsics._handle)


def depth_to_points(
    depth: ArrayLike, intrinsics: Intrinsics
) -> tuple[Points, Annotated[NDArray[np.int64], "(n, 2)"]]:
    """Return the points (n, 3) in camera axes of all pixels with depth, and their (v, u) indices.

    Pixels come row by row.

    Raises:
        ValueError: for a shape other than (height, width), a negative depth or one that is not
            finite.
    """
    image = as_depth(depth, intrinsics)
    require_finite(image, "depth")
    if bool(image.min() < 0.0):
        raise ValueError(f"depth: {image.min()} is negative; use 0 where nothing was measured")
    points, flat = _native.depth_to_points(image, intrinsics._handle)
    rows, columns = np.divmod(flat, intrinsics.width)
    return points, np.stack((rows, columns), axis=1)


def _as_faces(faces: ArrayLike) -> Faces:
    array = np.asarray(faces)
    if array.ndim != 2 or array.shape[1] != 3:
        raise ValueError(f"faces: expected (m, 3), got {array.shape}")
    if array.dtype.kind not in "iu":
        raise TypeError(f"faces: expected integers, got dtype {array.dtype}")
    if array.dtype != np.int32 and array.size:
        limits = np.iinfo(np.int32)
        if array.min() < limits.min or array.max() > limits.max:
            raise ValueError("faces: index does not fit 32 bits")
    return np.require(array, np.int32, "C")


def rasterise(
    points_in_camera: ArrayLike, faces: ArrayLike, intrinsics: Intrinsics
) -> tuple[DepthImage, Annotated[NDArray[np.int32], "(h, w)"]]:
    """Return the depth (h, w) and face index (h, w) seen at each pixel centre, -1 for none.

    Triangles are drawn from both sides, are cut 1 mm before the camera, and leave neither gap nor
    overlap along shared edges. Depth is exact on the plane of the triangle. Of equal depths the
    lower face index wins.

    Args:
        points_in_camera: shape (n, 3).
        faces: indices of points, shape (m, 3).
        intrinsics: the camera.

    Raises:
        TypeError: for faces that are not integers.
        ValueError: for a wrong shape, a point that is not finite or an index out of range.
    """
    points = as_points(points_in_camera, "points_in_camera")
    return _native.rasterise(points, _as_faces(faces), intrinsics._handle)


def z_buffer(
    points_in_camera: ArrayLike,
    intrinsics: Intrinsics,
    faces: ArrayLike | None = None,
    *,
    splat_radius: int = 0,
) -> DepthImage:
    """Return the depth image (h, w) of a mesh, or of points where there are no faces.

    A point inside the image is drawn as a square of 2 * splat_radius + 1 pixels.

    Raises:
        TypeError: for faces or a radius that are not integers.
        ValueError: for a wrong shape, a point that is not finite, an index out of range, a radius
            that is negative or given together with faces.
    """
    radius = operator.index(splat_radius)
    if not 0 <= radius <= LARGEST_SIDE:
        raise ValueError(f"splat_radius: expected 0 to {LARGEST_SIDE}, got {radius}")
    if faces is None:
        points = as_points(points_in_camera, "points_in_camera")
        return _native.splat(points, intrinsics._handle, radius)
    if radius:
        raise ValueError(f"splat_radius: {radius} given together with faces")
    return rasterise(points_in_camera, faces, intrinsics)[0]
