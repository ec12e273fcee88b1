# SPDX-License-Identifier: Apache-2.0
"""Small copies of what was shown with the first failures, so that a report needs no data set."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PIL import Image

from spatialevo_dge.viewing.files import write_whole
from spatialevo_eval.benchmark import Benchmark, Item
from spatialevo_eval.images import open_images
from spatialevo_eval.records import ItemRecord

__all__ = ["FAILED_BELOW", "KeptImages", "image_files", "is_failure"]

FAILED_BELOW: Final = 0.5
"""A reply that earns less is a failure, in the gallery and nowhere else."""
_PER_KIND: Final = 4
_MOST_IMAGES: Final = 4
_SIDE: Final = 360
"""Pixels of the longer side of what was shown."""
_EVIDENCE: Final = 1200


def is_failure(record: ItemRecord) -> bool:
    """Whether a record belongs in a gallery of failures."""
    return record.value < FAILED_BELOW


def image_files(folder: Path, item: str) -> tuple[Path, ...]:
    """Return the images kept of an item, what was shown first and the evidence last."""
    return tuple(sorted(_place(folder, item).glob("*.jpg")))


class KeptImages:
    """The images of a run's first failures of each kind; the same run keeps the same ones."""

    def __init__(self, folder: Path, benchmark: Benchmark, held: Iterable[ItemRecord]) -> None:
        """Count what the run holds already."""
        self._folder = folder
        self._benchmark = benchmark
        self._failures = Counter(each.kind for each in held if is_failure(each))

    def keep(self, item: Item, record: ItemRecord) -> None:
        """Keep an item's images, where it is one of its kind's first failures.

        Raises:
            OSError: They cannot be read or written.
        """
        if not is_failure(record):
            return
        self._failures[record.kind] += 1
        if self._failures[record.kind] > _PER_KIND:
            return
        place = _place(self._folder, item.id)
        place.mkdir(parents=True, exist_ok=True)
        shown = open_images(item.images)
        step = max(1, -(-len(shown) // _MOST_IMAGES))
        for number, image in enumerate(shown[::step]):
            _write(place / f"{number}.jpg", image, _SIDE)
        evidence = self._benchmark.evidence
        if evidence is not None and (picture := evidence(item)) is not None:
            _write(place / "evidence.jpg", picture, _EVIDENCE)


def _place(folder: Path, item: str) -> Path:
    digest = hashlib.blake2b(item.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return folder / "images" / digest


def _write(path: Path, image: Image.Image, side: int) -> None:
    small = image.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, format="JPEG", quality=82)
    write_whole(path, buffer.getvalue())
