# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on the command line: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

import typer

from spatialevo_dge import SceneError
from spatialevo_eval.models import ModelError
from spatialevo_eval.records import RunError

__all__ = ["EXPECTED", "PROGRAM", "is_expected", "report"]

PROGRAM: Final = "spatialevo-eval"
USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[1]
"""Base of click's errors, or of typer's copy of them: the class that is public in both."""

EXTRAS: Final[Mapping[str, str]] = {
    "datasets": "hub",
    "huggingface_hub": "hub",
    "av": "video",
    "torch": "transformers",
    "transformers": "transformers",
    "vllm": "vllm",
    "lmms_eval": "lmms",
}
"""The extra that brings a module."""

EXPECTED: Final = (
    USAGE_ERROR,
    RunError,
    ModelError,
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


def _message(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "stopped; the same command goes on where it ended."
    if isinstance(error, USAGE_ERROR):
        return str(error.format_message())  # type: ignore[attr-defined]  # click's, or its copy's
    if isinstance(error, ModuleNotFoundError):
        module = _module(error)
        return f'{module} is missing: pip install "spatialevo-eval[{EXTRAS[module]}]"'
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__


def _module(error: ModuleNotFoundError) -> str:
    return (error.name or "").partition(".")[0]
