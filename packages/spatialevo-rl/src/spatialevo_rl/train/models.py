# SPDX-License-Identifier: Apache-2.0
"""Loads the base model and its processor."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from transformers import AutoModelForImageTextToText, AutoProcessor

from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor, register_processor
from spatialevo_rl.train.config import ModelSettings

LAB = "lab"


def model_path(settings: ModelSettings) -> str:
    """Return where the base model is: a folder, a hub id, or the packaged lab model's folder.

    Raises:
        ValueError: If the packaged model is asked for and not there.
    """
    if settings.model_name_or_path != LAB:
        return settings.model_name_or_path
    with as_file(files("spatialevo_rl.lab") / "base") as folder:
        if not (folder / "config.json").is_file():
            raise ValueError(
                f"{folder}: the lab's base model is not there; make it with spatialevo-rl warmup"
            )
        return str(folder)


def load_model(settings: ModelSettings) -> Any:
    """Return the base model in evaluation mode, in the precision asked for."""
    return AutoModelForImageTextToText.from_pretrained(
        model_path(settings),
        dtype=settings.dtype,
        attn_implementation=settings.attn_implementation,
    )


def load_processor(settings: ModelSettings) -> Any:
    """Return tokenizer and image processor; videos, and so torchvision, are left out."""
    path = model_path(settings)
    register_processor()
    if Path(path).is_dir() and not (Path(path) / "video_preprocessor_config.json").exists():
        return ImageOnlyQwenVLProcessor.from_pretrained(path, padding_side="left")
    return AutoProcessor.from_pretrained(path, padding_side="left")
