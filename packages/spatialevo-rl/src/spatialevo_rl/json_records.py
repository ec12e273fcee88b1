# SPDX-License-Identifier: Apache-2.0
"""Records as JSON and back, checked: a wrong value is an error that names file, line and field.

A record is a dataclass whose fields are numbers, texts, truth values, closed sets (`StrEnum`),
tuples and mappings of these, other records, or any JSON (`object`). A float that JSON cannot write
is written as text: a diverged run must still be able to say so.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

RecordT = TypeVar("RecordT")

_NOT_FINITE: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class RecordError(ValueError):
    """A record that cannot be read.

    Attributes:
        where: File and line.
        field: Which value, such as ``"terms.reward"``; empty for the record itself.
        problem: What is wrong with it.
    """

    def __init__(self, where: str, field: str, problem: str) -> None:
        super().__init__(f"{where}: {field or 'record'}: {problem}")
        self.where = where
        self.field = field
        self.problem = problem


def to_json(value: object) -> Any:
    """Write a record, or a value of one, as what `json.dumps` takes."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def from_json(record: type[RecordT], value: object, where: str) -> RecordT:
    """Read a record.

    Args:
        record: Its dataclass.
        value: What JSON gave.
        where: File and line, for errors.

    Raises:
        RecordError: A field is missing, unknown, or of another type.
    """
    return _record(record, value, where, "")


@cache
def _hints(record: type) -> dict[str, Any]:
    return get_type_hints(record)


def _record(record: type[RecordT], value: object, where: str, path: str) -> RecordT:
    if not isinstance(value, dict):
        raise RecordError(where, path, f"expected an object, got {_kind(value)}")
    hints = _hints(record)  # type: ignore[arg-type]  # a class is hashable
    prefix = f"{path}." if path else ""
    for name in hints:
        if name not in value:
            raise RecordError(where, prefix + name, "missing")
    for name in value:
        if name not in hints:
            raise RecordError(where, prefix + str(name), f"{record.__name__} has no such field")
    try:
        return record(
            **{
                name: _value(hint, value[name], where, prefix + name)
                for name, hint in hints.items()
            }
        )
    except RecordError:
        raise
    except ValueError as error:
        raise RecordError(where, path, str(error)) from error


def _value(hint: Any, value: object, where: str, path: str) -> object:
    """Read one value of a type that a record may hold."""
    if hint is object:
        return value
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _optional(hint, value, where, path)
    if origin is tuple:
        return _items(get_args(hint), value, where, path)
    if origin is not None:  # a mapping of text to something
        return _mapping(get_args(hint)[1], value, where, path)
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint, value, where, path)
    return _plain(hint, value, where, path)


def _optional(hint: Any, value: object, where: str, path: str) -> object:
    if value is None:
        return None
    (kept,) = (each for each in get_args(hint) if each is not type(None))
    return _value(kept, value, where, path)


def _items(hints: tuple[Any, ...], value: object, where: str, path: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise RecordError(where, path, f"expected a list, got {_kind(value)}")
    kinds = [hints[0]] * len(value) if hints[-1] is Ellipsis else list(hints)
    if len(kinds) != len(value):
        raise RecordError(where, path, f"expected {len(kinds)} items, got {len(value)}")
    return tuple(
        _value(kind, item, where, f"{path}[{place}]")
        for place, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _mapping(hint: Any, value: object, where: str, path: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise RecordError(where, path, f"expected an object, got {_kind(value)}")
    return types.MappingProxyType(
        {key: _value(hint, item, where, f"{path}.{key}") for key, item in value.items()}
    )


def _plain(hint: type, value: object, where: str, path: str) -> object:
    if issubclass(hint, StrEnum):
        if value not in [member.value for member in hint]:
            named = ", ".join(member.value for member in hint)
            raise RecordError(where, path, f"{value!r} is none of {named}")
        return hint(value)
    if hint is float:
        if isinstance(value, str) and value in _NOT_FINITE:
            return _NOT_FINITE[value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    raise RecordError(where, path, f"expected {_NAMES[hint]}, got {_kind(value)}")


_NAMES: Final[dict[type, str]] = {
    float: "a number",
    int: "an integer",
    str: "text",
    bool: "true or false",
}


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f"{_NAMES[type(value)]} ({value!r:.60})"
