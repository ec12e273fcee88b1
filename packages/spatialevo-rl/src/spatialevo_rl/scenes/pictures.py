# SPDX-License-Identifier: Apache-2.0
"""The images a model is shown: RGB, in whole patches, of a bounded number of pixels."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from PIL import Image

from spatialevo_dge import SceneError
from spatialevo_dge.scene import Frame

PATCH: Final = 28
"""Pixels of a merged patch's side: what Qwen2.5-VL and its kin make one token of."""


def shown_size(width: int, height: int, image_size: int) -> tuple[int, int]:
    """Return the size in which an image is shown.

    The aspect ratio is kept to within a patch; the area is at most that of a square of `image_size`
    snapped to whole patches, so that `(image_size / 28)²` bounds the tokens of an image.

    Raises:
        ValueError: A side of the image is below 1, or `image_size` is not 0 and less than a patch.
    """
    if min(width, height) < 1:
        raise ValueError(f"image: expected sides of at least 1 pixel, got {width} x {height}")
    if image_size == 0:
        return width, height
    if image_size < PATCH:
        raise ValueError(f"image_size: expected 0 or at least {PATCH}, got {image_size}")
    budget = (image_size // PATCH) ** 2
    across = max(1, round(math.sqrt(budget * width / height)))
    down = max(1, round(math.sqrt(budget * height / width)))
    if across * down > budget:
        across, down = (budget // down, down) if across > down else (across, budget // across)
    return max(1, across) * PATCH, max(1, down) * PATCH


def read_picture(frame: Frame, scene_id: str, image_size: int) -> Image.Image:
    """Read the colour image of a frame.

    Raises:
        SceneError: The frame has no image, or the file is missing or damaged; names file and scene.
    """
    if frame.image_path is None:
        raise SceneError(f"scene {scene_id}", f"frame {frame.id}", "it has no colour image")
    return _resized(_decoded(frame.image_path, f"scene {scene_id}, frame {frame.id}"), image_size)


def _decoded(path: Path, where: str) -> Image.Image:
    if not path.is_file():
        raise SceneError(path, "image", f"there is no such file; {where} names it")
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, SyntaxError) as error:  # Pillow's own word for a broken PNG is SyntaxError
        raise SceneError(path, "image", f"damaged ({error}); {where} names it") from error


def _resized(image: Image.Image, image_size: int) -> Image.Image:
    size = shown_size(image.width, image.height, image_size)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)
