# SPDX-License-Identifier: Apache-2.0
"""The lines of a batch: every one read and checked before the first question is judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_dge.cli.errors import DataError, closest, one_of
from spatialevo_dge.cli.reporting import CommandError
from spatialevo_dge.cli.scenes import SYNTHETIC, bundle_folder, seed_of
from spatialevo_dge.errors import SceneError
from spatialevo_dge.json_fields import Fields, parse_json
from spatialevo_dge.question import Question
from spatialevo_dge.tasks import tasks_by_id
from spatialevo_dge.thresholds import DEFAULT, POLICIES, Policy

KEYS: Final = ("id", "scene", "question", "options", "frames", "task", "policy")
"""Other keys are the caller's own and are left alone, unless one is clearly a slip of these."""
SLIP: Final = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One question of a batch.

    Attributes:
        id: The caller's id, as given.
        scene: The scene's name.
        question: What is asked.
        policy: Thresholds and conventions.
    """

    id: str | int
    scene: str
    question: Question
    policy: Policy


def read_lines(path: Path, data: bytes) -> tuple[BatchLine, ...]:
    """Read every line; empty ones are skipped.

    Raises:
        DataError: A line is malformed, an id occurs twice, or a scene does not exist; names file,
            line and field.
    """
    lines: list[BatchLine] = []
    first_of: dict[str | int, int] = {}
    scenes: set[str] = set()
    for number, text in enumerate(data.split(b"\n"), start=1):
        if not text.strip():
            continue
        where = f"{path}:{number}"
        try:
            line = _line(parse_json(text, where))
            if line.id in first_of:
                raise DataError(f"id: {line.id!r} is the id of line {first_of[line.id]} already")
            if line.scene not in scenes:
                _require_scene(line.scene)
        except SceneError as error:
            raise DataError(str(error)) from error
        except CommandError as error:
            raise DataError(f"{where}: {error}") from error
        first_of[line.id] = number
        scenes.add(line.scene)
        lines.append(line)
    return tuple(lines)


def _line(fields: Fields) -> BatchLine:
    for key in fields:
        meant = None if key in KEYS else closest(key, KEYS, cutoff=SLIP)
        if meant is not None and meant not in fields:
            fields.fail(key, f"there is no such field; did you mean {meant!r}?")
    task = _text_or_none(fields, "task")
    policy = _text_or_none(fields, "policy")
    return BatchLine(
        id=_id(fields),
        scene=_some_text(fields, "scene"),
        question=Question(
            text=fields.text("question"),
            frames=_texts(fields, "frames"),
            task=None if task is None else one_of("task", task, tasks_by_id()),
            options=_texts(fields, "options"),
        ),
        policy=DEFAULT if policy is None else POLICIES[one_of("policy", policy, POLICIES)],
    )


def _id(fields: Fields) -> str | int:
    value = fields.get("id")
    return fields.text("id") if isinstance(value, str) else fields.integer("id")


def _some_text(fields: Fields, key: str) -> str:
    text = fields.text(key)
    if not text.strip():
        fields.fail(key, "empty")
    return text


def _text_or_none(fields: Fields, key: str) -> str | None:
    return None if key not in fields else fields.optional(key, fields.text)


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    """Read a list of strings; absent and null mean none."""
    if key not in fields or fields.get(key) is None:
        return ()
    values = fields.items(key)
    for place, value in enumerate(values):
        if not isinstance(value, str):
            fields.fail(f"{key}[{place}]", f"expected a string, got {value!r}")
    return tuple(str(value) for value in values)


def _require_scene(name: str) -> None:
    if name.startswith(SYNTHETIC):
        seed_of(name)
    else:
        bundle_folder(name)
