# SPDX-License-Identifier: Apache-2.0
"""A run's weights as others load them: an adapter, or a model of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import yaml
from peft import PeftModel
from transformers import AutoConfig

from spatialevo_dge.atomic_folder import new_folder
from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor
from spatialevo_rl.model_card import Exported, model_card
from spatialevo_rl.report.run import CONFIG, STATE, read_run
from spatialevo_rl.train.checkpoint import damage_of
from spatialevo_rl.train.config import ModelSettings
from spatialevo_rl.train.models import load_model, load_processor, model_path

EXPORTED: Final = ".exported"
"""Names what an export wrote, a line each: what --overwrite may replace."""
_ADAPTER: Final = ("adapter_config.json", "adapter_model.safetensors")
_WEIGHTS: Final = ("*.safetensors", "*.bin", "*.pt", "*.index.json", "config.json", "README.md")
"""What of a base model's folder is not its processor."""
_STOCK: Final = {
    "qwen2_5_vl": ("Qwen2_5_VLProcessor", "Qwen2VLVideoProcessor"),
    "qwen3_vl": ("Qwen3VLProcessor", "Qwen3VLVideoProcessor"),
}
"""Processor and video processor that transformers and vLLM make for a type of model."""


class ExportError(ValueError):
    """A run cannot be exported; the message is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an export takes its weights from.

    Attributes:
        folder: The run.
        checkpoint: The complete checkpoint.
        step: Its step.
        model: Base model and adapter settings of the run.
        skipped: Newer checkpoints that are damaged, and what is wrong with them.
    """

    folder: Path
    checkpoint: Path
    step: int
    model: ModelSettings
    skipped: tuple[str, ...] = ()


def export(
    run: Path,
    target: Path,
    *,
    merge: bool = False,
    step: int | None = None,
    overwrite: bool = False,
) -> Source:
    """Write a run's adapter, or its merged model, with processor and model card, all or nothing.

    Args:
        run: The run's folder.
        target: The folder to write.
        merge: Whether to write a model of its own.
        step: Of which checkpoint; the last complete one where None.
        overwrite: Whether `target` may be replaced.

    Raises:
        NotARunError: `run` is no run's folder.
        ExportError: It has no such checkpoint.
        FileExistsError: `target` exists and must not be replaced, or is no export.
    """
    source = find_source(run, step)
    if overwrite:
        _check_replaceable(target, run)
    with new_folder(target, overwrite=overwrite) as folder:
        whole = merge or not source.model.use_peft
        sizes = _write_model(source, folder) if whole else _write_adapter(source, folder)
        write_processor(source.model, folder)
        exported = Exported(
            step=source.step,
            merged=whole,
            base=source.model.model_name_or_path,
            parameters=sizes[0],
            trained=sizes[1],
            versions=_versions(source.checkpoint),
        )
        card = model_card(read_run(source.folder), exported)
        (folder / "README.md").write_text(card, encoding="utf-8")
        names = sorted(path.name for path in folder.iterdir())
        (folder / EXPORTED).write_text("\n".join(names) + "\n", encoding="utf-8")
        _open_to_readers(folder)
    return source


def _check_replaceable(target: Path, run: Path) -> None:
    """Refuse to replace anything but an earlier export, or an empty folder."""
    if not os.path.lexists(target) or (target.is_dir() and not any(target.iterdir())):
        return
    marker = target / EXPORTED
    if run.resolve().is_relative_to(target.resolve()) or not marker.is_file():
        raise FileExistsError(
            f"{target}: --overwrite replaces an earlier export, and this is none; choose another "
            "folder"
        )
    known = set(marker.read_text(encoding="utf-8").splitlines())
    foreign = sorted({path.name for path in target.iterdir()} - known - {EXPORTED})
    if foreign:
        raise FileExistsError(
            f"{target}: {', '.join(foreign)} came after the export and would be lost; move it away"
        )


def _open_to_readers(folder: Path) -> None:
    """Give every file the mode that a new one has: safetensors writes for the owner alone."""
    mask = os.umask(0o077)
    os.umask(mask)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o666 & ~mask)


