# SPDX-License-Identifier: Apache-2.0
"""Writing a room as a bundle with its images."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spatialevo_dge import bundle
from spatialevo_dge.images import DEPTH_UNIT

if TYPE_CHECKING:
    from PIL import Image

    from spatialevo_dge.synthetic.room import SyntheticRoom


def save_room(room: SyntheticRoom, path: str | Path, *, overwrite: bool = False) -> None:
    """Write the room's scene as a bundle, its frames as PNG files inside, all or nothing.

    ``images/<frame>.png`` is the colour image, ``depth/<frame>.png`` the depth in 16-bit
    millimetres; the frames of the bundle name them.

    Args:
        room: The room.
        path: The bundle's folder.
        overwrite: Whether an existing bundle is replaced.

    Raises:
        FileExistsError: The path exists, and is not to be replaced or not a bundle.
        ImportError: Pillow is not installed.
    """
    from PIL import Image  # noqa: PLC0415  (slow to import)

    attachments: dict[str, bytes] = {}
    frames = []
    for frame, drawn in zip(room.scene.frames, room.pictures, strict=True):
        colour, depth = f"images/{frame.id}.png", f"depth/{frame.id}.png"
        steps = np.clip(np.rint(drawn.depth / DEPTH_UNIT), 0, np.iinfo(np.uint16).max)
        attachments[colour] = _png(Image.fromarray(drawn.rgb))
        attachments[depth] = _png(Image.fromarray(steps.astype(np.uint16)))
        frames.append(replace(frame, image_path=Path(path) / colour, depth_path=Path(path) / depth))
    scene = replace(room.scene, frames=tuple(frames))
    bundle.save(scene, path, overwrite=overwrite, attachments=attachments)


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
