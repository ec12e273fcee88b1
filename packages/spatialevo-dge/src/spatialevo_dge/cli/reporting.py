# SPDX-License-Identifier: Apache-2.0
"""How every command line of the project tells what went wrong: one line, and never a traceback.

`spatialevo-dge`, `spatialevo-rl` and `spatialevo-eval` each hold one `Reporter`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

import typer

from spatialevo_dge.errors import SceneError

__all__ = ["STOPPED", "USAGE_ERROR", "CommandError", "Reporter"]

STOPPED: Final = 130
"""Exit code of a command that was stopped from the keyboard."""

# Typer brings its own copy of click's exceptions or uses click's, depending on its version; the
# base class is the one that is public in both.
USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[1]


class CommandError(Exception):
    """A problem that a person has to solve; the message is one line that names the thing."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """What of a program's errors is a person's to solve, and how it is said.

    Attributes:
        program: The program's name, which begins every line.
        own: Errors of its own that are a person's to solve.
        extras: The extra of the program's distribution that brings a module.
        stopped: What is said when it is stopped from the keyboard.
    """

    program: str
    own: tuple[type[Exception], ...] = ()
    extras: Mapping[str, str] = field(default_factory=dict)
    stopped: str = "stopped."

    @property
    def expected(self) -> tuple[type[BaseException], ...]:
        """What `report` can turn into a line; anything else is a defect."""
        usual = (USAGE_ERROR, CommandError, SceneError, OSError, ImportError, ValueError)
        return (*usual, *self.own, typer.Abort, KeyboardInterrupt)

    def is_expected(self, error: BaseException) -> bool:
        """Whether an error is a person's to solve; an import's is if it is known what brings it."""
        if isinstance(error, ImportError):
            return "pip install" in str(error) or _module(error) in self.extras
        return isinstance(error, self.expected)

    def report(self, error: BaseException) -> int:
        """Write an expected error to stderr as one line and return the exit code."""
        if isinstance(error, BrokenPipeError):
            return 1  # whoever read our output has left; there is nobody to tell
        message = " ".join(self._message(error).split())
        sys.stderr.write(f"{self.program}: {message}\n")
        return _exit_code(error)

    def _message(self, error: BaseException) -> str:
        if isinstance(error, KeyboardInterrupt | typer.Abort):
            return self.stopped
        if isinstance(error, USAGE_ERROR):
            return str(error.format_message())  # type: ignore[attr-defined]  # click's, or a copy's
        if isinstance(error, ImportError) and "pip install" not in str(error):
            module = _module(error)
            wanted = f"pip install '{self.program}[{self.extras[module]}]'"
            return f"this needs {module}, which is not installed: {wanted}"
        if isinstance(error, OSError) and error.strerror and error.filename is not None:
            return f"{error.filename}: {error.strerror}"
        return str(error) or type(error).__name__


def _module(error: ImportError) -> str:
    return (error.name or "").partition(".")[0]


def _exit_code(error: BaseException) -> int:
    if isinstance(error, CommandError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return STOPPED
    if isinstance(error, SceneError):
        return 1
    return 2 if isinstance(error, USAGE_ERROR | ValueError) else 1
