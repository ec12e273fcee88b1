# SPDX-License-Identifier: Apache-2.0
"""What makes two questions the same question.

A key is a nest of tuples of text, numbers and None, so it hashes, crosses processes and is written
as JSON: (task, entities, frames shown, answer form, "legal" or the rule broken). Entities are
canonical: labels for phrases, frames' own ids for "image 2"; the two sides of a symmetric question
and the candidates of a choice are sorted, ordered roles keep their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from spatialevo_dge import Answer, Choice, Legal, Ruling
from spatialevo_dge.entities import (
    Attribute,
    Comparator,
    Comparison,
    Entities,
    FrameRef,
    Gap,
    Noun,
    RegionFromCamera,
    Shown,
)
from spatialevo_dge.labels import canonical, singular
from spatialevo_dge.regions import lookup
from spatialevo_rl.records import Key

LEGAL: Final = "legal"

_SYMMETRIC: Final[Mapping[type, tuple[str, str]]] = MappingProxyType(
    {Gap: ("first", "second"), Comparison: ("first", "second"), Shown: ("first", "second")}
)
"""Shapes two of whose roles may be exchanged without asking anything else."""


def question_key(ruling: Ruling, frames: tuple[str, ...], refused: str = "") -> Key:
    """Return the identity of a question.

    Args:
        ruling: What the oracle said.
        frames: Ids of the frames shown, in order.
        refused: Stands for the verdict where training refuses what the oracle would judge.
    """
    if isinstance(ruling, Legal):
        named = _named(ruling.entities, frames)
        return (ruling.task, named, frames, _form(ruling.answer), refused or LEGAL)
    if ruling.entities is not None:
        named = _named(ruling.entities, frames)
    else:  # read as no entities of the task: what was said instead tells questions apart
        named = (ruling.violation.entity, *ruling.violation.alternatives)
    return (ruling.task, named, frames, (), refused or ruling.rule.value)


def _form(answer: Answer) -> tuple[object, ...]:
    return (answer.unit, len(answer.options) if isinstance(answer, Choice) else 0)


def _named(entities: Entities, frames: tuple[str, ...]) -> tuple[object, ...]:
    values: dict[str, object] = {
        item.name: _canonical(getattr(entities, item.name), frames) for item in fields(entities)
    }
    if isinstance(entities, RegionFromCamera):
        kind = lookup(entities.region)
        values["region"] = kind.name if kind is not None else canonical(entities.region)
    if isinstance(entities, Comparison) and _by_size(entities):
        values["attribute"] = (entities.attribute or Attribute.LONGEST_SIDE).value
    if "frame" in values and values["frame"] is None and len(frames) == 1:
        values["frame"] = frames[0]
    pair = _SYMMETRIC.get(type(entities))
    if pair is not None:
        values.update(zip(pair, sorted(str(values[name]) for name in pair), strict=True))
    return (type(entities).__name__, *values.values())


def _by_size(entities: Comparison) -> bool:
    return entities.comparator in {Comparator.LARGER, Comparator.SMALLER}


def _canonical(value: object, frames: tuple[str, ...]) -> object:
    if isinstance(value, Noun):
        return value.label or singular(canonical(value.text))
    if isinstance(value, FrameRef):
        return _frame(value, frames)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return tuple(sorted(str(_canonical(item, frames)) for item in value))
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"entities: no canonical form for {type(value).__name__}")


def _frame(ref: FrameRef, frames: tuple[str, ...]) -> str:
    if ref.ordinal is not None and 1 <= ref.ordinal <= len(frames):
        return frames[ref.ordinal - 1]
    return str(ref) if ref.frame_id is None else ref.frame_id
