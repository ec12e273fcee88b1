# SPDX-License-Identifier: Apache-2.0
"""A run's folder: one process writes to it at a time, and it is one run's for good."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any, Self

import yaml

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.report.run import CONFIG
from spatialevo_rl.train.checkpoint import CheckpointError
from spatialevo_rl.train.config import RunConfig, begun_otherwise


class FolderLock:
    """Keeps other processes out of a folder until it is released, or this process ends.

    Released at the end of a `with` block, or by hand.

    Raises:
        CheckpointError: Another process holds the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor: int | None = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise CheckpointError(
                f"{folder}: another process is writing to this run; wait for it, or choose "
                "another --output_dir"
            ) from error
        except OSError:  # a file system without locks
            self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let others in; once is enough."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def begin_settings(folder: Path, config: RunConfig) -> None:
    """Write a run's settings to its folder, or compare those of a run that goes on.

    Raises:
        CheckpointError: The folder holds a run of other settings.
    """
    path = folder / CONFIG
    if path.exists():
        wrong = begun_otherwise(config, _saved(path))
        if wrong:
            raise CheckpointError(
                f"{folder}: this run was begun with other settings: {'; '.join(wrong)}; "
                "give what it had, or another --output_dir"
            )
    write_whole(path, yaml.safe_dump(dict(config.values)).encode())


def _saved(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        raise CheckpointError(f"{path}: not YAML: {why}; restore or remove it") from error
    if not isinstance(values, dict):
        raise CheckpointError(f"{path}: expected settings by name; restore or remove it")
    return values
