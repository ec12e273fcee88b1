# SPDX-License-Identifier: Apache-2.0
"""Arrays on disk as .npy files with a SHA-256, mapped into memory and verified at first use."""

from __future__ import annotations

import hashlib
import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError

_ALIGNMENT = 64


def npy_header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Write the header of a .npy file, format 1.0.

    numpy's own writer pads differently from version to version; the same array has to give the same
    bytes under all of them.
    """
    descr = np.lib.format.dtype_to_descr(dtype)
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}"
    padding = -(10 + len(text) + 1) % _ALIGNMENT
    body = (text + " " * padding + "\n").encode("ascii")
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """One array on disk: where it is and what it has to be."""

    path: Path
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    sha256: str

    @classmethod
    def write(cls, path: Path, array: NDArray[Any], dtype: np.dtype[Any]) -> ArrayFile:
        """Write the array durably and return what is needed to verify it."""
        data = np.ascontiguousarray(array, dtype=dtype)
        header = npy_header(dtype, data.shape)
        content = data.view(np.uint8).reshape(-1).data if data.size else b""
        digest = hashlib.sha256(header)
        digest.update(content)
        write_durably(path, header, content)
        return cls(path, dtype, data.shape, digest.hexdigest())

    def require_size(self) -> None:
        """Check without reading that the file is there and whole.

        Raises:
            SceneError: The file is missing, truncated or too long.
        """
        expected = len(npy_header(self.dtype, self.shape)) + self._content_size
        try:
            actual = self.path.stat().st_size
        except OSError as error:
            raise SceneError(self.path, "file", error.strerror or str(error)) from error
        if actual != expected:
            problem = f"expected {expected} bytes for shape {self.shape}, got {actual}"
            raise SceneError(self.path, "size", problem)

    @property
    def _content_size(self) -> int:
        count = 1
        for length in self.shape:
            count *= length
        return count * self.dtype.itemsize

    def read(self) -> NDArray[Any]:
        """Map the array into memory, read-only, after verifying it.

        Raises:
            SceneError: The file is missing, has another size, or its SHA-256 differs.
        """
        self.require_size()
        try:
            with self.path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise SceneError(self.path, "file", str(error)) from error
        header = npy_header(self.dtype, self.shape)
        if data[: len(header)] != header or hashlib.sha256(data).hexdigest() != self.sha256:
            raise SceneError(self.path, "sha256", "the file is damaged or not the one written")
        if not self._content_size:
            return np.empty(self.shape, dtype=self.dtype)
        array: NDArray[Any] = np.frombuffer(data, dtype=self.dtype, offset=len(header))
        return array.reshape(self.shape)


def write_durably(path: Path, *parts: bytes | memoryview) -> None:
    """Write a new file and wait until it is on disk."""
    with path.open("xb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
