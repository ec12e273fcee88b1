# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on a command line: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import typer

from spatialevo_dge import SceneError

PROGRAM: Final = "spatialevo-rl"
USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[1]
"""Base of click's errors, or of typer's copy of them: the class that is public in both."""

EXTRAS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "safetensors"), "train"
    ),
    "deepspeed": "deepspeed",
    "vllm": "vllm",
    "httpx": "judge",
}
"""The extra that brings a module."""


class CommandError(Exception):
    """A problem that a person has to solve; the message is one line that names the thing."""


EXPECTED: Final = (
    USAGE_ERROR,
    CommandError,
    SceneError,
    OSError,
    ModuleNotFoundError,
    ValueError,
    typer.Abort,
    KeyboardInterrupt,
)
"""What `report` turns into a line; anything else is a defect and shows its traceback."""


def is_expected(error: BaseException) -> bool:
    """Whether an error is a person's to solve; a missing module is, if an extra brings it."""
    if isinstance(error, ModuleNotFoundError):
        return _module(error) in EXTRAS
    return isinstance(error, EXPECTED)


def report(error: BaseException) -> int:
    """Write an expected error to stderr as one line and return the exit code."""
    message = " ".join(_message(error).split())
    sys.stderr.write(f"{PROGRAM}: {message}\n")
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return 130
    return 2 if isinstance(error, USAGE_ERROR | ValueError) else 1


@contextmanager
def running() -> Iterator[None]:
    """Let an error of a run that has begun show where it comes from: it is a defect.

    Raises:
        RuntimeError: In place of a ValueError, which would be taken for a person's mistake.
    """
    try:
        yield
    except ValueError as error:
        raise RuntimeError(f"the run stopped: {error}") from error


def _module(error: ModuleNotFoundError) -> str:
    return (error.name or "").partition(".")[0]


def _message(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "stopped."
    if isinstance(error, USAGE_ERROR):
        return str(error.format_message())  # type: ignore[attr-defined]  # click's, or its copy's
    if isinstance(error, ModuleNotFoundError):
        name = _module(error)
        return f"this needs {name}, which is not installed: pip install '{PROGRAM}[{EXTRAS[name]}]'"
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__
