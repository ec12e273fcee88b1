# SPDX-License-Identifier: Apache-2.0
"""A step's means, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spatialevo_rl.records import QuestionerTerms, Role, SolverTerms
from spatialevo_rl.rollout_log import StepRecord
from spatialevo_rl.step_means import UpdateNumbers, step_record
from support.run_folder import answer_row, question_row

NUMBERS = UpdateNumbers(
    loss=0.5,
    kl=None,
    grad_norm=1.0,
    learning_rate=1e-5,
    entropy=None,
    completion_tokens=12.0,
    trained_tokens=2304,
    truncated=0.25,
    void_slots=2,
    oracle_faults=1,
)


def solver(quality: float | None, true: float, fmt: float = 1.0) -> SolverTerms:
    reward = None if quality is None else fmt * (0.1 + 0.9 * quality)
    return SolverTerms(format=fmt, quality=quality, reward=reward, true_quality=true)


def record() -> StepRecord:
    asked = question_row(step=5)
    malformed = QuestionerTerms(format=0.0, valid=0.0, observation=0.0, novelty=1.0, reward=0.0)
    broken = {"legal": None, "key": "", "terms": malformed, "rule": ""}
    rows = [
        replace(asked, row=0, advantage=1.0),
        replace(asked, row=1, advantage=-1.0, legal=False, rule="NOT_VISIBLE", key="other"),
        replace(asked, slot=1, task="camera", advantage=0.0, **broken),  # type: ignore[arg-type]
        replace(asked, slot=1, task="camera", advantage=0.0, row=1, key="other"),
        replace(answer_row(step=5), key="a", terms=solver(1.0, 1.0), advantage=0.0),
        replace(answer_row(step=5), key="a", terms=solver(1.0, 0.0), advantage=0.0, row=1),
        replace(answer_row(step=5), key="b", group=0, terms=solver(None, 0.5), reply="lamp"),
        replace(
            answer_row(step=5), role=Role.EXPLAINER, group=0, slot=1, terms=solver(0.3, 0.3, 1.0)
        ),
    ]
    return step_record(5, rows, NUMBERS, {"camera": 0.5}, alpha=0.1)


def test_rewards_by_role() -> None:
    step = record()
    assert step.questioner_reward == pytest.approx((0.37 + 0.37 + 0.0 + 0.37) / 4)
    assert step.solver_reward == pytest.approx(1.0)  # the row without a reward has no part
    assert step.solver_true_reward == pytest.approx((1.0 + 0.1 + 0.55) / 3)
    assert step.explainer_reward == pytest.approx(0.1 + 0.9 * 0.3)
    assert step.explanation == pytest.approx(0.3)
    assert step.accuracy == {"depth_order_obj_obj": pytest.approx(0.5)}


def test_shares() -> None:
    step = record()
    assert step.questioner_format == pytest.approx(3 / 4)
    assert step.validity == pytest.approx(2 / 4)
    assert step.task_shares == {"camera": 0.5, "depth_order_obj_obj": 0.5}
    assert step.flat_questioner == pytest.approx(1 / 2)
    assert step.flat_solver == pytest.approx(1 / 3)
    assert step.distinct_keys == pytest.approx((2 + 1) / 2)
    assert step.top_key_share == pytest.approx(2 / 3)
    assert step.top_answer_share == pytest.approx(2 / 3)
    assert step.rules == {"MALFORMED": 1, "NOT_VISIBLE": 1}
    assert (step.dropped_rows, step.void_slots, step.oracle_faults) == (1, 2, 1)


def test_nothing_to_take_a_mean_of() -> None:
    step = step_record(0, [], NUMBERS, {}, alpha=0.1)
    assert step.questioner_reward is None
    assert step.top_key_share is None
    assert step.task_shares == {}
