# SPDX-License-Identifier: Apache-2.0
"""Writing a folder so that a reader, and a crash, sees all of it or none of it.

What a killed process leaves beside the name has a passing name that no reader looks at; whoever
writes to the same name next removes it. A lock on the folder, which ends with the process that
holds it, tells what is left over from what is being written.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_ANY_UUID: Final = "[0-9a-f]" * 32


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
    with passing_folder(target, "partial") as partial:
        yield partial
        _sync_folders(partial)
        _take_name(partial, target, overwrite=overwrite)
    _sync(target.parent)


@contextmanager
def passing_folder(target: Path, suffix: str) -> Iterator[Path]:
    """Yield an empty sibling of `target` that is gone afterwards, unless it took another name.

    Siblings of the same kind that killed processes left are removed first.

    Args:
        target: What the folder is for; its parents are made.
        suffix: Kind of sibling, a word.

    Raises:
        OSError: The folder cannot be made; `filename` is the target.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_left(target, suffix)
    folder, lock = _made(target, suffix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_left(target: Path, suffix: str) -> None:
    """Remove the passing folders of a kind that killed processes left beside `target`."""
    for folder in target.parent.glob(f".{_escaped(target.name)}.{_ANY_UUID}.{suffix}"):
        _remove_if_left(folder)


def _made(target: Path, suffix: str) -> tuple[Path, int]:
    """Make a sibling and return it with the descriptor that locks it.

    Another process may look between making and locking, and remove it: then once more.
    """
    while True:
        folder = _sibling(target, suffix)
        try:
            folder.mkdir()
        except OSError as error:  # a passing name says nothing to whoever asked for the target
            raise type(error)(error.errno, error.strerror, str(target)) from error
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        if _locked(lock) is not False and folder.exists():
            return folder, lock
        os.close(lock)


def _remove_if_left(folder: Path) -> None:
    """Remove a passing folder that no process holds."""
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:  # removed, or renamed, by whoever held it
        return
    try:
        if _locked(lock):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _locked(descriptor: int) -> bool | None:
    """Lock a folder; return whether that went well, and None where the file system has no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


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
