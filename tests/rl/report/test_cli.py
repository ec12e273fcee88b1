# SPDX-License-Identifier: Apache-2.0
"""The command line: what it says of mistakes, in one line, before anything heavy is loaded."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from spatialevo_rl.cli.app import run
from spatialevo_rl.cli.errors import REPORTER, CommandError
from spatialevo_rl.cli.progress import TrainingDisplay
from spatialevo_rl.cli.settings import values_of
from spatialevo_rl.rollout_log import Alarm, RolloutLog
from spatialevo_rl.rollout_text import lines
from support.run_folder import step_record, timing_record
from support.simulated_run import write_held_out, write_run


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(words)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("words", "code", "wanted"),
    [
        (("trian",), 1, "'trian' is not known; did you mean 'train'?"),
        (("plan", "--recipe", "spatialevo-7"), 2, "did you mean 'spatialevo-7b'?"),
        (("train", "--recipe", "labb"), 2, "did you mean 'lab'?"),
        (("rollout", "--recipe", "labb"), 2, "did you mean 'lab'?"),
        (("plan", "--gpus", "eight"), 2, "such as 8x80"),
        (("plan", "--gpus", "8x1e999"), 2, "such as 8x80"),
        (("plan", "--recipe", "ouroboros-lab"), 2, "this is a loop of rounds"),
        (("plan", "--num_generations", "1"), 2, "num_generations: expected a number of at least 2"),
        (("plan", "--tflops", "fast"), 2, "tflops: expected a number"),
        (("plan", "--max_steps"), 2, "max_steps: expected a whole number, got True"),
        (("plan", "--seed", "["), 2, "seed: not YAML: "),
        (("plan", "--max_completion_lenght", "5"), 1, "did you mean 'max_completion_length'?"),
        (("plan", "--tflop", "5"), 1, "did you mean 'tflops'?"),
        (("plan", "--tflops", "0"), 2, "tflops: expected a number above 0, got 0"),
        (("plan", "--scenes_per_step", "0"), 2, "scenes_per_step: expected a number of at least 1"),
        (("plan", "--max_completion_length", "long"), 2, "max_completion_length: expected"),
        (("plan", "seed"), 2, "seed: expected --key before a value"),
        (("plan", "--model_name_or_path", "llava"), 2, "neither a folder with a config.json"),
        (("report", "nowhere"), 2, "nowhere: no such folder"),
        (("report", __file__), 2, "test_cli.py: a file; give the folder"),
        (("report",), 2, "'run'"),
        (("export", "nowhere"), 2, "output"),
        (("train", "--layers", "2"), 1, "layers: only with --dry-run"),
        (("train", "--dry-run", "--layers", "0"), 2, "'--layers'"),
        (("export", "nowhere", "-o", "/"), 1, "/: is there already; --overwrite replaces an ear"),
    ],
)
def test_a_mistake_is_one_line(
    words: tuple[str, ...], code: int, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = said(capsys, *words)
    assert found == code
    assert wanted in err
    assert err.startswith("spatialevo-rl: ")
    assert err.count("\n") == 1
    assert out == ""


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"seed: [", "own.yaml': not YAML: "),
        (b"\xff\xfe", "own.yaml': not a text file: "),
        (b"- seed", "own.yaml': expected settings as key: value"),
    ],
)
def test_a_recipe_that_cannot_be_read_is_named(
    content: bytes, wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "own.yaml"
    recipe.write_bytes(content)
    code, _, err = said(capsys, "plan", "--recipe", str(recipe))
    assert code == 2
    assert wanted in err
    assert err.count("\n") == 1


def test_a_folder_that_is_no_run_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "report", str(tmp_path))
    assert code == 2
    assert "holds none of config.yaml, steps.jsonl and log.jsonl" in err


def test_a_missing_stack_names_its_extra(capsys: pytest.CaptureFixture[str]) -> None:
    for name, extra in (("torch", "train"), ("trl.trainer", "train"), ("vllm", "vllm")):
        assert REPORTER.report(ModuleNotFoundError(name=name)) == 1
        assert f"pip install 'spatialevo-rl[{extra}]'" in capsys.readouterr().err


def test_debug_shows_where(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run(["trian", "--debug"])


def test_a_plan_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "plan", "--recipe", "spatialevo-7b", "--gpus", "8x80")
    assert code == 0
    assert "8.29 B parameters" in out
    assert "Fits: " in out
    code, out, _ = said(capsys, "plan", "--recipe", "spatialevo-7b", "--gpus", "8x24")
    assert code == 1
    assert "Problem: does not fit" in out
    code, out, _ = said(capsys, "plan", "--tflops", "989", "--max_completion_length=256")
    assert "--tflops                989" in out
    assert "256 of them completion" in out


def test_a_log_that_is_shorter_than_its_checkpoint_says_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(tmp_path / "run", steps=3)
    sealed = folder / "checkpoints" / "step-3"
    sealed.mkdir(parents=True)
    lengths = {name: (folder / f"{name}.jsonl").stat().st_size for name in ("log", "steps")}
    (sealed / "run_state.json").write_text(json.dumps({"offsets": {**lengths, "timing": 0}}))
    assert said(capsys, "report", str(folder))[0] == 0
    page = (folder / "report.html").read_bytes()
    (folder / "steps.jsonl").write_bytes((folder / "steps.jsonl").read_bytes()[:700])
    code, _, err = said(capsys, "report", str(folder))
    assert code == 2
    assert "steps.jsonl: record: holds 700 bytes; the checkpoint was written when it held" in err
    assert (folder / "report.html").read_bytes() == page


def test_a_report_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_run(tmp_path / "run", steps=3)
    write_held_out(folder, steps=(0, 3))
    code, out, _ = said(capsys, "report", str(folder), "-o", str(tmp_path / "page.html"))
    assert code == 0
    assert "Held-out skill on the trained tasks" in out
    assert (tmp_path / "page.html").stat().st_size > 50_000
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


def test_a_report_makes_the_images_that_were_not_kept(tmp_path: Path) -> None:
    from spatialevo_rl.report.write import write_report
    from spatialevo_rl.scenes.splits import Split
    from spatialevo_rl.scenes.store import open_store
    from spatialevo_rl.settings import SceneSettings

    store = open_store(SceneSettings(scenes="lab", scene_count=2, image_size=64))
    scene = store.ids(Split.TRAIN)[0]
    folder = write_run(tmp_path / "run", steps=1)
    log = RolloutLog(folder)
    moved = [replace(r, scene_id=scene, frames=store.frames(scene)[:1]) for r in log.rows()]
    (folder / "log.jsonl").unlink()
    log.append(moved)
    before = set((folder / "images").iterdir())
    written = write_report(folder, store=store)
    assert written.notes == ()
    assert len(set((folder / "images").iterdir()) - before) == 1


def test_an_empty_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_run(tmp_path / "run", steps=0, planned=5)
    code, out, _ = said(capsys, "report", str(folder))
    assert code == 0
    assert "no step of the run is finished yet" in out


def test_the_command_line_is_light() -> None:
    """Help, plan and report load no torch."""
    code = (
        "import sys; from spatialevo_rl.cli.app import run; run(['plan']); "
        "sys.exit(bool({'torch', 'transformers', 'trl'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_settings_are_read_as_yaml() -> None:
    known = {"learning_rate", "scenes"}
    found = values_of("lab", ["--seed", "3", "--learning-rate=1e-4", "--scenes", "a/b"], known)
    assert (found["seed"], found["learning_rate"], found["scenes"]) == (3, 1e-4, "a/b")


def test_progress_says_what_a_person_watches() -> None:
    output = io.StringIO()
    console = Console(width=300, force_terminal=False, file=output)
    alarm = Alarm(name="kl", message="KL is 1.2", remedy="raise beta")
    with TrainingDisplay(80, console) as display:
        for step in range(4):
            record = step_record(step=step)
            display(
                replace(record, alarms=(alarm,)) if step >= 2 else record, timing_record(step=step)
            )
    text = output.getvalue()
    assert "step 2/80, mean of 2: 1.40 s (oracle 3.6%) r_Q 0.400 r_A 0.600 legal 0.600" in text
    assert "depth_order_obj_obj 100%/0.700" in text
    assert text.count("alarm at step") == 1
    assert "Remedy: raise beta" in text
    assert text.count("step 1/80") == 0  # a line now and then


def test_a_rollout_reads_like_a_talk(tmp_path: Path) -> None:
    rows = list(RolloutLog(write_run(tmp_path / "run", steps=2)).rows())
    text = "\n".join(lines(rows))
    assert "step 0, slot 0: " in text
    assert " -> " in text
    assert "truth: " in text
    assert "malformed" in text
