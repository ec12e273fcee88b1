# SPDX-License-Identifier: Apache-2.0
"""Runs for the tests of logs and reports, made of the real records."""

from __future__ import annotations

from spatialevo_rl.records import QuestionerTerms, Role, SolverTerms
from spatialevo_rl.rollout_log import AnswerRecord, QuestionRecord, StepRecord, TimingRecord


def question_row(*, step: int, row: int = 0) -> QuestionRecord:
    """A legal question."""
    return QuestionRecord(
        step=step,
        slot=0,
        row=row,
        scene_id="room-17",
        frames=("0003",),
        kind="frame",
        task="depth_order_obj_obj",
        probabilities={"depth_order_obj_obj": 0.75, "single_image_relative_direction": 0.25},
        constraint="chair",
        completion="",
        observation="A table stands beside a lamp.",
        question="Which is closer, the table or the lamp?",
        claims=(("a lamp in image 1", "true"),),
        legal=True,
        rule="",
        why="",
        answer="the table",
        trace={"legal": True, "trace": {"depths": [1.25, 2.5], "unit": "m"}},
        key='["depth_order_obj_obj",["lamp","table"]]',
        terms=QuestionerTerms(format=1.0, valid=1.0, observation=0.6, novelty=0.5, reward=0.37),
        advantage=-0.25,
    )


def answer_row(*, step: int, row: int = 0) -> AnswerRecord:
    """An answer to it."""
    return AnswerRecord(
        step=step,
        slot=0,
        group=1,
        row=row,
        role=Role.SOLVER,
        scene_id="room-17",
        frames=("0003",),
        task="depth_order_obj_obj",
        question="Which is closer, the table or the lamp?",
        key='["depth_order_obj_obj",["lamp","table"]]',
        proposal=0,
        reference="the table",
        truth="the table",
        completion="",
        reply="table",
        why="names the table",
        terms=SolverTerms(format=1.0, quality=1.0, reward=1.0, true_quality=1.0),
        advantage=0.5,
    )


def step_record(*, step: int) -> StepRecord:
    """A step's means."""
    return StepRecord(
        step=step,
        loss=0.01,
        kl=0.002,
        grad_norm=0.4,
        learning_rate=1e-5,
        entropy=1.2,
        questioner_reward=0.4,
        solver_reward=0.6,
        solver_true_reward=0.6,
        explainer_reward=None,
        questioner_format=0.95,
        solver_format=1.0,
        validity=0.6,
        observation=0.5,
        novelty=0.8,
        explanation=None,
        accuracy={"depth_order_obj_obj": 0.7},
        task_shares={"depth_order_obj_obj": 1.0},
        scheduler_accuracy={"depth_order_obj_obj": 0.4},
        flat_questioner=0.1,
        flat_solver=0.3,
        distinct_keys=3.5,
        top_key_share=0.1,
        top_answer_share=0.3,
        rules={"NOT_VISIBLE": 3, "MALFORMED": 1},
        completion_tokens=31.5,
        trained_tokens=2900,
        truncated=0.0,
        void_slots=1,
        dropped_rows=0,
        oracle_faults=0,
    )


def timing_record(*, step: int) -> TimingRecord:
    """What a step cost."""
    return TimingRecord(
        step=step,
        seconds=1.4,
        generation_seconds=0.7,
        oracle_seconds=0.05,
        update_seconds=0.6,
        cpu_seconds=1.3,
        peak_bytes=700_000_000,
        finished=1_764_000_000.0 + step,
    )
