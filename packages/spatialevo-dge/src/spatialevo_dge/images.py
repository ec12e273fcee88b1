# SPDX-License-Identifier: Apache-2.0
"""Image files: sizes with the standard library, depth with Pillow (extra ``scans``)."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError

if TYPE_CHECKING:
    import PIL.Image

DEPTH_UNIT: Final = 0.001
"""Metres per step of a 16-bit depth image (ScanNet, Open3D, ARKitScenes)."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
# Start-of-frame markers; 0xC4, 0xC8 and 0xCC in between mean something else (ITU-T T.81, B.1.1.3).
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_size(path: Path) -> tuple[int, int]:
    """Return the width and height of a PNG or JPEG file from its header.

    Raises:
        SceneError: The file is missing, damaged or of another format.
    """
    try:
        with path.open("rb") as file:
            size = _size(file)
    except (OSError, struct.error) as error:
        raise SceneError(path, "image", str(error)) from error
    if size is None or min(size) < 1:
        raise SceneError(path, "image", "neither a PNG nor a JPEG file with a size")
    return size


def _size(file: BinaryIO) -> tuple[int, int] | None:
    start = file.read(8)
    if start == _PNG:
        length_and_type, width, height = struct.unpack(">8sII", file.read(16))
        return (width, height) if length_and_type[4:] == b"IHDR" else None
    if not start.startswith(_JPEG):
        return None
    file.seek(2)
    while True:
        sign, marker, length = struct.unpack(">BBH", file.read(4))
        if sign != 0xFF or length < 2:
            return None
        if marker in _JPEG_FRAMES:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return width, height
        file.seek(length - 2, 1)


def read_depth(path: Path, size: tuple[int, int] | None = None) -> NDArray[np.float64]:
    """Read a 16-bit depth image in millimetres.

    Args:
        path: The image.
        size: The width and height it has to have, checked before it is unpacked; None: any.

    Returns:
        (h, w) metres, 0 where the depth is missing.

    Raises:
        SceneError: Missing, damaged, of another size, or not a 16-bit image of one channel.
    """
    with _opened(path) as image:
        _require_size(path, image.size, size)
        if image.mode not in ("I;16", "I;16B", "I"):
            raise SceneError(path, "image", f"expected 16 bits, one channel; mode {image.mode}")
        return np.asarray(image).astype(np.float64) * DEPTH_UNIT


def read_pixels(path: Path, size: tuple[int, int] | None = None) -> NDArray[np.generic]:
    """Read an image as it is stored: (h, w) or (h, w, channels), 8 or 16 bits.

    Raises:
        SceneError: Missing, damaged or of another size than the width and height asked for.
    """
    with _opened(path) as image:
        _require_size(path, image.size, size)
        return np.array(image)


def read_colour(path: Path) -> NDArray[np.uint8]:
    """Read an image of any kind as sRGB, (h, w, 3).

    Raises:
        SceneError: Missing or damaged.
    """
    with _opened(path) as image:
        return np.array(image.convert("RGB"))


def encode_png(pixels: NDArray[np.generic]) -> bytes:
    """Return a PNG file of pixels (h, w) or (h, w, 3)."""
    import PIL.Image  # noqa: PLC0415  (slow to import)

    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def _require_size(path: Path, found: tuple[int, int], size: tuple[int, int] | None) -> None:
    if size is not None and found != size:
        raise SceneError(
            path, "size", f"expected {size[0]} x {size[1]}, got {found[0]} x {found[1]}"
        )


@contextmanager
def _opened(path: Path) -> Iterator[PIL.Image.Image]:
    import PIL.Image  # noqa: PLC0415  (slow to import)

    damage = (OSError, SyntaxError, ValueError, EOFError, struct.error, OverflowError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(path) as image:
                yield image
    except (*damage, PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise SceneError(path, "image", str(error) or type(error).__name__) from error
