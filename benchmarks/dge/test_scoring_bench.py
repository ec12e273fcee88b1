# SPDX-License-Identifier: Apache-2.0
"""How long a reward takes: short replies, wordy ones, and the longest that are read."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from spatialevo_dge.answer import Answer, Choice, Count, Direction, Metres
from spatialevo_dge.scoring import mean_relative_accuracy, score

EIGHT = ("front", "front-left", "left", "back-left", "back", "back-right", "right", "front-right")
TALK = "<think>The room is seen from the door, and the desk stands by the wall.</think> " * 3

REPLIES: dict[str, tuple[str, Answer]] = {
    "count": ("3", Count(3)),
    "length": ("The distance is about **1.5 m**.", Metres(1.5)),
    "direction": ("in front of you and to your left", Direction("front-left", EIGHT)),
    "choice": ("the table, not the sofa", Choice("table", ("sofa", "table", "tv stand"))),
    "thoughts": (f"{TALK}<answer>150 cm</answer>", Metres(1.5)),
    "longest": ("the desk stands by the wall and " * 255 + "it is 1.5 m", Metres(1.5)),
}


@pytest.mark.parametrize("name", REPLIES)
def test_score(benchmark: BenchmarkFixture, name: str) -> None:
    reply, answer = REPLIES[name]
    assert benchmark(score, reply, answer).value == 1.0


@pytest.mark.parametrize("strict", [False, True], ids=["official", "paper"])
def test_mean_relative_accuracy(benchmark: BenchmarkFixture, *, strict: bool) -> None:
    assert benchmark(mean_relative_accuracy, 4.8, 4.0, strict=strict) == (0.6 if strict else 0.7)
