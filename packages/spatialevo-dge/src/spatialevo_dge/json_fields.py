# SPDX-License-Identifier: Apache-2.0
"""Reading JSON that others wrote: every missing or wrong value is a named `SceneError`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError

ResultT = TypeVar("ResultT")


def parse_json(data: bytes, source: str | Path) -> Fields:
    """Parse a JSON document whose top level is an object.

    Raises:
        SceneError: Not UTF-8, not JSON, a number JSON does not have, a key that occurs twice, or
            something other than an object at the top.
    """
    try:
        value = json.loads(
            data, parse_constant=_refuse_constant, object_pairs_hook=_refuse_double_keys
        )
    except (ValueError, RecursionError) as error:
        raise SceneError(source, "JSON", str(error) or type(error).__name__) from error
    return Fields(value, source)


def read_json(path: Path) -> Fields:
    """Read and parse a JSON file; see `parse_json`."""
    return parse_json(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        SceneError: The file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise SceneError(path, "file", error.strerror or str(error)) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _refuse_double_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key {double!r} occurs twice")
    return record


class Fields:
    """One JSON object; each method returns a value of the type it names or raises `SceneError`."""

    __slots__ = ("_record", "path", "source")

    def __init__(self, value: object, source: str | Path, path: str = "") -> None:
        """Take a parsed value.

        Args:
            value: What JSON gave; has to be an object.
            source: The file it comes from.
            path: Where in the file, such as ``"segGroups[3]"``.
        """
        self.source = source
        self.path = path
        if not isinstance(value, dict):
            self.fail("", f"expected an object, got {_kind(value)}")
        self._record: dict[str, object] = value

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise a SceneError that names the file and the field."""
        raise SceneError(self.source, self.where(key) or "top level", problem)

    def where(self, key: str) -> str:
        """Return the path of a key within the file."""
        return f"{self.path}.{key}" if self.path and key else self.path or key

    def __contains__(self, key: str) -> bool:
        return key in self._record

    def __iter__(self) -> Iterator[str]:
        return iter(self._record)

    def __len__(self) -> int:
        return len(self._record)

    def get(self, key: str) -> object:
        """Return the value, of whatever type."""
        if key not in self._record:
            self.fail(key, "missing")
        return self._record[key]

    def text(self, key: str) -> str:
        """Return a string that can be written as UTF-8."""
        value = self.get(key)
        if not isinstance(value, str):
            self.fail(key, f"expected a string, got {_kind(value)}")
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            self.fail(key, "holds half of a surrogate pair")
        return value

    def integer(self, key: str) -> int:
        """Return an integer that fits into 64 bits."""
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fail(key, f"expected an integer, got {_kind(value)}")
        if not -(2**63) <= value < 2**63:
            self.fail(key, "does not fit into 64 bits")
        return value

    def boolean(self, key: str) -> bool:
        """Return true or false."""
        value = self.get(key)
        if not isinstance(value, bool):
            self.fail(key, f"expected true or false, got {_kind(value)}")
        return value

    def number(self, key: str) -> float:
        """Return a finite float."""
        return self._number(key, self.get(key))

    def _number(self, key: str, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.fail(key, f"expected a number, got {_kind(value)}")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fail(key, f"expected a finite number, got {number}")
        return number

    def numbers(self, key: str, count: int | None = None) -> NDArray[np.float64]:
        """Return a flat list of finite numbers, of the given length where one is given."""
        values = self.items(key)
        if count is not None and len(values) != count:
            self.fail(key, f"expected {count} numbers, got {len(values)}")
        return np.array(
            [self._number(f"{key}[{place}]", value) for place, value in enumerate(values)],
            dtype=np.float64,
        )

    def integers(self, key: str) -> NDArray[np.int64]:
        """Return a flat list of integers; made for lists of millions."""
        values = self.items(key)
        try:
            array = np.array(values, dtype=None if values else np.int64)
        except (ValueError, OverflowError) as error:
            self.fail(key, str(error))
        if array.ndim != 1 or array.dtype.kind != "i":
            self.fail(key, f"expected a flat list of integers, got {array.dtype} {array.shape}")
        return array.astype(np.int64, copy=False)

    def items(self, key: str) -> list[object]:
        """Return a list of anything."""
        value = self.get(key)
        if not isinstance(value, list):
            self.fail(key, f"expected a list, got {_kind(value)}")
        return value

    def fields(self, key: str) -> Fields:
        """Return an object."""
        return Fields(self.get(key), self.source, self.where(key))

    def records(self, key: str) -> list[Fields]:
        """Return a list of objects."""
        where = self.where(key)
        return [
            Fields(item, self.source, f"{where}[{place}]")
            for place, item in enumerate(self.items(key))
        ]

    def optional(self, key: str, read: Callable[[str], ResultT]) -> ResultT | None:
        """Return None where the value is null, else what `read` (a method of this object) says."""
        return None if self.get(key) is None else read(key)

    def frozen(self, key: str) -> Mapping[str, object]:
        """Return an object of anything, read-only all the way down."""
        value = self.get(key)
        if not isinstance(value, dict):
            self.fail(key, f"expected an object, got {_kind(value)}")
        return frozen_record(value)


def frozen_record(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return a JSON object with its lists as tuples and its objects as read-only mappings."""
    return MappingProxyType({key: _frozen(item) for key, item in record.items()})


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return frozen_record(value)
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    return value


def plain_json(value: object) -> object:
    """Return the value as `json.dumps` takes it; the inverse of `frozen_record`."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item) for item in value]
    return value


_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    type(None): "null",
}


def _kind(value: object) -> str:
    return _KINDS[type(value)]
