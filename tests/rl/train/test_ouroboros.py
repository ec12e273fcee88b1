# SPDX-License-Identifier: Apache-2.0
"""The loop with its models: killed in every phase it is the loop that would have been."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file

from spatialevo_rl.json_lines import JsonLines, json_line
from spatialevo_rl.ouroboros import rounds
from spatialevo_rl.ouroboros.loop import NothingAcceptedError
from spatialevo_rl.ouroboros.rounds import RoundFolder
from spatialevo_rl.train import checkpoint as checkpoints
from spatialevo_rl.train import supervised
from spatialevo_rl.train.checkpoint import CheckpointError
from spatialevo_rl.train.config import ConfigError, RunConfig, parse
from spatialevo_rl.train.ouroboros import run_loop
from support.tiny_qwen import save_tiny

pytest.importorskip("pydantic_monty")

FILES = (
    rounds.PROPOSALS, rounds.RAN, rounds.SAMPLES, rounds.FILTERS, rounds.LABELS, rounds.FEEDBACK,
)  # fmt: skip


def config(folder: Path, **more: Any) -> RunConfig:
    values: dict[str, Any] = {
        "output_dir": str(folder), "scene_count": 24, "rounds": 2, "visits": 6,
        "questions_per_visit": 6, "per_device_train_batch_size": 8, "max_steps": 4,
        "save_steps": 1, "save_total_limit": None, "eval_questions": 0,
    }  # fmt: skip
    return parse("ouroboros-lab", (), **{**values, **more})


def quiet(*_: object) -> None:
    """Say nothing."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def set_trap(place: str) -> None:
    """Put a kill into a phase; in a process of its own."""
    if place in {"proposing", "running programs"}:
        name = rounds.PROPOSALS if place == "proposing" else rounds.RAN
        _half_a_line(name)
    elif place in {"filtering", "feedback", "closing the round"}:
        name = {"filtering": rounds.FILTERS, "feedback": rounds.FEEDBACK}.get(place, rounds.RECORD)
        _before_seal("seal", name)
    elif place == "labelling":
        _before_seal("seal_rows", rounds.LABELS)
    elif place == "learning":
        supervised._Keeper.on_step_end = lambda *_, **__: die()
    elif place == "inside saving":
        original = checkpoints._manifest

        def manifest(folder: Path) -> Any:
            if folder.name.startswith("checkpoint-"):
                (folder / checkpoints.MANIFEST).write_text('{"format": 1, "fil')
                die()
            return original(folder)

        checkpoints._manifest = manifest


def _half_a_line(name: str) -> None:
    """Die in the middle of the third line that a phase adds."""
    original, added = JsonLines.append, []

    def append(self: JsonLines, records: Any) -> None:
        lines = [json_line(each) for each in records]
        if self.path.name == f"{name}.part":
            added.extend(lines)
            if len(added) >= 3:
                with self.path.open("ab") as file:
                    file.write(lines[0][: len(lines[0]) // 2].encode())
                die()
        with self.path.open("ab") as file:
            file.write("".join(lines).encode())

    del original
    JsonLines.append = append  # type: ignore[method-assign]


def _before_seal(method: str, name: str) -> None:
    original = getattr(RoundFolder, method)

    def seal(self: RoundFolder, sealed: str, content: object) -> None:
        if sealed == name:
            die()
        original(self, sealed, content)

    setattr(RoundFolder, method, seal)


def in_child(work: Callable[[], object]) -> int:
    """Run in a forked process; return its exit code, negative where a signal ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def outcome(folder: Path) -> dict[str, object]:
    """Everything of a run that its numbers are."""
    found: dict[str, object] = {
        f"{number} {name}": (folder / "rounds" / f"round-{number}" / name).read_bytes()
        for number in (1, 2)
        for name in FILES
    }
    found["confidence"] = (folder / "confidence.jsonl").read_bytes()
    last = folder / "checkpoints" / "step-4"
    weights = load_file(last / "adapter_model.safetensors")
    found |= {name: value.numpy().tobytes() for name, value in weights.items()}
    state = torch.load(last / "optimizer.pt", weights_only=True)["state"]
    for number, moments in state.items():
        for name in ("exp_avg", "exp_avg_sq", "step"):
            found[f"optimizer {number} {name}"] = moments[name].numpy().tobytes()
    return found


@pytest.mark.slow
def test_a_loop_killed_in_every_phase_is_the_loop_without(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert in_child(lambda: run_loop(config(whole), quiet)) == 0

    def until(place: str) -> None:
        set_trap(place)
        run_loop(config(killed), quiet)

    for place in (
        "proposing", "running programs", "filtering", "learning", "inside saving", "labelling",
        "feedback", "closing the round",
    ):  # fmt: skip
        assert in_child(lambda place=place: until(place)) == -signal.SIGKILL, place  # type: ignore[misc]
    assert (killed / "rounds" / "round-1" / rounds.FEEDBACK).is_file()
    assert in_child(lambda: until("running programs")) == -signal.SIGKILL  # of the second round
    assert in_child(lambda: run_loop(config(killed), quiet)) == 0
    wanted, found = outcome(whole), outcome(killed)
    assert [name for name in wanted if wanted[name] != found[name]] == []


def test_a_round_ends_in_a_record_and_hears_of_the_last(tmp_path: Path) -> None:
    """The loop runs; without feedback the second round's weights are not heard."""
    records = run_loop(config(tmp_path, max_steps=2, visits=4), quiet)
    assert [each.round for each in records] == [1, 2]
    for each in records:
        assert each.trained <= each.filters.accepted
        assert sum(each.difficulties.values()) == each.trained
        assert each.shown == 8
    assert [each.steps for each in records] == [1, 2]
    assert records[1].weights != records[0].weights


def test_a_tiny_models_replies_are_mostly_rejected_and_add_up(tmp_path: Path) -> None:
    """A real transformers model whose weights are random: nothing of it can be read."""
    model = save_tiny(tmp_path / "tiny")
    run = tmp_path / "run"
    settings = config(
        run, proposer="transformers", proposer_model=str(model), proposer_tokens=24, visits=2,
        proposer_temperature=1.0,
    )  # fmt: skip
    with pytest.raises(NothingAcceptedError, match="of 2 proposals none was accepted"):
        run_loop(settings, quiet)
    lines = (run / "rounds" / "round-1" / rounds.PROPOSALS).read_text().splitlines()
    found = [json.loads(line) for line in lines]
    assert [each["malformed"] for each in found] == [["text beside proposals"]] * 2
    assert found[0]["reply"] != found[1]["reply"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"max_steps": 5}, "cannot be shared out among 2 rounds"),
        ({"filter_frames": "judge"}, "cannot be judge"),
    ],
)
def test_settings_that_contradict_each_other(
    tmp_path: Path, more: dict[str, Any], why: str
) -> None:
    with pytest.raises(ConfigError, match=why):
        run_loop(config(tmp_path, **more), quiet)


def test_a_folder_of_other_settings_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    """What was proposed under other settings is not mixed with what would be now."""
    (tmp_path / "run").mkdir()
    began = config(tmp_path / "run", visits=4)
    text = yaml.safe_dump(dict(began.values))
    (tmp_path / "run" / "config.yaml").write_text(text)
    with pytest.raises(CheckpointError, match=r"visits was 4, is 5"):
        run_loop(config(tmp_path / "run", visits=5), quiet)
    assert (tmp_path / "run" / "config.yaml").read_text() == text
