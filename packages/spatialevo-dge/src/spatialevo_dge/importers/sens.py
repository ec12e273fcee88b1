# SPDX-License-Identifier: Apache-2.0
"""ScanNet's raw stream ``<id>.sens``, version 4: calibration and thousands of RGB-D frames.

Only the headers of frames are read to know what there is; a frame's pixels are read when they are
asked for, so that memory does not grow with the stream. The format: ScanNet, ``SensReader``
(``sensorData.h``), all little-endian.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.pixels import MAX_SIDE

VERSION: Final = 4
JPEG, PNG = 2, 1
ZLIB_USHORT, RAW_USHORT = 1, 0
IMU_BYTES: Final = 128
"""Of one inertial measurement: five vectors of three doubles and a time."""

_COLOURS: Final = {JPEG: ".jpg", PNG: ".png"}
_MAX_NAME: Final = 1 << 12
_CALIBRATION = struct.Struct("<ii4If")
_FRAME = struct.Struct("<16f4Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class SensCamera:
    """One of the two cameras.

    Attributes:
        matrix: (4, 4) intrinsic matrix.
        base_from_camera: (4, 4) where it is mounted.
        size: Width and height, pixels.
    """

    matrix: NDArray[np.float64]
    base_from_camera: NDArray[np.float64]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SensFrame:
    """Where a frame is in the stream; its pose (4, 4) is that of the base, and may be infinite."""

    pose: NDArray[np.float64]
    colour: tuple[int, int]
    depth: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensStream:
    """An open stream's table of contents.

    Attributes:
        path: The file.
        colour: Its colour camera.
        depth: Its depth camera.
        colour_suffix: What kind of file a colour image is.
        is_compressed: Whether depth images are compressed.
        depth_unit: Metres per step of a depth image.
        frames: In capture order.
    """

    path: Path
    colour: SensCamera
    depth: SensCamera
    colour_suffix: str
    is_compressed: bool
    depth_unit: float
    frames: tuple[SensFrame, ...]

    def colour_file(self, number: int) -> bytes:
        """Return the bytes of a frame's colour image, a JPEG or PNG file."""
        return self._payload(*self.frames[number].colour)

    def depth_image(self, number: int) -> NDArray[np.uint16]:
        """Return a frame's depth image (h, w) in the stream's steps, 0 where missing.

        Raises:
            SceneError: It does not unpack to one number a pixel.
        """
        width, height = self.depth.size
        expected = 2 * width * height
        data = self._payload(*self.frames[number].depth)
        if self.is_compressed:
            data = self._unpacked(data, expected, number)
        if len(data) != expected:
            problem = f"{len(data)} bytes for {width} x {height} pixels"
            raise SceneError(self.path, f"frames[{number}].depth", problem)
        return np.frombuffer(data, dtype="<u2").reshape(height, width).astype(np.uint16)

    def _unpacked(self, data: bytes, expected: int, number: int) -> bytes:
        unpacker = zlib.decompressobj()
        try:
            # One byte more than there may be: enough to see that there is more, whatever it claims.
            unpacked = unpacker.decompress(data, expected + 1)
        except zlib.error as error:
            raise SceneError(self.path, f"frames[{number}].depth", str(error)) from error
        if len(unpacked) <= expected and not unpacker.eof:
            raise SceneError(self.path, f"frames[{number}].depth", "truncated")
        return unpacked

    def _payload(self, offset: int, size: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                data = file.read(size)
        except OSError as error:
            raise SceneError(self.path, "file", error.strerror or str(error)) from error
        if len(data) != size:
            raise SceneError(self.path, f"byte {offset}", "the file became shorter meanwhile")
        return data


def open_sens(path: Path) -> SensStream:
    """Read a stream's calibration and the headers of its frames.

    Raises:
        SceneError: Missing, of another version, truncated, or not what a stream can hold.
    """
    try:
        with path.open("rb") as file:
            return _Reader(path, file).stream()
    except OSError as error:
        raise SceneError(path, "file", error.strerror or str(error)) from error


class _Reader:
    """A stream being read from front to back."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file = path, file
        self.size = path.stat().st_size

    def fail(self, field: str, problem: str) -> NoReturn:
        raise SceneError(self.path, field, problem)

    def take(self, count: int, field: str) -> bytes:
        data = self.file.read(count)
        if len(data) != count:
            self.fail(field, f"truncated: {count} bytes wanted, {len(data)} are left")
        return data

    def number(self, kind: str, field: str) -> int:
        return int(struct.unpack(kind, self.take(struct.calcsize(kind), field))[0])

    def stream(self) -> SensStream:
        version = self.number("<I", "version")
        if version != VERSION:
            self.fail("version", f"expected {VERSION}, got {version}")
        length = self.number("<Q", "sensor name")
        if length > _MAX_NAME:
            self.fail("sensor name", f"{length} characters")
        self.take(length, "sensor name")
        matrices = [self.matrix(f"{kind}_{camera}") for camera in ("color", "depth")
                    for kind in ("intrinsic", "extrinsic")]  # fmt: skip
        return self.rest(matrices)

    def matrix(self, field: str) -> NDArray[np.float64]:
        values = np.frombuffer(self.take(64, field), dtype="<f4").astype(np.float64)
        if not bool(np.isfinite(values).all()):
            self.fail(field, "is not finite")
        return values.reshape(4, 4)

    def rest(self, matrices: list[NDArray[np.float64]]) -> SensStream:
        fields = _CALIBRATION.unpack(self.take(_CALIBRATION.size, "calibration"))
        colour_kind, depth_kind, *sides, shift = fields
        if colour_kind not in _COLOURS:
            self.fail("color compression", f"{colour_kind} is not JPEG or PNG")
        if depth_kind not in (ZLIB_USHORT, RAW_USHORT):
            self.fail("depth compression", f"{depth_kind} is not zlib_ushort or raw_ushort")
        if not 1 <= min(sides) <= max(sides) <= MAX_SIDE:
            self.fail("image size", f"colour and depth of {sides} pixels")
        if not (np.isfinite(shift) and shift > 0.0):
            self.fail("depth shift", f"expected steps per metre, got {shift}")
        return SensStream(
            path=self.path,
            colour=SensCamera(
                matrix=matrices[0], base_from_camera=matrices[1], size=(sides[0], sides[1])
            ),
            depth=SensCamera(
                matrix=matrices[2], base_from_camera=matrices[3], size=(sides[2], sides[3])
            ),
            colour_suffix=_COLOURS[colour_kind],
            is_compressed=depth_kind == ZLIB_USHORT,
            depth_unit=1.0 / shift,
            frames=self.frames(),
        )

    def frames(self) -> tuple[SensFrame, ...]:
        count = self.number("<Q", "number of frames")
        left = self.size - self.file.tell()
        if count * _FRAME.size > left:
            self.fail("number of frames", f"{count} in {left} bytes")
        frames = tuple(self.each_frame(count))
        measurements = self.number("<Q", "inertial measurements")
        left = self.size - self.file.tell()
        if measurements * IMU_BYTES != left:
            self.fail("inertial measurements", f"{measurements} in {left} bytes")
        return frames

    def each_frame(self, count: int) -> Iterator[SensFrame]:
        for number in range(count):
            field = f"frames[{number}]"
            values = _FRAME.unpack(self.take(_FRAME.size, field))
            colour_bytes, depth_bytes = values[18], values[19]
            offset = self.file.tell()
            if colour_bytes + depth_bytes > self.size - offset:
                problem = f"{colour_bytes} + {depth_bytes} bytes, {self.size - offset} are left"
                self.fail(field, f"truncated: {problem}")
            self.file.seek(offset + colour_bytes + depth_bytes)
            yield SensFrame(
                np.array(values[:16]).reshape(4, 4),
                (offset, colour_bytes),
                (offset + colour_bytes, depth_bytes),
            )
