# SPDX-License-Identifier: Apache-2.0
"""Writing a folder so that a reader, and a crash, sees all of it or none of it."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_folder(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield an empty sibling of `target` that takes its name when the block succeeds.

    An existing folder is first moved aside and removed last: a crash in between leaves both whole
    (see `left_aside`).

    Args:
        target: Name of the folder to write; its parents are made.
        overwrite: Whether it may replace an existing folder.

    Raises:
        FileExistsError: The target exists and must not be replaced.
        OSError: The folder cannot be made; `filename` is the target.
    """
    if not overwrite and os.path.lexists(target):
        raise FileExistsError(f"{target} exists; pass overwrite=True to replace it")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = _sibling(target, "partial")
    try:
        partial.mkdir()
    except OSError as error:  # a passing name says nothing to whoever asked for the target
        raise type(error)(error.errno, error.strerror, str(target)) from error
    try:
        yield partial
        _sync_folders(partial)
        _take_name(partial, target, overwrite=overwrite)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _sync(target.parent)


def left_aside(target: Path) -> list[Path]:
    """Return the former versions of `target` that an interrupted overwrite left beside it."""
    return sorted(target.parent.glob(f".{_escaped(target.name)}.*.former"))


def _sibling(target: Path, suffix: str) -> Path:
    return target.parent / f".{target.name}.{uuid.uuid4().hex}.{suffix}"


def _escaped(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _take_name(partial: Path, target: Path, *, overwrite: bool) -> None:
    if not os.path.lexists(target) and _renamed(partial, target):
        return
    if not overwrite:
        raise FileExistsError(f"{target} appeared while it was being written")
    former = _sibling(target, "former")
    target.rename(former)
    try:
        partial.rename(target)
    except OSError:
        former.rename(target)
        raise
    _sync(target.parent)
    shutil.rmtree(former)


def _renamed(partial: Path, target: Path) -> bool:
    """Give the name away unless another process has taken it since we looked."""
    try:
        partial.rename(target)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise
        return False
    return True


def _sync_folders(top: Path) -> None:
    for folder, _, _ in os.walk(top):
        _sync(Path(folder))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
