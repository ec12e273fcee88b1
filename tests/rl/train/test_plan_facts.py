# SPDX-License-Identifier: Apache-2.0
"""The plan's facts against the libraries: parameters of the real classes, TRL's defaults."""

from __future__ import annotations

import dataclasses
import re
import warnings

import pytest
import torch
from transformers import (
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)
from trl import GRPOConfig

from spatialevo_rl.plan.architecture import KNOWN, LINEAR, Architecture
from spatialevo_rl.plan.workload import TRAINER_DEFAULTS


def real_model(size: Architecture) -> torch.nn.Module:
    """Build the real class without memory for its weights."""
    text = {
        "hidden_size": size.hidden,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "num_key_value_heads": size.kv_heads,
        "intermediate_size": size.intermediate,
        "vocab_size": size.vocabulary,
        "tie_word_embeddings": size.tied,
    }
    vision = {
        "depth": size.vision.depth,
        "hidden_size": size.vision.hidden,
        "intermediate_size": size.vision.intermediate,
        "num_heads": size.vision.heads,
        "out_hidden_size": size.hidden,
        "patch_size": size.vision.patch,
    }
    if size.vision.gated:
        config = Qwen2_5_VLConfig(
            text_config=text, vision_config=vision, tie_word_embeddings=size.tied
        )
        with torch.device("meta"):
            return Qwen2_5_VLForConditionalGeneration(config)
    text["head_dim"] = size.head_dim
    vision["num_position_embeddings"] = size.vision.positions
    vision["deepstack_visual_indexes"] = [1, 2, 3][: size.vision.taps]
    other = Qwen3VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=size.tied)
    with torch.device("meta"):
        return Qwen3VLForConditionalGeneration(other)


@pytest.mark.parametrize("name", KNOWN)
def test_parameters_are_those_of_the_real_class(name: str) -> None:
    size = KNOWN[name]
    model = real_model(size)
    assert sum(each.numel() for each in model.parameters()) == size.parameters
    rank, pattern = 64, re.compile(rf".*language_model.*\.({'|'.join(LINEAR)})")
    maps = [each for each in model.named_modules() if pattern.fullmatch(each[0])]
    ends = sum(each.in_features + each.out_features for _, each in maps)  # type: ignore[operator]
    assert size.lora_parameters(rank) == rank * ends


def test_defaults_are_those_of_the_trainer() -> None:
    known = {field.name: field for field in dataclasses.fields(GRPOConfig)}
    for name, value in TRAINER_DEFAULTS.items():
        if name != "bf16":  # decided when it is made: True where fp16 is not asked for
            assert known[name].default == value, name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # TRL sets a name that transformers renamed
        assert GRPOConfig(use_cpu=True, report_to="none").bf16 is TRAINER_DEFAULTS["bf16"]
