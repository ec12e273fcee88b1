# SPDX-License-Identifier: Apache-2.0
"""Writing a file so that a reader sees the old one or the new one, whole."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under its name only when all of it is there.

    Raises:
        OSError: The folder does not exist, or is full or closed to us; `filename` is the path.
    """
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:  # a passing name says nothing to whoever asked for the path
        raise type(error)(error.errno, error.strerror, str(path)) from error
    finally:
        if os.path.lexists(partial):
            partial.unlink()
