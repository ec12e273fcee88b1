# SPDX-License-Identifier: Apache-2.0
"""What a recipe asks of the machine: rows, tokens, what is trained and what is kept where."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Final

from spatialevo_rl.plan.architecture import LINEAR, Architecture, architecture_of
from spatialevo_rl.ranges import check_range
from spatialevo_rl.recipe import load_recipe, recipe_names
from spatialevo_rl.settings import (
    EpisodeSettings,
    LayoutSettings,
    SceneSettings,
    SchedulerSettings,
)

TRAINER_DEFAULTS: Final[Mapping[str, Any]] = {
    "num_generations": 8,
    "per_device_train_batch_size": 8,
    "gradient_accumulation_steps": 1,
    "max_completion_length": 512,
    "beta": 0.0,
    "max_steps": -1,
    "bf16": True,
    "gradient_checkpointing": True,
    "use_vllm": False,
    "vllm_mode": "colocate",
    "vllm_gpu_memory_utilization": 0.3,
    "vllm_enable_sleep_mode": False,
    "deepspeed": None,
    "use_cpu": False,
}
"""TRL's and transformers' own; a test compares them with the installed ones."""
MODEL_DEFAULTS: Final[Mapping[str, Any]] = {
    "model_name_or_path": "lab",
    "dtype": "float32",
    "attn_implementation": "sdpa",
    "use_peft": True,
    "lora_r": 64,
    "lora_target_modules": " ".join(LINEAR),
}
"""Those of `spatialevo_rl.train.config.ModelSettings`."""
_MEMORY: Final = 80.0
"""GB of an A100 or H100."""
_BYTES: Final = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What no recipe says. Each is a flag of `spatialevo-rl plan`.

    Attributes:
        questioner_prompt: Words of the questioner's prompt, in tokens, without images.
        solver_prompt: The same of the solver's.
        completion: Mean length of a completion, tokens; at most the recipe's limit.
        longest: Longest completion of a batch over the mean one: generation waits for it.
        tflops: Peak of one GPU in 16 bits, 10^12 operations a second (A100: 312).
        bandwidth: Of its memory, GB/s (A100-80GB: 2039).
        link: Between GPUs, GB/s, as one of them sees it (NVLink 3: some 200).
        utilisation: Share of the peak that training reaches.
        decoding: Share of the bandwidth that decoding reaches.
        chunk: Tokens whose logits exist at once (TRL computes log-probabilities in chunks).
        runtime: GB of CUDA context, NCCL and kernels on each GPU.
        slack: Share added to activations for fragmentation.
        other: Seconds of a step that no GPU works: images, judging on the critical path, logging.
    """

    questioner_prompt: int = 700
    solver_prompt: int = 250
    completion: int = 256
    longest: float = 2.0
    tflops: float = 312.0
    bandwidth: float = 2039.0
    link: float = 200.0
    utilisation: float = 0.35
    decoding: float = 0.6
    chunk: int = 1024
    runtime: float = 2.5
    slack: float = 0.10
    other: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpus:
    """The accelerators.

    Attributes:
        count: How many.
        memory: Of each, GB (10^9 bytes).
    """

    count: int
    memory: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A recipe on a model, in numbers; names follow the recipe's keys where there is one."""

    architecture: Architecture
    scenes: int
    groups: int
    generations: int
    micro_batch: int
    accumulation: int
    views: int
    mean_views: float
    image_size: int
    completion_limit: int
    lora_rank: int
    targets: tuple[str, ...]
    weight_bytes: int
    compute_bytes: int
    checkpointing: bool
    eager: bool
    zero: int
    reference: bool
    vllm: bool
    vllm_share: float
    vllm_sleeps: bool
    steps: int

    @property
    def rows(self) -> int:
        """Completions of a step, over all GPUs."""
        return self.scenes * (1 + self.groups) * self.generations

    @property
    def lora(self) -> bool:
        """Whether adapters are trained and not the whole model."""
        return self.lora_rank > 0

    @property
    def trained(self) -> int:
        """Parameters trained."""
        if self.lora:
            return self.architecture.lora_parameters(self.lora_rank, self.targets)
        return self.architecture.parameters

    def image_tokens(self, views: float) -> float:
        """Return the tokens of so many images, with the two that enclose each."""
        return views * (self.architecture.image_tokens(self.image_size) + 2)

    def longest_row(self, assumed: Assumptions) -> int:
        """Return the tokens of the longest row that can occur: every view, and a cut completion."""
        text = max(assumed.questioner_prompt, assumed.solver_prompt)
        return round(self.image_tokens(self.views)) + text + self.completion_limit

    def mean_completion(self, assumed: Assumptions) -> float:
        """Return the mean length of a completion."""
        return float(min(assumed.completion, self.completion_limit))

    def mean_prompt(self, assumed: Assumptions) -> float:
        """Return the mean length of a row's prompt, over both roles."""
        text = (assumed.questioner_prompt + self.groups * assumed.solver_prompt) / (1 + self.groups)
        return self.image_tokens(self.mean_views) + text


