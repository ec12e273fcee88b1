# SPDX-License-Identifier: Apache-2.0
"""Questions kept on disk are the ones that would be drawn, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spatialevo_eval.dge import kept, questions, rooms
from spatialevo_eval.dge.kept import Drawn, drawn
from spatialevo_eval.dge.questions import Portion

TASK = "distance_cam_obj"
PORTION = Portion(legal=3, illegal=3, plain=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two rooms, and a cache of their own."""
    few = {"painted": replace(rooms.PLANS["painted"], count=2)}
    monkeypatch.setattr(rooms, "PLANS", few)
    monkeypatch.setattr(questions, "PLANS", few)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    questions.draw.cache_clear()
    yield tmp_path / "spatialevo" / "questions"
    questions.draw.cache_clear()


def ask() -> tuple[Drawn, ...]:
    return drawn("painted", TASK, PORTION)


def test_what_is_read_is_what_was_drawn(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask()
    assert {each.legal for each in first} == {True, False}
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr(kept, "draw", lambda *_: pytest.fail("drawn again"))
    again = ask()
    assert again == first
    assert [type(each.truth) for each in again] == [type(each.truth) for each in first]
    assert all(isinstance(value, tuple) for each in again for value in [each.frames])


@pytest.mark.parametrize("damage", [b"", b"nonsense\n[]\n", b"\xff\xfe", None])
def test_a_damaged_file_is_drawn_anew(folder: Path, damage: bytes | None) -> None:
    first = ask()
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] if damage is None else damage)
    assert ask() == first
    assert path.read_bytes() == whole


def test_other_rooms_portions_and_sources_are_other_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    drawn("painted", TASK, replace(PORTION, legal=2))
    assert len(list(folder.iterdir())) == 2
    monkeypatch.setattr(kept, "_sources", lambda: "another version of the oracle")
    ask()
    assert len(list(folder.iterdir())) == 3
    monkeypatch.setitem(rooms.PLANS, "painted", replace(rooms.PLANS["painted"], count=1))
    ask()
    assert len(list(folder.iterdir())) == 4


def test_a_folder_that_cannot_be_written_costs_time_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder.parents[1] / "file"
    closed.write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(closed))
    assert len(ask()) == 6
