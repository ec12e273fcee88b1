# SPDX-License-Identifier: Apache-2.0
"""Fields of data-set rows, checked: a row of another form is refused with its field's name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from spatialevo_eval.benchmark import LoadOptions, Record
from spatialevo_eval.images import ImageRef, from_hub

__all__ = ["hub_home", "image", "images", "media_folder", "strings", "text", "whole"]


def _of(row: Record, name: str) -> object:
    if name not in row:
        raise ValueError(f"{name}: a row has no such field, only {', '.join(row)}")
    return row[name]


def text(row: Record, name: str) -> str:
    """Return a text field.

    Raises:
        ValueError: It is missing.
        TypeError: It is no text.
    """
    value = _of(row, name)
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a text, got {value!r}")
    return value


def whole(row: Record, name: str) -> int:
    """Return a field that holds a whole number.

    Raises:
        ValueError: It is missing.
        TypeError: It is no whole number.
    """
    value = _of(row, name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    return value


def strings(row: Record, name: str) -> tuple[str, ...]:
    """Return a field that holds texts; nothing where it is null.

    Raises:
        ValueError: It is missing.
        TypeError: It holds something else.
    """
    value = _of(row, name)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{name}: expected a list of texts, got {value!r}")
    if not all(isinstance(each, str) for each in value):
        raise TypeError(f"{name}: expected a list of texts, got {value!r}")
    return tuple(value)


def image(row: Record, name: str, item: str) -> tuple[ImageRef, ...]:
    """Return a field's image, named after its item; nothing where it is null.

    Raises:
        ValueError: The field is missing.
        TypeError: It is no image.
    """
    value = _of(row, name)
    return () if value is None else (from_hub(value, f"{item}/{name}"),)


def images(row: Record, name: str, item: str) -> tuple[ImageRef, ...]:
    """Return a field's images in order, named after their item; nulls are left out.

    Raises:
        ValueError: The field is missing.
        TypeError: It is no list, or holds something else than images.
    """
    value = _of(row, name)
    if isinstance(value, bytes | str | Mapping) or not isinstance(value, Sequence):
        raise TypeError(f"{name}: expected a list of images, got {type(value).__name__}")
    return tuple(
        from_hub(each, f"{item}/{name}/{place}")
        for place, each in enumerate(value)
        if each is not None
    )


def media_folder(options: LoadOptions, name: str) -> Path:
    """Return where a benchmark's videos or images are unpacked.

    By default under ``$HF_HOME``, as lmms-eval does, so that one copy serves both.
    """
    if options.media is not None:
        return options.media
    return hub_home() / name


def hub_home() -> Path:
    """Return where the hub's files are kept on this machine."""
    home = os.environ["HF_HOME"] if "HF_HOME" in os.environ else "~/.cache/huggingface"
    return Path(home).expanduser()
