# SPDX-License-Identifier: Apache-2.0
"""From words to entities: the deterministic grammar, both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spatialevo_dge.parsing.parse import Parse, Reader, Reading
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask


def read(text: str, scene: Scene, tasks: Sequence[SpatialTask[Any]]) -> Parse:
    """Read a text with the grammar."""
    from spatialevo_dge.parsing.reading import read as read_text  # noqa: PLC0415  (Lark is heavy)

    return read_text(text, scene, tasks)


GRAMMAR: Reader = read
"""The deterministic reader."""

__all__ = ["GRAMMAR", "Parse", "Reader", "Reading", "read"]
