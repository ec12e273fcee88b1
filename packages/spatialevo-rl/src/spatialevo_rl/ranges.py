# SPDX-License-Identifier: Apache-2.0
"""What numbers make sense as settings: told before anything heavy is built."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

LEAST: Final[Mapping[str, float]] = {
    "scenes_per_step": 1,
    "solver_groups": 1,
    "num_generations": 2,  # an advantage is relative to a group
    "per_device_train_batch_size": 1,
    "gradient_accumulation_steps": 1,
    "scene_views": 1,
    "image_size": 0,
    "max_completion_length": 1,
    "max_words": 1,
    "max_completion_bytes": 1,
    "novelty_visits": 0,
    "oracle_processes": 0,
    "lora_r": 1,
    "max_steps": -1,
    "save_steps": 0,
    "eval_every": 0,
    "eval_questions": 0,
    "seed": 0,
    "learning_rate": 0,
    "beta": 0,
    "alpha": 0,
    "illegal_penalty": 0,
    "questioner_weight": 0,
    "solver_weight": 0,
    "flat_group_std": 0,
    "view_scene": 0,
    "view_frame": 0,
    "view_pair": 0,
    "scheduler_prior": 0,
    "scheduler_start": 0,
    "scheduler_floor": 0,
    "vllm_gpu_memory_utilization": 0,
    "rounds": 1,
    "visits": 1,
    "visited_scenes": 0,
    "questions_per_visit": 1,
    "proposer_tokens": 1,
    "proposer_temperature": 0,
    "other_scenes": 0,
    "blind_above": 0,
    "easy_above": 0,
    "hard_below": 0,
}
"""Settings, each with the least that makes sense."""
MOST: Final[Mapping[str, float]] = {
    "alpha": 1,
    "scheduler_start": 1,
    "scheduler_floor": 1,
    "seed": 2**32 - 1,
    "blind_above": 1,
    "easy_above": 1,
    "hard_below": 1,
    "vllm_gpu_memory_utilization": 1,
}
"""Settings, each with the most that makes sense."""


def check_range(key: str, value: Any) -> None:
    """Refuse a number that makes no sense as this setting; what is no number is left to others.

    Raises:
        ValueError: Names the setting and what it may be.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if not math.isfinite(value):
        raise ValueError(f"{key}: expected a finite number, got {value!r}")
    if key in LEAST and value < LEAST[key]:
        raise ValueError(f"{key}: expected a number of at least {LEAST[key]}, got {value!r}")
    if key in MOST and value > MOST[key]:
        raise ValueError(f"{key}: expected a number of at most {MOST[key]}, got {value!r}")
