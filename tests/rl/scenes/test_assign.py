# SPDX-License-Identifier: Apache-2.0
"""Assignments: keyed draws alone, the oracle's own feasibility, frames that make sense."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from spatialevo_dge import SceneError, ViewKind, feasible_tasks
from spatialevo_dge.tasks import TASKS, task_named
from spatialevo_rl.draws import dice
from spatialevo_rl.records import Assignment
from spatialevo_rl.scenes.assign import REDRAWS, Assigner, Curriculum, assign
from spatialevo_rl.scenes.frames import draw_frames, shown_ids
from spatialevo_rl.scenes.scheduler import TaskResult, TaskScheduler
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.synthetic_store import SyntheticStore
from spatialevo_rl.scenes.tasks import feasible, names_images, names_objects
from spatialevo_rl.settings import SchedulerSettings
from support.rl_stores import SETTINGS, small_store

ALL = Curriculum(scene_views=4)
STEPS = 12


@pytest.fixture(scope="module")
def assigner(store: SyntheticStore) -> Assigner:
    return Assigner(store, ALL, seed=3)


@pytest.fixture(scope="module")
def drawn(assigner: Assigner) -> list[Assignment]:
    scheduler = TaskScheduler(ALL.tasks)
    return [assigner.assign(step, slot, scheduler) for step in range(STEPS) for slot in range(8)]


def test_a_draw_does_not_depend_on_history(store: SyntheticStore, drawn: list[Assignment]) -> None:
    """Step 7 is the same whether or not steps 0 to 6 were drawn, and by whatever store."""
    fresh = Assigner(small_store(), ALL, seed=3)
    scheduler = TaskScheduler(ALL.tasks)
    again = [fresh.assign(7, slot, scheduler) for slot in reversed(range(8))]
    assert again[::-1] == drawn[56:64]
    assert assign(7, 5, store, scheduler, ALL, 3) == drawn[61]
    assert assign(7, 5, store, scheduler, ALL, 4) != drawn[61]


def test_only_the_task_depends_on_the_scheduler(
    assigner: Assigner, drawn: list[Assignment]
) -> None:
    learnt = TaskScheduler(ALL.tasks)
    learnt.update([TaskResult(task=task.id, accuracy=1.0, count=500) for task in TASKS[1::2]])
    again = [assigner.assign(step, slot, learnt) for step in range(STEPS) for slot in range(8)]
    for before, after in zip(drawn, again, strict=True):
        assert replace(after, task=before.task, constraint=before.constraint) == before
    assert any(before.task != after.task for before, after in zip(drawn, again, strict=True))
    weak = [item.task for item in again if item.task in {task.id for task in TASKS[::2]}]
    assert len(weak) > 0.8 * len(again)


def test_feasible_tasks_are_the_oracles(store: SyntheticStore, drawn: list[Assignment]) -> None:
    for item in drawn:
        allowed = feasible_tasks(store.scene(item.scene_id), item.frames)
        of_kind = tuple(task for task in allowed if task_named(task).view is item.kind)
        assert item.feasible == of_kind
        assert item.task in item.feasible


def test_scenes_are_training_scenes_and_differ_within_a_step(
    store: SyntheticStore, drawn: list[Assignment]
) -> None:
    assert {item.scene_id for item in drawn} <= set(store.ids(Split.TRAIN))
    for step in range(STEPS):
        assert len({item.scene_id for item in drawn[8 * step : 8 * step + 8]}) == 8
    assert len({item.scene_id for item in drawn}) == SETTINGS.scene_count


def test_kinds_come_as_often_as_stated(assigner: Assigner) -> None:
    count = 400
    found = Counter(assigner.view(step, 0).kind for step in range(count))
    for kind, share in {ViewKind.SCENE: 0.4, ViewKind.FRAME: 0.2, ViewKind.PAIR: 0.4}.items():
        deviation = (share * (1 - share) / count) ** 0.5
        assert abs(found[kind] / count - share) < 4 * deviation


def test_frames_suit_their_kind(store: SyntheticStore, drawn: list[Assignment]) -> None:
    for item in drawn:
        order = store.frames(item.scene_id)
        places = [order.index(frame) for frame in item.frames]
        assert len(set(places)) == len(places)
        if item.kind is ViewKind.SCENE:
            assert places == sorted(places)
            assert 2 <= len(places) <= 4
        else:
            assert len(places) == (1 if item.kind is ViewKind.FRAME else 2)


def test_pairs_are_often_neighbours_in_both_orders() -> None:
    scene = small_store(cameras=8).scene("small-1")
    frames = tuple(frame.id for frame in scene.frames)
    pairs = [
        draw_frames(scene, frames, ViewKind.PAIR, 8, dice(0, step, "pair")) for step in range(300)
    ]
    gaps = [frames.index(pair[1]) - frames.index(pair[0]) for pair in pairs if pair]
    assert len(gaps) == 300
    assert 0.5 < sum(abs(gap) == 1 for gap in gaps) / 300 < 0.8  # 1/2 + 1/2 * 2/8 of any pair
    assert 0.4 < sum(gap > 0 for gap in gaps) / 300 < 0.6
    shared = sum(
        bool(shown_ids(scene, pair[0]) & shown_ids(scene, pair[1])) for pair in pairs if pair
    )
    assert shared > 290


def test_a_scene_view_covers_the_whole_capture() -> None:
    scene = small_store(cameras=8).scene("small-1")
    frames = tuple(frame.id for frame in scene.frames)
    for step in range(40):
        shown = draw_frames(scene, frames, ViewKind.SCENE, 4, dice(0, step, "scene"))
        assert shown is not None
        places = [frames.index(frame) for frame in shown]
        part = len(frames) / len(places)
        assert places[0] < part
        assert len(frames) - places[-1] < part + 1
        assert all(abs(b - a - part) < 1 for a, b in pairwise(places))
    assert draw_frames(scene, frames, ViewKind.SCENE, 1, dice(0, 0, "scene")) is not None
    assert draw_frames(scene, frames[:1], ViewKind.PAIR, 4, dice(0, 0, "pair")) is None
    assert draw_frames(scene, (), ViewKind.FRAME, 4, dice(0, 0, "frame")) is None


def test_constraints_fit_the_task(store: SyntheticStore, drawn: list[Assignment]) -> None:
    for item in drawn:
        if item.constraint.startswith("image "):
            assert names_images(item.task)
            assert 1 <= int(item.constraint.removeprefix("image ")) <= len(item.frames)
        elif item.constraint:
            assert names_objects(item.task)
            assert item.constraint in store.vocabulary
        else:
            assert item.task == "room_size"
    told = {item.constraint for item in drawn}
    assert "wardrobe" in told, "labels that no room has are told too"
    assert len(told) > 6


def test_what_questions_of_a_task_name() -> None:
    objects = {task.id for task in TASKS if names_objects(task.id)}
    images = {task.id for task in TASKS if names_images(task.id)}
    assert {task.id for task in TASKS} - objects == {
        "room_size",
        "position_cam_cam",
        "elevation_cam_cam",
        "motion_camera",
    }
    assert {"motion_camera", "position_cam_cam", "visibility_compare"} <= images
    assert not images & {"object_counting", "room_size", "relative_distance"}


def test_one_task_alone(store: SyntheticStore) -> None:
    settings = SchedulerSettings(trained_tasks="distance_cam_obj")
    assigner = Assigner(store, Curriculum(tasks=settings, scene_views=4), seed=0)
    scheduler = TaskScheduler(settings)
    for slot in range(8):
        item = assigner.assign(0, slot, scheduler)
        assert (item.kind, item.task) == (ViewKind.FRAME, "distance_cam_obj")
        assert item.feasible == ("distance_cam_obj",)


def test_a_view_that_allows_nothing_is_drawn_again(
    store: SyntheticStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigner = Assigner(store, ALL, seed=3)
    plain = assigner.view(0, 0)
    real = assigner.feasible
    monkeypatch.setattr(
        assigner,
        "feasible",
        lambda scene_id, *rest: () if scene_id == plain.scene_id else real(scene_id, *rest),
    )
    view = assigner.view(0, 0)
    assert view.scene_id != plain.scene_id
    assert view.redraws >= 1
    assert view.kind == plain.kind


def test_a_store_that_allows_nothing_is_named() -> None:
    """Rooms with one camera have no pairs: 21 draws, then the store, kind and remedy are told."""
    single = small_store(cameras=1)
    pairs = Curriculum(tasks=SchedulerSettings(trained_tasks="motion_camera"))
    assert REDRAWS == 20
    with pytest.raises(SceneError, match=r"made rooms 'synthetic'.*21 scenes.*view_pair=0"):
        Assigner(single, pairs, seed=0).view(0, 0)


def test_feasible_is_for_the_tasks_given(store: SyntheticStore) -> None:
    scene = store.scene("small-0")
    frames = tuple(frame.id for frame in scene.frames)
    assert feasible(scene, frames, ("motion_camera", "object_size")) == ("object_size",)
    assert feasible(scene, frames[:2], ()) == ()


def test_bad_curricula_are_refused() -> None:
    with pytest.raises(ValueError, match="policy: expected one of"):
        Curriculum(policy="lenient")
    with pytest.raises(ValueError, match="scene_views: expected at least 1"):
        Curriculum(scene_views=0)
