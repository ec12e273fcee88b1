# SPDX-License-Identifier: Apache-2.0
"""What a run prints at its start."""

from __future__ import annotations

from pathlib import Path

from spatialevo_dge import ViewKind
from spatialevo_rl.scenes.assign import Curriculum
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import open_store
from spatialevo_rl.scenes.summary import NO_LIST, summarise
from spatialevo_rl.scenes.synthetic_store import SyntheticStore
from spatialevo_rl.settings import SceneSettings, SchedulerSettings
from support.rl_stores import write_bundle


def test_made_rooms(store: SyntheticStore) -> None:
    tasks = SchedulerSettings(trained_tasks="object_counting,motion_camera,room_size")
    found = summarise(store, Curriculum(tasks=tasks, scene_views=4))
    assert found.scenes[Split.TRAIN] == 12
    assert dict(found.views) == {ViewKind.SCENE: 12, ViewKind.PAIR: 12}
    assert list(found.feasible) == ["object_counting", "room_size", "motion_camera"]
    assert found.feasible["object_counting"] == 1.0
    assert 0.0 < found.feasible["motion_camera"] <= 1.0
    assert found.notes == ()
    text = "\n".join(found.lines())
    assert "made rooms 'synthetic': 12 train, 500 validation" in text
    assert "scene views (12 looked at) allow: object_counting 100%" in text


def test_scans(tmp_path: Path) -> None:
    for number in (0, 1):
        folder = tmp_path / "scans" / f"scene000{number}_00"
        write_bundle(folder, folder.name, seed=number)
    settings = SceneSettings(scenes=str(tmp_path / "scans"))
    found = summarise(open_store(settings), Curriculum(scene_views=4))
    assert found.notes == (
        NO_LIST,
        "no scene is in the split validation",
        "no scene is in the split test",
    )
    listed = tmp_path / "benchmark.txt"
    listed.write_text("scene0001_09\n")
    left = SceneSettings(scenes=str(tmp_path / "scans"), scene_exclude=str(listed))
    text = "\n".join(summarise(open_store(left), Curriculum(scene_views=4)).lines())
    assert "left out: 1 scenes: its room is on the list of excluded scenes" in text
    assert NO_LIST not in text
