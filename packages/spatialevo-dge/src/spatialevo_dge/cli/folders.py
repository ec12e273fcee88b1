# SPDX-License-Identifier: Apache-2.0
"""Output folders: is the place free, before any work is done?"""

from __future__ import annotations

import os
from pathlib import Path

from spatialevo_dge.bundle import HEADER
from spatialevo_dge.cli.errors import MisuseError


def require_free(output: Path, *, overwrite: bool) -> None:
    """Refuse an output that exists, unless it is a bundle that may be replaced.

    Raises:
        MisuseError: It is taken.
    """
    if not os.path.lexists(output):
        return
    if not (output / HEADER).is_file():
        raise MisuseError(
            f"--output: {str(output)!r} exists and is no scene bundle; give another name"
        )
    if not overwrite:
        raise MisuseError(f"--output: {str(output)!r} exists; --overwrite replaces it")
