# SPDX-License-Identifier: Apache-2.0
"""Loads the base model and its processor."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor

from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor, register_processor
from spatialevo_rl.train.config import ModelSettings

LAB = "lab"
_QWEN: Final = frozenset({"qwen2_5_vl", "qwen3_vl"})
"""Models whose images `ImageOnlyQwenVLProcessor` prepares as the stock processor does."""


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


@contextmanager
def _loading(settings: ModelSettings) -> Iterator[str]:
    """Yield where the base model is; what transformers says of it is told with the setting's name.

    Raises:
        ValueError: It is no model's folder, and no hub has it.
    """
    path = model_path(settings)
    if Path(path).is_dir() and not (Path(path) / "config.json").is_file():
        raise ValueError(f"model_name_or_path: {path} holds no model: config.json is missing")
    try:
        yield path
    except (OSError, ValueError) as error:
        why = str(error).strip().partition("\n")[0]
        raise ValueError(f"model_name_or_path: {path!r} cannot be loaded: {why}") from error


def load_model(settings: ModelSettings) -> Any:
    """Return the base model in evaluation mode, in the precision asked for.

    Raises:
        ValueError: It is not there, or none of those that transformers know.
    """
    with _loading(settings) as path:
        return AutoModelForImageTextToText.from_pretrained(
            path, dtype=settings.dtype, attn_implementation=settings.attn_implementation
        )


def _is_qwen(path: str) -> bool:
    return AutoConfig.from_pretrained(path).model_type in _QWEN


def load_processor(settings: ModelSettings) -> Any:
    """Return tokenizer and image processor; videos, and so torchvision, are left out.

    Raises:
        ValueError: As `load_model`.
    """
    register_processor()
    with _loading(settings) as path:
        videos = (Path(path) / "video_preprocessor_config.json").exists() or not Path(path).is_dir()
        # The stock processor of these models cannot be made without torchvision.
        bare = importlib.util.find_spec("torchvision") is None and _is_qwen(path)
        if bare or not videos:
            return ImageOnlyQwenVLProcessor.from_pretrained(path, padding_side="left")
        return AutoProcessor.from_pretrained(path, padding_side="left")
