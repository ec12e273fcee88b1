# SPDX-License-Identifier: Apache-2.0
"""A run that is killed and resumed is the run that would have been, byte for byte."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
from toy import ToyOracle

from spatialevo_rl.train import checkpoint as checkpoints
from spatialevo_rl.train.play import Play
from spatialevo_rl.train.run import prepare
from spatialevo_rl.train.trainer import SelfEvolutionTrainer

Kill = tuple[int, str]
"""Step, and where in it: what is killed there is the process, with SIGKILL."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def set_trap(kill: Kill) -> None:
    """Replace what happens at a place in a step by a kill; in a process of its own."""
    step, place = kill
    if place == "between the generations":
        _before(Play, "answers", lambda play: play.assignments[0].step == step)
    elif place == "after the optimizer":
        _after_training_step(step)
    elif place == "inside saving":
        original = checkpoints._manifest

        def manifest(folder: Path) -> Any:
            if folder.name == f"checkpoint-{step}":
                (folder / checkpoints.MANIFEST).write_text('{"format": 1, "fil')
                die()
            return original(folder)

        checkpoints._manifest = manifest
    else:
        _before(
            SelfEvolutionTrainer, "_conclude", lambda trainer, *_: trainer.state.global_step == step
        )


def _before(owner: type, name: str, when: Callable[..., bool]) -> None:
    original = getattr(owner, name)

    def method(self: Any, *args: Any) -> Any:
        if when(self, *args):
            die()
        return original(self, *args)

    setattr(owner, name, method)


def _after_training_step(step: int) -> None:
    from spatialevo_rl.train.callbacks import Recorder

    def on_step_end(self: Any, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == step + 1:
            die()

    Recorder.on_step_end = on_step_end


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked process; return its exit code, negative where a signal ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def train(
    folder: Path, base: Path, steps: int, kill: Kill | None = None, *, shared: bool = False
) -> int:
    def work() -> None:
        if kill is not None:
            set_trap(kill)
        config = tiny.config(
            folder, base, max_steps=steps, save_steps=5, save_total_limit=2,
            max_completion_length=8, novelty=True, scheduler="adaptive", scheduler_score="raw",
            share_prompts=shared,
        )  # fmt: skip
        prepare(config, lambda *_: None, oracle=ToyOracle()).train()

    return in_child(work)


def fingerprint(run: Path) -> dict[str, str]:
    """Hash what a run produced: rows with rewards and advantages, steps, weights and optimizer."""
    last = max((run / "checkpoints").glob("step-*"), key=lambda p: int(p.name[5:]))
    found = {n: _digest((run / n).read_bytes()) for n in ("log.jsonl", "steps.jsonl")}
    found["checkpoint"] = last.name
    for name in ("adapter_model.safetensors", "run_state.json"):
        content = (last / name).read_bytes()
        if name == "run_state.json":
            import json

            state = json.loads(content)
            state["offsets"].pop("timing")  # the clock's digits
            content = json.dumps(state).encode()
        found[name] = _digest(content)
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth"):
        loaded = torch.load(last / name, weights_only=False)
        found[name] = _digest(repr(_plain(loaded)).encode())
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return _digest(value.contiguous().cpu().numpy().tobytes())
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if not hasattr(value, "tobytes") else _digest(value.tobytes())


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def compare(tmp_path: Path, steps: int, kills: list[Kill], *, shared: bool) -> None:
    base = tiny.save_base(tmp_path / "base")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert train(whole, base, steps, shared=shared) == 0
    for kill in kills:
        assert train(broken, base, steps, kill, shared=shared) == -signal.SIGKILL, kill
    assert train(broken, base, steps, shared=shared) == 0
    assert fingerprint(broken) == fingerprint(whole)


shared_prompts = pytest.mark.parametrize("shared", [False, True], ids=["rows", "shared prompts"])


@shared_prompts
def test_two_kills_leave_no_trace(tmp_path: Path, shared: bool) -> None:
    compare(tmp_path, 7, [(2, "between the generations"), (5, "inside saving")], shared=shared)


@pytest.mark.slow
@shared_prompts
def test_ten_kills_leave_no_trace(tmp_path: Path, shared: bool) -> None:
    compare(
        tmp_path,
        40,
        [
            (2, "before the log"),
            (6, "between the generations"),
            (10, "inside saving"),
            (11, "after the optimizer"),
            (14, "before the log"),
            (19, "after the optimizer"),
            (20, "inside saving"),
            (27, "between the generations"),
            (33, "before the log"),
            (39, "after the optimizer"),
        ],
        shared=shared,
    )
