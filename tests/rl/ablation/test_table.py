# SPDX-License-Identifier: Apache-2.0
"""From answers to rows, words and a page; a log gives what a run took."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spatialevo_rl.ablation.arms import ARMS, Kind
from spatialevo_rl.ablation.measure import training_of
from spatialevo_rl.ablation.page import Log, write_page
from spatialevo_rl.ablation.records import (
    Answering,
    HeldOutResult,
    Part,
    Point,
    Training,
    read_record,
    write_record,
)
from spatialevo_rl.ablation.summary import EQUAL_LABELS, Answered, Summary, summarise
from spatialevo_rl.ablation.table import lines, write_table
from spatialevo_rl.evaluation_record import BlankCheck, Evaluation, HeldOutScore
from spatialevo_rl.json_records import RecordError
from spatialevo_rl.rollout_log import RolloutLog
from support.run_folder import answer_row, question_row, step_record, timing_record

TASKS = ("depth", "count")
TOOK = Training(
    steps=300,
    questions=2300,
    labels=2000,
    trained_tokens=800_000,
    cpu_seconds=390.0,
    first=Part(own_reward=0.7, true_reward=0.6, entropy=0.3, top_answer=0.35, flat=0.4),
    last=Part(own_reward=0.95, true_reward=0.4, entropy=0.1, top_answer=0.8, flat=0.9),
)


def answered(
    arm: str, seed: int, level: float, *, label: str = "", questions: int = 24, took: int = 2300
) -> Answered:
    found = Evaluation(
        step=0 if arm == "base" else 300,
        split="test",
        samples=8,
        trained=TASKS,
        floors=dict.fromkeys(TASKS, 0.5),
        scores=tuple(
            HeldOutScore(
                task=task,
                scene_id=f"room-{place % 12}",
                question=f"Is it <{task} {place}>?",
                sampled=level + 0.01 * (place % 3),
                greedy=level,
            )
            for task in TASKS
            for place in range(questions)
        ),
        blank=BlankCheck(
            real_validity=0.5, blank_validity=0.2, real_observation=0.3, blank_observation=0.0
        ),
    )
    return Answered(
        point=Point(
            arm=arm,
            seed=seed,
            step=found.step,
            label=label,
            training=None if arm == "base" else replace(TOOK, questions=took),
        ),
        result=HeldOutResult(
            adapter="",
            questions="",
            evaluation=found,
            answering={task: Answering(top_share=0.4, entropy=0.9, flat=0.2) for task in TASKS},
        ),
    )


def an_ablation() -> Summary:
    found = [answered("base", -1, 0.6, label="base")]
    for seed in range(3):
        found += [
            answered("main", seed, 0.7, label="main"),
            answered("consensus", seed, 0.55 - 0.01 * seed, label="consensus"),
            answered("uniform", seed, 0.6 + 0.05 * (seed - 1), label="uniform"),
            answered("static-sft", seed, 0.65, took=512, questions=6),
            answered("static-sft", seed, 0.7, label=EQUAL_LABELS, took=2304),
            answered("ouroboros", seed, 0.66, took=1000, questions=6),
            answered("ouroboros", seed, 0.72, took=3000, questions=6),
            answered("ouroboros", seed, 0.75, label="ouroboros", took=4000),
        ]
    return summarise(found, ARMS)


def test_rows_and_what_is_shown() -> None:
    summary = an_ablation()
    rows = {row.label: row for row in summary.rows}
    assert list(rows) == ["base", "main", "consensus", EQUAL_LABELS, "ouroboros", "uniform"]
    assert rows["base"].skill.value == pytest.approx((0.61 - 0.5) / 0.5)
    assert rows["main"].change is not None
    assert rows["main"].change.pooled.value == pytest.approx(0.2)
    signs = {label: row.change.sign for label, row in rows.items() if row.change is not None}
    assert signs == {
        "main": ">", "consensus": "<", EQUAL_LABELS: ">", "ouroboros": ">", "uniform": "?",
    }  # fmt: skip
    pairs = {(each.better, each.worse) for each in summary.differences}
    assert ("main", "consensus") in pairs
    assert not any("static-rl" in pair for pair in pairs)  # it was not run


def test_the_samples_that_ouroboros_needs() -> None:
    (found,) = an_ablation().needed
    assert (found.arm, found.target) == ("ouroboros", EQUAL_LABELS)
    assert [samples for _, samples in found.seeds] == [3000, 3000, 3000]


def test_the_table_says_it_and_marks_what_is_published(tmp_path: Path) -> None:
    path = write_table(tmp_path / "table.md", an_ablation())
    said = path.read_text(encoding="utf-8")
    assert "| consensus |" in said
    assert "main > base" in said
    assert "consensus < base" in said
    assert "avg 54.7; VSI 46.1" in said
    assert "Published: SpatialEvo" in said
    assert "0.700 → 0.950" in said
    assert "reached after 3,000" in said
    descriptive = said.index("one of its parts (descriptive)")
    assert said.index("| uniform |") > descriptive


def test_without_the_base_there_is_no_table() -> None:
    with pytest.raises(ValueError, match="the base is missing"):
        summarise([answered("main", 0, 0.7, label="main")], ARMS)


def test_the_page_asks_no_network_and_escapes(tmp_path: Path) -> None:
    logs = [
        Log(arm=arm, steps=tuple(step_record(step=step) for step in range(70)))
        for arm in ("main", "consensus", "<b>")
    ]
    said = write_page(tmp_path / "report.html", an_ablation(), logs).read_text(encoding="utf-8")
    assert "default-src 'none'" in said
    assert "http://" not in said.replace("http://www.w3.org", "")
    assert "https://" not in said
    assert "<b>: own" not in said
    assert "consensus below base" in said
    assert "Held-out skill of supervised arms" in said


def test_an_ablation_without_logs_or_curves_has_a_page(tmp_path: Path) -> None:
    found = [answered("base", -1, 0.6, label="base"), answered("main", 0, 0.7, label="main")]
    summary = summarise(found, ARMS)
    assert summary.curves == {}
    assert list(lines(summary))
    assert write_page(tmp_path / "report.html", summary, []).exists()


def test_a_run_is_measured_from_its_log(tmp_path: Path) -> None:
    log = RolloutLog(tmp_path)
    for step in range(10):
        rows = [question_row(step=step), *(answer_row(step=step, row=row) for row in range(3))]
        mended = [replace(each, scene_id=f"room-{step % 4}") for each in rows]
        record = replace(step_record(step=step), solver_reward=0.1 * step, entropy=None)
        log.append([*mended, record, timing_record(step=step)])
    took = training_of(tmp_path, oracle_labels=True)
    assert (took.steps, took.questions, took.labels) == (10, 10, 4)
    assert took.trained_tokens == 29_000
    assert took.cpu_seconds == pytest.approx(13.0)
    assert took.first.own_reward == pytest.approx(0.05)
    assert took.last.own_reward == pytest.approx(0.85)
    assert took.last.entropy is None
    assert training_of(tmp_path, oracle_labels=False).labels == 0


def test_a_folder_without_steps_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no step"):
        training_of(tmp_path, oracle_labels=True)


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    record = answered("main", 1, 0.7).result
    write_record(tmp_path / "deep" / "one.json", record)
    assert read_record(tmp_path / "deep" / "one.json", HeldOutResult) == record
    (tmp_path / "bad.json").write_text('{"adapter": 1}')
    with pytest.raises(RecordError, match=r"bad\.json"):
        read_record(tmp_path / "bad.json", HeldOutResult)


def test_every_kind_of_arm_has_a_row_in_the_table_of_arms() -> None:
    assert {arm.kind for arm in ARMS} == set(Kind)
