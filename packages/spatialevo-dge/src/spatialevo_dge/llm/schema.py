# SPDX-License-Identifier: Apache-2.0
"""The JSON schema a language model must fill in, made from the tasks' entity types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from spatialevo_dge.entities import Entities, FrameRef, Noun, Unit
from spatialevo_dge.task import SpatialTask

NO_TASK: Final = "none"

Phrase = Annotated[str, Field(min_length=1, max_length=80)]
Image = Annotated[int, Field(ge=1, le=64)] | Phrase


class NoQuestion(BaseModel):
    """What the model answers when the text asks for none of the tasks."""

    model_config = ConfigDict(extra="forbid")
    task: Literal["none"]
    why: Annotated[str, Field(max_length=200)]


@lru_cache(maxsize=8)
def reply_model(tasks: tuple[SpatialTask[Any], ...]) -> type[RootModel[Any]]:
    """Return the pydantic model of a reply: one shape for every task, or none of them."""
    shapes = [_shape(task) for task in tasks]
    union: Any = reduce(or_, shapes, NoQuestion)  # a type made at run time
    model: type[RootModel[Any]] = create_model(
        "Reply", __base__=RootModel[Annotated[union, Field(discriminator="task")]]
    )
    return model


def _shape(task: SpatialTask[Any]) -> type[BaseModel]:
    hints = get_type_hints(task.forms.entities)
    named: dict[str, Any] = {"task": (Literal[task.id], ...)}
    for field in fields(task.forms.entities):
        required = field.default is MISSING and field.default_factory is MISSING
        hint = hints[field.name]
        kind = _unit_type(field.default) if hint is Unit else _json_type(hint)
        named[field.name] = (kind, ...) if required else (kind | None, None)
    return create_model(f"{task.id}_reply", __config__=ConfigDict(extra="forbid"), **named)


def _unit_type(default: object) -> Any:
    """Return the units a field may hold: an area has one, a length two."""
    if default is Unit.SQUARE_METRES:
        return Literal["m2"]
    return Literal["m", "cm"]


def _json_type(hint: Any) -> Any:
    if hint is Noun:
        return Phrase
    if hint is FrameRef:
        return Image
    if get_origin(hint) is tuple:
        several: Any = GenericAlias(list, (_json_type(get_args(hint)[0]),))
        return Annotated[several, Field(min_length=1, max_length=20)]
    if get_origin(hint) in {Union, UnionType}:
        kinds = [_json_type(part) for part in get_args(hint) if part is not type(None)]
        return kinds[0] | None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Literal[tuple(member.value for member in hint)]
    return hint


def entities_of(reply: BaseModel, task: SpatialTask[Any], find: Callable[[str], Noun]) -> Entities:
    """Turn a reply of the task's shape into entities.

    Args:
        reply: What the model filled in.
        task: The task it chose.
        find: Matches a phrase with the labels of the scene.
    """
    hints = get_type_hints(task.forms.entities)
    given: dict[str, object] = {}
    for field in fields(task.forms.entities):
        value = getattr(reply, field.name)
        if value is not None:
            given[field.name] = _entity(value, hints[field.name], find)
    entities: Entities = task.forms.entities(**given)
    return entities


def _entity(value: Any, hint: Any, find: Callable[[str], Noun]) -> object:
    if get_origin(hint) in {Union, UnionType}:
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint is Noun:
        return find(value)
    if hint is FrameRef:
        return FrameRef(ordinal=value) if isinstance(value, int) else FrameRef(frame_id=value)
    if get_origin(hint) is tuple:
        return tuple(_entity(part, get_args(hint)[0], find) for part in value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value


def prompt(tasks: Sequence[SpatialTask[Any]], labels: Sequence[str]) -> str:
    """Write the system prompt: the tasks, what each names, and the labels of the scene."""
    lines = [
        "You read one question about a 3D scene and fill in what it names, as JSON.",
        "Copy object phrases as the question has them, without article, singular. Never replace an",
        "object by a similar one. Images are numbers (first image = 1) or frame ids. If the text",
        f'asks for none of these tasks, or negates what it asks, set "task" to "{NO_TASK}" and say',
        "why. Tasks and their fields:",
    ]
    lines += [f"- {task.id}: {task.title} ({', '.join(_names(task))})" for task in tasks]
    lines.append(f"Labels in this scene: {', '.join(labels)}.")
    return "\n".join(lines)


def _names(task: SpatialTask[Any]) -> list[str]:
    return [field.name for field in fields(task.forms.entities)]
