# SPDX-License-Identifier: Apache-2.0
"""`train` starts the processes that a recipe is for; one of them killed, the run goes on."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from spatialevo_rl.evaluation_record import read_evaluations
from spatialevo_rl.plan.workload import processes_of
from spatialevo_rl.recipe import load_recipe

needs_deepspeed = pytest.mark.skipif(
    importlib.util.find_spec("deepspeed") is None, reason="deepspeed is not installed"
)
RECIPE = """\
extends: lab
scene_count: 20
scenes_per_step: 2
num_generations: 4
per_device_train_batch_size: 12
gradient_accumulation_steps: 1
max_steps: 5
save_steps: 2
eval_questions: 0
"""
PATIENCE = 240.0
"""Seconds that a run may take on a busy machine."""


@pytest.mark.parametrize(
    ("recipe", "flags", "count"),
    [
        ("lab", {}, 1),
        ("spatialevo-7b", {}, 8),
        ("paper-exact", {}, 8),
        ("released-code", {}, 8),
        ("spatialevo-3b-24gb", {}, 1),
        ("spatialevo-7b", {"gradient_accumulation_steps": 40}, 2),
        ("spatialevo-7b", {"gradient_accumulation_steps": 7}, 1),  # no whole scenes: told later
    ],
)
def test_a_recipe_says_how_many(recipe: str, flags: Mapping[str, int], count: int) -> None:
    assert processes_of({**load_recipe(recipe), **flags}) == count


def begin(folder: Path, *flags: str) -> subprocess.Popen[str]:
    (folder / "two.yaml").write_text(RECIPE)
    surroundings = {
        name: value for name, value in os.environ.items() if name not in {"WORLD_SIZE", "RANK"}
    }
    return subprocess.Popen(
        [sys.executable, "-m", "spatialevo_rl", "train", "--recipe", "two.yaml", *flags],
        cwd=folder, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**surroundings, "DS_ACCELERATOR": "cpu", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip


def finish(run: subprocess.Popen[str]) -> tuple[int, str]:
    _, told = run.communicate(timeout=PATIENCE)
    return run.returncode, told


def children(parent: int) -> list[int]:
    """Return the processes that a process started, the ranks in order."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(word) for word in listed.split()]


def kill_one(run: subprocess.Popen[str], folder: Path) -> None:
    """Kill the second rank once the first checkpoint is complete."""
    until = time.monotonic() + PATIENCE
    while not (folder / "checkpoints" / "step-2" / "manifest.json").exists():
        assert run.poll() is None, run.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(children(run.pid)[1], signal.SIGKILL)


def made(folder: Path) -> dict[str, bytes]:
    names = ("log.jsonl", "steps.jsonl", "checkpoints/step-5/adapter_model.safetensors")
    return {name: (folder / name).read_bytes() for name in names}


def killed_and_whole(folder: Path, *flags: str) -> None:
    code, told = finish(begin(folder, *flags, "--output_dir", "whole"))
    assert code == 0, told
    assert "2 processes share a step" in told
    broken = begin(folder, *flags, "--output_dir", "broken")
    kill_one(broken, folder / "broken")
    code, told = finish(broken)
    assert code == 1, told
    assert "process 1 of 2 was ended by SIGKILL; the same command goes on" in told
    assert "Traceback" not in told
    code, told = finish(begin(folder, *flags, "--output_dir", "broken"))
    assert code == 0, told
    assert "Going on from step-" in told
    assert made(folder / "broken") == made(folder / "whole")


def test_two_processes_of_which_one_is_killed(tmp_path: Path) -> None:
    killed_and_whole(tmp_path)


def test_two_processes_share_the_evaluation(tmp_path: Path) -> None:
    found = []
    for accumulation in ("1", "2"):
        run = tmp_path / accumulation
        code, told = finish(
            begin(
                tmp_path, "--output_dir", run.name, "--gradient_accumulation_steps", accumulation,
                "--max_steps", "1", "--eval_questions", "6",
            )
        )  # fmt: skip
        assert code == 0, told
        assert ("2 processes share" in told) == (accumulation == "1")
        before, after = read_evaluations(run)
        assert (before.step, after.step) == (0, 1)
        assert len(before.scores) > 20
        found.append(before)
    assert found[0] == found[1]


@needs_deepspeed
@pytest.mark.slow
@pytest.mark.parametrize("stage", ["zero2", "zero3"])
def test_two_processes_with_zero_of_which_one_is_killed(tmp_path: Path, stage: str) -> None:
    killed_and_whole(tmp_path, "--deepspeed", stage)


@pytest.mark.skipif(torch.cuda.device_count() > 0, reason="there are GPUs")
def test_missing_gpus_are_told_before_anything_is_started(tmp_path: Path) -> None:
    code, told = finish(begin(tmp_path, "--no_use_cpu", "--output_dir", "run"))
    assert code == 1
    assert "deals a step's rows to 2 processes, one a GPU, and this machine has 0" in told
    assert len(told.splitlines()) == 1
