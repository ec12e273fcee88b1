# SPDX-License-Identifier: Apache-2.0
"""Read a text: every task it may ask for, with the entities it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from spatialevo_dge.entities import (
    Cameras,
    Entities,
    FromCamera,
    RegionFromCamera,
    Relation,
    Standing,
    Travel,
)
from spatialevo_dge.parsing.asides import without_asides
from spatialevo_dge.parsing.grammar import Grammar, grammar_of
from spatialevo_dge.parsing.lexicon import of_scene
from spatialevo_dge.parsing.parse import Parse, Reading
from spatialevo_dge.parsing.rewrite import Chunk
from spatialevo_dge.parsing.shapes import entities_of, possible
from spatialevo_dge.parsing.slots import Refused, slots_of
from spatialevo_dge.parsing.tokens import tokens
from spatialevo_dge.parsing.words import MAX_CHARS
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask


def read(text: str, scene: Scene, tasks: Sequence[SpatialTask[Any]]) -> Parse:
    """Read a text about a scene.

    Total and deterministic: any text gives a `Parse`, the same one each time.
    """
    parse = _read(text, scene, tasks)
    if parse.readings or len(text) > MAX_CHARS:
        return parse
    rest = without_asides(text, of_scene(scene))
    if rest is None:
        return parse
    question, asker = rest
    retried = _read(question, scene, tasks)
    # What the asker says of himself is no aside where his place or heading matters.
    found = tuple(item for item in retried.readings if not (asker and _oriented(item.entities)))
    return replace(parse, readings=found, why="") if found else parse


def _oriented(entities: Entities) -> bool:
    return isinstance(
        entities, Standing | Relation | FromCamera | RegionFromCamera | Cameras | Travel
    )


def _read(text: str, scene: Scene, tasks: Sequence[SpatialTask[Any]]) -> Parse:
    sequences, why, words = tokens(text, of_scene(scene))
    if not sequences:
        return Parse(readings=(), why=why, words=words)
    grammar = grammar_of(tuple(tasks))
    readings: dict[Reading, None] = {}
    refused: list[str] = []
    spelt = [(chunks, frozenset([chunk.kind for chunk in chunks])) for chunks in sequences]
    for task in tasks:
        for chunks, kinds in spelt:
            if not (kinds <= grammar.admits[task.id] and possible(task.forms.entities, kinds)):
                continue
            found = _reading(grammar, task, chunks)
            if isinstance(found, Reading):
                readings[found] = None
            elif found and found not in refused:
                refused.append(found)
    if readings:
        return Parse(readings=tuple(readings), words=words)
    return Parse(
        readings=(), why="; ".join(refused) or _out_of_place(sequences[0], grammar), words=words
    )


def _out_of_place(chunks: Sequence[Chunk], grammar: Grammar) -> str:
    """Say which words fit into no question, judged by the task that they fit best."""
    strange = (
        (task_id, [chunk.text for chunk in chunks if chunk.kind not in admits])
        for task_id, admits in grammar.admits.items()
    )
    task_id, words = min(strange, key=lambda entry: len(entry[1]))
    if not words:
        return "these words in this order are no question of any task"
    return f"{', '.join(map(repr, words))} has no place in a question of {task_id}"


def _reading(
    grammar: Grammar, task: SpatialTask[Any], chunks: Sequence[Chunk]
) -> Reading | str | None:
    """Return a task's reading of a token sequence, or why it is none of its questions."""
    tree = grammar.parse(task.id, chunks)
    if tree is None:
        return None
    try:
        return Reading(task_id=task.id, entities=entities_of(task.forms.entities, slots_of(tree)))
    except Refused as refused:
        return f"{task.id}: {refused}"
