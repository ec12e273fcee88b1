# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on a command line: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import ClassVar, Final

import typer

from spatialevo_dge.errors import SceneError

PROGRAM: Final = "spatialevo-dge"

# Typer brings its own copy of click's exceptions or uses click's, depending on its version; the
# base class is the one that is public in both.
USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[1]


class CommandError(Exception):
    """A problem that a person has to solve; the message is one line that names the thing."""

    exit_code: ClassVar[int] = 1


class DataError(CommandError):
    """A file or scene does not hold what it has to."""


class MisuseError(CommandError):
    """The command was called with something it cannot take."""

    exit_code = 2


class StoppedError(CommandError):
    """The run was stopped from the keyboard; the message says how to go on."""

    exit_code = 130


EXPECTED: Final = (
    USAGE_ERROR,
    CommandError,
    SceneError,
    OSError,
    ImportError,
    ValueError,
    typer.Abort,
    KeyboardInterrupt,
)
"""What `report` turns into a line; anything else is a defect and shows its traceback."""


def is_expected(error: BaseException) -> bool:
    """Whether an error is a person's to solve; an import fails for one only if it says how."""
    return isinstance(error, EXPECTED) and not (
        isinstance(error, ImportError) and "pip install" not in str(error)
    )


def report(error: BaseException) -> int:
    """Write an expected error to stderr as one line and return the exit code."""
    if isinstance(error, BrokenPipeError):
        return 1  # whoever read our output has left; there is nobody to tell
    message = " ".join(_message(error).split())
    sys.stderr.write(f"{PROGRAM}: {message}\n")
    return _exit_code(error)


def _message(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "stopped."
    if isinstance(error, USAGE_ERROR):
        return str(error.format_message())  # type: ignore[attr-defined]  # click's, or its copy's
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__


def _exit_code(error: BaseException) -> int:
    if isinstance(error, CommandError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return StoppedError.exit_code
    if isinstance(error, SceneError | OSError | ImportError):
        return DataError.exit_code
    return MisuseError.exit_code


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """Return the value if it is allowed.

    Raises:
        MisuseError: It is not; the message names the closest allowed value, and else all of them.
    """
    known = [str(name) for name in allowed]
    if value in known:
        return value
    raise MisuseError(f"{name}: {value!r} is not known; {suggestion(value, known)}")


def suggestion(value: str, known: Iterable[str]) -> str:
    """Say which known value was probably meant, or list them all."""
    names = list(known)
    close = closest(value, names)
    return f"did you mean {close!r}?" if close else f"it is one of {', '.join(names)}."


def closest(value: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known value that is fewest slips away, None where all are too many.

    Args:
        value: What was written.
        known: What it may have meant.
        cutoff: Least share of the letters that are right; two swapped letters are one slip.
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415  (only errors need it)
    from rapidfuzz.process import extractOne  # noqa: PLC0415

    found = extractOne(value, list(known), scorer=OSA.normalized_similarity, score_cutoff=cutoff)
    return None if found is None else str(found[0])
