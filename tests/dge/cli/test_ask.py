# SPDX-License-Identifier: Apache-2.0
"""`ask`: answers, refusals, JSON, and what is no question at all."""

import json
from pathlib import Path

import pytest

from spatialevo_dge import POLICIES, Question, Scene, enumerate_questions, judge
from spatialevo_dge.tasks import TASKS

TASK_IDS = [task.id for task in TASKS]
GAP = "How far is the desk from the stool?"


def plain(record: object) -> object:
    return json.loads(json.dumps(record))


def test_an_answer_comes_with_its_margin_and_its_evidence(command, scene: Scene) -> None:
    result = command("ask", "synthetic:7", GAP)
    ruling = judge(Question(GAP), scene)
    assert result.code == 0
    assert result.err == ""
    lines = result.out.splitlines()
    assert lines[0] == ruling.answer.render()
    assert lines[1].startswith("exact")
    assert lines[2].startswith("absolute_distance: ")
    assert any(line.startswith("  objects: desk (#") for line in lines)
    assert any(line.startswith("  gap ") and ") to (" in line for line in lines)


def test_a_bundle_gives_the_same_as_the_room_it_was_made_from(command, room: Path) -> None:
    assert command("ask", room, GAP).out == command("ask", "synthetic:7", GAP).out


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("question", [GAP, "How many aquariums are there?", "What is the weather?"])
def test_json_is_the_ruling(command, scene: Scene, question: str, policy: str) -> None:
    result = command("ask", "synthetic:7", question, "--policy", policy, "--json")
    record = json.loads(result.out)
    assert result.code == 0
    assert record == plain(judge(Question(question), scene, POLICIES[policy]).to_json())
    assert set(record) >= {"legal", "task", "answer", "margin", "rule", "why", "trace"}
    assert len(result.out.splitlines()) == 1


@pytest.mark.parametrize("task", TASK_IDS)
def test_every_task_is_answered_and_explained(command, scene: Scene, task: str) -> None:
    question, ruling = next(enumerate_questions(scene, task))
    frames = ["--frames", ",".join(question.frames)] if question.frames else []
    result = command("ask", "synthetic:7", question.text, *frames)
    lines = result.out.splitlines()
    assert result.code == 0
    assert lines[0] == ruling.answer.render()
    assert lines[2].startswith(f"{task}: ")
    # Every piece of the trace is told, none as the inside of a Python object.
    assert len(lines) > 3
    assert not any(sign in result.out for sign in ("{", "[", "_in_world", "None", "nan"))


def test_a_refusal_tells_the_rule_why_and_what_else(command) -> None:
    result = command("ask", "synthetic:7", "How far is the dsk from the window?")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "refused: UNKNOWN_OBJECT"
    assert lines[1] == "The question names an object that is not in the scene."
    assert "'dsk'" in result.out
    assert "desk" in result.out
    assert lines[-2] == "also broken:"
    assert lines[-1].startswith("  AMBIGUOUS_OBJECT: ")


def test_what_was_measured_stands_beside_the_threshold(command, scene: Scene) -> None:
    question = next(
        Question(text, frames=(frame.id,))
        for frame in scene.frames
        for text in ["How far is the door from the camera?"]
        if not judge(Question(text, frames=(frame.id,)), scene).legal
    )
    result = command("ask", "synthetic:7", question.text, "--frames", question.frames[0])
    assert result.out.startswith("refused: NOT_VISIBLE")
    assert "measured: 0.0 %; threshold: 10.0 %" in result.out


def test_the_option_that_says_the_answer_is_named(command, scene: Scene) -> None:
    area = judge(Question("How large is this room?"), scene).answer.render()
    options = ("--option", "A. 3 m²", "--option", f"B. {area}")
    result = command("ask", "synthetic:7", "How large is this room?", *options)
    assert result.out.splitlines()[0] == f"{area}  (option B)"


def test_the_task_and_the_frames_are_passed_on(command) -> None:
    wrong = command("ask", "synthetic:7", GAP, "--task", "room_size")
    assert wrong.out.startswith("refused: WRONG_TASK")
    unknown = command("ask", "synthetic:7", "How far is the desk from the camera?", "--frames", "x")
    assert unknown.out.startswith("refused: UNKNOWN_FRAME")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["synthetic:7"], 2, "QUESTION is missing"),
        ([], 2, "SCENE is missing"),
        (["synthetic:seven", GAP], 2, "expected a whole number after 'synthetic:', got 'seven'"),
        (["synthetic:99999999999999999999", GAP], 2, "seed: "),
        (["nowhere", GAP], 1, "scene 'nowhere': there is no such folder"),
        (["synthetic:7", GAP, "--policy", "papre"], 2, "did you mean 'paper'?"),
        (["synthetic:7", GAP, "--task", "object_count"], 2, "did you mean 'object_counting'?"),
        (["synthetic:7", GAP, "--frames", "000,,001"], 2, "--frames: an id is empty"),
        (["synthetic:7", GAP, "-o", "x.jsonl"], 2, "-o goes with --batch"),
        (["synthetic:7", GAP, "--polcy", "vsi"], 2, "--policy"),
    ],
)
def test_misuse_and_bad_data_are_one_line(command, words: list[str], code: int, told: str) -> None:
    result = command("ask", *words)
    assert result.code == code
    assert result.out == ""
    assert result.err.startswith("spatialevo-dge: ")
    assert result.err.count("\n") == 1
    assert told in result.err


def test_a_slip_in_a_scenes_name_finds_its_neighbour(command, room: Path) -> None:
    result = command("ask", room.with_name("rom"), GAP)
    assert result.code == 1
    assert f"did you mean {str(room)!r}?" in result.err


def test_a_folder_of_scenes_is_no_scene(command, room: Path) -> None:
    result = command("ask", room.parent, GAP)
    assert result.code == 1
    assert f"such as {room.parent}/room" in result.err


def test_a_damaged_scene_names_file_and_field(command, room: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in room.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "boxes.npy").write_bytes((copy / "boxes.npy").read_bytes()[:-1])
    result = command("ask", copy, GAP)
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "boxes.npy: " in result.err


def test_markup_in_a_question_stays_text(command) -> None:
    result = command("ask", "synthetic:7", "How far is the [red]zzz[/red] from the desk?")
    assert result.code == 0
    assert result.out.startswith("refused: ")
