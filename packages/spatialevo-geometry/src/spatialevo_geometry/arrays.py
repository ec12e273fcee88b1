# SPDX-License-Identifier: Apache-2.0
"""Array types of the public functions, and the validators behind their error messages.

A validator returns a float64 array in C order, the input itself where it already is one. It raises
TypeError for something that is not an array of real numbers and ValueError for a wrong shape, for
no elements where some are needed, and for NaN or infinity.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatialevo_geometry import _native

Points: TypeAlias = Annotated[NDArray[np.float64], "(n, 3)"]
Points2: TypeAlias = Annotated[NDArray[np.float64], "(n, 2)"]
Vector3: TypeAlias = Annotated[NDArray[np.float64], "(3,)"]
Matrix3: TypeAlias = Annotated[NDArray[np.float64], "(3, 3)"]
Transform: TypeAlias = Annotated[NDArray[np.float64], "(4, 4)"]
Scalars: TypeAlias = Annotated[NDArray[np.float64], "(n,)"]
Indices: TypeAlias = Annotated[NDArray[np.int64], "(n,)"]
Mask: TypeAlias = Annotated[NDArray[np.bool_], "(n,)"]
Faces: TypeAlias = Annotated[NDArray[np.int32], "(m, 3)"]
DepthImage: TypeAlias = Annotated[NDArray[np.float64], "(h, w) metres, 0 = missing"]

_FLOAT64 = np.dtype(np.float64)


def as_float64(value: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return the value as a float64 array in C order, of any shape."""
    if isinstance(value, np.ndarray) and value.dtype == _FLOAT64 and value.flags.c_contiguous:
        return value
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: rows of unequal length") from error
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected real numbers, got dtype {array.dtype}")
    return np.require(array, np.float64, "C")


def require_finite(array: NDArray[np.float64], name: str) -> None:
    """Raise ValueError naming the first row (or element) that holds a NaN or an infinity."""
    flat = _native.first_non_finite(array)
    if flat < 0:
        return
    index = np.unravel_index(flat, array.shape)
    # A bad point is named by its row: which of its three coordinates it was helps nobody.
    shown = index[:1] if array.ndim == 2 and array.shape[1] in (2, 3) else index
    raise ValueError(f"{name}[{', '.join(str(i) for i in shown)}] is not finite")


def _rows(value: ArrayLike, name: str, columns: int, minimum: int) -> NDArray[np.float64]:
    array = as_float64(value, name)
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(f"{name}: expected (n, {columns}), got {array.shape}")
    if array.shape[0] < minimum:
        raise ValueError(f"{name}: expected at least {minimum} rows, got {array.shape[0]}")
    require_finite(array, name)
    return array


def as_points(value: ArrayLike, name: str = "points", *, minimum: int = 0) -> Points:
    """Return finite points of shape (n, 3) with n >= minimum."""
    return _rows(value, name, 3, minimum)


def as_points2(value: ArrayLike, name: str = "points_xy", *, minimum: int = 0) -> Points2:
    """Return finite points of shape (n, 2) with n >= minimum."""
    return _rows(value, name, 2, minimum)


def _exactly(value: ArrayLike, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    array = as_float64(value, name)
    if array.shape != shape:
        raise ValueError(f"{name}: expected {shape}, got {array.shape}")
    return array


def as_vector3(value: ArrayLike, name: str) -> Vector3:
    """Return a finite vector of shape (3,)."""
    array = _exactly(value, name, (3,))
    require_finite(array, name)
    return array


def as_matrix3(value: ArrayLike, name: str) -> Matrix3:
    """Return a finite matrix of shape (3, 3)."""
    array = _exactly(value, name, (3, 3))
    require_finite(array, name)
    return array


def as_transform(value: ArrayLike, name: str) -> Transform:
    """Return a matrix of shape (4, 4); the native side checks that it is finite and rigid."""
    return _exactly(value, name, (4, 4))


def as_scalars(value: ArrayLike, name: str, *, length: int | None = None) -> Scalars:
    """Return finite scalars of shape (n,), where given with n = length."""
    array = as_float64(value, name)
    if array.ndim != 1 or (length is not None and array.shape[0] != length):
        expected = "(n,)" if length is None else f"({length},)"
        raise ValueError(f"{name}: expected {expected}, got {array.shape}")
    require_finite(array, name)
    return array
