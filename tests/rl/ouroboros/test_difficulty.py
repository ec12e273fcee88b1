# SPDX-License-Identifier: Apache-2.0
"""From confidences to difficulties to weights: hand-worked numbers and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_rl.labelled import Labelled
from spatialevo_rl.ouroboros.difficulty import (
    LEAST,
    MOST,
    NOTHING,
    difficulties,
    difficulty_of,
    feedback_of,
    judged,
)
from spatialevo_rl.ouroboros.records import Difficulty, Judged, Sample
from spatialevo_rl.ouroboros.settings import OuroborosSettings

SETTINGS = OuroborosSettings()


def sample(cell: str = "task:near", scene: str = "room-1", question: str = "q ?") -> Sample:
    labelled = Labelled(
        scene_id=scene, frames=("0",), task="task", question=question, answer="a", source="program"
    )
    return Sample(visit=0, cell=cell, labelled=labelled)


def rows(*ps: float | None, cell: str = "task:near") -> tuple[Judged, ...]:
    samples = [sample(cell) for _ in ps]
    return judged(samples, dict(enumerate(ps)), SETTINGS)


@pytest.mark.parametrize(
    ("p", "wanted"),
    [
        (0.0, "hard"), (0.0999, "hard"), (0.1, "frontier"), (0.5, "frontier"), (0.9, "frontier"),
        (0.9001, "easy"), (1.0, "easy"),
    ],
)  # fmt: skip
def test_the_thresholds_are_the_papers(p: float, wanted: str) -> None:
    assert difficulty_of(p, SETTINGS) == wanted


def test_weights_by_hand() -> None:
    """Of four questions two are at the frontier: 1 x (1.5 + 1.5 + .5 + .5) / 4 = 1."""
    told = feedback_of(rows(0.5, 0.6, 0.95, 0.05), NOTHING)
    assert told.weights == {"task:near": 1.0}
    again = feedback_of(rows(0.5), told)
    assert again.weights == {"task:near": 1.5}
    assert feedback_of(rows(0.99), again).weights == {"task:near": 0.75}


def test_a_cell_nobody_asked_from_keeps_its_weight() -> None:
    told = feedback_of(rows(0.5, cell="a"), NOTHING)
    assert feedback_of(rows(0.95, cell="b"), told).weights == {"a": 1.5, "b": 0.5}


def test_samples_that_no_step_reached_have_no_label() -> None:
    found = judged([sample(), sample()], {0: 0.5}, SETTINGS)
    assert [row.difficulty for row in found] == [Difficulty.FRONTIER, None]
    assert difficulties(found) == {"easy": 0, "frontier": 1, "hard": 0}
    assert len(feedback_of(found, NOTHING).scenes["room-1"]) == 1


def test_the_last_round_of_a_scene_is_told_and_other_scenes_are_kept() -> None:
    first = judged([sample(scene="one", question="old ?")], {0: 0.5}, SETTINGS)
    second = judged([sample(scene="two", question="new ?")], {0: 0.95}, SETTINGS)
    told = feedback_of(second, feedback_of(first, NOTHING))
    assert {name: each[0].question for name, each in told.scenes.items()} == {
        "one": "old ?", "two": "new ?",
    }  # fmt: skip


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1, max_size=30))
def test_weights_stay_within_their_bounds(history: list[list[float]]) -> None:
    told = NOTHING
    for ps in history:
        told = feedback_of(rows(*ps), told)
        assert LEAST <= told.weights["task:near"] <= MOST
