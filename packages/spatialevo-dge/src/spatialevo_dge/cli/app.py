# SPDX-License-Identifier: Apache-2.0
"""Running a command line, and what happens to errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from spatialevo_dge.cli import ask, check, demo, import_scans, synth, tasks, view
from spatialevo_dge.cli.errors import PROGRAM, REPORTER, one_of
from spatialevo_dge.cli.registry import app
from spatialevo_dge.cli.reporting import STOPPED

COMMANDS: Final = {
    "ask": ask,
    "check": check,
    "demo": demo,
    "import": import_scans,
    "synth": synth,
    "tasks": tasks,
    "view": view,
}
"""Where each command is; a module adds its command to the application when it is imported."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; expected errors become one line on stderr."""
    words, debug = split_debug(arguments)
    try:
        if words and not words[0].startswith("-"):
            one_of("command", words[0], COMMANDS)
        code = app(words or ["--help"], prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except REPORTER.expected as error:
        if debug or not REPORTER.is_expected(error):
            raise
        if isinstance(error, BrokenPipeError):
            _forget_stdout()
        return REPORTER.report(error)
    if code == STOPPED:  # typer has swallowed a KeyboardInterrupt
        REPORTER.report(KeyboardInterrupt())
    return code if isinstance(code, int) else 0


def split_debug(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """Take `--debug` out of the words before ``--``; it may stand after the command."""
    words = list(arguments)
    end = words.index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word != "--debug"]
    return kept + words[end:], len(kept) < end


def _forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader of the pipe has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
