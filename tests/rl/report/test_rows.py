# SPDX-License-Identifier: Apache-2.0
"""Records of rows, from real rulings of a real room."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from spatialevo_dge import Question, Ruling, ViewKind, judge
from spatialevo_dge.synthetic import RoomOptions, make_room
from spatialevo_rl.records import (
    Assignment,
    Attempt,
    Job,
    Proposal,
    QuestionerTerms,
    Role,
    SolverTerms,
)
from spatialevo_rl.rollout_log import AnswerRecord, QuestionRecord, RolloutLog
from spatialevo_rl.rows import TRAINING_RULE, Place, answer_record, question_record


@pytest.fixture(scope="module")
def rulings() -> dict[str, Ruling]:
    scene = make_room(7, RoomOptions(cameras=2, image_size=(64, 64))).scene
    frames = (scene.frames[0].id,)
    label = next(iter(scene.objects_by_label))
    return {
        "legal": judge(Question(f"How many {label}s are in the room?"), scene),
        "illegal": judge(Question("How many unicorns are in the room?", frames), scene),
    }


ASSIGNMENT = Assignment(
    step=2,
    slot=1,
    scene_id="room-7",
    frames=("0",),
    kind=ViewKind.SCENE,
    task="object_counting",
    feasible=("object_counting",),
)
TERMS = QuestionerTerms(format=1.0, valid=1.0, observation=None, novelty=1.0, reward=None)


def proposal(ruling: Ruling | None, **changes: object) -> Proposal:
    made = Proposal(
        completion="<raw>",
        observation="A room.",
        question="How many?",
        ruling=ruling,
        key=("object_counting", ("chair",), True),
        terms=TERMS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_rulings_are_written_with_their_trace(rulings: dict[str, Ruling], tmp_path: Path) -> None:
    legal = question_record(ASSIGNMENT, proposal(rulings["legal"]), Place(row=0), {"a": 1.0})
    illegal = question_record(ASSIGNMENT, proposal(rulings["illegal"]), Place(row=1), {"a": 1.0})
    assert (legal.legal, legal.rule, legal.completion) == (True, "", "")
    assert int(legal.answer) >= 1
    assert (illegal.legal, illegal.rule, illegal.answer) == (False, "UNKNOWN_OBJECT", "")
    assert "unicorn" in illegal.why
    log = RolloutLog(tmp_path)
    log.append([legal, illegal])
    read = [each for each in log.rows() if isinstance(each, QuestionRecord)]
    assert [each.answer for each in read] == [legal.answer, ""]
    assert read[0].trace == json.loads(json.dumps(rulings["legal"].to_json()))


def test_malformed_and_refused_for_training(rulings: dict[str, Ruling]) -> None:
    malformed = proposal(None, question="", key=None, fault="no question tag")
    row = question_record(ASSIGNMENT, malformed, Place(row=0), {})
    assert (row.legal, row.completion, row.why, row.key) == (None, "<raw>", "no question tag", "")
    long = proposal(rulings["legal"], fault="41 words")
    row = question_record(ASSIGNMENT, long, Place(row=0), {})
    assert (row.legal, row.rule, row.why) == (False, TRAINING_RULE, "41 words")


def test_answers(rulings: dict[str, Ruling]) -> None:
    job = Job(role=Role.EXPLAINER, question="How many?", ruling=rulings["illegal"], proposal=3)
    attempt = Attempt(
        completion="<answer>",
        answer="",
        terms=SolverTerms(format=0.0, quality=0.0, reward=0.0, true_quality=0.0),
        reference="UNKNOWN_OBJECT: unicorn",
    )
    row = answer_record(ASSIGNMENT, job, attempt, Place(row=2, group=1, advantage=0.5))
    assert isinstance(row, AnswerRecord)
    assert (row.truth, row.completion, row.proposal) == ("UNKNOWN_OBJECT", "<answer>", 3)
    assert (row.group, row.row, row.advantage) == (1, 2, 0.5)
