# SPDX-License-Identifier: Apache-2.0
"""A task is a value: how it is asked, when it is legal, what the truth is.

A third party adds a task from its own package by exposing a `SpatialTask` under the entry point
group ``spatialevo_dge.tasks``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms(Generic[E]):
    """How a task is asked.

    Attributes:
        entities: What a question of the task names.
        grammar: Lark rules whose start rule has the task's id; see `parsing.grammar` for the
            terminals and the shared rules they may use.
        phrase: Writes entities as questions, one text for every wording; each reads back as the
            same entities.
    """

    entities: type[E]
    grammar: str
    phrase: Callable[[E], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpatialTask(Generic[E]):
    """One of the spatial tasks.

    Attributes:
        id: The task's name in the paper and in data files.
        title: What it asks, in a few words.
        view: How many images it needs.
        forms: How it is asked.
        check: Every rule that the entities break in the view, in any order; the geometry's own
            doubts (DEGENERATE, BORDERLINE) come from `measure`.
        measure: The truth. Called on entities that may have failed `check`, it still measures what
            can be measured, and raises ValueError where an entity does not resolve.
        propose: Entity assignments worth checking in a view, each once, in a fixed order.
    """

    id: str
    title: str
    view: ViewKind
    forms: Forms[E]
    check: Callable[[E, View, Policy], tuple[Violation, ...]]
    measure: Callable[[E, View, Policy], Truth]
    propose: Callable[[View, Policy], Iterator[E]]
