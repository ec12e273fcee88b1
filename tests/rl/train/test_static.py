# SPDX-License-Identifier: Apache-2.0
"""A fixed file of questions: made from training rooms, judged again, dealt in whole passes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
import tiny

from spatialevo_dge import SceneError
from spatialevo_dge.answer import Count, Metres
from spatialevo_dge.ruling import Legal
from spatialevo_rl.json_records import RecordError
from spatialevo_rl.labelled import Labelled, read_labelled, write_labelled
from spatialevo_rl.records import VOID, Role
from spatialevo_rl.rollout_log import AnswerRecord, QuestionRecord, RolloutLog
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.settings import EpisodeSettings, PromptSet, SceneSettings, SchedulerSettings
from spatialevo_rl.train.finetune import in_order
from spatialevo_rl.train.questions import write_questions
from spatialevo_rl.train.run import prepare
from spatialevo_rl.train.static import FixedDealer, FixedQuestions, agrees

EPISODE = EpisodeSettings(prompt_set=PromptSet.COMPACT)


@cache
def store() -> SceneStore:
    return open_store(SceneSettings(scenes="lab", scene_count=6, image_size=64, scene_views=2))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    config = tiny.config(folder, folder)
    said: list[str] = []
    assert write_questions(config, 4, folder / "questions.jsonl", said.append) == 12
    assert said[0] == "object_counting: 4 questions"
    return folder / "questions.jsonl"


def scheduler() -> TaskScheduler:
    return TaskScheduler(SchedulerSettings(), {})


def test_a_file_is_balanced_over_tasks_and_of_training_rooms(file: Path) -> None:
    rows = read_labelled(file)
    assert Counter(row.task for row in rows) == dict.fromkeys(
        ("object_counting", "depth_order_obj_obj", "motion_camera"), 4
    )
    assert {row.scene_id for row in rows} <= {f"lab-{seed}" for seed in range(6)}
    assert {row.source for row in rows} == {"oracle"}
    assert len({(row.scene_id, row.task) for row in rows}) == len(rows)


def test_every_row_is_judged_again(file: Path) -> None:
    found = FixedQuestions.read(file, store(), EPISODE)
    jobs = [job for view in found.views for job in view.jobs]
    assert len(jobs) == 12
    for job, row in zip(jobs, found.rows, strict=True):
        assert job.role is Role.SOLVER
        assert isinstance(job.ruling, Legal)
        assert agrees(row.answer, job.ruling.answer)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answer": "17"}, r"line 3: answer: '17', but the oracle says '\d'"),
        ({"question": "How many pianos are there?"}, "line 3: question: the oracle refuses it: "),
        ({"task": "reading_tea"}, "line 3: task: "),
    ],
)
def test_a_wrong_row_is_named(
    file: Path, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    rows = list(read_labelled(file))
    assert rows[2].task == "object_counting"
    rows[2] = replace(rows[2], **change)
    write_labelled(tmp_path / "wrong.jsonl", rows)
    with pytest.raises(RecordError, match=message):
        FixedQuestions.read(tmp_path / "wrong.jsonl", store(), EPISODE)


def test_a_missing_room_and_an_empty_file_are_named(file: Path, tmp_path: Path) -> None:
    row = read_labelled(file)[0]
    write_labelled(tmp_path / "elsewhere.jsonl", [replace(row, scene_id="attic-3")])
    with pytest.raises(SceneError, match="attic-3"):
        FixedQuestions.read(tmp_path / "elsewhere.jsonl", store(), EPISODE)
    write_labelled(tmp_path / "empty.jsonl", [])
    with pytest.raises(RecordError, match=r"empty\.jsonl: record: it holds no question"):
        FixedQuestions.read(tmp_path / "empty.jsonl", store(), EPISODE)


@pytest.mark.parametrize(
    ("label", "truth", "same"),
    [
        ("2.4 m", Metres(2.43), True),
        ("2.43 m", Metres(2.43), True),
        ("2.5 m", Metres(2.43), False),
        ("2.4", Metres(2.43), False),
        ("3", Count(3), True),
        ("4", Count(3), False),
    ],
)
def test_a_label_agrees_at_its_own_precision(label: str, truth: Metres | Count, same: bool) -> None:
    assert agrees(label, truth) is same


def test_each_pass_deals_every_view_once_in_another_order(file: Path) -> None:
    found = FixedQuestions.read(file, store(), EPISODE)
    dealer, size = FixedDealer(found, 5, seed=1), len(found.views)
    dealt = [dealer.view(place // 5, place % 5) for place in range(3 * size)]
    passes = [dealt[start : start + size] for start in range(0, 3 * size, size)]
    wanted = Counter((view.scene_id, view.frames, view.task) for view in found.views)
    for each in passes:
        assert Counter((v.scene_id, v.frames, v.feasible[0]) for v in each) == wanted
    assert passes[0] != passes[1]
    again = FixedDealer(found, 5, seed=1)
    assert again.view(7, 3) == dealer.view(7, 3)  # whatever was dealt before
    other = [FixedDealer(found, 5, seed=2).view(0, slot) for slot in range(5)]
    assert other != dealt[:5]


def test_a_view_with_fewer_questions_than_groups_leaves_groups_void(file: Path) -> None:
    dealer = FixedDealer(FixedQuestions.read(file, store(), EPISODE), 2, seed=0)
    assignment = dealer.assign(0, 1, scheduler())
    job, *void = dealer.jobs(assignment, 3)
    assert (job.role, void) == (Role.SOLVER, [VOID, VOID])
    assert assignment.feasible == (assignment.task,)


def test_supervised_passes_have_an_order_each() -> None:
    rows = [
        Labelled(scene_id=str(n), frames=(), task="", question="", answer="") for n in range(20)
    ]
    found = list(islice(in_order(rows, 3), 60))
    assert all(sorted(map(id, found[at : at + 20])) == sorted(map(id, rows)) for at in (0, 20, 40))
    assert found[:20] != found[20:40]
    assert found == list(islice(in_order(rows, 3), 60))


def test_a_run_on_a_file_has_no_questioner(file: Path, tmp_path: Path) -> None:
    base = tiny.save_base(tmp_path / "base")
    config = tiny.config(tmp_path / "run", base, questions=str(file), max_steps=2, save_steps=1)
    prepare(config, lambda *_: None).train()
    log = RolloutLog(tmp_path / "run")
    rows = list(log.rows())
    assert not any(isinstance(row, QuestionRecord) for row in rows)
    assert {row.question for row in rows if isinstance(row, AnswerRecord)} <= {
        row.question for row in read_labelled(file)
    }
    steps = list(log.steps())
    assert [step.void_slots for step in steps] == [2, 2]  # a view has one question, K is 2
    assert all(step.trained_tokens > 0 for step in steps)
    assert all(each.cpu_seconds > 0 for each in log.timing())


def test_a_run_does_not_go_on_with_another_file(file: Path, tmp_path: Path) -> None:
    base = tiny.save_base(tmp_path / "base")
    own = tmp_path / "questions.jsonl"
    rows = read_labelled(file)
    write_labelled(own, rows)
    config = tiny.config(tmp_path / "run", base, questions=str(own), max_steps=2, save_steps=1)
    prepare(config, lambda *_: None).train()
    write_labelled(own, rows[:6])
    again = tiny.config(tmp_path / "run", base, questions=str(own), max_steps=2, save_steps=1)
    with pytest.raises(ValueError, match=r"questions: .* has changed since the run began"):
        prepare(again, lambda *_: None)
