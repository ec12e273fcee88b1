# SPDX-License-Identifier: Apache-2.0
"""The driver on disk: what it refuses, what it leaves alone, and that a killed one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny
import yaml

from spatialevo_rl.ablation.arms import arm_named, chosen_arms
from spatialevo_rl.ablation.plan import Job, Settings
from spatialevo_rl.ablation.records import Training
from spatialevo_rl.train.ablation import Ablation, run_ablation
from spatialevo_rl.train.ablation_runs import AblationError, Runs, supervised
from spatialevo_rl.train.supervised_trainer import StepCost

WORKER = """
import sys
from pathlib import Path
from rich.console import Console
from spatialevo_rl.ablation.arms import chosen_arms
from spatialevo_rl.ablation.plan import Settings
from spatialevo_rl.train.ablation import Ablation, run_ablation
out, recipe = Path(sys.argv[1]), sys.argv[2]
settings = Settings(recipe=recipe, questions=3, held_out=2, curve=1, views=1)
arms = chosen_arms(("main", "static-sft"), full=False)
run_ablation(Ablation(out=out, settings=settings, arms=arms, seeds=1, jobs=2), Console())
"""


def recipe(folder: Path, **more: object) -> Path:
    """Write a recipe of seconds."""
    values = {
        "extends": "lab",
        "model_name_or_path": str(tiny.save_base(folder / "base")),
        "scene_count": 6,
        "trained_tasks": "object_counting",
        "scenes_per_step": 1,
        "num_generations": 2,
        "per_device_train_batch_size": 6,
        "gradient_accumulation_steps": 1,
        "max_completion_length": 12,
        "max_steps": 6,
        "save_steps": 1,
        "lora_r": 4,
        **more,
    }
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def test_a_run_of_other_settings_is_named(tmp_path: Path) -> None:
    runs = Runs(out=tmp_path, settings=Settings(recipe=str(recipe(tmp_path))))
    job = Job(arm=arm_named("main"), seed=0)
    runs.check(job)  # nothing is there yet
    folder = job.folder(tmp_path)
    folder.mkdir(parents=True)
    values = dict(runs.config(job).values)
    (folder / "config.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    runs.check(job)
    values["output_dir"] = "elsewhere"  # may change
    values["max_steps"] = 7
    (folder / "config.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(AblationError, match="other settings: max_steps was 7, is 6"):
        runs.check(job)


def test_a_folder_of_other_settings_is_refused(tmp_path: Path) -> None:
    from rich.console import Console

    from spatialevo_rl.ablation.records import write_record

    settings = Settings(recipe=str(recipe(tmp_path)))
    write_record(tmp_path / "out" / "ablation.json", settings)
    other = Settings(recipe=settings.recipe, held_out=5)
    arms = chosen_arms(("main",), full=False)
    with pytest.raises(AblationError, match="held_out was 1000, is 5"):
        run_ablation(Ablation(out=tmp_path / "out", settings=other, arms=arms, seeds=1), Console())


def test_static_sft_is_told_what_the_method_took(tmp_path: Path) -> None:
    runs = Runs(out=tmp_path, settings=Settings())
    took = Training(
        steps=300, questions=2500, labels=2240, trained_tokens=800_000, cpu_seconds=390.04
    )
    words = runs.command(Job(arm=arm_named("static-sft"), seed=1), took)
    assert words[:3] == ["finetune", "--recipe", "lab-static-sft"]
    assert words[words.index("--cpu-seconds") + 1] == "390.0"
    assert "35" in words[words.index("--keep") + 1].split(",")  # 2240 labels, 64 a step
    assert words[words.index("--questions") + 1] == str(tmp_path / "questions.jsonl")


def test_labels_of_supervised_learning_are_counted_once() -> None:
    costs = [
        StepCost(
            step=step, loss=1.0, samples=64, trained_tokens=300, learning_rate=1e-3,
            grad_norm=1.0, cpu_seconds=0.5, seconds=0.6,
        )
        for step in range(10)
    ]  # fmt: skip
    took = supervised(costs, labels=100)
    assert (took.steps, took.questions, took.labels) == (10, 640, 100)
    assert took.trained_tokens == 3000
    assert took.cpu_seconds == pytest.approx(5.0)


@pytest.mark.slow
def test_a_killed_ablation_goes_on_and_leaves_finished_runs_alone(tmp_path: Path) -> None:
    path, out = recipe(tmp_path), tmp_path / "out"
    words = [sys.executable, "-c", WORKER, str(out), str(path)]
    first = subprocess.Popen(words)
    steps = out / "main" / "seed-0" / "steps.jsonl"
    while not steps.exists() or not steps.read_bytes().count(b"\n"):
        assert first.poll() is None
        time.sleep(0.2)
    os.kill(first.pid, signal.SIGKILL)  # its run lives on, and is waited for
    first.wait()
    subprocess.run(words, check=True)
    assert (out / "table.md").read_text(encoding="utf-8").count("| main |") >= 2
    assert "static-sft (equal processor time)" in (out / "table.md").read_text(encoding="utf-8")
    assert len(steps.read_text(encoding="utf-8").splitlines()) == 6
    made = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file() and p.name != "lock"}
    subprocess.run(words, check=True)
    changed = {p.name for p, when in made.items() if p.stat().st_mtime_ns != when}
    assert changed == {"table.md", "report.html"}
