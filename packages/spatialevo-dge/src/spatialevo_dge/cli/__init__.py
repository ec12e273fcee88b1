# SPDX-License-Identifier: Apache-2.0
"""The command `spatialevo-dge`: ask, check and import scenes from a shell.

Exit codes: 0 a ruling was given (legal or not), 1 bad data, 2 misuse, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    from spatialevo_dge.cli.app import run  # noqa: PLC0415  (typer is not for library users)

    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
