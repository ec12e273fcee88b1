# SPDX-License-Identifier: Apache-2.0
"""The curriculum: its formula by hand, its laws, its state."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_dge import SceneError
from spatialevo_dge.tasks import TASKS
from spatialevo_rl.draws import dice
from spatialevo_rl.scenes.scheduler import EPSILON, TaskResult, TaskScheduler
from spatialevo_rl.scenes.tasks import kind_shares, trained_tasks
from spatialevo_rl.settings import SchedulerKind, SchedulerScore, SchedulerSettings

A, B, C = "object_counting", "object_size", "room_size"
THREE = SchedulerSettings(trained_tasks=f"{A},{B},{C}")
RAW = SchedulerSettings(trained_tasks=f"{A},{B},{C}", scheduler_score=SchedulerScore.RAW)
ALL = tuple(task.id for task in TASKS)

results = st.lists(
    st.builds(
        TaskResult,
        task=st.sampled_from((A, B, C)),
        accuracy=st.floats(0.0, 1.0),
        count=st.integers(0, 3),
    ),
    max_size=40,
)


def test_at_the_start_tasks_are_equally_likely() -> None:
    assert TaskScheduler(THREE).probabilities((A, B, C)) == pytest.approx(
        dict.fromkeys((A, B, C), 1 / 3)
    )


def test_formula_by_hand() -> None:
    """One right answer for A: weight 2 g + 1, sum 0.7 g + 1, with g = 2^(-1/64)."""
    scheduler = TaskScheduler(RAW)
    scheduler.update([TaskResult(task=A, accuracy=1.0)])
    g = 2 ** (-1 / 64)
    a = (0.7 * g + 1.0) / (2.0 * g + 1.0)
    assert scheduler.average(A) == pytest.approx(a, abs=1e-15)
    assert scheduler.average(A) == pytest.approx(0.568234, abs=1e-6)
    weak, strong = 0.65 + EPSILON, 1.0 - a + EPSILON
    expected = 0.02 + (1 - 0.06) * strong / (strong + 2 * weak)
    assert scheduler.probabilities((A, B, C))[A] == pytest.approx(expected, abs=1e-12)
    assert expected == pytest.approx(0.2544986, abs=1e-7)


def test_floor_is_halved_where_many_tasks_share() -> None:
    """d = min(0.02, 1 / (2 |F|)) is 0.02 up to 25 tasks; a floor of 0.5 is cut to 1 / (2 |F|)."""
    settings = SchedulerSettings(
        trained_tasks=f"{A},{B}", scheduler_floor=0.5, scheduler_score=SchedulerScore.RAW
    )
    scheduler = TaskScheduler(settings)
    scheduler.update([TaskResult(task=A, accuracy=1.0, count=100_000)])
    shares = scheduler.probabilities((A, B))
    assert shares[A] == pytest.approx(0.25 + 0.5 * EPSILON / (EPSILON + 0.651), abs=1e-4)


def test_half_life_is_sixty_four_questions() -> None:
    """After 64 questions the start weighs 2 / 2, those before half."""
    scheduler = TaskScheduler(RAW)
    scheduler.update([TaskResult(task=A, accuracy=0.0, count=5000)])
    scheduler.update([TaskResult(task=A, accuracy=1.0, count=64)])
    assert scheduler.average(A) == pytest.approx(0.5, abs=1e-9)


def test_lifetime_is_the_released_codes_mean() -> None:
    settings = SchedulerSettings(
        trained_tasks=A, scheduler=SchedulerKind.LIFETIME, scheduler_score=SchedulerScore.RAW
    )
    scheduler = TaskScheduler(settings)
    scheduler.update([TaskResult(task=A, accuracy=value) for value in (1.0, 0.5, 0.0, 1.0)])
    assert scheduler.average(A) == pytest.approx((2.5 + 0.35 * 2) / (4 + 2))


def test_uniform_ignores_results() -> None:
    scheduler = TaskScheduler(
        SchedulerSettings(trained_tasks=f"{A},{B}", scheduler=SchedulerKind.UNIFORM)
    )
    scheduler.update([TaskResult(task=A, accuracy=1.0, count=500)])
    assert scheduler.probabilities((A, B)) == {A: 0.5, B: 0.5}


def test_skill_counts_from_the_constant_answer() -> None:
    scheduler = TaskScheduler(THREE, {A: 0.6})
    assert scheduler.score(TaskResult(task=A, accuracy=0.8)) == pytest.approx(0.5)
    assert scheduler.score(TaskResult(task=A, accuracy=0.3)) == 0.0
    assert scheduler.score(TaskResult(task=A, accuracy=1.0)) == 1.0
    assert scheduler.score(TaskResult(task=B, accuracy=0.3)) == 0.3  # no floor is known
    assert TaskScheduler(RAW, {A: 0.6}).score(TaskResult(task=A, accuracy=0.3)) == 0.3
    always = TaskScheduler(THREE, {A: 1.0})
    assert always.score(TaskResult(task=A, accuracy=1.0)) == 1.0


def test_a_count_is_so_many_equal_results() -> None:
    once, often = TaskScheduler(THREE), TaskScheduler(THREE)
    once.update([TaskResult(task=A, accuracy=0.7, count=3)])
    often.update([TaskResult(task=A, accuracy=0.7)] * 3)
    assert once.state() == often.state()


def test_no_results_change_nothing() -> None:
    scheduler = TaskScheduler(THREE)
    before = scheduler.state()
    scheduler.update([TaskResult(task=A, accuracy=0.0, count=0)])
    assert scheduler.state() == before


@given(results, st.lists(st.sampled_from((A, B, C)), min_size=1, max_size=3, unique=True))
def test_probabilities_sum_to_one_and_keep_the_floor(
    done: list[TaskResult], feasible: list[str]
) -> None:
    scheduler = TaskScheduler(THREE, {A: 0.4})
    scheduler.update(done)
    shares = scheduler.probabilities(feasible)
    assert tuple(shares) == tuple(feasible)
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
    assert min(shares.values()) >= min(0.02, 1 / (2 * len(feasible))) - 1e-12


@given(results)
def test_the_weaker_task_is_the_likelier(done: list[TaskResult]) -> None:
    scheduler = TaskScheduler(THREE)
    scheduler.update(done)
    shares = scheduler.probabilities((A, B, C))
    by_weakness = sorted((A, B, C), key=scheduler.average)
    assert shares[by_weakness[0]] >= shares[by_weakness[1]] >= shares[by_weakness[2]]


def test_a_mastered_task_keeps_its_floor() -> None:
    scheduler = TaskScheduler(SchedulerSettings())
    scheduler.update([TaskResult(task=task, accuracy=1.0, count=2000) for task in ALL[:15]])
    shares = scheduler.probabilities(ALL)
    assert all(0.02 <= shares[task] < 0.022 for task in ALL[:15])
    assert shares[ALL[15]] == pytest.approx(0.7, abs=0.02)


def test_draws_follow_the_probabilities() -> None:
    scheduler = TaskScheduler(RAW)
    scheduler.update([TaskResult(task=A, accuracy=1.0, count=300)])
    shares = scheduler.probabilities((A, B, C))
    drawn = [scheduler.draw((A, B, C), dice(0, step, "task")) for step in range(4000)]
    for task, share in shares.items():
        deviation = (share * (1 - share) / 4000) ** 0.5
        assert abs(drawn.count(task) / 4000 - share) < 4 * deviation


@given(results, results)
def test_state_goes_through_json_bit_for_bit(
    before: list[TaskResult], after: list[TaskResult]
) -> None:
    floors = {A: 1 / 3}
    scheduler = TaskScheduler(THREE, floors)
    scheduler.update(before)
    text = json.dumps(scheduler.state(), sort_keys=True)
    resumed = TaskScheduler(THREE, floors)
    resumed.load(json.loads(text))
    for each in (scheduler, resumed):
        each.update(after)
    assert resumed.probabilities((A, B, C)) == scheduler.probabilities((A, B, C))
    draws = [
        [each.draw((A, B, C), dice(5, step, "task")) for step in range(20)]
        for each in (scheduler, resumed)
    ]
    assert draws[0] == draws[1]


def test_a_state_of_another_run_is_refused() -> None:
    state = TaskScheduler(THREE, {A: 0.5}).state()
    with pytest.raises(ValueError, match="floors: expected"):
        TaskScheduler(THREE, {A: 0.4}).load(state)
    with pytest.raises(ValueError, match="tasks: expected"):
        TaskScheduler(SchedulerSettings(trained_tasks=A), {A: 0.5}).load(state)
    with pytest.raises(SceneError, match="scheduler state: tasks: missing"):
        TaskScheduler(THREE).load({"format": 1, "floors": {}})


def test_misuse_is_named() -> None:
    scheduler = TaskScheduler(THREE)
    with pytest.raises(ValueError, match="expected different tasks"):
        scheduler.probabilities(())
    with pytest.raises(ValueError, match="'motion_camera' is not trained"):
        scheduler.probabilities(("motion_camera",))
    before = scheduler.state()
    with pytest.raises(ValueError, match="'motion_camera' is not trained"):
        scheduler.update(
            [TaskResult(task=A, accuracy=1.0), TaskResult(task="motion_camera", accuracy=1.0)]
        )
    assert scheduler.state() == before
    with pytest.raises(ValueError, match="accuracy, count"):
        TaskResult(task=A, accuracy=float("nan"))
    with pytest.raises(ValueError, match="'object_cuonting' is none of"):
        TaskScheduler(SchedulerSettings(trained_tasks="object_cuonting"))
    with pytest.raises(ValueError, match="scheduler_half_life"):
        TaskScheduler(SchedulerSettings(scheduler_half_life=0.0))


def test_draw_uses_one_number_of_the_generator() -> None:
    scheduler = TaskScheduler(THREE)
    used, spare = dice(1, 2, "task"), dice(1, 2, "task")
    scheduler.draw((A, B, C), used)
    spare.random()
    assert used.random() == spare.random()
    assert isinstance(used, np.random.Generator)


def test_trained_tasks_and_kinds() -> None:
    assert trained_tasks(SchedulerSettings()) == ALL
    assert trained_tasks(SchedulerSettings(trained_tasks=f" {C}, {A}")) == (A, C)
    assert kind_shares(SchedulerSettings()) == pytest.approx(
        {"scene": 0.4, "frame": 0.2, "pair": 0.4}
    )
    two = SchedulerSettings(trained_tasks="distance_cam_obj,motion_camera")
    assert kind_shares(two) == pytest.approx({"frame": 1 / 3, "pair": 2 / 3})
    with pytest.raises(ValueError, match="no trained task is asked with such views"):
        kind_shares(SchedulerSettings(trained_tasks="motion_camera", view_pair=0.0))
    with pytest.raises(ValueError, match="expected >= 0"):
        kind_shares(SchedulerSettings(view_pair=-0.1))
