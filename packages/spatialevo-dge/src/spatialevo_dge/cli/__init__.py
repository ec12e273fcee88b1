# SPDX-License-Identifier: Apache-2.0
"""The command `spatialevo-dge`: ask, check and import scenes from a shell.

Exit codes: 0 a ruling was given (legal or not), 1 bad data, 2 misuse, 130 interrupted.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    # Grammar and modules are many objects and none of them garbage: a tenth of the time to a first
    # answer went into looking through them.
    gc.set_threshold(50_000, 20, 100)
    from spatialevo_dge.cli.app import run  # noqa: PLC0415  (typer is not for library users)

    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
