# SPDX-License-Identifier: Apache-2.0
"""Scenes that training and a benchmark share, whatever file names them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spatialevo_dge import bundle
from spatialevo_dge.synthetic import make_room
from spatialevo_eval.benchmark import Benchmark
from spatialevo_eval.leakage import benchmark_scenes, find_leaks, read_scenes, read_visits


def test_a_rescan_of_a_trained_room_leaks() -> None:
    asked = ["scannet/scene0025_00", "scannet/scene0050_01", "scannetpp/7b6477cb95"]
    leaks = find_leaks(asked, ["scene0025_00", "scene0025_01", "scene0050_00", "other"])
    assert [(leak.scene, leak.exact, leak.trained) for leak in leaks] == [
        ("scene0025_00", True, ("scene0025_00", "scene0025_01")),
        ("scene0050_01", False, ("scene0050_00",)),
    ]


def test_videos_of_one_visit_leak_where_visits_are_known(tmp_path: Path) -> None:
    table = tmp_path / "metadata.csv"
    table.write_text("video_id,visit_id,fold\n41069021,420683.0,a\n41069025,420683,a\n41,nan,a\n")
    visits = read_visits(table)
    assert visits == {"41069021": "420683", "41069025": "420683"}
    asked, trained = ["arkitscenes/41069021"], ["41069025"]
    assert find_leaks(asked, trained) == ()
    (leak,) = find_leaks(asked, trained, visits)
    assert not leak.exact


def test_scenes_that_differ_do_not_leak() -> None:
    assert find_leaks(["scene0001_00"], ["scene0010_00", "scene1000_00"]) == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "# held out\nscene0001_00  # kitchen\n\nscene0002_00\n"),
        ("a.json", '["scene0001_00", "scene0002_00"]'),
        ("meta.json", '{"scene0001_00": {"room_size": 3}, "scene0002_00": {}}'),
        ("a.csv", "id,scene_name\n1,scene0001_00\n2,scene0002_00\n3,scene0002_00\n"),
        ("a.jsonl", '{"scene_id": "scene0001_00"}\n{"scene_name": "scene0002_00"}\n{"half'),
    ],
)
def test_lists_of_every_form_are_read(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert read_scenes(tmp_path / name) == {"scene0001_00", "scene0002_00"}


def test_a_training_run_is_read_from_its_log(tmp_path: Path) -> None:
    rows = [{"scene_id": f"room-{k % 3}", "step": k} for k in range(9)]
    (tmp_path / "log.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert read_scenes(tmp_path) == {"room-0", "room-1", "room-2"}


def test_a_store_of_bundles_is_read_from_its_headers(tmp_path: Path) -> None:
    scene = make_room(seed=3).scene
    bundle.save(scene, tmp_path / "store" / "any-name")
    assert read_scenes(tmp_path / "store") == {scene.id}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", "# nothing\n", "no scene id in it"),
        ("a.json", "[1, 2]", "expected a list of ids"),
        ("a.json", "{", "not JSON"),
        ("a.csv", "id,room\n1,2\n", "expected a column scene_id, scene_name, scene"),
        ("a.jsonl", 'x\n{"scene_id": "a"}\n', "line 1: not JSON"),
    ],
)
def test_a_file_of_another_form_is_refused(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=said):
        read_scenes(tmp_path / name)


def test_a_folder_without_scenes_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a training run \(log\.jsonl\) or a folder of scene"):
        read_scenes(tmp_path)


def test_a_benchmarks_scenes_come_from_its_items(small: Benchmark) -> None:
    assert benchmark_scenes(small) == {f"scene-{k}" for k in range(12)}
