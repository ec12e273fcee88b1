# SPDX-License-Identifier: Apache-2.0
"""Skill, intervals and what may be called a gain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spatialevo_rl.evaluation_record import (
    BlankCheck,
    Evaluation,
    HeldOutScore,
    read_evaluations,
    write_evaluations,
)
from spatialevo_rl.gains import gains
from spatialevo_rl.json_records import RecordError
from spatialevo_rl.report.held_out import progress
from spatialevo_rl.report.run import read_run


def evaluation(scores: list[float], *, step: int = 0, per_scene: int = 1) -> Evaluation:
    """One task with floor 0.5, `per_scene` questions in each scene."""
    return Evaluation(
        step=step,
        split="test",
        samples=8,
        trained=("t",),
        floors={"t": 0.5},
        scores=tuple(
            HeldOutScore(
                task="t",
                scene_id=f"s{place // per_scene}",
                question=f"q{place}",
                sampled=score,
                greedy=1.0 - score,
            )
            for place, score in enumerate(scores)
        ),
    )


def test_skill_by_hand() -> None:
    first = evaluation([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    last = evaluation([0.6, 0.7, 0.8, 0.9, 1.0, 1.0], step=9)
    (row,) = gains(first, last)
    assert row.before.value == pytest.approx((0.75 - 0.5) / 0.5)
    assert row.after is not None
    assert row.after.value == pytest.approx((5.0 / 6.0 - 0.5) / 0.5)
    assert row.gain is not None
    assert row.gain.value == pytest.approx(2 * (5.0 / 6.0 - 0.75))
    assert (row.words, row.questions, row.scenes) == ("gain", 6, 6)
    (greedy,) = gains(first, last, greedy=True)
    assert greedy.words == "loss"


def test_noise_is_not_a_gain() -> None:
    generator = np.random.default_rng(1)
    first = evaluation(list(generator.random(200)))
    last = evaluation(list(generator.random(200)), step=9)
    assert gains(first, last)[0].words == "no effect shown"


def test_a_few_scenes_give_no_interval() -> None:
    first = evaluation([0.1] * 40, per_scene=10)
    last = evaluation([0.9] * 40, per_scene=10, step=9)
    (row,) = gains(first, last)
    assert row.scenes == 4
    assert row.gain is not None
    assert row.gain.low is None
    assert row.words == "no effect shown"


def test_scenes_are_drawn_whole() -> None:
    """Twenty questions that differ by scene alone are as uncertain as one each."""
    by_scene = np.random.default_rng(2).random(30)
    one = gains(evaluation(list(by_scene)), None)[0].before
    many = gains(evaluation(list(np.repeat(by_scene, 20)), per_scene=20), None)[0].before
    assert many.value == pytest.approx(one.value)
    assert (many.low, many.high) == pytest.approx((one.low, one.high))


def test_the_interval_covers_as_it_says() -> None:
    """Of 200 samples of 60 scenes, about 95 % of the intervals hold the true mean of 0.5."""
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        found = gains(evaluation(list(generator.random(60))), None)[0].before
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.0 <= found.high  # a mean of 0.5 is a skill of 0
    assert 0.90 * 200 <= held <= 0.99 * 200


def test_means_over_tasks() -> None:
    first = evaluation([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    scores = tuple(
        replace(each, task=task) for task in ("t", "u", "v", "w") for each in first.scores
    )
    both = replace(
        first,
        scores=scores,
        trained=("t", "u"),
        floors={"t": 0.5, "u": 0.25, "v": 0.0, "w": 0.0},
    )
    rows = {row.task: row for row in gains(both, None)}
    assert list(rows) == ["t", "u", "v", "w", "trained", "not trained"]
    assert rows["trained"].before.value == pytest.approx((0.5 + 0.5 / 0.75) / 2)
    assert rows["not trained"].before.value == pytest.approx(0.75)
    assert rows["trained"].words == "one evaluation only"


def test_other_questions_are_not_compared() -> None:
    first = evaluation([0.5] * 6)
    with pytest.raises(ValueError, match="step 0 and step 9 differ in their questions"):
        gains(first, evaluation([0.5] * 7, step=9))
    with pytest.raises(ValueError, match="differ in their floors"):
        gains(first, replace(evaluation([0.5] * 6, step=9), floors={"t": 0.4}))


def test_evaluations_lie_in_the_run(tmp_path: Path) -> None:
    assert read_evaluations(tmp_path) == ()
    kept = (evaluation([0.25] * 6), evaluation([0.5] * 6, step=4))
    blank = BlankCheck(
        real_validity=0.6, blank_validity=0.2, real_observation=0.5, blank_observation=0.1
    )
    kept = (kept[0], replace(kept[1], blank=blank))
    write_evaluations(tmp_path, kept)
    assert read_evaluations(tmp_path) == kept
    (tmp_path / "evaluation.json").write_text('{"evaluations": [{"step": 0}]}')
    with pytest.raises(RecordError, match=r"evaluation\.json: evaluations\[0\]\.split: missing"):
        read_evaluations(tmp_path)


def test_what_watches_a_run_is_not_compared_with_before_and_after(tmp_path: Path) -> None:
    def watching(step: int) -> Evaluation:
        return replace(evaluation([0.5, 0.7], step=step), split="validation")

    found = (evaluation([0.5]), watching(0), watching(6), watching(12))
    write_evaluations(tmp_path, (*found, evaluation([0.9], step=12)))
    run = read_run(tmp_path)
    assert [(each.split, each.step) for each in run.evaluations] == [("test", 0), ("test", 12)]
    assert [each.step for each in run.watched] == [0, 6, 12]
    (chart,) = progress(run)
    assert chart.steps == (0, 6, 12)
