# SPDX-License-Identifier: Apache-2.0
"""The warm-up's data: rooms made once, with their images and what is taught about them.

A cache folder holds one ``rooms-<count>-<fingerprint>.npz``: images (n, 2, 64, 64, 3), what is in
each sixteenth of their sides, and the lessons as one JSON text. The fingerprint is that of the code
which makes them.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from spatialevo_dge import Scene
from spatialevo_dge.synthetic import SyntheticRoom
from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl import lab, observation
from spatialevo_rl.draws import dice
from spatialevo_rl.lab.asking import Asking, askings
from spatialevo_rl.lab.examples import Answered, answered, grounded, shown_views
from spatialevo_rl.lab.rooms import IMAGE_SIZE, LABELS, make_lab_room

FRAMES: Final = 2
"""Images a room."""
_CELL: Final = 16  # pixels along a side of what one image token shows
_SIDE: Final = IMAGE_SIZE[0] // _CELL
_FEWEST_PIXELS: Final = 6  # of a label for it to be in a cell
_SOURCES: Final = (lab, observation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a label's things stand in one image: a prompt and its reply."""

    frames: tuple[int, ...]
    prompt: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLessons:
    """What is taught about one room."""

    answers: tuple[Answered, ...]
    places: tuple[Placed, ...]
    askings: tuple[Asking, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rooms:
    """Rooms of the warm-up.

    Attributes:
        images: (n, 2, 64, 64, 3) sRGB.
        cells: (n, 2, 16, 10) whether each image token's pixels show each of `LABELS`.
        lessons: One for each room.
    """

    images: NDArray[np.uint8]
    cells: NDArray[np.bool_]
    lessons: tuple[RoomLessons, ...]


def open_rooms(count: int, cache: Path | None, progress: Progress) -> Rooms:
    """Return the first rooms of the training seeds, made now or read from the cache.

    Args:
        count: How many; a seed whose room is impossible is passed over.
        cache: Folder in which they are kept; None: nowhere.
        progress: Where a bar is shown.

    Raises:
        OSError: The cache cannot be read or written.
    """
    path = None if cache is None else cache / f"rooms-{count}-{_fingerprint()}.npz"
    if path is not None and path.exists():
        return _read(path)
    rooms = make_rooms(range(count), progress)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(rooms, path)
    return rooms


def make_rooms(seeds: range, progress: Progress) -> Rooms:
    """Make the rooms of some seeds and everything that is taught about them."""
    images, cells, lessons = [], [], []
    for seed in progress.track(seeds, description="rooms"):
        try:
            room = make_lab_room(seed)
        except ValueError:  # what the seed asks for fits into no room of its size
            continue
        images.append(np.stack([picture.rgb for picture in room.pictures]))
        cells.append(cells_of(room))
        lessons.append(lessons_of(room.scene, seed))
    return Rooms(images=np.stack(images), cells=np.stack(cells), lessons=tuple(lessons))


def cells_of(room: SyntheticRoom) -> NDArray[np.bool_]:
    """Tell which labels each 16 x 16 pixels of each image show: (2, 16, 10), tokens row by row."""
    wanted = np.array([LABELS.index(item.label) for item in room.scene.objects])
    cells = []
    for picture in room.pictures:
        owners = np.where(picture.owners < len(wanted), picture.owners, -1)
        shown = np.where(owners >= 0, wanted[owners], -1)
        parts = shown.reshape(_SIDE, _CELL, _SIDE, _CELL).swapaxes(1, 2).reshape(_SIDE**2, -1)
        counts = (parts[:, :, None] == np.arange(len(LABELS))).sum(axis=1)
        cells.append(counts >= _FEWEST_PIXELS)
    return np.stack(cells)


def lessons_of(scene: Scene, seed: int) -> RoomLessons:
    """Return what is taught about a room; every draw depends on its seed alone."""
    return RoomLessons(
        answers=tuple(answered(scene)),
        places=tuple(_places(scene)),
        askings=tuple(askings(scene, dice(seed, 0, "askings"), frozenset())),
    )


def _places(scene: Scene) -> Iterator[Placed]:
    for shown in shown_views(scene):
        for label in LABELS:
            for prompt, reply in grounded(scene, shown, label):
                yield Placed(frames=shown, prompt=prompt, reply=reply)


def _fingerprint() -> str:
    """Hash the code of the lab and of observations; rooms of other code are made anew."""
    digest = hashlib.blake2b(digest_size=6)
    for package in _SOURCES:
        for path in sorted(Path(package.__path__[0]).glob("*.py")):
            if path.name not in _LEARNING:
                digest.update(path.read_bytes())
    return digest.hexdigest()


_LEARNING: Final = frozenset(
    {
        "habits.py",
        "model.py",
        "packing.py",
        "processor.py",
        "warmup.py",
        "tokenizer.py",
        "vocabulary.py",
        "lessons.py",
    }
)
"""Modules that no lesson depends on."""


def _write(rooms: Rooms, path: Path) -> None:
    text = json.dumps([asdict(lessons) for lessons in rooms.lessons], separators=(",", ":"))
    buffer = io.BytesIO()
    packed = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    np.savez(buffer, images=rooms.images, cells=rooms.cells, lessons=packed)
    write_whole(path, buffer.getvalue())


def _read(path: Path) -> Rooms:
    with np.load(path) as arrays:
        images, cells = arrays["images"], arrays["cells"]
        text = arrays["lessons"].tobytes().decode("ascii")
    lessons = tuple(_lessons(record) for record in json.loads(text))
    return Rooms(images=images, cells=cells, lessons=lessons)


def _lessons(record: dict[str, Any]) -> RoomLessons:
    return RoomLessons(
        answers=tuple(Answered(**_shown(item)) for item in record["answers"]),
        places=tuple(Placed(**_shown(item)) for item in record["places"]),
        askings=tuple(Asking(**_shown(item)) for item in record["askings"]),
    )


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    return item | {"frames": tuple(item["frames"])}
