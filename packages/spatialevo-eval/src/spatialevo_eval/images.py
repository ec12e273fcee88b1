# SPDX-License-Identifier: Apache-2.0
"""Images of a question, loaded when they are needed and named in the records."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

__all__ = [
    "BytesImage",
    "FileImage",
    "FrameSampling",
    "ImageRef",
    "VideoFrame",
    "from_hub",
    "open_images",
    "video_frames",
]


class ImageRef(Protocol):
    """An image that a question shows; nothing is read before `open`.

    Attributes:
        name: What the record of a run says was shown; the same image has the same name everywhere.
    """

    @property
    def name(self) -> str:
        """What the record of a run says was shown."""
        ...

    def open(self) -> Image.Image:
        """Return the image as RGB."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImage:
    """An image file."""

    path: Path
    name: str

    def open(self) -> Image.Image:
        """Return the image as RGB.

        Raises:
            OSError: There is no such file, or it is no image.
        """
        with Image.open(self.path) as image:
            return image.convert("RGB")


@dataclass(frozen=True, slots=True, kw_only=True)
class BytesImage:
    """An encoded image held in memory, as a data set's row holds it."""

    data: bytes = field(repr=False)
    name: str

    def open(self) -> Image.Image:
        """Return the image as RGB.

        Raises:
            PIL.UnidentifiedImageError: The bytes are no image.
        """
        with Image.open(io.BytesIO(self.data)) as image:
            return image.convert("RGB")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSampling:
    """Which frames of a video are shown.

    Attributes:
        count: Frames wanted; a shorter video gives all it has, each once.
    """

    count: int = 32

    def __post_init__(self) -> None:
        """Refuse to show nothing."""
        if self.count < 1:
            raise ValueError(f"count: expected at least 1, got {self.count}")

    def indices(self, total: int) -> tuple[int, ...]:
        """Return evenly spread frame indices, first and last included, rounded down.

        As lmms-eval 0.7.3 samples for models that read images (vsibench/multi_image_input/utils.py:
        ``np.linspace(0, total - 1, min(count, total), dtype=int)``).

        Raises:
            ValueError: The video has no frame.
        """
        if total < 1:
            raise ValueError(f"total: a video without frames cannot be shown, got {total}")
        spread = np.linspace(0, total - 1, min(self.count, total), dtype=int)
        return tuple(int(index) for index in spread)


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFrame:
    """One of the sampled frames of a video file; the video decides which one, when it is opened.

    Attributes:
        path: The video.
        position: 0 for the first sampled frame.
        sampling: The rule that picks the frames.
    """

    path: Path
    position: int
    sampling: FrameSampling

    @property
    def name(self) -> str:
        """Video, position and rule: ``"scannet/scene0000_00.mp4#3/32"``."""
        video = f"{self.path.parent.name}/{self.path.name}"
        return f"{video}#{self.position}/{self.sampling.count}"

    def open(self) -> Image.Image:
        """Return the frame as RGB; `open_images` reads a video once for all its frames.

        Raises:
            ValueError: The video has fewer frames than the position asks for.
        """
        frames = _decode(self.path, self.sampling)
        if self.position >= len(frames):
            raise ValueError(f"{self.path}: {len(frames)} frames, so no {self.position} was shown")
        return frames[self.position]


def video_frames(path: Path, sampling: FrameSampling) -> tuple[VideoFrame, ...]:
    """Return the frames that a video shows; the file is not touched."""
    return tuple(
        VideoFrame(path=path, position=position, sampling=sampling)
        for position in range(sampling.count)
    )


def open_images(images: Sequence[ImageRef]) -> list[Image.Image]:
    """Open images in order, each video once; frames that a short video lacks are left out.

    Raises:
        OSError: A file is missing or cannot be read.
    """
    decoded: dict[tuple[Path, FrameSampling], list[Image.Image]] = {}
    opened = []
    for image in images:
        if not isinstance(image, VideoFrame):
            opened.append(image.open())
            continue
        key = (image.path, image.sampling)
        if key not in decoded:
            decoded[key] = _decode(*key)
        if image.position < len(decoded[key]):
            opened.append(decoded[key][image.position])
    return opened


def from_hub(value: object, name: str) -> ImageRef:
    """Return the image that a row of a hub data set holds with its decoding switched off.

    Args:
        value: Raw bytes, or ``{"bytes": …, "path": …}`` as `datasets.Image(decode=False)` gives.
        name: Its name in the records.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(value, bytes):
        return BytesImage(data=value, name=name)
    if isinstance(value, Mapping):
        if isinstance(value["bytes"], bytes):
            return BytesImage(data=value["bytes"], name=name)
        return FileImage(path=Path(value["path"]), name=name)
    raise TypeError(f"{name}: expected bytes or a mapping with bytes or a path, got {type(value)}")


def _decode(path: Path, sampling: FrameSampling) -> list[Image.Image]:
    """Decode the sampled frames of a video.

    Frames are counted by decoding, since a container's own count is an estimate in some files.
    """
    import av  # noqa: PLC0415 - the extra `video`

    with av.open(str(path)) as container:
        total = sum(1 for _ in container.decode(video=0))
    wanted = set(sampling.indices(total))
    with av.open(str(path)) as container:
        frames: Iterable[av.VideoFrame] = container.decode(video=0)
        return [frame.to_image() for index, frame in enumerate(frames) if index in wanted]
