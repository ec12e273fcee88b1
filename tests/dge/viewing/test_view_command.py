# SPDX-License-Identifier: Apache-2.0
"""The command `view`: what it writes, and what it refuses in one line."""

from pathlib import Path

import pytest

from dge.viewing.html_page import read_page
from spatialevo_dge.cli.app import run

QUESTION = ("--question", "How far is the bed from the desk?")


def fail(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = run([str(word) for word in words])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    return code, captured.err


@pytest.mark.extra("view")
def test_page_and_picture_are_written(room_folder: Path, tmp_path: Path) -> None:
    page, picture = tmp_path / "page.html", tmp_path / "picture.png"
    words = ["view", str(room_folder), *QUESTION, "-o", str(page), "--picture", str(picture)]
    assert run(words) == 0
    read = read_page(page.read_text(encoding="utf-8"))
    assert read.faults() == []
    assert "2.12 m" in read.text
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(tmp_path.iterdir()) == [page, picture]


@pytest.mark.extra("view")
def test_a_room_named_by_its_seed_has_its_images(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert run(["view", "synthetic:7", *QUESTION, "--policy", "paper", "-o", str(page)]) == 0
    read = read_page(page.read_text(encoding="utf-8"))
    assert len(read.images) == 3
    assert "policy paper" in read.text


@pytest.mark.extra("view")
def test_a_refused_question_is_a_page_and_no_failure(room_folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = ["view", str(room_folder), "--question", "Is it cosy?", "-o", str(page)]
    assert run(words) == 0
    assert "refused: UNPARSED" in read_page(page.read_text(encoding="utf-8")).text


def test_a_picture_alone_needs_no_extra(room_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.png"
    assert run(["view", str(room_folder), "--frames", "002,005", "--picture", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Give -o PAGE.html, --picture FILE.png or both"),
        (("--picture", "a.jpg"), "expected a name in .png"),
        (("-o", "."), "is a folder"),
        (("-o", "none/page.html"), "there is no folder 'none'"),
        (("-o", "a.html", "--task", "room_size"), "no question"),
        (("-o", "a.html", *QUESTION, "--task", "roomsize"), "did you mean 'room_size'?"),
        (("-o", "a.html", "--policy", "strict"), "--policy"),
        (("-o", "a.html", "--frames", "nine"), "no frame 'nine'"),
        (("-o", "a.html", "--frames", "000,"), "an id is empty"),
    ],
)
def test_misuse_is_one_line(
    room_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = fail(capsys, "view", room_folder, *words)
    assert code == 2
    assert message in said
    assert list(tmp_path.iterdir()) == []


def test_a_scene_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = fail(capsys, "view", tmp_path / "gone", "--picture", tmp_path / "a.png")
    assert code == 1
    assert "there is no such folder" in said
