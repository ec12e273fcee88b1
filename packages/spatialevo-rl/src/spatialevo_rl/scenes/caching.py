# SPDX-License-Identifier: Apache-2.0
"""Things made once and kept while they are used: in memory by recency, on disk by content."""

from __future__ import annotations

import json
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from spatialevo_dge.json_fields import Fields, parse_json, read_json

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """The values used last; safe to use from several threads, and each value is made by one."""

    def __init__(self, size: int) -> None:
        """Keep at most `size` values.

        Raises:
            ValueError: The size is below 1.
        """
        if size < 1:
            raise ValueError(f"size: expected at least 1, got {size}")
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, Lock] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made now where it is not kept; what `make` raises passes."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            gate = self._making.setdefault(key, Lock())
        with gate:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            try:
                value = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._values[key] = value
                if len(self._values) > self._size:
                    self._values.popitem(last=False)
            return value


def kept(folder: Path | None, name: str, make: Callable[[], Mapping[str, object]]) -> Fields:
    """Return a JSON object made once and kept as a file; without a folder it is made each time.

    It goes through JSON in either case, so the first run and the second read the same.

    Raises:
        SceneError: The file is damaged.
    """
    if folder is None:
        return parse_json(json.dumps(make()).encode(), name)
    path = folder / name
    if not path.exists():
        write_whole(path, json.dumps(make(), indent=1).encode())
    return read_json(path)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader, and a crash, sees all of it or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
