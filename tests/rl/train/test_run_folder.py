# SPDX-License-Identifier: Apache-2.0
"""A folder is one run's, and one process writes to it at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from toy import ToyOracle

from spatialevo_rl.train.checkpoint import CheckpointError
from spatialevo_rl.train.run import prepare
from spatialevo_rl.train.run_folder import CONFIG, FolderLock, begin_settings

HOLD = """
import sys
from pathlib import Path
from spatialevo_rl.train.run_folder import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_is_kept_out_until_it_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(CheckpointError, match="another process is writing to this run"):
            FolderLock(tmp_path)
        other.kill()
        other.wait()
        FolderLock(tmp_path).release()


def test_a_released_folder_is_free(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(CheckpointError):
        FolderLock(tmp_path)
    lock.release()
    lock.release()
    FolderLock(tmp_path).release()


def test_a_run_without_a_checkpoint_is_not_begun_over_by_another(tmp_path: Path) -> None:
    base = tiny.save_base(tmp_path / "base")
    folder = tmp_path / "run"
    folder.mkdir()
    begin_settings(folder, tiny.config(folder, base, seed=0))
    (folder / "steps.jsonl").write_text("{}\n")
    before = (folder / CONFIG).read_bytes()
    with pytest.raises(CheckpointError, match="begun with other settings: seed was 0, is 7"):
        prepare(tiny.config(folder, base, seed=7), lambda *_: None, oracle=ToyOracle())
    assert (folder / "steps.jsonl").read_text() == "{}\n"
    assert (folder / CONFIG).read_bytes() == before


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("temperature", 0.0, "temperature: expected a number above 0"),
        ("resume_from_checkpoint", "x", "resume_from_checkpoint: only None here"),
        ("max_steps", 0, "max_steps: expected at least 1"),
        ("scenes_per_step", 3, r"scenes_per_step \(3\) x 12 rows a scene"),
        ("model_name_or_path", "nowhere", "model_name_or_path: 'nowhere' cannot be loaded"),
    ],
)
def test_a_start_that_fails_leaves_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: object, told: str
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    base = tiny.save_base(tmp_path / "base")
    config = tiny.config(tmp_path / "run", base, **{setting: value})
    with pytest.raises(ValueError, match=told):
        prepare(config, lambda *_: None, oracle=ToyOracle())
    assert not (tmp_path / "run").exists()


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    config = tiny.config(tmp_path / "run", tmp_path, model_name_or_path=str(tmp_path))
    with pytest.raises(ValueError, match=r"holds no model: config\.json is missing"):
        prepare(config, lambda *_: None, oracle=ToyOracle())


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    with pytest.raises(ValueError, match=r"output_dir: .*file is a file"):
        prepare(tiny.config(file, tmp_path), lambda *_: None, oracle=ToyOracle())
    assert file.read_text() == "kept"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("seed: [", "not YAML: .*; restore or remove it"),
        ("- seed", "expected settings by name; restore or remove it"),
        ("seed: 5\n", "begun with other settings"),
    ],
)
def test_settings_that_cannot_be_those_of_the_run_are_told_and_kept(
    tmp_path: Path, content: str, told: str
) -> None:
    config = tiny.config(tmp_path, tmp_path)
    (tmp_path / CONFIG).write_text(content)
    with pytest.raises(CheckpointError, match=told):
        begin_settings(tmp_path, config)
    assert (tmp_path / CONFIG).read_text() == content
    (tmp_path / CONFIG).unlink()
    begin_settings(tmp_path, config)
    assert "seed: 0" in (tmp_path / CONFIG).read_text()
