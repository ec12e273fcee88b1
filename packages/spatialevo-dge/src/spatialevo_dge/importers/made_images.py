# SPDX-License-Identifier: Apache-2.0
"""Images that an import has to make: unpacked from a stream, or turned upright."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from spatialevo_dge import bundle
from spatialevo_dge.images import encode_png, read_pixels
from spatialevo_dge.scene import Frame, Scene

COLOUR, DEPTH = "images", "depth"
"""Subfolders for the two kinds."""


def require_folder(folder: Path | None, why: str) -> Path:
    """Return the folder that images are to be made in.

    Raises:
        ValueError: There is none.
    """
    if folder is None:
        raise ValueError(f"images: {why}; name a folder for the images to be made in")
    return folder


def write_image(folder: Path, kind: str, name: str, content: bytes) -> Path:
    """Write one image file and return its path."""
    path = folder / kind / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def turned_file(path: Path, quarters: int, size: tuple[int, int], target: tuple[Path, str]) -> Path:
    """Write an image turned clockwise by quarter turns, as a PNG file of the same name.

    Args:
        path: The image as it was taken.
        quarters: Quarter turns.
        size: Width and height it has to have.
        target: Folder and kind, see `write_image`.

    Raises:
        SceneError: The image is missing, damaged or of another size.
    """
    pixels = np.ascontiguousarray(np.rot90(read_pixels(path, size), -quarters))
    return write_image(*target, f"{path.stem}.png", encode_png(pixels))


def save_import(
    scene: Scene, path: str | Path, *, images: Path | None = None, overwrite: bool = False
) -> None:
    """Write an imported scene as a bundle; images that were made for it come along.

    Args:
        scene: The scene.
        path: The bundle's folder.
        images: The folder its images were made in; the bundle's frames name the copies.
        overwrite: Whether an existing bundle is replaced.

    Raises:
        FileExistsError: The path exists, and is not to be replaced or not a bundle.
    """
    target = Path(path)
    made: dict[str, bytes | Path] = {}

    def moved(source: Path | None) -> Path | None:
        if source is None or images is None or not source.is_relative_to(images):
            return source
        name = source.relative_to(images)
        made[name.as_posix()] = source
        return target / name

    frames = tuple(_moved(frame, moved(frame.image_path), moved(frame.depth_path))
                   for frame in scene.frames)  # fmt: skip
    attachments: Mapping[str, bytes | Path] = made
    bundle.save(replace(scene, frames=frames), target, overwrite=overwrite, attachments=attachments)


def _moved(frame: Frame, image: Path | None, depth: Path | None) -> Frame:
    return replace(frame, image_path=image, depth_path=depth)
