# SPDX-License-Identifier: Apache-2.0
"""Intervals and tests against numbers worked by hand, and against their promise by simulation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from spatialevo_eval.statistics import bootstrap, compare, exact_mcnemar


def mean_of(values: Sequence[float]):
    def measure(places: Sequence[int]) -> Mapping[str, float]:
        return {"": sum(values[place] for place in places) / len(places)}

    return measure


def paired(first: Sequence[float], second: Sequence[float]):
    sides = (first, second)

    def measure(places: Sequence[tuple[int, int]]) -> float:
        return sum(sides[side][place] for side, place in places) / len(places)

    return measure


def alone(count: int) -> list[str]:
    return [str(place) for place in range(count)]


def test_the_interval_of_coin_flips_is_the_textbook_one() -> None:
    values = [1.0] * 60 + [0.0] * 40
    found = bootstrap(mean_of(values), alone(100), resamples=4000)[""]
    spread = 1.96 * math.sqrt(0.6 * 0.4 / 100)
    assert found.value == 0.6
    assert found.low == pytest.approx(0.6 - spread, abs=0.015)
    assert found.high == pytest.approx(0.6 + spread, abs=0.015)
    assert found.clusters == 100


def test_two_clusters_give_the_three_values_there_are() -> None:
    """Drawing two of {0, 1} with replacement: means 0, 1/2, 1 with weights 1/4, 1/2, 1/4."""
    found = bootstrap(mean_of([0, 0, 1, 1]), ["a", "a", "b", "b"], resamples=400)[""]
    assert (found.low, found.value, found.high, found.clusters) == (0.0, 0.5, 1.0, 2)


def test_one_cluster_has_no_interval() -> None:
    found = bootstrap(mean_of([0, 1, 1]), ["a", "a", "a"])[""]
    assert found.value == pytest.approx(2 / 3)
    assert not found.known
    assert math.isnan(found.high)


def test_items_of_one_scene_widen_the_interval() -> None:
    """Ten scenes of ten equal items: as sure as ten items, not a hundred."""
    values = [float(scene % 2) for scene in range(10) for _ in range(10)]
    scenes = [str(scene) for scene in range(10) for _ in range(10)]
    by_scene = bootstrap(mean_of(values), scenes, resamples=2000)[""]
    by_item = bootstrap(mean_of(values), alone(100), resamples=2000)[""]
    wide, narrow = by_scene.high - by_scene.low, by_item.high - by_item.low
    assert wide / narrow == pytest.approx(math.sqrt(10), rel=0.15)


def test_what_a_resample_lacks_is_left_out_of_it() -> None:
    def measure(places: Sequence[int]) -> Mapping[str, float]:
        return {"all": 1.0, **({"first": 0.5} if 0 in places else {})}

    found = bootstrap(measure, alone(3), resamples=200)
    assert (found["first"].low, found["first"].high) == (0.5, 0.5)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(0).random(50).tolist()
    one, same = (bootstrap(mean_of(values), alone(50), seed=3) for _ in range(2))
    assert one == same
    assert one != bootstrap(mean_of(values), alone(50), seed=4)


def test_intervals_hold_the_truth_as_often_as_they_promise() -> None:
    """300 benchmarks of 40 scenes of 3 items, true mean 0.5: 95 %, less what few scenes cost."""
    dice = np.random.default_rng(11)
    scenes = [str(scene) for scene in range(40) for _ in range(3)]
    held = 0
    for _ in range(300):
        level = np.repeat(dice.uniform(0, 1, 40), 3)
        values = (dice.random(120) < level).astype(float).tolist()
        found = bootstrap(mean_of(values), scenes, resamples=200)[""]
        held += found.low <= 0.5 <= found.high
    assert 0.90 <= held / 300 <= 0.98


@pytest.mark.parametrize(
    ("better", "worse", "p_value"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (1, 0, 1.0),
        (6, 0, 2 / 64),
        (8, 1, 2 * (1 + 9) / 512),
        (1, 8, 2 * (1 + 9) / 512),
        (10, 2, 2 * (1 + 12 + 66) / 4096),
    ],
)
def test_mcnemar_is_the_binomial_tail(better: int, worse: int, p_value: float) -> None:
    assert exact_mcnemar(better, worse) == pytest.approx(p_value)


def test_the_permutation_test_approaches_its_exact_value() -> None:
    """All 2^8 swaps of eight pairs, counted one by one."""
    first = [0.1, 0.5, 0.2, 0.9, 0.4, 0.3, 0.6, 0.2]
    second = [0.4, 0.6, 0.1, 1.0, 0.8, 0.5, 0.5, 0.6]
    gains = np.array(second) - np.array(first)
    swaps = np.array(list(itertools.product([1, -1], repeat=8)))
    exact = float(np.mean(np.abs(swaps @ gains) >= abs(gains.sum()) - 1e-9))
    found = compare(paired(first, second), (first, second), alone(8), resamples=4000)
    assert found.p_value == pytest.approx(exact, abs=0.02)
    assert found.difference.value == pytest.approx(float(gains.mean()))
    assert (found.better, found.worse) == (6, 2)


def test_swaps_go_by_scene() -> None:
    """Twenty items of two scenes: of four swaps two differ as much, so p is about 1/2."""
    first, second = [0.0] * 20, [1.0] * 20
    scenes = ["a"] * 10 + ["b"] * 10
    found = compare(paired(first, second), (first, second), scenes, resamples=2000)
    assert found.p_value == pytest.approx(0.5, abs=0.05)
    assert found.mcnemar < 1e-5


def test_equal_runs_differ_by_nothing() -> None:
    values = [0.0, 1.0, 0.3, 0.7]
    found = compare(paired(values, values), (values, values), alone(4), resamples=100)
    assert (found.difference.low, found.difference.value, found.difference.high) == (0, 0, 0)
    assert found.p_value == 1.0


def test_false_alarms_are_as_rare_as_promised() -> None:
    """Two models of equal skill, 200 times: p below 0.05 in about one of twenty."""
    dice = np.random.default_rng(5)
    alarms = 0
    for _ in range(200):
        first, second = ((dice.random(40) < 0.5).astype(float).tolist() for _ in range(2))
        found = compare(paired(first, second), (first, second), alone(40), resamples=99)
        alarms += found.p_value <= 0.05
    assert 1 <= alarms <= 22


def test_pairing_sees_what_two_intervals_do_not() -> None:
    """Hard and easy items, and a gain of 0.05 on each: sure in pairs, hidden in the spread."""
    dice = np.random.default_rng(2)
    first = dice.random(60) * 0.9
    second = first + 0.05 + dice.normal(0, 0.01, 60)
    one, two = first.tolist(), second.tolist()
    found = compare(paired(one, two), (one, two), alone(60), resamples=500)
    assert found.difference.low > 0.04
    assert found.p_value < 0.01
    own = bootstrap(mean_of(one), alone(60), resamples=500)[""]
    assert own.low < float(second.mean()) < own.high


def test_nothing_to_resample_is_refused() -> None:
    with pytest.raises(ValueError, match="no item"):
        bootstrap(lambda places: {"": 0.0}, [])
