# SPDX-License-Identifier: Apache-2.0
"""`import`, `synth` and `check`: scenes onto the disk, and whether they are whole."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spatialevo_dge import Question, Scene, bundle, judge
from spatialevo_dge.cli.finding import State
from spatialevo_dge.cli.findings import examine
from spatialevo_dge.scene import FloorPlan, FloorSource
from spatialevo_geometry import OrientedBox


def metadata(scenes: int, room_size: Any = 20.0) -> dict[str, Any]:
    box = {
        "centroid": [0.0, 0.0, 0.5],
        "axesLengths": [1.0, 2.0, 1.0],
        "normalizedAxes": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        "min": [-0.5, -1.0, 0.0],
        "max": [0.5, 1.0, 1.0],
    }
    return {
        f"scene{number}": {
            "dataset": "test",
            "room_size": room_size,
            "room_center": [0.0, 0.0, 0.0],
            "object_counts": {"table": 1},
            "object_bbox": {"table": [box]},
        }
        for number in range(scenes)
    }


def write(path: Path, record: Any) -> Path:
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


def test_vsibench_metadata_becomes_one_bundle_a_scene(command, tmp_path: Path) -> None:
    source, output = write(tmp_path / "meta.json", metadata(3)), tmp_path / "out"
    result = command("import", "vsibench", source, "-o", output)
    assert result.code == 0
    assert result.out == ""
    assert sorted(path.name for path in output.iterdir()) == ["scene0", "scene1", "scene2"]
    asked = command("ask", output / "scene1", "How big is the table?", "--policy", "vsi", "--json")
    assert json.loads(asked.out)["answer"]["value"] == 200.0


def test_a_second_import_skips_what_is_there(command, tmp_path: Path) -> None:
    source, output = write(tmp_path / "meta.json", metadata(3)), tmp_path / "out"
    command("import", "vsibench", source, "-o", output)
    before = (output / "scene0" / "scene.json").stat().st_mtime_ns
    write(source, metadata(4))
    result = command("import", "vsibench", source, "-o", output)
    assert result.code == 0
    assert "1 scene imported, 3 there already, 0 failed" in result.err
    assert (output / "scene0" / "scene.json").stat().st_mtime_ns == before
    again = command("import", "vsibench", source, "-o", output, "--overwrite")
    assert "4 scenes imported, 0 there already" in again.err
    assert (output / "scene0" / "scene.json").stat().st_mtime_ns != before


def test_failures_are_told_at_the_end(command, tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", metadata(2))
    bad = write(tmp_path / "bad.json", {**metadata(1, room_size=-1.0)})
    twice = write(tmp_path / "twice.json", metadata(1))
    output = tmp_path / "out"
    result = command("import", "vsibench", bad, good, twice, "-o", output)
    assert result.code == 1
    assert f"{bad}: scene0.room_size: expected > 0" in result.err
    assert "scene0: the scene occurs twice" in result.err
    assert result.err.splitlines()[-1].startswith("spatialevo-dge: 2 scenes could not")
    assert sorted(path.name for path in output.iterdir()) == ["scene0", "scene1"]


def test_a_damaged_bundle_does_not_count_as_done(command, tmp_path: Path) -> None:
    source, output = write(tmp_path / "meta.json", metadata(2)), tmp_path / "out"
    command("import", "vsibench", source, "-o", output)
    (output / "scene1" / "boxes.npy").write_bytes(b"")
    result = command("import", "vsibench", source, "-o", output)
    assert result.code == 1
    assert "boxes.npy" in result.err
    assert command("import", "vsibench", source, "-o", output, "--overwrite").code == 0


@pytest.mark.parametrize("name", ["../out", "a/b", "/abs", ".."])
def test_a_scenes_name_stays_in_the_output(command, tmp_path: Path, name: str) -> None:
    source = write(tmp_path / "meta.json", {name: metadata(1)["scene0"]})
    result = command("import", "vsibench", source, "-o", tmp_path / "out")
    assert result.code == 1
    assert sorted(tmp_path.iterdir()) == [source, tmp_path / "out.import-report.json"]


@pytest.mark.parametrize("text", ["[]", "{", ""])
def test_a_file_that_is_no_metadata_is_named(command, tmp_path: Path, text: str) -> None:
    source = tmp_path / "meta.json"
    source.write_text(text)
    result = command("import", "vsibench", source, "-o", tmp_path / "out")
    assert result.code == 1
    assert str(source) in result.err
    assert result.err.count("\n") == 1


def test_a_scan_is_imported_checked_and_asked(
    command, test_data: Callable[[str], Path], tmp_path: Path
) -> None:
    scan, output = test_data("scannet_scene0000_00"), tmp_path / "scan"
    refused = command("import", "scannet", scan, "-o", output)
    assert refused.code == 1
    assert "axisAlignment" in refused.err
    assert not output.exists()
    alignment = scan / "axis_alignment.json"
    result = command("import", "scannet", scan, "-o", output, "--alignment", alignment)
    assert result.code == 0
    assert "scene0000_00: 45 objects" in result.err
    taken = command("import", "scannet", scan, "-o", output, "--alignment", "none")
    assert taken.code == 2
    assert "--overwrite" in taken.err
    checked = command("check", output)
    assert checked.code == 0
    assert "2.7" in checked.out
    asked = json.loads(command("ask", output, "How large is this room?", "--json").out)
    assert 41.5 <= asked["answer"]["value"] <= 51.0


def test_a_folder_of_scans_becomes_a_folder_of_bundles(
    command, test_data: Callable[[str], Path], tmp_path: Path
) -> None:
    scan = test_data("scannet_scene0000_00")
    scans, output = tmp_path / "scans", tmp_path / "out"
    scans.mkdir()
    (scans / "scene0000_00").symlink_to(scan)
    (scans / "scene0000_01").mkdir()
    (scans / "scene0000_01" / "scene0000_01_vh_clean_2.ply").write_bytes(b"not a mesh")
    alignment = scan / "axis_alignment.json"
    result = command("import", "scannet", scans, "-o", output, "--alignment", alignment)
    assert result.code == 1
    assert "1 scene imported, 0 there already, 1 failed" in result.err
    assert [path.name for path in output.iterdir()] == ["scene0000_00"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["scannet", "nowhere", "-o", "out"], 1, "nowhere: folder: there is no such folder"),
        (["scannet", ".", "-o", "out", "--frames", "all"], 2, "--frames: expected a number"),
        (["scannet", ".", "-o", "out", "--frames", "every:0"], 2, "--frames: expected a number"),
        (["scannet", "."], 2, "--output"),
        (["vsibench", "nowhere.json", "-o", "out"], 1, "nowhere.json"),
        (["scanet", "."], 2, "scanet"),
    ],
)
def test_misuse_of_import_is_one_line(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    words: list[str], code: int, told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    result = command("import", *words)
    assert result.code == code
    assert told in result.err
    assert result.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_room_is_made_and_reads_back(command, tmp_path: Path) -> None:
    output = tmp_path / "room"
    words = ("synth", "--seed", 5, "-o", output, "--shape", "L", "--furniture", "office")
    result = command(*words, "--size", "6x5", "--cameras", 3, "--yaw", 20)
    assert result.code == 0
    assert "3 frames" in result.err
    scene = Scene.load(output)
    assert len(scene.frames) == 3
    assert all(f.image_path.is_file() for f in scene.frames)
    assert judge(Question("How large is this room?"), scene).answer.value == scene.floor.area
    assert command("check", output).code == 0
    assert command(*words).code == 2
    assert command(*words, "--overwrite").code == 0
    assert len(Scene.load(output).frames) == 8


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--output"),
        (["-o", "room", "--shape", "ell"], "--shape: 'ell'"),
        (["-o", "room", "--furniture", "kitchn"], "did you mean 'kitchen'?"),
        (["-o", "room", "--size", "4"], "--size: expected width and depth"),
        (["-o", "room", "--size", "1000x1000"], "size: expected two lengths above 0 and up to 100"),
        (["-o", "room", "--size", "0x4"], "size: expected two lengths above 0"),
        (["-o", "room", "--cameras", "1000000"], "cameras: expected 0 to 2000, got 1000000"),
        (["-o", "room", "--clutter", "1000000"], "clutter: expected 0 to 1000, got 1000000"),
        (["-o", "room", "--yaw", "inf"], "yaw: expected a finite number, got inf"),
        (["-o", "room", "--yaw", "nan"], "yaw: expected a finite number, got nan"),
        (["-o", "room", "--seed", "-1"], "--seed"),
        (["-o", "room", "--seed", "one"], "--seed"),
    ],
)
def test_misuse_of_synth_is_one_line(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = command("synth", *words)
    assert result.code == 2
    assert told in result.err
    assert result.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("synth", "-o"),
        pytest.param(("view", "room", "-o"), marks=pytest.mark.extra("view")),
        ("view", "room", "--picture"),
    ],
)
def test_a_place_that_cannot_be_written_is_named_as_it_was_given(
    command, room: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "closed").symlink_to("/proc")  # where nobody may make a file
    target = tmp_path / "closed" / "output.png"
    result = command(*(room if word == "room" else word for word in words), target)
    assert result.code == 1
    assert result.err.startswith(f"spatialevo-dge: {target}: ")
    assert result.err.count("\n") == 1


def test_a_folder_of_something_else_is_never_replaced(command, tmp_path: Path) -> None:
    precious = tmp_path / "thesis"
    precious.mkdir()
    (precious / "chapter.txt").write_text("years of work")
    result = command("synth", "-o", precious, "--overwrite")
    assert result.code == 2
    assert "no scene bundle" in result.err
    assert (precious / "chapter.txt").read_text() == "years of work"


def state_of(scene: Scene, name: str) -> State:
    (found,) = (finding.state for finding in examine(scene, None) if finding.name == name)
    return found


def test_a_sound_scene_is_said_to_be_one(command, room: Path) -> None:
    result = command("check", room)
    assert result.code == 0
    assert result.err == ""
    states = {line.split()[0] for line in result.out.splitlines()[1:]}
    assert states == {"ok"}
    record = json.loads(command("check", room, "--json").out)
    assert {finding["state"] for finding in record["findings"].values()} == {"ok"}


def test_the_header_stands_for_the_bundle(command, room: Path) -> None:
    by_header = command("check", room / bundle.HEADER)
    assert by_header.code == 0, by_header.err
    assert by_header.out == command("check", room).out


def test_a_flipped_bit_is_found(command, room: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in room.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    data = bytearray((copy / "normals_in_world.npy").read_bytes())
    data[-1] ^= 1
    (copy / "normals_in_world.npy").write_bytes(bytes(data))
    result = command("check", copy)
    assert result.code == 1
    assert "normals_in_world.npy" in result.err


@pytest.mark.parametrize("area", [0.5, 5000.0])
def test_an_implausible_floor_is_broken(scene: Scene, area: float) -> None:
    floor = FloorPlan(area=area, source=FloorSource.READ)
    assert state_of(scene, "floor") is State.OK
    assert state_of(replace(scene, floor=floor), "floor") is State.BROKEN


@pytest.mark.parametrize("height", [-10.0, 2.0])
def test_implausible_walls_are_broken(scene: Scene, height: float) -> None:
    assert state_of(scene, "walls") is State.OK
    floor = replace(scene.floor, height=height)
    assert state_of(replace(scene, floor=floor), "walls") is State.BROKEN


@pytest.mark.parametrize("value", [0.01, np.nan, np.inf])
def test_a_pose_that_is_not_rigid_is_broken(scene: Scene, value: float) -> None:
    pose = scene.frames[2].world_from_camera.copy()
    pose[0, 0] += value
    frames = (*scene.frames[:2], replace(scene.frames[2], world_from_camera=pose))
    bare = replace(scene, frames=frames, visibility=None)
    (poses,) = (finding for finding in examine(bare, None) if finding.name == "poses")
    assert poses.state is State.BROKEN
    assert scene.frames[2].id in poses.text


def test_an_object_outside_is_worth_a_look(scene: Scene) -> None:
    item = scene.objects[0]
    box = OrientedBox(centre=[50.0, 0.0, 0.5], axes=np.eye(3), extents=[1.0, 1.0, 1.0])
    moved = replace(item, aabb=box, obb_raw=box, obb=box)
    outside = replace(scene, objects=(moved, *scene.objects[1:]))
    assert state_of(scene, "outside the room") is State.OK
    assert state_of(outside, "outside the room") is State.LOOK


def test_few_points_are_worth_a_look(scene: Scene) -> None:
    item = replace(scene.objects[0], point_range=(0, 49))
    assert state_of(scene, "points per object") is State.OK
    sparse = replace(scene, objects=(item, *scene.objects[1:]))
    assert state_of(sparse, "points per object") is State.LOOK


def test_a_broken_scene_exits_with_one(command, scene: Scene, tmp_path: Path) -> None:
    broken = replace(scene, floor=FloorPlan(area=0.2, source=FloorSource.READ))
    bundle.save(broken, tmp_path / "broken")
    result = command("check", tmp_path / "broken")
    assert result.code == 1
    assert result.err.endswith("is broken: floor\n")
    assert "broken  floor" in result.out


def test_a_scene_of_metadata_lacks_much_and_is_whole(command, tmp_path: Path) -> None:
    source = write(tmp_path / "meta.json", metadata(1))
    command("import", "vsibench", source, "-o", tmp_path / "out")
    result = command("check", tmp_path / "out" / "scene0")
    assert result.code == 0
    assert "questions that need points are refused" in result.out
