# SPDX-License-Identifier: Apache-2.0
"""Errors of the oracle: bad data has a type of its own, which names the file and the field."""

from __future__ import annotations

from pathlib import Path


class SceneError(Exception):
    """A scene's data are missing, damaged or contradictory.

    Attributes:
        source: The file or scene that is at fault.
        field: The field, array, line or record within it.
        problem: What is wrong, with the value found.
    """

    def __init__(self, source: str | Path, field: str, problem: str) -> None:
        """Name the file, the field and the problem; the message is one line."""
        self.source = str(source)
        self.field = field
        self.problem = problem
        super().__init__(f"{self.source}: {field}: {problem}")

    def __reduce__(self) -> tuple[type[SceneError], tuple[str, str, str]]:
        return type(self), (self.source, self.field, self.problem)
