# SPDX-License-Identifier: Apache-2.0
"""`ask --batch`: all lines checked first, output all or nothing, and a stopped run goes on."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from spatialevo_dge import POLICIES, Question, Scene, judge
from spatialevo_dge.cli import batch

TEXTS = (
    "How far is the desk from the stool?",
    "How large is this room?",
    "How many aquariums are there?",
    "Which is closest to the bed: the door, the stool or the desk?",
)


def lines_about(scene: object, count: int = 12) -> list[dict[str, Any]]:
    return [
        {"id": f"q{number}", "scene": str(scene), "question": TEXTS[number % len(TEXTS)]}
        for number in range(count)
    ]


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_ruling_is_that_of_its_question(
    command, scene: Scene, room: Path, tmp_path: Path
) -> None:
    lines = lines_about(room) + lines_about("synthetic:7", 2)
    lines[0] |= {"policy": "paper", "source": "the caller's own"}
    lines[1] |= {"task": "absolute_distance", "options": None, "frames": None}
    lines[4] |= {"options": ["A. 1 m", "B. 2 m"], "frames": []}
    for number, line in enumerate(lines):
        line["id"] = number if number % 2 else f"q{number} é"
    output = tmp_path / "rulings.jsonl"
    result = command("ask", "--batch", write(tmp_path / "q.jsonl", lines), "-o", output)
    assert result.code == 0
    assert result.out == ""
    expected = [
        {
            "id": line["id"],
            **judge(
                Question(
                    line["question"],
                    frames=tuple(line.get("frames") or ()),
                    task=line.get("task"),
                    options=tuple(line.get("options") or ()),
                ),
                scene,
                POLICIES[line.get("policy", "default")],
            ).to_json(),
        }
        for line in lines
    ]
    assert read(output) == json.loads(json.dumps(expected))
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".partial"] == []
    legal = sum(ruling["legal"] for ruling in read(output))
    assert f"{legal} legal, {len(lines) - legal} illegal" in result.err


def test_an_empty_file_gives_an_empty_one(command, tmp_path: Path) -> None:
    output = tmp_path / "rulings.jsonl"
    assert command("ask", "--batch", write(tmp_path / "q.jsonl", []), "-o", output).code == 0
    assert output.read_bytes() == b""


GOOD = {"id": 1, "scene": "synthetic:7", "question": "How large is this room?"}


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ("{", "JSON"),
        ("[1]", "top level"),
        ("\udcff", "JSON"),
        ({"scene": "synthetic:7", "question": "a"}, "id: missing"),
        ({**GOOD, "id": 1.5}, "id"),
        ({**GOOD, "id": 1}, "id: 1 is the id of line 1"),
        ({**GOOD, "id": 2, "question": None}, "question: expected a string"),
        ({**GOOD, "id": 2, "scene": ""}, "scene: empty"),
        ({**GOOD, "id": 2, "scene": "nowhere"}, "scene 'nowhere'"),
        ({**GOOD, "id": 2, "scene": "synthetic:x"}, "scene 'synthetic:x'"),
        ({**GOOD, "id": 2, "task": "object_count"}, "task: 'object_count'"),
        ({**GOOD, "id": 2, "policy": "strict"}, "policy: 'strict'"),
        ({**GOOD, "id": 2, "frames": "000"}, "frames: expected a list"),
        ({**GOOD, "id": 2, "frames": ["000", 1]}, "frames[1]"),
        ({**GOOD, "id": 2, "options": ["a", None]}, "options[1]"),
        ({**GOOD, "id": 2, "taks": "room_size"}, "taks: there is no such field"),
    ],
)
def test_a_malformed_line_is_named_before_anything_is_judged(
    command, tmp_path: Path, bad: Any, field: str
) -> None:
    questions = tmp_path / "q.jsonl"
    text = bad if isinstance(bad, str) else json.dumps(bad)
    whole = json.dumps(GOOD) + "\n\n" + text + "\n"
    questions.write_bytes(whole.encode("utf-8", "surrogateescape"))
    result = command("ask", "--batch", questions, "-o", tmp_path / "rulings.jsonl")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert f"{questions}:3: {field}" in result.err
    assert list(tmp_path.iterdir()) == [questions]


@pytest.mark.parametrize(
    "words", [["--frames", "1"], ["--task", "room_size"], ["--json"], ["--option", "a"], ["room"]]
)
def test_what_the_file_says_is_not_said_beside_it(
    command, tmp_path: Path, words: list[str]
) -> None:
    questions = write(tmp_path / "q.jsonl", [GOOD])
    result = command("ask", *words, "--batch", questions, "-o", tmp_path / "r.jsonl")
    assert result.code == 2
    assert "--batch" in result.err


def test_the_output_is_checked_first(command, tmp_path: Path) -> None:
    questions = write(tmp_path / "q.jsonl", [GOOD])
    assert command("ask", "--batch", questions).code == 2
    assert command("ask", "--batch", questions, "-o", tmp_path).code == 2
    assert command("ask", "--batch", questions, "-o", tmp_path / "no" / "r").code == 2


def stopped_after(count: int, monkeypatch: pytest.MonkeyPatch, how: type[BaseException]) -> None:
    """Let the run be stopped when it is about to judge question number `count`."""
    real, calls = batch.judge, iter(range(10**6))

    def stop(*arguments: Any) -> Any:
        if next(calls) == count:
            raise how
        return real(*arguments)

    monkeypatch.setattr(batch, "judge", stop)


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    real, seen = batch.judge, []

    def count(question: Question, *arguments: Any) -> Any:
        seen.append(question.text)
        return real(question, *arguments)

    monkeypatch.setattr(batch, "judge", count)
    return seen


def test_a_stopped_run_goes_on_where_it_was(
    command, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = write(tmp_path / "q.jsonl", lines_about(room))
    whole, output = tmp_path / "whole.jsonl", tmp_path / "rulings.jsonl"
    command("ask", "--batch", questions, "-o", whole)
    with monkeypatch.context() as patch:
        stopped_after(5, patch, KeyboardInterrupt)
        result = command("ask", "--batch", questions, "-o", output)
    assert result.code == 130
    assert "goes on from there" in result.err
    assert not output.exists()
    seen = counting(monkeypatch)
    result = command("ask", "--batch", questions, "-o", output)
    assert result.code == 0
    assert "5 of 12 were done already" in result.err
    assert len(seen) == 7
    assert output.read_bytes() == whole.read_bytes()
    assert not (tmp_path / "rulings.jsonl.partial").exists()


@pytest.mark.parametrize("cut", [1, 10, 100, 1000])
def test_a_half_written_ruling_is_judged_again(
    command, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    questions = write(tmp_path / "q.jsonl", lines_about(room))
    whole, output = tmp_path / "whole.jsonl", tmp_path / "rulings.jsonl"
    command("ask", "--batch", questions, "-o", whole)
    with monkeypatch.context() as patch:
        stopped_after(8, patch, KeyboardInterrupt)
        command("ask", "--batch", questions, "-o", output)
    partial = tmp_path / "rulings.jsonl.partial"
    partial.write_bytes(partial.read_bytes()[:-cut])
    assert command("ask", "--batch", questions, "-o", output).code == 0
    assert output.read_bytes() == whole.read_bytes()


def test_a_partial_output_of_other_questions_is_not_mixed_in(
    command, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "rulings.jsonl"
    with monkeypatch.context() as patch:
        stopped_after(5, patch, KeyboardInterrupt)
        command("ask", "--batch", write(tmp_path / "q.jsonl", lines_about(room)), "-o", output)
    kept = (tmp_path / "rulings.jsonl.partial").read_bytes()
    other = write(tmp_path / "other.jsonl", lines_about(room, 3))
    result = command("ask", "--batch", other, "-o", output)
    assert result.code == 2
    assert "belongs to other questions" in result.err
    assert (tmp_path / "rulings.jsonl.partial").read_bytes() == kept


def test_a_partial_output_that_was_edited_is_refused(
    command, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, output = write(tmp_path / "q.jsonl", lines_about(room)), tmp_path / "r.jsonl"
    with monkeypatch.context() as patch:
        stopped_after(5, patch, KeyboardInterrupt)
        command("ask", "--batch", questions, "-o", output)
    partial = tmp_path / "r.jsonl.partial"
    first, second, third, *rest = partial.read_bytes().splitlines(keepends=True)
    partial.write_bytes(b"".join([first, third, second, *rest]))
    result = command("ask", "--batch", questions, "-o", output)
    assert result.code == 1
    assert f"{partial}:2" in result.err


def test_a_former_output_stays_whole_until_the_new_one_is(
    command, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "rulings.jsonl"
    output.write_text("former\n")
    questions = write(tmp_path / "q.jsonl", lines_about(room))
    with monkeypatch.context() as patch:
        stopped_after(5, patch, KeyboardInterrupt)
        command("ask", "--batch", questions, "-o", output)
    assert output.read_text() == "former\n"
    assert command("ask", "--batch", questions, "-o", output).code == 0
    assert len(read(output)) == 12


def test_scenes_are_loaded_once_each(
    command, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    real = Scene.load

    def load(path: Path) -> Scene:
        loaded.append(str(path))
        return real(path)

    monkeypatch.setattr(Scene, "load", load)
    questions = write(tmp_path / "q.jsonl", lines_about(room))
    assert command("ask", "--batch", questions, "-o", tmp_path / "r.jsonl").code == 0
    assert loaded == [str(room)]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_keyboard_stops_a_real_run(room: Path, tmp_path: Path) -> None:
    questions = write(tmp_path / "q.jsonl", lines_about(room, 20_000))
    words = [sys.executable, "-m", "spatialevo_dge", "ask", "--batch", str(questions), "-o", "r"]
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        partial = tmp_path / "r.partial"
        for _ in range(600):
            if partial.exists() and partial.stat().st_size > 10_000:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        told = process.stderr.read()
    assert process.returncode == 130
    assert told.count("\n") == 1
    assert "goes on from there" in told
    assert partial.exists()
    assert not (tmp_path / "r").exists()
