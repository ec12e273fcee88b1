# SPDX-License-Identifier: Apache-2.0
"""The committed stub is the one that the installed native module gives."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "update_stubs.py"


def test_the_committed_stub_is_up_to_date():
    pytest.importorskip(
        "nanobind", reason="the stub is written by nanobind (dependency group stubs)"
    )
    spec = importlib.util.spec_from_file_location("update_stubs", TOOL)
    update_stubs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(update_stubs)
    shown = update_stubs.difference()
    assert not shown, f"run tools/update_stubs.py\n{shown}"
