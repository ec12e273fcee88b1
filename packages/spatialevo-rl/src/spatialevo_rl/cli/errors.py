# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on a command line: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from spatialevo_dge.cli.reporting import CommandError, Reporter
from spatialevo_rl.json_records import RecordError

__all__ = ["PROGRAM", "REPORTER", "CommandError", "resumable", "running"]

PROGRAM: Final = "spatialevo-rl"
EXTRAS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "safetensors"), "train"
    ),
    "deepspeed": "deepspeed",
    "vllm": "vllm",
    "httpx": "judge",
}
"""The extra that brings a module."""
REPORTER: Final = Reporter(program=PROGRAM, extras=EXTRAS)


@contextmanager
def running() -> Iterator[None]:
    """Let an error of a run that has begun show where it comes from: it is a defect.

    Raises:
        RecordError: As it was: a person's file is damaged, and it says where.
        RuntimeError: In place of another ValueError, which would be taken for a person's mistake.
    """
    try:
        yield
    except RecordError:
        raise
    except ValueError as error:
        raise RuntimeError(f"the run stopped: {error}") from error


@contextmanager
def resumable() -> Iterator[None]:
    """Say how to go on where the keyboard stops long work that keeps what it has done.

    Raises:
        KeyboardInterrupt: Passed on.
    """
    try:
        yield
    except KeyboardInterrupt:
        words = shlex.join(sys.argv[1:])
        print(f"Interrupted. The same command goes on: {PROGRAM} {words}", file=sys.stderr)
        raise
