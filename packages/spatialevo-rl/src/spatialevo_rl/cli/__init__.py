# SPDX-License-Identifier: Apache-2.0
"""The command `spatialevo-rl`: train, and look at what was trained.

Exit codes: 0 done, 1 bad data, 2 misuse, 130 interrupted. `--debug` shows tracebacks.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    from spatialevo_rl.cli.app import run  # noqa: PLC0415  (typer is not for library users)

    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
