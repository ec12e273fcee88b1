# SPDX-License-Identifier: Apache-2.0
"""What of TRL's many options this trainer takes, and what it refuses instead of ignoring."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from transformers.integrations.integration_utils import (
    INTEGRATION_TO_CALLBACK,
    get_available_reporting_integrations,
)

_ONLY = {
    "loss_type": ("grpo", "the joint loss is its own; weigh roles with role_weighting"),
    "importance_sampling_level": ("token", "the joint loss is per token"),
    "scale_rewards": ("group", "advantages are within groups"),
    "multi_objective_aggregation": ("sum_then_normalize", "a row has one reward"),
    "num_iterations": (1, "one update per batch, both roles from one policy"),
    "top_entropy_quantile": (1.0, "the joint loss uses every token"),
    "entropy_coef": (0.0, "the joint loss has no entropy bonus"),
    "use_adaptive_entropy": (False, "the joint loss has no entropy bonus"),
    "off_policy_mask_threshold": (None, "one update per batch is on policy"),
    "mask_truncated_completions": (False, "a truncated completion is malformed and earns 0"),
    "use_transformers_continuous_batching": (False, "it takes no images"),
    "eval_strategy": ("no", "use eval_every"),
    "logging_steps": (1, "every step is a line of steps.jsonl"),
    "resume_from_checkpoint": (None, "the same command goes on from the run's last checkpoint"),
    "push_to_hub": (False, "use spatialevo-rl export"),
    "load_best_model_at_end": (False, "the run's last state is what resumes"),
}
"""Fields of GRPOConfig that have one admissible value here, and why."""


def refuse_unsupported(args: Any) -> None:
    """Refuse options that would have no effect, or another one than their name says.

    Raises:
        ValueError: Names the field, what it may be, and the reason.
    """
    for name, (wanted, why) in _ONLY.items():
        given = getattr(args, name)
        if given != wanted:
            raise ValueError(f"{name}: only {wanted!r} here, got {given!r}: {why}")
    if args.max_steps < 1:
        raise ValueError(f"max_steps: expected at least 1, got {args.max_steps}")
    if args.temperature <= 0:
        raise ValueError(f"temperature: expected a number above 0, got {args.temperature}")
    if args.steps_per_generation != args.gradient_accumulation_steps:
        raise ValueError(
            f"steps_per_generation ({args.steps_per_generation}) has to equal "
            f"gradient_accumulation_steps ({args.gradient_accumulation_steps}): one update per "
            "batch"
        )


def refuse_reporters(names: Sequence[str]) -> None:
    """Refuse reporters that are not known, or not installed.

    Raises:
        ValueError: Names the reporter.
    """
    known, installed = set(INTEGRATION_TO_CALLBACK), get_available_reporting_integrations()
    for name in names:
        if name not in known:
            raise ValueError(f"report_to: {name!r} is none of {', '.join(sorted(known))}")
        if name not in {*installed, "flyte"}:  # that one is not looked for
            raise ValueError(f"report_to: {name} is not installed")


def bare_model(model: Any) -> Any:
    """Return the model without PEFT's wrapper; its adapters stay at work inside the layers."""
    return model.get_base_model() if hasattr(model, "peft_config") else model


def zero_stage(args: Any) -> int:
    """Return DeepSpeed's stage of partitioning; 0 without DeepSpeed."""
    return 0 if args.deepspeed_plugin is None else int(args.deepspeed_plugin.zero_stage)


def begin_partitioning(args: Any) -> None:
    """Let DeepSpeed know of the other processes before a model is loaded, where stage 3 is used.

    It partitions weights while they are loaded. On GPUs transformers has told it by then, on CPUs
    nothing has, and each process would take itself for the only one.
    """
    if zero_stage(args) == 3:
        import deepspeed  # noqa: PLC0415  (an extra)

        deepspeed.init_distributed("gloo" if args.use_cpu else None)


def check_adapters(model: torch.nn.Module, args: Any) -> None:
    """Refuse weights too coarse for the update.

    A bfloat16 number has 8 significant bits: a step of 1e-5 on a weight of 0.01 is lost in
    rounding, and a run trains nothing without any error.

    Raises:
        ValueError: If a trained parameter is not float32 and no float32 copy is kept for it.
    """
    coarse = [n for n, p in model.named_parameters() if p.requires_grad and p.itemsize < 4]
    if coarse and args.deepspeed_plugin is None:  # DeepSpeed's optimizers keep float32 copies
        raise ValueError(
            f"{len(coarse)} trained parameters are {model.get_parameter(coarse[0]).dtype} "
            f"(first: {coarse[0]}): load the model with dtype float32, or train LoRA adapters "
            "(use_peft), which are float32 whatever the model is"
        )


class _NoVoidRows(logging.Filter):
    """Drops TRL's warning that no reward function returned a value for a row: void rows do that."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to show a record."""
        return "All reward functions returned None" not in record.getMessage()


def quiet_renamed_options() -> None:
    """Silence that transformers has a new name for gradient checkpointing: TRL uses the old one."""
    warnings.filterwarnings(
        "ignore", message=r".*gradient_checkpointing.*deprecated", category=FutureWarning
    )


def quiet_void_rows() -> None:
    """Silence the warning about rows without a reward: they are counted in the step's record."""
    logger = logging.getLogger("trl.trainer.grpo_trainer")
    if not any(isinstance(one, _NoVoidRows) for one in logger.filters):
        logger.addFilter(_NoVoidRows())
