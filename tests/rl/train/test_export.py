# SPDX-License-Identifier: Apache-2.0
"""Exports of a tiny run: equal logits, plain loading, stock processor files, all or nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
import yaml
from peft import PeftModel, get_peft_model
from PIL import Image
from transformers import AutoModelForImageTextToText, PreTrainedTokenizerFast

from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor
from spatialevo_rl.rollout_log import RolloutLog
from spatialevo_rl.train.checkpoint import Checkpoints, Surroundings
from spatialevo_rl.train.config import ModelSettings
from spatialevo_rl.train.export import ExportError, export, find_source, load_adapted
from spatialevo_rl.train.models import load_processor


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_base(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture(scope="module")
def run(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two steps, as its files are left: an adapter that changes the model."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    config = tiny.config(folder, base)
    torch.manual_seed(1)
    model = get_peft_model(tiny.model(), config.model.lora())
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    here = Surroundings.here(1, torch.device("cpu"))
    folder.mkdir()
    checkpoints = Checkpoints(folder, RolloutLog(folder), {}, here)
    for step in (1, 2):
        model.save_pretrained(folder / "checkpoints" / f"checkpoint-{step}")
        checkpoints.seal(step, {})
    values = {**config.values, "recipe": "lab", "output_dir": "runs/run"}
    (folder / "config.yaml").write_text(yaml.safe_dump(values))
    return folder


def prompt(processor: Any) -> Any:
    content = [{"type": "image"}, {"type": "image"}, {"type": "text", "text": "How far is it?"}]
    text = processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True
    )
    images = [Image.effect_noise((64, 64), spread).convert("RGB") for spread in (40, 90)]
    return processor(text=[text], images=images, return_tensors="pt")


def logits(model: Any, inputs: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model(**inputs).logits
    return found


def test_merged_logits_are_the_adapter_s(run: Path, tmp_path: Path) -> None:
    source = export(run, tmp_path / "out", merge=True)
    assert source.step == 2
    processor = ImageOnlyQwenVLProcessor.from_pretrained(tmp_path / "out")
    inputs = prompt(processor)
    merged = AutoModelForImageTextToText.from_pretrained(tmp_path / "out").eval()
    found = logits(merged, inputs)
    assert torch.allclose(found, logits(load_adapted(source), inputs), atol=1e-5, rtol=0)
    assert not torch.allclose(found, logits(tiny.model().eval(), inputs), atol=1e-2)
    assert not [name for name, _ in merged.named_parameters() if "lora" in name]


def test_the_adapter_alone_is_loaded_by_peft(run: Path, base: Path, tmp_path: Path) -> None:
    source = export(run, tmp_path / "out", step=1)
    assert source.checkpoint.name == "step-1"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"adapter_config.json", "adapter_model.safetensors", "README.md"} <= names
    assert "model.safetensors" not in names
    plain = AutoModelForImageTextToText.from_pretrained(base)
    adapted = PeftModel.from_pretrained(plain, tmp_path / "out").eval()
    inputs = prompt(tiny.processor())
    expected = logits(load_adapted(source), inputs)
    assert torch.equal(logits(adapted, inputs), expected)


def test_processor_files_are_the_stock_classes(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "out", merge=True)
    images, video, tokens = (
        json.loads((tmp_path / "out" / name).read_text())
        for name in (
            "preprocessor_config.json",
            "video_preprocessor_config.json",
            "tokenizer_config.json",
        )
    )
    assert images["image_processor_type"] == "Qwen2VLImageProcessor"
    assert video["video_processor_type"] == "Qwen2VLVideoProcessor"
    assert {each["processor_class"] for each in (images, video, tokens)} == {"Qwen2_5_VLProcessor"}
    assert tokens["tokenizer_class"] == "PreTrainedTokenizerFast"
    written = "".join(path.read_text() for path in (tmp_path / "out").glob("*.json"))
    assert "ImageOnly" not in written
    tokenizer = PreTrainedTokenizerFast.from_pretrained(tmp_path / "out")
    text = "Which is closer, the bed or the lamp?"
    assert tokenizer.encode(text) == tiny.processor().tokenizer.encode(text)
    ours, theirs = (
        prompt(each)["pixel_values"]
        for each in (tiny.processor(), ImageOnlyQwenVLProcessor.from_pretrained(tmp_path / "out"))
    )
    assert ours.shape == theirs.shape


def test_a_stock_base_keeps_its_files(run: Path, tmp_path: Path) -> None:
    """An export is a stock model: what is trained from it exports the same processor files."""
    export(run, tmp_path / "stock", merge=True)
    again = tmp_path / "again"
    again.mkdir()
    config = yaml.safe_load((run / "config.yaml").read_text())
    config["model_name_or_path"] = str(tmp_path / "stock")
    (again / "config.yaml").write_text(yaml.safe_dump(config))
    (again / "checkpoints").symlink_to(run / "checkpoints")
    export(again, tmp_path / "out", merge=True)
    for name in ("preprocessor_config.json", "tokenizer.json", "chat_template.jinja"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "stock" / name).read_bytes()


def test_the_card_says_what_was_not_measured(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "out", merge=True)
    card = (tmp_path / "out" / "README.md").read_text()
    assert "## Held-out questions\n\nNot measured." in card
    assert "- Optimizer steps: 2\n" in card
    assert "recipe: `lab`" in card
    assert f"- torch {torch.__version__}" in card


def test_no_machine_path_is_exported(run: Path, base: Path, tmp_path: Path) -> None:
    config = yaml.safe_load((run / "config.yaml").read_text())
    export(run, tmp_path / "out")
    adapter = json.loads((tmp_path / "out" / "adapter_config.json").read_text())
    assert adapter["base_model_name_or_path"] == config["model_name_or_path"]


def test_a_failure_leaves_nothing(run: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "spatialevo_rl.train.export.model_card", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        export(run, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"no complete checkpoint of step 7; there are 1, 2"):
        find_source(run, 7)
    (tmp_path / "out").mkdir()
    with pytest.raises(FileExistsError, match="exists"):
        export(run, tmp_path / "out")
    (tmp_path / "log.jsonl").touch()
    with pytest.raises(ExportError, match=r"config\.yaml is missing"):
        find_source(tmp_path, None)
    (tmp_path / "config.yaml").write_text("seed: 0\n")
    with pytest.raises(ExportError, match="no complete checkpoint yet"):
        find_source(tmp_path, None)


def test_a_damaged_checkpoint_is_passed_over(run: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    with (copy / "checkpoints" / "step-2" / "adapter_model.safetensors").open("ab") as file:
        file.write(b"x")
    assert find_source(copy, None).step == 1


def test_an_export_has_the_modes_of_new_files(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "out", merge=True)
    (tmp_path / "new").touch()
    usual = (tmp_path / "new").stat().st_mode
    modes = {path.name: path.stat().st_mode for path in (tmp_path / "out").iterdir()}
    assert {name for name, mode in modes.items() if mode != usual} == set()


def test_an_export_is_a_base_without_torchvision(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "out", merge=True)
    settings = ModelSettings(model_name_or_path=str(tmp_path / "out"))
    processor = load_processor(settings)
    ours, theirs = (prompt(each) for each in (tiny.processor(), processor))
    assert torch.equal(ours["input_ids"], theirs["input_ids"])
    assert ours["pixel_values"].shape == theirs["pixel_values"].shape


def test_only_an_earlier_export_is_replaced(run: Path, tmp_path: Path) -> None:
    whole = tmp_path / "run"
    shutil.copytree(run, whole)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "notes.txt").write_text("kept")
    checkpoint = next((whole / "checkpoints").glob("step-*"))
    before = sorted(whole.rglob("*"))
    for target in (whole, tmp_path, precious, whole / "config.yaml", checkpoint):
        with pytest.raises(FileExistsError, match="replaces an earlier export, and this is none"):
            export(whole, target, overwrite=True)
    assert sorted(whole.rglob("*")) == before
    assert (precious / "notes.txt").read_text() == "kept"
    made = tmp_path / "made"
    for merge in (False, True, True):
        export(whole, made, merge=merge, overwrite=True)
    assert (made / "config.json").is_file()
    (made / "notes.txt").write_text("kept")
    with pytest.raises(FileExistsError, match=r"notes\.txt came after the export"):
        export(whole, made, overwrite=True)
    assert (made / "notes.txt").read_text() == "kept"
