# SPDX-License-Identifier: Apache-2.0
"""`demo`: sixteen tasks asked twice, each ruling as meant, and the construction's own answers."""

import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from spatialevo_dge import (
    Centimetres,
    Choice,
    Illegal,
    Legal,
    Metres,
    Question,
    Scene,
    enumerate_questions,
    synthetic,
)
from spatialevo_dge.cli import demo as demo_command
from spatialevo_dge.cli.demonstration import rows as demo_rows
from spatialevo_dge.cli.demonstration.constructed import agrees
from spatialevo_dge.cli.demonstration.rows import Row, every_task, rows
from spatialevo_dge.cli.demonstration.screen import HALF_BLOCK, show, shrunk
from spatialevo_dge.synthetic import RoomOptions, SyntheticRoom, make_room
from spatialevo_dge.tasks import TASKS

SEEDS = (7, 0, 3)


@cache
def made(seed: int) -> SyntheticRoom:
    return make_room(seed)


@cache
def asked(seed: int) -> tuple[Row, ...]:
    return tuple(rows(made(seed), seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_ruling_is_as_meant(seed: int) -> None:
    found = asked(seed)
    assert [row.question for row in found if not row.as_expected] == []
    assert every_task(list(found))
    assert len(found) == 2 * len(TASKS)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_construction_knows_agrees(seed: int) -> None:
    known = [row for row in asked(seed) if row.as_built is not None]
    assert [row.question for row in known if not row.as_built] == []
    assert len(known) >= 9


def test_the_table_shows_many_rules() -> None:
    refused = [row.ruling for row in asked(7) if isinstance(row.ruling, Illegal)]
    assert len({ruling.rule for ruling in refused}) >= 11


@pytest.mark.parametrize("task", [task.id for task in TASKS])
def test_the_construction_can_disagree(task: str) -> None:
    """Move each answer off the truth: the comparison must see it wherever it says anything."""
    room = made(7)
    frames = [frame.id for frame in room.scene.frames]
    said = False
    for number, (question, ruling) in enumerate(enumerate_questions(room.scene, task)):
        if number == 20:
            break
        verdict = agrees(question, ruling, room.construction, frames)
        if verdict is None:
            continue
        said = True
        assert verdict, question
        assert agrees(question, another(ruling), room.construction, frames) is False
    assert said or task in {"visibility_compare", "position_cam_reg", "depth_order_obj_obj"}


def another(ruling: Legal) -> Legal:
    answer = ruling.answer
    if isinstance(answer.value, str):
        other = next(word for word in answer.options if word != answer.value)
        same_part = (w for w in answer.options if w != answer.value and w[:4] == answer.value[:4])
        if not isinstance(answer, Choice) and " " in answer.value:
            other = next(same_part)  # asked openly: another way to turn, not a move
        changed = replace(answer, value=other)
    elif isinstance(answer.value, int):
        changed = replace(answer, value=answer.value + 1)
    else:
        changed = replace(answer, value=answer.value * (1.0 + 1e-4))
        assert not isinstance(answer, Metres | Centimetres) or not math.isclose(
            answer.value, changed.value
        )
    return replace(ruling, answer=changed)


def test_further_rooms_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = made(7)
    room = replace(bare, scene=replace(bare.scene, frames=(), visibility=None))
    found = list(rows(room, 7))
    assert every_task(found)
    others = {row.task.id for row in found if row.scene.id != room.scene.id}
    assert others == {task.id for task in TASKS if task.view.value != "scene"}
    monkeypatch.setattr(demo_rows, "FURTHER_ROOMS", 0)
    assert not every_task(list(rows(room, 7)))


def test_the_command_writes_what_it_says(command, tmp_path: Path) -> None:
    output = tmp_path / "demo"
    result = command("demo", "-o", output)
    assert result.code == 0
    assert result.err == ""
    assert (output / "room.png").read_bytes().startswith(b"\x89PNG")
    assert len(Scene.load(output / "scene").frames) == 8
    assert f"picture: {output / 'room.png'} (the plan, and frames " in result.out
    assert "\x1b" not in result.out
    assert HALF_BLOCK not in result.out
    for task in TASKS:
        assert f" {task.id} " in result.out
    assert len(re.findall(r"^ok ", result.out, flags=re.MULTILINE)) == 2 * len(TASKS)
    assert "16 of 16" in result.out
    assert command("demo", "-o", output).code == 0, "a second run replaces its own files"


def test_the_picture_shows_the_frames_that_are_asked_about(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[list[int]] = []
    monkeypatch.setattr(synthetic, "picture", lambda room, path, frames: drawn.append(list(frames)))
    result = command("demo", "-o", tmp_path / "demo")
    table, _, rest = result.out.partition("picture: ")
    asked = set(
        ",".join(re.findall(r"\[frames? (\d{3}(?:, \d{3})*)", table)).replace(",", " ").split()
    )
    assert len(asked) >= 4
    assert {f"{index:03d}" for index in drawn[0]} == asked
    assert re.findall(r"\d{3}", rest.splitlines()[0].partition("frames ")[2]) == sorted(asked)


def test_no_more_frames_than_a_picture_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = make_room(7, RoomOptions(cameras=10, image_size=(32, 24)))
    every = tuple(frame.id for frame in room.scene.frames)
    row = replace(asked(7)[0], scene=room.scene, question=Question("", frames=every))
    drawn: list[list[int]] = []
    monkeypatch.setattr(synthetic, "picture", lambda room, path, frames: drawn.append(list(frames)))
    told = demo_command._write_picture(room, [row], tmp_path)
    assert drawn == [list(range(8))]
    assert "000, 001, 002, 003, 004, 005, 006, 007)" in told


def test_the_command_replaces_nobody_elses_files(command, tmp_path: Path) -> None:
    (tmp_path / "scene").mkdir()
    (tmp_path / "scene" / "mine.txt").write_text("mine")
    result = command("demo", "-o", tmp_path)
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert (tmp_path / "scene" / "mine.txt").read_text() == "mine"
    file = tmp_path / "file"
    file.write_text("a file")
    assert command("demo", "-o", file).code == 2


def test_a_wrong_ruling_fails_the_demo(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = demo_rows.agrees
    monkeypatch.setattr(demo_rows, "agrees", lambda *given: False if real(*given) else None)
    result = command("demo", "-o", tmp_path / "demo")
    assert result.code == 1
    assert "not all rulings are as they should be" in result.err
    assert "WRONG" in result.out
    assert "NOT as built" in result.out


def test_shrinking_averages_what_a_pixel_covers() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    small = shrunk(rgb, 15, 20)
    expected = rgb.reshape(15, 4, 20, 4, 3).mean(axis=(1, 3))
    assert np.abs(small - expected).max() <= 0.5
    assert np.array_equal(shrunk(rgb, 60, 80), rgb)
    assert shrunk(rgb, 100, 100).shape == (100, 100, 3)


def test_a_picture_is_two_pixels_to_a_character() -> None:
    rgb = np.zeros((4, 6, 3), dtype=np.uint8)
    rgb[0, 0] = (255, 0, 0)
    rgb[1, 0] = (0, 0, 255)
    screen = Console(width=6, force_terminal=True, color_system="truecolor", no_color=False)
    with screen.capture() as captured:
        show(screen, rgb)
    text = captured.get()
    assert text.count(HALF_BLOCK) == 12
    assert text.count("\n") == 2
    assert text.startswith("\x1b[38;2;255;0;0;48;2;0;0;255m" + HALF_BLOCK)


@pytest.mark.parametrize(
    "console",
    [
        Console(width=6, force_terminal=False),
        Console(width=6, force_terminal=True, color_system=None),
        Console(width=6, force_terminal=True, color_system="truecolor", no_color=True),
    ],
)
def test_no_picture_where_there_are_no_colours(console: Console) -> None:
    with console.capture() as captured:
        show(console, np.zeros((4, 6, 3), dtype=np.uint8))
    assert captured.get() == ""