def find_source(run: Path, step: int | None) -> Source:
    """Find the checkpoint to export.

    Raises:
        NotARunError: `run` is no run's folder.
        ExportError: It has no such checkpoint, or no settings.
    """
    read_run(run)
    if not (run / CONFIG).is_file():
        raise ExportError(f"{run}: {CONFIG} is missing, which names the base model")
    settings = _model_settings(yaml.safe_load((run / CONFIG).read_text(encoding="utf-8")))
    folders = {
        int(folder.name.rpartition("-")[2]): folder
        for folder in (run / "checkpoints").glob("step-*")
    }
    damage = {at: f"{path}: {told}" for at, path in folders.items() if (told := damage_of(path))}
    whole = sorted(set(folders) - set(damage))
    if not folders:
        raise ExportError(
            f"{run}: no complete checkpoint yet; save_steps says how often one is made"
        )
    if not whole:
        raise ExportError(f"{'; '.join(damage.values())}; no checkpoint of the run is whole")
    wanted = max(whole) if step is None else step
    if wanted not in whole:
        steps = ", ".join(map(str, whole))
        why = f" ({damage[wanted]})" if wanted in damage else ""
        raise ExportError(f"{run}: no complete checkpoint of step {wanted}{why}; there are {steps}")
    skipped = tuple(told for at, told in sorted(damage.items()) if at > wanted)
    return Source(
        folder=run, checkpoint=folders[wanted], step=wanted, model=settings, skipped=skipped
    )


def _model_settings(values: Mapping[str, Any]) -> ModelSettings:
    """Take the model's settings alone: the trainer's may need GPUs that are not here."""
    names = {field.name for field in fields(ModelSettings)}
    return ModelSettings(**{key: value for key, value in values.items() if key in names})


def _write_adapter(source: Source, folder: Path) -> tuple[int, int]:
    for name in _ADAPTER:
        shutil.copyfile(source.checkpoint / name, folder / name)
    # The base is named as the settings name it: where it lay on this machine is nobody's business.
    path = folder / _ADAPTER[0]
    config = json.loads(path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = source.model.model_name_or_path
    _write_json(path, config)
    return _sizes(load_adapted(source))


def _write_model(source: Source, folder: Path) -> tuple[int, int]:
    if not source.model.use_peft:
        model = load_model(replace(source.model, model_name_or_path=str(source.checkpoint)))
        model.save_pretrained(folder)
        size = sum(each.numel() for each in model.parameters())
        return size, size
    adapted = load_adapted(source)
    sizes = _sizes(adapted)
    merged = adapted.merge_and_unload(safe_merge=True)
    merged.save_pretrained(folder)
    return sizes


def load_adapted(source: Source) -> Any:
    """Return the base model with the checkpoint's adapter on it, in evaluation mode."""
    return PeftModel.from_pretrained(load_model(source.model), source.checkpoint).eval()


def _sizes(adapted: Any) -> tuple[int, int]:
    """Return the parameters of the model and of its adapter."""
    named = list(adapted.named_parameters())
    adapter = sum(each.numel() for name, each in named if "lora_" in name)
    return sum(each.numel() for _, each in named) - adapter, adapter


def write_processor(settings: ModelSettings, folder: Path) -> None:
    """Write the base model's processor in the layout that stock classes read.

    A base with its own stock files keeps them byte for byte. One saved by the class that needs no
    torchvision gets the files of the stock class, whose tokens and pixels are the same.
    """
    base = Path(model_path(settings))
    if base.is_dir() and (base / "preprocessor_config.json").is_file():
        for path in sorted(base.iterdir()):
            weights = any(path.match(pattern) for pattern in _WEIGHTS)
            if path.is_file() and not weights and not (folder / path.name).exists():
                shutil.copyfile(path, folder / path.name)
        return
    processor = load_processor(settings)
    if not isinstance(processor, ImageOnlyQwenVLProcessor):
        processor.save_pretrained(folder)
        return
    _write_stock(processor, AutoConfig.from_pretrained(str(base)).model_type, folder)


def _write_stock(processor: ImageOnlyQwenVLProcessor, kind: str, folder: Path) -> None:
    stock, video = _STOCK[kind]
    processor.save_pretrained(folder)
    saved = folder / "processor_config.json"
    images = json.loads(saved.read_text(encoding="utf-8"))["image_processor"]
    saved.unlink()
    _write_json(folder / "preprocessor_config.json", {**images, "processor_class": stock})
    del images["image_processor_type"]
    named = {"video_processor_type": video, "processor_class": stock}
    _write_json(folder / "video_preprocessor_config.json", {**images, **named})
    path = folder / "tokenizer_config.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    tokens["processor_class"] = stock
    if tokens["tokenizer_class"] == "TokenizersBackend":  # its name in transformers 5 alone
        tokens["tokenizer_class"] = "PreTrainedTokenizerFast"
    _write_json(path, tokens)


def _versions(checkpoint: Path) -> Mapping[str, str]:
    path = checkpoint / STATE
    state = json.loads(path.read_text(encoding="utf-8"))
    found: Mapping[str, str] = state["surroundings"]["versions"]
    return found


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