def parse_gpus(text: str) -> Gpus:
    """Read ``"8x80"``: how many, and GB of each.

    Raises:
        ValueError: It reads otherwise.
    """
    count, cross, memory = text.lower().partition("x")
    try:
        found = Gpus(count=int(count), memory=float(memory.removesuffix("gb")))
    except ValueError:
        found = Gpus(count=0, memory=0.0)
    if not cross or found.count < 1 or not 0 < found.memory < math.inf:
        raise ValueError(f"gpus: expected a number and GB of each, such as 8x80, got {text!r}")
    return found


def usual_gpus(work: Workload, recipe: str) -> Gpus:
    """Return the GPUs that a recipe is made for: as many as share a step's rows as it deals them.

    Of the size in the recipe's name, such as ``spatialevo-3b-24gb``; else of 80 GB.
    """
    share = work.micro_batch * work.accumulation
    size = re.search(r"-(\d+)gb\b", recipe)
    return Gpus(
        count=max(1, work.rows // share) if share else 1,
        memory=float(size[1]) if size else _MEMORY,
    )


def processes_of(values: Mapping[str, Any]) -> int:
    """Return how many processes share a step's rows, as a recipe deals them.

    Args:
        values: Keys and values of a recipe with its flags; what is missing has its default.

    Returns:
        1 as well where a share would be no whole number of scenes: the trainer says so.

    Raises:
        ValueError: A number makes no sense.
    """
    whole = partial(_whole, {**_defaults(), **values})
    scene = (1 + whole("solver_groups")) * whole("num_generations")
    share = whole("per_device_train_batch_size") * whole("gradient_accumulation_steps")
    rows = whole("scenes_per_step") * scene
    return 1 if share % scene or rows % share else rows // share


def workload_of(values: Mapping[str, Any]) -> Workload:
    """Return what a recipe's settings ask for.

    Args:
        values: Keys and values of a recipe with its flags; what is missing has its default.

    Raises:
        ValueError: The model is unknown, or a value makes no sense.
    """
    settings = {**_defaults(), **values}
    value = settings.__getitem__
    whole = partial(_whole, settings)
    share = partial(_share, settings)
    shown = whole("scene_views")
    weights = _BYTES.get(str(value("dtype")))
    if weights is None:
        raise ValueError(f"dtype: expected one of {', '.join(_BYTES)}, got {value('dtype')!r}")
    mean = share("view_scene") * shown + share("view_frame") + share("view_pair") * 2
    return Workload(
        architecture=architecture_of(str(value("model_name_or_path"))),
        scenes=whole("scenes_per_step"),
        groups=whole("solver_groups"),
        generations=whole("num_generations"),
        micro_batch=whole("per_device_train_batch_size"),
        accumulation=whole("gradient_accumulation_steps"),
        views=shown,
        mean_views=mean,
        image_size=whole("image_size"),
        completion_limit=whole("max_completion_length"),
        lora_rank=whole("lora_r") if value("use_peft") else 0,
        targets=tuple(name for name in LINEAR if name in str(value("lora_target_modules"))),
        weight_bytes=weights,
        compute_bytes=2 if value("bf16") else weights,
        checkpointing=bool(values.get("activation_checkpointing", value("gradient_checkpointing"))),
        eager=value("attn_implementation") == "eager",
        zero=_stage(value("deepspeed")),
        reference=share("beta") > 0,
        vllm=bool(value("use_vllm")) and value("vllm_mode") == "colocate",
        vllm_share=share("vllm_gpu_memory_utilization"),
        vllm_sleeps=bool(value("vllm_enable_sleep_mode")),
        steps=max(0, whole("max_steps")),
    )


def known_settings() -> frozenset[str]:
    """Return the keys that a recipe may have and that are known without the training stack."""
    packaged = (key for name in recipe_names() for key in load_recipe(name))
    return frozenset({*_defaults(), *(field.name for field in fields(EpisodeSettings)), *packaged})


def _defaults() -> dict[str, Any]:
    """Return what a setting is where a recipe does not say."""
    own = (SceneSettings(), LayoutSettings(), SchedulerSettings())
    found = {field.name: getattr(each, field.name) for each in own for field in fields(each)}
    return {**found, **MODEL_DEFAULTS, **TRAINER_DEFAULTS}


def _whole(values: Mapping[str, Any], key: str) -> int:
    value = values[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{key}: expected a whole number, got {value!r}")  # noqa: TRY004
    check_range(key, value)
    return value


def _share(values: Mapping[str, Any], key: str) -> float:
    value = values[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{key}: expected a number, got {value!r}")  # noqa: TRY004
    check_range(key, value)
    return float(value)


def _stage(deepspeed: object) -> int:
    """Return the ZeRO stage that a configuration's name says; 0 is plain data parallelism."""
    name = "" if deepspeed is None else str(deepspeed)
    stages = [int(sign) for sign in name.rpartition("zero")[2][:1] if sign in "123"]
    if name and not stages:
        raise ValueError(f"deepspeed: expected a name such as zero2, got {name!r}")
    return stages[0] if stages else 0
