# SPDX-License-Identifier: Apache-2.0
"""Train a few steps of the lab with vLLM's samples, and hold them against the trainer.

    python -m vllm_agreement.rollouts FOLDER [--mode server]

vLLM reports the log-probability of each token that it samples, and the trainer computes it again
from its own weights. If both read the same prompt, see the same images and hold the same adapters,
the two are equal to rounding.

Colocated, weights are pushed after each update, and the two have to be equal in every step. Fails
as well where the weights of the start would have sampled alike, since then nothing was pushed that
mattered, and where a prompt whose images are expanded twice is not noticed.

A server is pushed weights by NCCL, which only GPUs have: here it keeps those of the start, and has
to be equal to them in every step, and not to the trainer's.

What is changed of vLLM concerns CPUs alone: it keeps linear layers' weights where they can be
loaded again, instead of a packed copy, and compiles nothing.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch
import vllm
from trl.generation import vllm_client, vllm_generation
from vllm.model_executor.layers import utils as vllm_layers

from spatialevo_rl.rollout_log import StepRecord, TimingRecord
from spatialevo_rl.train import rollout
from spatialevo_rl.train.config import RunConfig, parse
from spatialevo_rl.train.encode import Encoded
from spatialevo_rl.train.run import prepare
from spatialevo_rl.train.trainer import SelfEvolutionTrainer
from vllm_agreement.gaps import Gap, report
from vllm_agreement.records import read

STEPS: Final = 4
CONTEXT: Final = 512
IMAGES: Final = {"image": 2, "video": 0}
PATIENCE: Final = 900.0
"""Seconds that a server may take to start."""


gaps: list[Gap] = []


class Watched(SelfEvolutionTrainer):
    """The trainer, with its micro-batches looked at."""

    def _tensors(self, rows: Sequence[Any]) -> dict[str, Any]:
        batch = super()._tensors(rows)
        wrote = batch["completion_mask"].bool()
        sampled = batch["sampling_per_token_logps"]
        now, start = (
            float((batch[name] - sampled)[wrote].abs().max()) for name in ("old_logps", "ref_logps")
        )
        gaps.append(Gap(step=self.state.global_step, tokens=int(wrote.sum()), now=now, start=start))
        return batch


def change_vllm_for_cpus() -> None:
    """Let weights be loaded into a running engine on a CPU, and compile nothing."""

    def plain(layer: Any, remove_weight: bool) -> None:  # noqa: ARG001 - vLLM's own call
        layer.cpu_linear = torch.nn.functional.linear

    vllm_layers.dispatch_cpu_unquantized_gemm = plain
    vllm_generation.LLM = functools.partial(
        vllm.LLM, enforce_eager=True, dtype="float32", limit_mm_per_prompt=IMAGES
    )


def refuse_expanded_prompts() -> None:
    """Have the trainer's first look at the engine send expanded placeholders before its own.

    Raises:
        RuntimeError: In that look, if the difference goes unnoticed.
    """
    look = rollout.check_engine

    def both(engine: Any, encoded: Sequence[Encoded], sent: Sequence[Sequence[int]]) -> None:
        copies = len(sent) // len(encoded)
        expanded = [list(one.ids) for one in encoded for _ in range(copies)]
        try:
            look(engine, encoded, expanded)
        except (RuntimeError, ValueError) as error:
            print(f"images expanded before they are sent: refused ({error})")
        else:
            raise RuntimeError("images expanded before they are sent: not noticed")
        look(engine, encoded, sent)

    rollout.check_engine = both


def push_no_weights() -> None:
    """Leave out of TRL's client what needs NCCL, and what the CPU build answers with an error."""
    client = vllm_client.VLLMClient
    described = {"model_config": {"logprobs_mode": "processed_logprobs"}}

    def push(self: Any, metadata: Any, parameters: Any) -> None:  # noqa: ARG001
        for _ in parameters:  # the trainer folds its adapters while it is iterated
            pass

    client.init_communicator = client.close_communicator = lambda *_, **__: None
    client.get_server_info = lambda _: described
    client.update_named_params = push


@contextmanager
def server(model: str) -> Iterator[str]:
    """Serve a model as README of spatialevo-rl says, on a CPU; yield the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = (
        sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", model,
        "--port", port, "--enable-scale-out", "--logprobs-mode", "processed_logprobs",
        "--max-logprobs", "-1", "--max-model-len", str(CONTEXT),
        "--limit-mm-per-prompt", json.dumps(IMAGES), "--enforce-eager", "--dtype", "float32",
    )  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "VLLM_SERVER_DEV_MODE": "1"})
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def settings(model: str, folder: Path, address: str) -> RunConfig:
    """Return the lab's recipe with vLLM's rollouts and few rooms; no address: colocated."""
    changed = {
        "model_name_or_path": model,
        "use_vllm": "true",
        "vllm_mode": "server" if address else "colocate",
        **({"vllm_server_base_url": address} if address else {}),
        "vllm_server_timeout": str(PATIENCE),
        "vllm_max_model_length": str(CONTEXT),
        "max_steps": str(STEPS),
        "scene_count": "60",
        "eval_questions": "0",
        "output_dir": str(folder),
    }
    return parse("lab", [word for name, value in changed.items() for word in (f"--{name}", value)])


def show(step: StepRecord, timing: TimingRecord) -> None:
    """Print a step while it is at work."""
    print(f"step {step.step}: {timing.seconds:.1f} s")


def train(model: str, address: str) -> None:
    """Train, and leave nothing behind but `gaps`."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(settings(model, Path(folder), address), show, trainer=Watched).train()


def main() -> int:
    """Read the command line, train and compare."""
    parser = argparse.ArgumentParser(description="Train the lab on vLLM's samples; compare.")
    parser.add_argument("folder", type=Path, help="where `reference` wrote")
    parser.add_argument("--mode", choices=("colocate", "server"), default="colocate")
    arguments = parser.parse_args()
    model = read(arguments.folder.resolve()).model
    if arguments.mode == "server":
        push_no_weights()
        with server(model) as address:
            train(model, address)
    else:
        change_vllm_for_cpus()
        refuse_expanded_prompts()
        train(model, "")
    return 0 if report(gaps, STEPS, pushed=arguments.mode == "colocate") else 1


if __name__ == "__main__":
    sys.exit(main())
