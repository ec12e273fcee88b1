# SPDX-License-Identifier: Apache-2.0
"""What reading a text gives: the tasks it may ask for, with the entities it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from spatialevo_dge.entities import Entities
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to understand a text."""

    task_id: str
    entities: Entities


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """Every way to understand a text; none means that it was not understood.

    Attributes:
        readings: At most one a task, in the order of the tasks.
        why: For no reading: what could not be read.
        words: How many words the text has. A reading leaves none of them unread.
        notes: What else should be known, such as a second reader that disagrees.
    """

    readings: tuple[Reading, ...]
    why: str = ""
    words: int = 0
    notes: tuple[str, ...] = ()


Reader: TypeAlias = Callable[[str, Scene, Sequence[SpatialTask[Any]]], Parse]
