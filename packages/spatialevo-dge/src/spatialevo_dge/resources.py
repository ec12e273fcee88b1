# SPDX-License-Identifier: Apache-2.0
"""Data files that travel inside the package."""

from __future__ import annotations

from importlib.resources import files


def grammar(name: str) -> str:
    """Read a task's grammar, such as ``"scene/object_counting"``."""
    return read(f"tasks/{name}.lark")


def read(name: str) -> str:
    """Read a text file of the package by its path within it."""
    return files("spatialevo_dge").joinpath(name).read_text(encoding="utf-8")
