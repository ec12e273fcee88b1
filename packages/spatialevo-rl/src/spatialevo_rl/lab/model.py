# SPDX-License-Identifier: Apache-2.0
"""The lab's model: the real Qwen2.5-VL class, small enough for two CPU cores.

Two of its numbers are not the large models'. With 4 x 4 image tokens the usual rotary bases turn a
column by a thousandth of a radian, which nothing can see: here the base is 5. And a width of 128
wants initial weights of about 0.8 / sqrt(width), not 0.02. With the usual values the same model
stays at chance for minutes.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
)

from spatialevo_rl.lab.tokenizer import END, PAD, token_id

PATCH: Final = 8
MERGE: Final = 2
_HIDDEN: Final = 128
_LAYERS: Final = 4
_HEADS: Final = 4
_GROUPS: Final = 2  # key and value heads
_ROPE_BASE: Final = 5.0
_SECTIONS: Final = (4, 6, 6)  # time, height, width: half a head's 32 dimensions
_INIT: Final = 0.08
_VISION: Final = 96
_VISION_LAYERS: Final = 2


def lab_config(tokenizer: PreTrainedTokenizerFast) -> Qwen2_5_VLConfig:
    """Return the configuration for a tokenizer."""
    rope = {"rope_type": "default", "rope_theta": _ROPE_BASE, "mrope_section": list(_SECTIONS)}
    return Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": _HIDDEN,
            "intermediate_size": 3 * _HIDDEN,
            "num_hidden_layers": _LAYERS,
            "num_attention_heads": _HEADS,
            "num_key_value_heads": _GROUPS,
            "max_position_embeddings": 2048,
            "rope_parameters": rope,
            "tie_word_embeddings": True,
            "initializer_range": _INIT,
            "pad_token_id": token_id(tokenizer, PAD),
            "eos_token_id": token_id(tokenizer, END),
            "bos_token_id": None,
            "use_sliding_window": False,
        },
        vision_config={
            "depth": _VISION_LAYERS,
            "hidden_size": _VISION,
            "intermediate_size": 2 * _VISION,
            "num_heads": 4,
            "out_hidden_size": _HIDDEN,
            "patch_size": PATCH,
            "spatial_merge_size": MERGE,
            "temporal_patch_size": 2,
            "window_size": 8 * PATCH,
            "fullatt_block_indexes": list(range(_VISION_LAYERS)),
            "initializer_range": _INIT,
        },
        image_token_id=token_id(tokenizer, "<|image_pad|>"),
        video_token_id=token_id(tokenizer, "<|video_pad|>"),
        vision_start_token_id=token_id(tokenizer, "<|vision_start|>"),
        vision_end_token_id=token_id(tokenizer, "<|vision_end|>"),
        tie_word_embeddings=True,
    )


def new_model(tokenizer: PreTrainedTokenizerFast, seed: int) -> Any:
    """Return a model with random weights, float32."""
    torch.manual_seed(seed)
    model: Any = Qwen2_5_VLForConditionalGeneration._from_config(
        lab_config(tokenizer), dtype=torch.float32
    )
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model
