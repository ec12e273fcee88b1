# SPDX-License-Identifier: Apache-2.0
"""The packaged base: stock classes load it, and it sees."""

from importlib.resources import files
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor, AutoTokenizer

from spatialevo_rl.lab.examples import TASKS
from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor, register_processor
from spatialevo_rl.lab.tokenizer import build_tokenizer
from spatialevo_rl.lab.vocabulary import lab_words
from spatialevo_rl.scenes.store import open_store
from spatialevo_rl.settings import EpisodeSettings, PromptSet, SceneSettings, SchedulerSettings
from spatialevo_rl.train.evaluator import evaluate, hold_out, judge_for
from spatialevo_rl.train.held_out import HeldOutOptions

BASE = Path(str(files("spatialevo_rl.lab") / "base"))
COMPACT = EpisodeSettings(prompt_set=PromptSet.COMPACT)
TRAINED = SchedulerSettings(trained_tasks=",".join(TASKS))


@pytest.fixture(scope="module")
def model() -> object:
    return AutoModelForImageTextToText.from_pretrained(BASE).eval()


def test_it_is_small_and_of_the_real_class(model: object) -> None:
    assert type(model).__name__ == "Qwen2_5_VLForConditionalGeneration"
    assert sum(path.stat().st_size for path in BASE.iterdir()) < 12_000_000


def test_auto_classes_find_tokenizer_and_processor() -> None:
    register_processor()
    processor = AutoProcessor.from_pretrained(BASE)
    assert isinstance(processor, ImageOnlyQwenVLProcessor)
    assert processor.tokenizer.padding_side == "left"
    assert AutoTokenizer.from_pretrained(BASE).eos_token == "<|im_end|>"


def test_its_vocabulary_is_what_the_prompts_and_the_oracle_say_now() -> None:
    packaged = AutoTokenizer.from_pretrained(BASE).get_vocab()
    assert packaged == build_tokenizer(lab_words()).get_vocab()


def test_a_processor_reads_back_what_it_wrote(tmp_path: Path) -> None:
    processor = ImageOnlyQwenVLProcessor.from_pretrained(BASE)
    processor.save_pretrained(tmp_path)
    again = ImageOnlyQwenVLProcessor.from_pretrained(tmp_path)
    images = [Image.new("RGB", (64, 64), (200, 30, 30)), Image.new("RGB", (64, 64))]
    content = [{"type": "image", "image": image} for image in images]
    turn = [{"role": "user", "content": [*content, {"type": "text", "text": "ask count"}]}]
    first, second = (
        each.apply_chat_template(
            turn, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
        )
        for each in (processor, again)
    )
    assert first["input_ids"].tolist() == second["input_ids"].tolist()
    assert torch.equal(first["pixel_values"], second["pixel_values"])
    assert first["input_ids"][0].tolist().count(processor.image_token_id) == 32


@pytest.mark.slow
def test_it_beats_the_best_constant_and_is_not_saturated(model: object) -> None:
    store = open_store(SceneSettings(scenes="lab", image_size=64, scene_views=2))
    options = HeldOutOptions(tasks=TASKS, count=40)
    held = hold_out(store, COMPACT, TRAINED, options, views=16)
    processor = ImageOnlyQwenVLProcessor.from_pretrained(BASE)
    record, looks = evaluate(judge_for(model, processor, store, COMPACT), held)
    assert sum(look.greedy > look.floor + 0.15 for look in looks.values()) >= 2
    assert max(look.sampled for look in looks.values()) < 0.95
    assert record.blank is not None
    assert record.blank.real_validity > record.blank.blank_validity + 0.1
    again, _ = evaluate(judge_for(model, processor, store, COMPACT), held)
    assert again == record
