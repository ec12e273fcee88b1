# SPDX-License-Identifier: Apache-2.0
"""The warm-up is seeded, learns, and keeps its rooms."""

from pathlib import Path

import numpy as np
import pytest
import torch
from rich.progress import Progress

from spatialevo_dge import Question, judge
from spatialevo_rl.lab.dataset import Rooms, cells_of, lessons_of, make_rooms, open_rooms
from spatialevo_rl.lab.rooms import LABELS, PAINT, make_lab_room
from spatialevo_rl.lab.warmup import WarmUp, main, rate_at, warm_up

QUIET = Progress(disable=True)


@pytest.fixture(scope="module")
def rooms() -> Rooms:
    return make_rooms(range(3), QUIET)


def test_equal_seeds_give_equal_weights(rooms: Rooms) -> None:
    settings = WarmUp(steps=3, rows=2, late_from=0.5)
    first, second = (warm_up(rooms, settings, QUIET).model.state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_other_seeds_give_other_weights(rooms: Rooms) -> None:
    one, other = (
        warm_up(rooms, WarmUp(steps=1, rows=2, seed=seed), QUIET).model.state_dict()
        for seed in (0, 1)
    )
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_rooms_are_kept(tmp_path: Path, rooms: Rooms) -> None:
    made = open_rooms(2, tmp_path, QUIET)
    (path,) = tmp_path.iterdir()
    stamp = path.stat().st_mtime_ns
    read = open_rooms(2, tmp_path, QUIET)
    assert path.stat().st_mtime_ns == stamp
    assert read.lessons == made.lessons == rooms.lessons[:2]
    assert np.array_equal(read.images, made.images)
    assert np.array_equal(read.cells, made.cells)


def test_lessons_are_right() -> None:
    scene = make_lab_room(7).scene
    for item in lessons_of(scene, 7).answers:
        frames = tuple(scene.frames[index].id for index in item.frames)
        ruling = judge(Question(item.question, frames=frames, task=item.task), scene)
        assert ruling.legal
        given, said = ruling.answer.render(), item.reply
        if item.task == "distance_cam_obj":
            assert abs(float(given.split()[0]) - float(said.split()[0])) <= 0.0501
        else:
            assert given == said


def test_cells_show_what_the_pixels_show() -> None:
    room = make_lab_room(7)
    cells = cells_of(room)
    for index, picture in enumerate(room.pictures):
        for token in range(16):
            row, column = divmod(token, 4)
            part = (slice(16 * row, 16 * row + 16), slice(16 * column, 16 * column + 16))
            names = [room.scene.objects[k].label for k in picture.owners[part].ravel()
                     if k < len(room.scene.objects)]  # fmt: skip
            wanted = {name for name in names if names.count(name) >= 6}
            assert {LABELS[k] for k in np.flatnonzero(cells[index, token])} == wanted


def test_colours_are_far_from_each_other() -> None:
    colours = np.array(list(PAINT.values()), dtype=float)
    apart = np.linalg.norm(colours[:, None] - colours[None], axis=-1)
    assert apart[~np.eye(len(colours), dtype=bool)].min() > 70


def test_the_rate_rises_holds_and_falls() -> None:
    settings = WarmUp(steps=1000, rate=1.0)
    rates = [rate_at(step, settings) for step in (0, 99, 500, 750, 999)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[1] == rates[2] == 1.0
    assert rates[3] == pytest.approx(0.525)
    assert rates[4] == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--steps", "5"], "-o/--out"),
        (["-o", "x", "--steps", "none"], "--steps: expected a whole number of at least 1"),
        (["-o", "x", "--rooms", "0"], "--rooms: expected a whole number of at least 1, got '0'"),
        (["-o", "x", "--start", "nowhere"], "nowhere: no model's folder"),
        (["-o", "x", "--stepps", "5"], "--stepps"),
    ],
)
def test_a_mistake_is_one_line(
    words: list[str], wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    err = capsys.readouterr().err
    assert left.value.code == 2
    assert err.startswith("spatialevo-rl: ")
    assert err.count("\n") == 1
    assert wanted in err
