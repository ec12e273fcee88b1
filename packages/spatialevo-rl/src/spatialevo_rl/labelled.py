# SPDX-License-Identifier: Apache-2.0
"""Questions with their answers, as supervised learning and fixed sets of questions need them.

A file of them holds a line a question:

    {"scene_id": "room-17", "frames": ["0"], "task": "object_counting", "question": "...", ...}
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spatialevo_rl.json_lines import JsonLines, write_lines
from spatialevo_rl.json_records import from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A question about a view, and its answer.

    Attributes:
        scene_id: The scene.
        frames: Ids of the frames shown, in the order shown.
        task: The task; empty where a program answers what no task asks.
        question: Its text, as the solver reads it.
        answer: What should stand in the solver's answer tags.
        source: Where the answer comes from: ``"oracle"`` or ``"program"``.
    """

    scene_id: str
    frames: tuple[str, ...]
    task: str
    question: str
    answer: str
    source: str = "oracle"


def write_labelled(path: Path, rows: Iterable[Labelled]) -> None:
    """Write a file of questions, whole or not at all.

    Raises:
        OSError: The file cannot be written.
    """
    write_lines(path, rows)


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """Read a file of questions.

    Raises:
        RecordError: A line is damaged; the message names file, line and field.
        FileNotFoundError: There is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no file of questions")
    return tuple(from_json(Labelled, value, where) for where, value in JsonLines(path).lines())
