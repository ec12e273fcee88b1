# SPDX-License-Identifier: Apache-2.0
"""A run's settings: a recipe (YAML) and flags, into dataclasses, in the way of TRL's parser.

Keys are the fields of `spatialevo_rl.settings`, of `ModelSettings`, and of `TrainConfig`, which is
TRL's GRPOConfig. Names are unique over all of them. An unknown key is an error that names the
nearest one.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import types
import typing
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from importlib.resources import files
from typing import Any, Final

from peft import LoraConfig
from trl import GRPOConfig

from spatialevo_dge.scoring import Scorer
from spatialevo_rl.ouroboros.settings import OuroborosSettings
from spatialevo_rl.ranges import check_range
from spatialevo_rl.recipe import load_recipe, read_flags
from spatialevo_rl.settings import (
    EpisodeSettings,
    LayoutSettings,
    SceneSettings,
    SchedulerSettings,
)
from spatialevo_rl.stack import refuse_missing
from spatialevo_rl.train.compatibility import quiet_renamed_options, refuse_reporters


@dataclass
class TrainConfig(GRPOConfig):  # type: ignore[misc]
    """TRL's GRPOConfig, with defaults that fit one joint update per batch.

    Attributes:
        eval_every: Steps between evaluations on validation scenes; 0: none in between.
        share_prompts: Compute a prompt once for all rows of a pass that share it, in reference
            pass and update; False: once a row, as TRL does. Needs `attn_implementation: sdpa`.
        eval_questions: Held-out questions a task, before, during and after; 0: no evaluation.
    """

    eval_every: int = field(default=0, metadata={"help": "Steps between evaluations; 0: never."})
    eval_questions: int = field(default=100, metadata={"help": "Held-out questions a task."})
    share_prompts: bool = field(
        default=False, metadata={"help": "Compute a prompt once for all rows that share it."}
    )
    loss_type: str = field(
        default="grpo", metadata={"help": "Only grpo: the loss is the joint one."}
    )
    logging_steps: float = field(default=1, metadata={"help": "Only 1: every step is logged."})
    save_strategy: str = field(default="steps", metadata={"help": "steps or no."})
    report_to: Any = field(default="none", metadata={"help": "tensorboard, wandb, ..."})
    dataloader_pin_memory: bool = field(default=False, metadata={"help": "The rows are integers."})
    ignore_data_skip: bool = field(default=True, metadata={"help": "Data follow from the step."})
    remove_unused_columns: bool = field(default=False, metadata={"help": "The slot table is read."})
    log_multimodal: bool = field(default=False, metadata={"help": "Images are in the run's log."})
    ddp_find_unused_parameters: bool | None = field(
        default=False, metadata={"help": "Every adapter has a part in every pass."}
    )
    disable_tqdm: bool = field(default=True, metadata={"help": "A progress line is shown instead."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """The model and its adapters; names as in TRL's ModelConfig and PEFT's LoraConfig.

    Attributes:
        model_name_or_path: Folder or hub id of the base model; ``lab`` is the packaged one.
        dtype: Precision of the base model.
        attn_implementation: Attention, such as ``sdpa`` or ``flash_attention_2``.
        use_peft: Train LoRA adapters; False trains the whole model.
        lora_r: Rank.
        lora_alpha: Scale; the update is multiplied by alpha / r.
        lora_dropout: Dropout on the adapters' input. Rollouts and update then differ: keep 0.
        lora_target_modules: Regular expression over module names. The default is every linear layer
            of the language model: the vision tower stays as it is, so its work is shared.
    """

    model_name_or_path: str = "lab"
    dtype: str = "float32"
    attn_implementation: str = "sdpa"
    use_peft: bool = True
    lora_r: int = 64
    lora_alpha: int = 128
    lora_dropout: float = 0.0
    lora_target_modules: str = (
        r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
    )

    def lora(self) -> LoraConfig | None:
        """Return PEFT's configuration; None where the whole model is trained."""
        if not self.use_peft:
            return None
        return LoraConfig(
            r=self.lora_r,
            lora_alpha=self.lora_alpha,
            lora_dropout=self.lora_dropout,
            target_modules=self.lora_target_modules,
            task_type="CAUSAL_LM",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that a run is set up by.

    Attributes:
        episode: Prompts and rewards.
        scheduler: The curriculum.
        layout: Scenes, solver groups, role weights.
        scenes: Where scenes come from.
        model: Model and adapters.
        train: TRL's arguments.
        ouroboros: The loop of proposer and solver, where a recipe is one.
        values: The keys given, recipe and flags together: what ``config.yaml`` holds.
    """

    episode: EpisodeSettings
    scheduler: SchedulerSettings
    layout: LayoutSettings
    scenes: SceneSettings
    model: ModelSettings
    train: TrainConfig
    ouroboros: OuroborosSettings
    values: Mapping[str, Any]


_PARTS: Final[Mapping[str, type[Any]]] = {
    "episode": EpisodeSettings,
    "scheduler": SchedulerSettings,
    "layout": LayoutSettings,
    "scenes": SceneSettings,
    "model": ModelSettings,
    "train": TrainConfig,
    "ouroboros": OuroborosSettings,
}
_DTYPES: Final = ("float32", "bfloat16", "float16")
_SECRETS: Final = ("hub_token", "push_to_hub_token")
"""Fields of TrainingArguments that would put a key into a recipe, a dump or a checkpoint."""


class ConfigError(ValueError):
    """A recipe or a flag is wrong; the message is one line."""


def parse(recipe: str, flags: Sequence[str] = (), **more: Any) -> RunConfig:
    """Read a recipe and the flags that override it.

    Args:
        recipe: Name of a packaged recipe, or a YAML file.
        flags: See `read_flags`.
        more: Further values, which override both, such as `output_dir`.

    Raises:
        ConfigError: If there is no such key (names the nearest), or a value does not fit it.
        ValueError: If there is no such recipe, or a flag is none.
    """
    return build({**load_recipe(recipe), **read_flags(flags), **more})


def build(values: Mapping[str, Any]) -> RunConfig:
    """Build a run's settings from keys and values.

    Raises:
        ConfigError: As `parse`.
    """
    hints = {name: _hints(part) for name, part in _PARTS.items()}
    owners = {key: name for name, keys in hints.items() for key in keys}
    given: dict[str, dict[str, Any]] = {name: {} for name in _PARTS}
    for key, value in values.items():
        if key in _SECRETS:
            raise ConfigError(
                f"{key}: keys belong into the environment (HF_TOKEN), not in settings"
            )
        if key not in owners:
            near = difflib.get_close_matches(key, owners, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"{key}: there is no such setting{hint}")
        given[owners[key]][key] = _checked(key, value, hints[owners[key]][key])
    given["train"].update(_deepspeed(given["train"]))
    try:
        refuse_missing(given["train"])
        with warnings.catch_warnings():
            quiet_renamed_options()
            parts = {name: part(**given[name]) for name, part in _PARTS.items()}
        refuse_reporters(parts["train"].report_to)
    except (ValueError, TypeError) as error:
        raise ConfigError(" ".join(str(error).split())) from error
    return RunConfig(values=dict(values), **parts)


def _deepspeed(given: Mapping[str, Any]) -> dict[str, str]:
    """Return where the packaged DeepSpeed configuration is, if one is asked for by its name."""
    stage = given.get("deepspeed")
    if stage not in {"zero2", "zero3"}:
        return {}
    return {"deepspeed": str(files("spatialevo_rl") / "launch" / f"{stage}.json")}


def _hints(part: type[Any]) -> dict[str, Any]:
    known = typing.get_type_hints(part)
    return {f.name: known[f.name] for f in dataclasses.fields(part) if f.init}


def _checked(key: str, value: Any, hint: Any) -> Any:
    """Return a YAML value as a field's type, if it makes sense as that field."""
    found = _coerce(key, value, hint)
    if key == "dtype" and found not in _DTYPES:
        raise ConfigError(f"{key}: expected one of {', '.join(_DTYPES)}, got {found!r}")
    try:
        check_range(key, found)
        if key == "scorer":
            Scorer(found)
    except ValueError as error:
        message = str(error) if str(error).startswith(f"{key}: ") else f"{key}: {error}"
        raise ConfigError(message) from error
    return found


def _coerce(key: str, value: Any, hint: Any) -> Any:
    """Return a YAML value as a field's type: names for enumerations, 1e-5 as a number."""
    options = [o for o in _options(hint) if o is not type(None)]
    if value is None or not options:
        return value
    kind = options[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError as error:
            names = ", ".join(str(one.value) for one in kind)
            raise ConfigError(f"{key}: expected one of {names}, got {value!r}") from error
    plain = [o for o in options if o in {bool, int, float, str}]
    if len(plain) < len(options) or type(value) in plain:
        return value
    return _number(key, value, plain)


def _number(key: str, value: Any, kinds: Sequence[type]) -> Any:
    if float in kinds and not isinstance(value, bool):
        try:
            return float(value)
        except (TypeError, ValueError):
            pass
    elif str in kinds and not isinstance(value, list | dict):
        return str(value)
    names = " or ".join(kind.__name__ for kind in kinds)
    if value is True:
        raise ConfigError(f"{key}: expected {names} behind --{key}, got none")
    raise ConfigError(f"{key}: expected {names}, got {value!r}")


def _options(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return typing.get_args(hint)
    return (typing.get_origin(hint) or hint,)


def fixed_settings(config: RunConfig) -> dict[str, Any]:
    """Return the settings that a run's numbers depend on: what must not change on resume.

    Where a run is written, how often it is saved and reported, and how it is evaluated may change.
    """
    free = {
        "output_dir", "save_steps", "save_total_limit", "report_to", "run_name", "eval_every",
        "eval_questions", "disable_tqdm", "oracle_processes", "scene_cache", "logging_dir",
        "questions",  # its content is part of the run's state
        "log_level",
    }  # fmt: skip
    return {key: value for key, value in sorted(config.values.items()) if key not in free}


def begun_otherwise(config: RunConfig, saved: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the settings in which a run differs from the config.yaml that it was begun with.

    Only settings that its numbers depend on count, see `fixed_settings`.
    """
    return tuple(
        f"{key} was {saved[key] if key in saved else 'absent'!r}, is {value!r}"
        for key, value in fixed_settings(config).items()
        if key not in saved or saved[key] != json.loads(json.dumps(value))
    )
