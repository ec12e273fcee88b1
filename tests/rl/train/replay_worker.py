# SPDX-License-Identifier: Apache-2.0
"""Three updates from fixed completions, run by torchrun; saves adapters before and after."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import torch

torch.set_num_threads(1)
os.environ.setdefault("DS_ACCELERATOR", "cpu")

STEPS = 3


def main(folder: Path, stage: str) -> None:
    if stage != "0":
        skip_compilation()
    from scripted import scripted_run

    world = int(os.environ.get("WORLD_SIZE", "1"))
    options: dict[str, Any] = {
        "max_steps": STEPS, "optim": "sgd", "learning_rate": 1.0, "max_grad_norm": 0.0,
        "lr_scheduler_type": "constant", "per_device_train_batch_size": 8 // world,
    }  # fmt: skip
    if stage != "0":
        options["deepspeed"] = f"zero{stage}"
    norms: list[float] = []
    run = scripted_run(folder, **options)
    trainer = run.trainer
    randomise(trainer.model)
    original = trainer.log

    def log(logs: dict[str, float], *rest: Any) -> None:
        if "grad_norm" in logs:
            norms.append(float(logs["grad_norm"]))
        original(logs, *rest)

    trainer.log = log
    run.train()
    after = {n: gathered(p) for n, p in trainer.model.named_parameters() if "lora_" in n}
    if trainer.accelerator.is_main_process:
        torch.save(after, folder / "after.pt")
        (folder / "norms.json").write_text(json.dumps(norms))


def skip_compilation() -> None:
    """DeepSpeed compiles a reduction for CPUs when it starts: minutes, and unused here."""
    import deepspeed

    deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False


def randomise(model: Any) -> None:
    """Give every adapter the same weights in every run, B not zero."""
    generator = torch.Generator().manual_seed(3)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            with whole(parameter):
                parameter.data.normal_(0.0, 0.05, generator=generator)


def whole(parameter: Any) -> Any:
    if not hasattr(parameter, "ds_id"):
        return nullcontext()
    import deepspeed

    return deepspeed.zero.GatheredParameters([parameter], modifier_rank=0)


def gathered(parameter: Any) -> torch.Tensor:
    with whole(parameter):
        return parameter.detach().cpu().clone()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
