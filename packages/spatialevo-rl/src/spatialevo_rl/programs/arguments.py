# SPDX-License-Identifier: Apache-2.0
"""Checking what a program passes to a call against the call's own annotations."""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, Literal, Union, get_args, get_origin, get_type_hints

from spatialevo_rl.programs.outcomes import Failure
from spatialevo_rl.programs.refusals import Refusal

LONGEST_TEXT: Final = 200
LONGEST_LIST: Final = 64
LARGEST_NUMBER: Final = 10**12


def bound_arguments(
    call: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> inspect.BoundArguments:
    """Fit arguments to a call's signature and types; whole numbers become floats where asked.

    Raises:
        Refusal: They do not fit. What a program passed is named by its type, never written out.
    """
    signature, hints = _declared(getattr(call, "__func__", call))
    name = call.__name__
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise Refusal(Failure.TYPE, f"{name}: {str(error)[:LONGEST_TEXT]}") from None
    for parameter, value in bound.arguments.items():
        bound.arguments[parameter] = _fit(value, hints[parameter], f"{name}: {parameter}")
    return bound


@cache
def _declared(call: Callable[..., object]) -> tuple[inspect.Signature, dict[str, object]]:
    """Read a call's signature without its instance, and its annotations."""
    signature = inspect.signature(call)
    asked = [item for item in signature.parameters.values() if item.name != "self"]
    return signature.replace(parameters=asked), get_type_hints(call)


def _fit(value: object, wanted: object, where: str) -> object:
    origin = get_origin(wanted)
    if origin in {Union, types.UnionType}:
        return _fit_any(value, get_args(wanted), where)
    if origin is Literal:
        if isinstance(value, str) and value in get_args(wanted):
            return value
        raise Refusal(Failure.TYPE, f"{where} is none of {', '.join(get_args(wanted))}")
    if origin in {list, tuple}:
        return _fit_items(value, wanted, where)
    if wanted is float or wanted is int:
        return _fit_number(value, wanted, where)
    if isinstance(wanted, type) and type(value) is wanted:
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise Refusal(Failure.TYPE, f"{where} is longer than {LONGEST_TEXT} letters")
        return value
    raise _wrong(value, wanted, where)


def _fit_any(value: object, wanted: tuple[object, ...], where: str) -> object:
    for one in wanted:
        plain = get_origin(one) or one
        if isinstance(plain, type) and isinstance(value, plain):
            return _fit(value, one, where)
    raise _wrong(value, " or ".join(map(_named, wanted)), where)


def _fit_items(value: object, wanted: object, where: str) -> object:
    """Fit a list of any length, or a tuple of a fixed one; either may be passed for the other."""
    if not isinstance(value, list | tuple):
        raise _wrong(value, wanted, where)
    if len(value) > LONGEST_LIST:
        raise Refusal(Failure.TYPE, f"{where} has more than {LONGEST_LIST} items")
    kinds = get_args(wanted)
    if get_origin(wanted) is list:
        return [_fit(item, kinds[0], where) for item in value]
    if len(value) != len(kinds):
        raise Refusal(Failure.TYPE, f"{where} has {len(value)} items, not {len(kinds)}")
    return tuple(_fit(item, kind, where) for item, kind in zip(value, kinds, strict=True))


def _fit_number(value: object, wanted: type, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(value, wanted, where)
    if isinstance(value, float) and not math.isfinite(value):
        raise Refusal(Failure.NOT_FINITE, f"{where} is {value}")
    if abs(value) > LARGEST_NUMBER:
        raise Refusal(Failure.UNIT, f"{where} is beyond {LARGEST_NUMBER:.0e}")
    if wanted is int and not isinstance(value, int):
        raise _wrong(value, wanted, where)
    return int(value) if wanted is int else float(value)


def _wrong(value: object, wanted: object, where: str) -> Refusal:
    got = type(value).__name__[:LONGEST_TEXT]
    return Refusal(Failure.TYPE, f"{where} is {got}, not {_named(wanted)}")


def _named(wanted: object) -> str:
    if wanted is type(None):
        return "None"
    return wanted.__name__ if isinstance(wanted, type) and not get_args(wanted) else str(wanted)
