# SPDX-License-Identifier: Apache-2.0
"""Files of questions with their answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from spatialevo_rl.json_records import RecordError
from spatialevo_rl.labelled import Labelled, read_labelled, write_labelled

ROWS = tuple(
    Labelled(
        scene_id=f"room-{place}",
        frames=("0", "1")[: 1 + place % 2],
        task="object_counting",
        question="How many chairs are there?\n“quoted”",
        answer=str(place),
    )
    for place in range(3)
)


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    write_labelled(tmp_path / "questions.jsonl", ROWS)
    assert read_labelled(tmp_path / "questions.jsonl") == ROWS


def test_a_damaged_line_is_named_with_its_field(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    write_labelled(path, ROWS)
    path.write_text(path.read_text().replace('"answer":"1"', '"answer":1'))
    with pytest.raises(RecordError, match=r"line 2.*answer"):
        read_labelled(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.jsonl"):
        read_labelled(tmp_path / "none.jsonl")
