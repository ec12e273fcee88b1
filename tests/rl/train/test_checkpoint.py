# SPDX-License-Identifier: Apache-2.0
"""A checkpoint is whole or ignored, and another run's is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from spatialevo_rl.rollout_log import RolloutLog
from spatialevo_rl.train.checkpoint import CheckpointError, Checkpoints, Surroundings, is_complete

HERE = Surroundings.here(1, torch.device("cpu"))


def checkpoints(folder: Path, here: Surroundings = HERE, **settings: object) -> Checkpoints:
    return Checkpoints(folder, RolloutLog(folder), {"alpha": 0.1, **settings}, here, keep=2)


def sealed(folder: Path, step: int) -> Path:
    draft = folder / "checkpoints" / f"checkpoint-{step}"
    draft.mkdir(parents=True)
    (draft / "adapter_model.safetensors").write_bytes(bytes([step]) * 100)
    (draft / "training_args.bin").write_bytes(b"pickled settings")
    return checkpoints(folder).seal(step, {"scheduler": {}})


def test_the_newest_whole_checkpoint_is_the_latest(tmp_path: Path) -> None:
    for step in (5, 10):
        sealed(tmp_path, step)
    last = tmp_path / "checkpoints" / "step-10"
    assert checkpoints(tmp_path).latest() == last
    assert is_complete(last)
    assert not (last / "training_args.bin").exists()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("shorter", "adapter_model.safetensors is not as it was written"),
        ("altered", "adapter_model.safetensors is not as it was written"),
        ("missing", "adapter_model.safetensors is missing"),
        ("more", "stray is not as it was written"),
        ("no manifest", "manifest.json is missing or damaged"),
        ("half a manifest", "manifest.json is missing or damaged"),
    ],
)
def test_a_damaged_one_is_passed_over_and_named(tmp_path: Path, damage: str, told: str) -> None:
    older, newer = sealed(tmp_path, 5), sealed(tmp_path, 10)
    weights, manifest = newer / "adapter_model.safetensors", newer / "manifest.json"
    content = weights.read_bytes()
    {
        "shorter": lambda: weights.write_bytes(content[:-1]),
        "altered": lambda: weights.write_bytes(b"x" + content[1:]),
        "missing": weights.unlink,
        "more": lambda: (newer / "stray").write_bytes(b""),
        "no manifest": manifest.unlink,
        "half a manifest": lambda: manifest.write_text(manifest.read_text()[:50]),
    }[damage]()
    found = checkpoints(tmp_path)
    assert found.latest() == older
    assert found.damaged == [f"{newer}: {told}"]


def test_where_none_is_whole_nothing_is_begun_over_them(tmp_path: Path) -> None:
    for step in (5, 10):
        (sealed(tmp_path, step) / "adapter_model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"step-10: adapter_model.*; .*step-5: .*; no check"):
        checkpoints(tmp_path).latest()
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2


def test_only_the_last_ones_are_kept(tmp_path: Path) -> None:
    for step in (5, 10, 15):
        sealed(tmp_path, step)
    assert sorted(p.name for p in (tmp_path / "checkpoints").iterdir()) == ["step-10", "step-15"]


def test_going_on_clears_what_a_kill_left(tmp_path: Path) -> None:
    older = sealed(tmp_path, 5)
    sealed(tmp_path, 10)
    (tmp_path / "checkpoints" / "checkpoint-12").mkdir()
    state = checkpoints(tmp_path).resume(older, main=True)
    assert state["step"] == 5
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["step-5"]


def test_other_settings_are_refused_by_name(tmp_path: Path) -> None:
    last = sealed(tmp_path, 5)
    with pytest.raises(CheckpointError, match=r"alpha was 0\.1, is 0\.2"):
        checkpoints(tmp_path, alpha=0.2).resume(last, main=True)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("processes", 4, "processes was 1, is 4"),
        ("threads", 64, "threads was .*, is 64"),
        ("versions", {**HERE.versions, "torch": "9.9"}, "versions.torch was .*, is '9.9'"),
    ],
)
def test_other_surroundings_are_refused_by_name(
    tmp_path: Path, field: str, value: object, message: str
) -> None:
    last = sealed(tmp_path, 5)
    with pytest.raises(CheckpointError, match=message):
        checkpoints(tmp_path, replace(HERE, **{field: value})).resume(last, main=True)
