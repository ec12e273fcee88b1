# SPDX-License-Identifier: Apache-2.0
"""Two processes make the same update as one: plain, ZeRO-2, ZeRO-3.

The completions are fixed and the adapters not zero: on-policy first-step losses are near zero
whatever a back end does. Plain gradient descent without clipping, so that the change of the
parameters is the gradient.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
import torch

WORKER = Path(__file__).parent / "replay_worker.py"
DEEPSPEED = importlib.util.find_spec("deepspeed") is not None
needs_deepspeed = pytest.mark.skipif(not DEEPSPEED, reason="deepspeed is not installed")

Weights = dict[str, torch.Tensor]


def replay(folder: Path, processes: int, stage: str) -> Weights:
    tiny.save_base(folder / "base")
    command = [
        sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", str(processes),
        "--master_port", str(29600 + int(stage)), str(WORKER), str(folder), stage,
    ]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    norms = json.loads((folder / "norms.json").read_text())
    assert len(norms) == 3
    assert all(norm > 0 for norm in norms), norms
    found: Weights = torch.load(folder / "after.pt", weights_only=True)
    return found


def change(after: Weights) -> torch.Tensor:
    """Flatten what three updates changed; the worker's `randomise` made the start."""
    generator = torch.Generator().manual_seed(3)
    moved = []
    for value in after.values():
        start = torch.empty_like(value).normal_(0.0, 0.05, generator=generator)
        moved.append((value - start).flatten())
    return torch.cat(moved)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> torch.Tensor:
    return change(replay(tmp_path_factory.mktemp("alone"), 1, "0"))


def close(alone: torch.Tensor, folder: Path, stage: str) -> None:
    together = change(replay(folder, 2, stage))
    assert alone.norm() > 1e-2
    assert ((together - alone).norm() / alone.norm()).item() < 1e-4


def test_two_processes(alone: torch.Tensor, tmp_path: Path) -> None:
    close(alone, tmp_path, "0")


@needs_deepspeed
@pytest.mark.slow
@pytest.mark.parametrize("stage", ["2", "3"])
def test_two_processes_with_zero(alone: torch.Tensor, tmp_path: Path, stage: str) -> None:
    close(alone, tmp_path, stage)
