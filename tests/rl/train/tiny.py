# SPDX-License-Identifier: Apache-2.0
"""A lab-shaped model with random weights, and settings of runs that take seconds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from spatialevo_rl.lab.model import MERGE, PATCH, new_model
from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor, image_processor
from spatialevo_rl.lab.tokenizer import CHAT_TEMPLATE, END, PAD, SPECIAL, UNKNOWN
from spatialevo_rl.train.config import RunConfig, build


@cache
def processor() -> ImageOnlyQwenVLProcessor:
    """One token a character, so that any script can be written."""
    letters = [chr(code) for code in range(32, 127)] + ["\n", "²", "°", "…"]
    vocabulary = {token: place for place, token in enumerate((*SPECIAL, *letters))}
    core = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    core.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
    core.decoder = decoders.Fuse()
    core.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        unk_token=UNKNOWN,
        pad_token=PAD,
        eos_token=END,
        padding_side="left",
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=4096,
    )
    return ImageOnlyQwenVLProcessor(
        image_processor(64, PATCH, MERGE), tokenizer, chat_template=CHAT_TEMPLATE
    )


def model(seed: int = 0) -> Any:
    return new_model(processor().tokenizer, seed)


def save_base(folder: Path, seed: int = 0) -> Path:
    model(seed).save_pretrained(folder)
    processor().save_pretrained(folder)
    return folder


def config(folder: Path, base: Path, **more: Any) -> RunConfig:
    values: dict[str, Any] = {
        "output_dir": str(folder),
        "model_name_or_path": str(base),
        "scenes": "lab",
        "scene_count": 6,
        "scene_views": 2,
        "image_size": 64,
        "oracle_processes": 0,
        "prompt_set": "compact",
        "novelty": True,
        "trained_tasks": "object_counting,depth_order_obj_obj,motion_camera",
        "scenes_per_step": 2,
        "solver_groups": 2,
        "num_generations": 4,
        "per_device_train_batch_size": 8,
        "gradient_accumulation_steps": 3,
        "max_completion_length": 12,
        "temperature": 1.0,
        "beta": 0.04,
        "learning_rate": 1e-3,
        "lr_scheduler_type": "cosine",
        "lora_r": 4,
        "lora_alpha": 8,
        "max_steps": 2,
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "scheduler": "uniform",
        "save_steps": 100,
        "eval_questions": 0,
        "seed": 0,
    }
    return build({**values, **more})
