# SPDX-License-Identifier: Apache-2.0
"""What a folder of bundles holds, read from the headers alone and kept for the next start."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from spatialevo_dge import SceneError
from spatialevo_dge.bundle import HEADER
from spatialevo_dge.bundle_header import FRAME_COLUMNS, decode_header
from spatialevo_dge.json_fields import Fields
from spatialevo_rl.scenes.caching import kept

_IMAGE: Final = FRAME_COLUMNS.index("image")


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleEntry:
    """One bundle.

    Attributes:
        id: The scene's id.
        source: The importer that made it.
        folder: Its folder, relative to the store's.
        digest: SHA-256 of its header, which holds those of all its files.
        labels: Labels of its objects, sorted.
        images: Number of frames that name an image.
    """

    id: str
    source: str
    folder: str
    digest: str
    labels: tuple[str, ...]
    images: int


def read_index(folder: Path, cache: Path | None) -> tuple[BundleEntry, ...]:
    """Return the bundles in a folder, or one level below its sub-folders, ordered by id.

    Args:
        folder: The store's folder.
        cache: Where the index is kept; it is read again when any header is another file.

    Raises:
        SceneError: There is no bundle, one is damaged, or two have one id.
    """
    headers = sorted([*folder.glob(f"*/{HEADER}"), *folder.glob(f"*/*/{HEADER}")])
    if not headers:
        own = "it is a bundle itself: name the folder that holds it"
        what = own if (folder / HEADER).is_file() else "no scene bundle in it"
        raise SceneError(folder, "scenes", f"{what} (`spatialevo-dge import` makes bundles)")
    name = f"index-{_stamp(folder, headers)}.json"
    fields = kept(cache, name, lambda: {"scenes": [*map(asdict, _entries(folder, headers))]})
    entries = sorted((_entry(record) for record in fields.records("scenes")), key=lambda e: e.id)
    for one, other in pairwise(entries):
        if one.id == other.id:
            raise SceneError(folder, "scenes", f"{one.folder} and {other.folder} are both {one.id}")
    return tuple(entries)


def digest_of(entries: tuple[BundleEntry, ...]) -> str:
    """Return a hash of all headers, and so of all scenes."""
    text = "\n".join(f"{entry.id} {entry.digest}" for entry in entries)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _stamp(folder: Path, headers: list[Path]) -> str:
    digest = hashlib.blake2b(str(folder.absolute()).encode(), digest_size=8)
    for path in headers:
        state = path.stat()
        digest.update(f"{path.relative_to(folder)} {state.st_mtime_ns} {state.st_size}".encode())
    return digest.hexdigest()


def _entries(folder: Path, headers: list[Path]) -> Iterator[BundleEntry]:
    for path in headers:
        fields = decode_header(path)
        rows = fields.fields("frames").items("rows")
        yield BundleEntry(
            id=fields.text("id"),
            source=fields.text("source"),
            folder=path.parent.relative_to(folder).as_posix(),
            digest=hashlib.sha256(path.read_bytes()).hexdigest(),
            labels=tuple(sorted(_labels(fields))),
            images=sum(isinstance(row, list) and row[_IMAGE] is not None for row in rows),
        )


def _labels(fields: Fields) -> set[str]:
    boxed = {record.text("label") for record in fields.records("objects")}
    return boxed | set(fields.fields("annotated_counts"))


def _entry(record: Fields) -> BundleEntry:
    return BundleEntry(
        id=record.text("id"),
        source=record.text("source"),
        folder=record.text("folder"),
        digest=record.text("digest"),
        labels=tuple(map(str, record.items("labels"))),
        images=record.integer("images"),
    )


def by_id(entries: tuple[BundleEntry, ...]) -> Mapping[str, BundleEntry]:
    """Return entries by their scene's id."""
    return {entry.id: entry for entry in entries}
