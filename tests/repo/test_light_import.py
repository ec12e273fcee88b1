# SPDX-License-Identifier: Apache-2.0
"""Importing the oracle loads neither torch nor open3d, even where they are installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "open3d", "transformers", "scipy", "PIL")


@pytest.fixture
def decoys(tmp_path: Path) -> Path:
    """Make importable stand-ins, so that an attempt to import a heavy module succeeds and shows."""
    for name in HEAVY:
        (tmp_path / f"{name}.py").write_text("")
    return tmp_path


def heavy_modules_after(statement: str, path: Path) -> list[str]:
    """Run a statement in a fresh interpreter and return which heavy modules it loaded."""
    program = f"import sys\n{statement}\nprint(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(path)},
        check=True,
        capture_output=True,
        text=True,
    )
    return result.stdout.split()


@pytest.mark.parametrize("module", ["spatialevo_geometry", "spatialevo_dge", "spatialevo_dge.cli"])
def test_importing_loads_nothing_heavy(module: str, decoys: Path) -> None:
    assert heavy_modules_after(f"import {module}", decoys) == []


def test_the_check_can_fail(decoys: Path) -> None:
    hidden = "try:\n    import torch, open3d\nexcept ImportError:\n    pass"
    assert heavy_modules_after(hidden, decoys) == ["open3d", "torch"]
