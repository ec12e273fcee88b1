# SPDX-License-Identifier: Apache-2.0
"""Small copies of the images shown, one per scene and frame, for the report."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spatialevo_dge.viewing.files import write_whole

if TYPE_CHECKING:
    from PIL import Image

WIDEST: Final = 224
"""Pixels of the longer side: enough to recognise a room, some 8 kB."""
_QUALITY: Final = 80


def thumbnail_path(folder: Path, scene_id: str, frame: str) -> Path:
    """Return where the copy of a frame lies; ids of any kind give safe and different names.

    Args:
        folder: The run's folder.
        scene_id: The scene.
        frame: The frame.
    """
    digest = hashlib.blake2b(f"{scene_id}\0{frame}".encode(), digest_size=5).hexdigest()
    words = re.sub(r"[^A-Za-z0-9]+", "-", f"{scene_id} {frame}").strip("-")[:60]
    return folder / "images" / f"{words}-{digest}.jpg"


def keep_thumbnail(folder: Path, scene_id: str, frame: str, image: Image.Image) -> None:
    """Store a small copy of an image, unless it is there.

    Args:
        folder: The run's folder, which exists.
        scene_id: The scene.
        frame: The frame.
        image: What the model was shown.

    Raises:
        OSError: It cannot be written.
    """
    path = thumbnail_path(folder, scene_id, frame)
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True)
    small = image.convert("RGB")
    small.thumbnail((WIDEST, WIDEST))
    buffer = io.BytesIO()
    small.save(buffer, format="JPEG", quality=_QUALITY, subsampling=0)
    write_whole(path, buffer.getvalue())
