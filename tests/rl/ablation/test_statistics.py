# SPDX-License-Identifier: Apache-2.0
"""Skills worked by hand, laws of the bootstrap, and when a difference may be called one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_rl.ablation.statistics import MEAN, Difference, Scores, difference, interval, pooled
from spatialevo_rl.evaluation_record import Evaluation, HeldOutScore
from spatialevo_rl.gains import RESAMPLES, Interval

TASKS = ("depth", "count")


def evaluation(values: dict[str, list[float]], *, scenes: int = 20, step: int = 0) -> Evaluation:
    return Evaluation(
        step=step,
        split="test",
        samples=8,
        trained=TASKS,
        floors={"depth": 0.5, "count": 0.2, "other": 0.0},
        scores=tuple(
            HeldOutScore(
                task=task,
                scene_id=f"room-{place % scenes}",
                question=f"{task} {place}",
                sampled=value,
                greedy=1.0 - value,
            )
            for task, scored in values.items()
            for place, value in enumerate(scored)
        ),
    )


def test_a_skill_by_hand() -> None:
    found = evaluation({"depth": [1.0, 0.5], "count": [0.6, 0.2], "other": [1.0, 1.0]})
    scores = Scores(found)
    assert scores.tasks == TASKS  # what was not trained has no part in the mean
    assert scores.reward(found, "depth")[0] == pytest.approx(0.75)
    assert scores.skill(found, "depth")[0] == pytest.approx((0.75 - 0.5) / 0.5)
    assert scores.skill(found, "count")[0] == pytest.approx((0.4 - 0.2) / 0.8)
    assert scores.skill(found)[0] == pytest.approx((0.5 + 0.25) / 2)
    assert scores.mean_reward(found)[0] == pytest.approx((0.75 + 0.4) / 2)
    assert scores.skill(found, "depth", greedy=True)[0] == pytest.approx((0.25 - 0.5) / 0.5)
    assert scores.skill(found).shape == (1 + RESAMPLES,)


def test_a_constant_shift_has_no_spread() -> None:
    chance = np.random.default_rng(0)
    low = {task: chance.random(60).tolist() for task in TASKS}
    high = {task: [value + 0.1 for value in values] for task, values in low.items()}
    one, other = evaluation(high), evaluation(low)
    scores = Scores(other)
    found = difference(
        "a",
        "b",
        dict.fromkeys((0, 1), scores.skill(one)),
        dict.fromkeys((0, 1), scores.skill(other)),
    )
    shift = (0.1 / 0.5 + 0.1 / 0.8) / 2
    assert found.pooled.value == pytest.approx(shift)
    assert found.pooled.low == pytest.approx(shift)
    assert found.pooled.high == pytest.approx(shift)
    assert found.sign == ">"


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
def test_the_interval_holds_the_number_and_swapping_arms_changes_the_sign(
    seed: int, scenes: int
) -> None:
    chance = np.random.default_rng(seed)
    pair = [
        evaluation({task: chance.random(24).tolist() for task in TASKS}, scenes=scenes)
        for _ in range(2)
    ]
    scores = Scores(pair[0])
    one, other = ({0: scores.skill(each)} for each in pair)
    found, swapped = difference("a", "b", one, other), difference("b", "a", other, one)
    assert found.seeds[0] == pytest.approx(-swapped.seeds[0])
    assert found.pooled.low is not None
    assert swapped.pooled.high is not None
    assert found.pooled.low == pytest.approx(-swapped.pooled.high)
    assert found.pooled.low <= found.pooled.high or scenes == 1


def test_an_arm_without_seeds_is_compared_with_every_seed() -> None:
    base = np.zeros(1 + RESAMPLES)
    arm = {0: base + 0.1, 1: base + 0.3}
    found = difference("arm", "base", arm, {-1: base})
    assert found.seeds == pytest.approx((0.1, 0.3))
    assert found.pooled.value == pytest.approx(0.2)
    with pytest.raises(ValueError, match="no seed in common"):
        difference("a", "b", {0: base}, {1: base, 2: base})


def test_only_the_seeds_of_both_arms_are_compared() -> None:
    base = np.zeros(1 + RESAMPLES)
    found = difference("a", "b", {0: base + 1, 1: base + 2}, {1: base, 2: base})
    assert found.seeds == (2.0,)


@pytest.mark.parametrize(
    ("seeds", "low", "high", "sign"),
    [
        ((0.1, 0.2, 0.3), 0.05, 0.3, ">"),
        ((0.1, -0.01, 0.3), 0.05, 0.3, "?"),  # a seed disagrees
        ((0.1, 0.2, 0.3), -0.01, 0.3, "?"),  # the interval holds 0
        ((-0.1, -0.2, -0.3), -0.3, -0.01, "<"),
        ((-0.1, 0.0, -0.3), -0.3, -0.01, "?"),
        ((0.1,), 0.05, 0.3, "?"),  # one seed agrees with itself alone
    ],
)
def test_a_difference_needs_all_seeds_and_the_interval(
    seeds: tuple[float, ...], low: float, high: float, sign: str
) -> None:
    spread = Interval(value=sum(seeds) / 3, low=low, high=high)
    assert Difference(better="a", worse="b", seeds=seeds, pooled=spread).sign == sign


def test_other_questions_are_refused() -> None:
    found = evaluation({"depth": [1.0], "count": [1.0]})
    other = evaluation({"depth": [1.0, 0.0], "count": [1.0]})
    with pytest.raises(ValueError, match="not of the same questions"):
        Scores(found).skill(other, MEAN)


def test_resamples_without_a_question_have_no_part() -> None:
    values = np.full(1 + RESAMPLES, np.nan)
    values[0] = 0.5
    assert interval(values) == Interval(value=0.5, low=None, high=None)
    assert pooled([np.ones(1 + RESAMPLES)]).low == 1.0
