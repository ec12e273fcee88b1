# SPDX-License-Identifier: Apache-2.0
"""The rollout log: what is written is what is read, damage is named, a kill costs nothing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from spatialevo_rl.json_records import RecordError, from_json, to_json
from spatialevo_rl.redaction import REMOVED, secrets, without_secrets
from spatialevo_rl.rollout_log import (
    AnswerRecord,
    Offsets,
    QuestionRecord,
    RolloutLog,
    StepRecord,
)
from spatialevo_rl.rows import key_text
from spatialevo_rl.thumbnails import keep_thumbnail, thumbnail_path
from support.run_folder import answer_row, question_row, step_record, timing_record


def test_what_is_written_is_read(tmp_path: Path) -> None:
    log = RolloutLog(tmp_path)
    rows = (question_row(step=3), answer_row(step=3), question_row(step=4, row=1))
    steps = (step_record(step=3), step_record(step=4))
    log.append((*rows, *steps, timing_record(step=3)))
    assert tuple(log.rows()) == rows
    assert tuple(log.rows(steps=[4])) == rows[2:]
    assert tuple(log.rows(steps=[])) == ()
    assert tuple(log.steps()) == steps
    assert tuple(log.timing()) == (timing_record(step=3),)


@given(text=st.text(), number=st.floats(allow_nan=False) | st.integers(-5, 5).map(float))
def test_any_text_and_any_number_survive(text: str, number: float) -> None:
    record = replace(question_row(step=0), question=text, advantage=number)
    line = json.dumps(to_json(record), allow_nan=False)
    assert from_json(QuestionRecord, json.loads(line), "here") == record


def test_a_diverged_loss_can_be_written(tmp_path: Path) -> None:
    log = RolloutLog(tmp_path)
    log.append([replace(step_record(step=0), loss=math.nan, kl=math.inf)])
    (found,) = log.steps()
    assert math.isnan(found.loss)
    assert found.kl == math.inf


def test_truncating_restores_the_bytes_of_the_checkpoint(tmp_path: Path) -> None:
    log = RolloutLog(tmp_path)
    log.append([question_row(step=0), step_record(step=0), timing_record(step=0)])
    offsets = log.offset()
    files = ("log.jsonl", "steps.jsonl", "timing.jsonl")
    before = [(tmp_path / name).read_bytes() for name in files]
    log.append([question_row(step=1), step_record(step=1), timing_record(step=1)])
    with (tmp_path / "log.jsonl").open("ab") as file:
        file.write(b'{"killed in the mid')
    log.truncate(from_json(Offsets, json.loads(json.dumps(to_json(offsets))), "manifest"))
    assert [(tmp_path / name).read_bytes() for name in files] == before


def test_a_log_shorter_than_its_checkpoint_is_refused(tmp_path: Path) -> None:
    log = RolloutLog(tmp_path)
    log.append([question_row(step=0)])
    with pytest.raises(RecordError, match=r"log\.jsonl.*holds \d+ bytes"):
        log.truncate(Offsets(log=10**6))
    log.truncate(Offsets())
    assert not list(log.rows())


def test_a_line_being_written_is_left_out(tmp_path: Path) -> None:
    log = RolloutLog(tmp_path)
    log.append([step_record(step=0)])
    with (tmp_path / "steps.jsonl").open("ab") as file:
        file.write(b'{"step": 1, "lo')
    assert [each.step for each in log.steps()] == [0]


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        ({"step": "seven"}, "step: expected an integer, got text"),
        ({"step": True}, "step: expected an integer, got true or false"),
        ({"role": "judge"}, "role: 'judge' is none of questioner, solver"),
        ({"frames": "f0"}, "frames: expected a list"),
        ({"terms": {"format": 1}}, r"terms\.quality: missing"),
        ({"surplus": 1}, "surplus: AnswerRecord has no such field"),
        ({"advantage": None}, "advantage: expected a number, got null"),
        ({"type": "remark"}, "type: expected 'question' or 'answer', got 'remark'"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, damage: dict[str, object], field: str) -> None:
    log = RolloutLog(tmp_path)
    log.append([answer_row(step=0), answer_row(step=1)])
    path = tmp_path / "log.jsonl"
    first, second = path.read_text().splitlines()
    path.write_text(f"{first}\n{json.dumps({**json.loads(second), **damage})}\n")
    with pytest.raises(RecordError, match=rf"log\.jsonl, line 2: {field}"):
        list(log.rows())


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").write_bytes(b"\x00\xff\n")
    with pytest.raises(RecordError, match=r"steps\.jsonl, line 1: record: not JSON"):
        list(RolloutLog(tmp_path).steps())


def test_what_a_step_says_of_itself_is_free_of_the_clock() -> None:
    timed = [
        name
        for record in (QuestionRecord, AnswerRecord, StepRecord)
        for name in record.__dataclass_fields__
        if any(word in name for word in ("second", "time", "finished", "peak"))
    ]
    assert not timed


def test_no_secret_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "OPENAI_API_KEY": "sk-4f9c2a7b1e6d8053",
        "HF_TOKEN": "hf_QmZtRvXyLpKwNs",
        "MY_CLIENT_SECRET_2": "Zm9vYmFyYmF6cXV4",
        "WANDB_APIKEY": "0123456789abcdef0123",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    log = RolloutLog(tmp_path)
    log.append(
        replace(question_row(step=0), question=f"Is {value} on the table?")
        for value in values.values()
    )
    written = (tmp_path / "log.jsonl").read_text()
    assert not [value for value in values.values() if value in written]
    assert all(REMOVED in each.question for each in log.rows() if isinstance(each, QuestionRecord))


def test_only_secrets_are_removed() -> None:
    environment = {
        "HOTKEYS": "control-shift-alt",
        "MONKEY": "curious-george",
        "API_KEY": "short",
        "ACCESS_TOKEN": "abcdefghijklmnop",
        "ACCESS_TOKEN_LONG": "abcdefghijklmnopqrstuv",
    }
    assert secrets(environment) == ("abcdefghijklmnopqrstuv", "abcdefghijklmnop")
    text = without_secrets("curious-george short abcdefghijklmnopqrstuv", secrets(environment))
    assert text == f"curious-george short {REMOVED}"


def test_a_short_secret_is_removed_as_a_word_and_never_from_names_or_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "Tiger7")
    monkeypatch.setenv("PASSWORD", "question")
    monkeypatch.setenv("PIN_TOKEN", "123456")
    monkeypatch.setenv("QUOTED_SECRET", 'tiger"&eye')
    log = RolloutLog(tmp_path)
    said = 'Is Tiger7 123456 or Tiger75, 0.1234567 or tiger"&eye there?'
    terms = replace(question_row(step=0).terms, reward=123456.0)
    log.append([replace(question_row(step=123456), question=said, terms=terms)])
    (row,) = log.rows()
    assert isinstance(row, QuestionRecord)
    assert row.question == f"Is {REMOVED} {REMOVED} or Tiger75, 0.1234567 or {REMOVED} there?"
    assert (row.step, row.terms.reward, row.type) == (123456, 123456.0, "question")
    assert without_secrets("<b>tiger&quot;&amp;eye</b>") == f"<b>{REMOVED}</b>"


def test_damaged_lines_are_counted_and_an_unfinished_one_is_not(tmp_path: Path) -> None:
    log = RolloutLog(tmp_path)
    assert log.damaged() == ()
    log.append([answer_row(step=0), answer_row(step=1)])
    path = tmp_path / "log.jsonl"
    whole = path.read_bytes()
    first, second = whole.splitlines(keepends=True)
    for data, lines in (
        (whole, ()),
        (whole + second[:20], ()),
        (first + b"\x00\x00\n" + second, (2,)),
        (whole + second[:20] + b"\n", (3,)),
        (first + second[:20] + b"}\n", (2,)),
    ):
        path.write_bytes(data)
        assert log.damaged() == lines


def test_equal_keys_have_equal_texts() -> None:
    key = ("object_counting", (("chair",), None), 1, True)
    assert key_text(key) == '["object_counting",[["chair"],null],1,true]'
    assert key_text(None) == ""


def test_a_thumbnail_is_kept_once_and_stays_inside(tmp_path: Path) -> None:
    keep_thumbnail(tmp_path, "../../etc", "pass/wd", Image.new("RGB", (900, 600), "red"))
    keep_thumbnail(tmp_path, "../../etc", "pass/wd", Image.new("RGB", (900, 600), "blue"))
    keep_thumbnail(tmp_path, "../../etc", "pass wd", Image.new("RGBA", (60, 60), "blue"))
    (first, second) = (
        thumbnail_path(tmp_path, "../../etc", frame) for frame in ("pass/wd", "pass wd")
    )
    assert {first, second} == set((tmp_path / "images").iterdir())
    with Image.open(first) as image:
        assert image.size == (224, 149)
        red, green, blue = image.getpixel((5, 5))  # type: ignore[misc]
        assert red > 200
        assert max(green, blue) < 50
