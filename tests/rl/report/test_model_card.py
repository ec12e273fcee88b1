# SPDX-License-Identifier: Apache-2.0
"""The model card repeats measured rows, and says where nothing was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from spatialevo_rl.model_card import Exported, model_card
from spatialevo_rl.redaction import REMOVED
from spatialevo_rl.report.held_out import gains_of
from spatialevo_rl.report.run import read_run
from support.simulated_run import TASKS, write_held_out, write_run

EXPORTED = Exported(
    step=2,
    merged=True,
    base="Qwen/Qwen2.5-VL-7B-Instruct",
    parameters=8_292_166_656,
    trained=161_480_704,
    versions={"torch": "2.13.0"},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("runs") / "run", steps=2, planned=9)


def test_rows_are_those_measured(folder: Path) -> None:
    write_held_out(folder, steps=(0, 2))
    run = read_run(folder)
    card = model_card(run, EXPORTED)
    for row in gains_of(run):
        assert row.after is not None
        assert f"| {row.before.value:.3f} [" in card
        assert f"| {row.after.value:.3f} [" in card
        assert f"| {row.words} |" in card
    assert all(f"| {task} |" in card for task in TASKS)
    assert "Not measured" not in card
    assert "which was not measured" in model_card(run, replace(EXPORTED, step=9))
    (folder / "evaluation.json").unlink()
    assert "\nNot measured.\n" in model_card(read_run(folder), EXPORTED)


def test_the_header_is_the_hub_s(folder: Path) -> None:
    _, header, body = model_card(read_run(folder), EXPORTED).split("---\n", 2)
    read = yaml.safe_load(header)
    assert read["base_model"] == "Qwen/Qwen2.5-VL-7B-Instruct"
    assert read["library_name"] == "transformers"
    assert "8,292,166,656; trained: 161,480,704 (1.95%)" in body
    assert "Optimizer steps: 2 of 9 planned" in body
    adapter = model_card(read_run(folder), replace(EXPORTED, merged=False))
    assert "library_name: peft" in adapter
    assert "PeftModel.from_pretrained" in adapter


def test_labels_are_said_truly(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run", steps=1, collapse=True))
    card = model_card(run, EXPORTED)
    assert "the model's own votes" in card
    assert "no human label" not in card


def test_no_secret_is_in_the_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "Qwen2.5-VL-7B-Instruct")
    assert REMOVED in model_card(read_run(folder), EXPORTED)
