# SPDX-License-Identifier: Apache-2.0
"""Running a command line, and what happens to errors."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

from spatialevo_rl.cli import (
    ablation,
    export,
    finetune,
    ouroboros,
    plan,
    questions,
    report,
    rollout,
    stack,
    train,
    warmup,
)
from spatialevo_rl.cli.errors import EXPECTED, PROGRAM, CommandError, is_expected
from spatialevo_rl.cli.errors import report as report_error
from spatialevo_rl.cli.registry import app

COMMANDS: Final = {
    "train": train,
    "ouroboros": ouroboros,
    "ablation": ablation,
    "finetune": finetune,
    "questions": questions,
    "warmup": warmup,
    "rollout": rollout,
    "plan": plan,
    "report": report,
    "export": export,
    "stack": stack,
}
"""Where each command is; a module adds its command to the application when it is imported."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; expected errors become one line on stderr."""
    words = [word for word in arguments if word != "--debug"]
    try:
        _check_command(words)
        code = app(words or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except EXPECTED as error:
        if len(words) < len(arguments) or not is_expected(error):
            raise
        return report_error(error)
    return code if isinstance(code, int) else 0


def _check_command(words: Sequence[str]) -> None:
    if not words or words[0].startswith("-") or words[0] in COMMANDS:
        return
    close = difflib.get_close_matches(words[0], COMMANDS, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"it is one of {', '.join(COMMANDS)}"
    raise CommandError(f"command: {words[0]!r} is not known; {hint}")
