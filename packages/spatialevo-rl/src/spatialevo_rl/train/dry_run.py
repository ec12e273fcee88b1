# SPDX-License-Identifier: Apache-2.0
"""Everything that a run is built of, up to the first update, and nothing trained.

Where no weights are reachable (`layers`), the model is the recipe's architecture at its real width,
cut to a few layers, with random weights; its tokenizer knows the words of the first prompts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)

from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor, image_processor
from spatialevo_rl.lab.tokenizer import CHAT_TEMPLATE, END, PAD, SPECIAL, UNKNOWN
from spatialevo_rl.plan.architecture import Architecture, architecture_of
from spatialevo_rl.records import Role
from spatialevo_rl.train.batch import Row
from spatialevo_rl.train.config import RunConfig, parse
from spatialevo_rl.train.play import Prompt, Stage
from spatialevo_rl.train.run import make_stage, prepare

_PIECES = r"\w+|[^\w\s]|\s"
_CHARACTERS = [*map(chr, range(32, 127)), "\n"]
_VISION_LAYERS = 2
_MANY = 100_000_000  # parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A model without weights of its own.

    Attributes:
        model: Random weights.
        processor: Reads the prompts that it was made from.
    """

    model: Any
    processor: ImageOnlyQwenVLProcessor


def dry_run(recipe: str, flags: Sequence[str], layers: int | None) -> Iterator[str]:
    """Build a run, deal and encode its first step, pass one row forward and backward.

    Args:
        recipe: Name of a recipe, or a YAML file.
        flags: Settings that override it.
        layers: Layers of a stand-in for the model; None loads the real one.

    Yields:
        What was built, as it is built.

    Raises:
        ConfigError: A setting is unknown or wrong.
        SceneError: There are no such scenes.
    """
    config = _one_process(recipe, flags, _no_trace(layers))
    yield f"settings: recipe {recipe}, {len(config.values)} given, all known"
    with tempfile.TemporaryDirectory() as folder:
        config.train.output_dir = folder
        if layers is None:
            yield from _build(config, None)
            return
        stage = make_stage(config)
        try:
            prompts = stage.play(0, [0]).asks()
        finally:
            stage.close()
        stand_in = make_stand_in(config, prompts, layers)
        stand_in.model.config.save_pretrained(Path(folder) / "model")  # not its weights
        stand_in.processor.save_pretrained(Path(folder) / "model")
        model = replace(config.model, model_name_or_path=str(Path(folder) / "model"))
        yield from _build(replace(config, model=model), stand_in.model)


def _one_process(recipe: str, flags: Sequence[str], more: Mapping[str, Any]) -> RunConfig:
    """Read the settings, and let one process take all rows of a step, in more micro-batches."""
    config = parse(recipe, flags, **more)
    layout, train = config.layout, config.train
    rows = layout.scenes_per_step * (1 + layout.solver_groups) * (train.num_generations or 1)
    count = max(1, rows // train.per_device_train_batch_size)
    return parse(recipe, flags, **more, gradient_accumulation_steps=count)


def _no_trace(layers: int | None) -> dict[str, Any]:
    """Return what is other than in the real run: nothing is reported, saved or put on GPUs."""
    if layers is None and torch.cuda.is_available():
        return {"report_to": "none", "save_strategy": "no"}
    return {
        "report_to": "none",
        "save_strategy": "no",
        "use_cpu": True,
        "use_vllm": False,
        "deepspeed": None,
    }


def make_stand_in(config: RunConfig, prompts: Sequence[Prompt], layers: int) -> StandIn:
    """Return the recipe's architecture, cut to some layers, with random weights.

    Raises:
        ValueError: The model's architecture is not known.
    """
    size = architecture_of(config.model.model_name_or_path)
    processor = _processor(size, config, prompts)
    dtype = getattr(torch, config.model.dtype)
    made = _configuration(size, processor.tokenizer, layers)
    kind = (
        Qwen2_5_VLForConditionalGeneration
        if size.vision.gated
        else (Qwen3VLForConditionalGeneration)
    )
    torch.manual_seed(config.train.seed)
    model = kind._from_config(made, dtype=dtype)
    model.generation_config.eos_token_id = processor.tokenizer.eos_token_id
    model.generation_config.pad_token_id = processor.tokenizer.pad_token_id
    return StandIn(model=model, processor=processor)


def _processor(
    size: Architecture, config: RunConfig, prompts: Sequence[Prompt]
) -> ImageOnlyQwenVLProcessor:
    pieces = Regex(_PIECES)
    splitter = pre_tokenizers.Split(pieces, behavior="isolated")
    words = {word for each in prompts for word, _ in splitter.pre_tokenize_str(each.text)}
    known = list(dict.fromkeys((*SPECIAL, *_CHARACTERS, *sorted(words))))
    core = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(known)}, unk_token=UNKNOWN)
    )
    core.pre_tokenizer = splitter
    core.decoder = decoders.Fuse()
    core.add_special_tokens([AddedToken(each, special=True, normalized=False) for each in SPECIAL])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        unk_token=UNKNOWN,
        pad_token=PAD,
        eos_token=END,
        padding_side="left",
        chat_template=CHAT_TEMPLATE,
    )
    images = image_processor(config.scenes.image_size, size.vision.patch, size.vision.merge)
    return ImageOnlyQwenVLProcessor(images, tokenizer, chat_template=CHAT_TEMPLATE)


def _configuration(size: Architecture, tokenizer: PreTrainedTokenizerFast, layers: int) -> Any:
    ids = tokenizer.convert_tokens_to_ids
    half = size.head_dim // 2
    sections = [half - 2 * (half * 3 // 8), half * 3 // 8, half * 3 // 8]  # as Qwen's 16, 24, 24
    text: dict[str, Any] = {
        "vocab_size": max(size.vocabulary, len(tokenizer)),
        "hidden_size": size.hidden,
        "intermediate_size": size.intermediate,
        "num_hidden_layers": layers,
        "num_attention_heads": size.heads,
        "num_key_value_heads": size.kv_heads,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": sections},
        "tie_word_embeddings": size.tied,
        "pad_token_id": ids(PAD),
        "eos_token_id": ids(END),
        "bos_token_id": None,
    }
    vision: dict[str, Any] = {
        "depth": min(_VISION_LAYERS, size.vision.depth),
        "hidden_size": size.vision.hidden,
        "intermediate_size": size.vision.intermediate,
        "num_heads": size.vision.heads,
        "out_hidden_size": size.hidden,
        "patch_size": size.vision.patch,
        "spatial_merge_size": size.vision.merge,
    }
    tokens: dict[str, Any] = {
        "image_token_id": ids("<|image_pad|>"),
        "video_token_id": ids("<|video_pad|>"),
        "vision_start_token_id": ids("<|vision_start|>"),
        "vision_end_token_id": ids("<|vision_end|>"),
        "tie_word_embeddings": size.tied,
    }
    if size.vision.gated:
        return Qwen2_5_VLConfig(
            text_config=text, vision_config={**vision, "fullatt_block_indexes": [1]}, **tokens
        )
    text["head_dim"] = size.head_dim
    vision |= {
        "num_position_embeddings": size.vision.positions,
        "deepstack_visual_indexes": list(range(min(size.vision.taps, layers, _VISION_LAYERS))),
    }
    return Qwen3VLConfig(text_config=text, vision_config=vision, **tokens)


def _build(config: RunConfig, model: Any) -> Iterator[str]:
    begun = time.perf_counter()
    run = prepare(config, show=lambda *_: None, model=model)
    trainer: Any = run.trainer
    try:
        yield from _objects(config, trainer)
        yield f"built in {time.perf_counter() - begun:.1f} s"
        yield from _first_step(trainer)
    finally:
        trainer.stage.close()
    yield "ready: the first step would begin here; nothing was trained, nothing is left behind"


def _objects(config: RunConfig, trainer: Any) -> Iterator[str]:
    stage: Stage = trainer.stage
    named = list(trainer.model.named_parameters())
    total = sum(each.numel() for _, each in named)
    trained = sum(each.numel() for _, each in named if each.requires_grad)
    size = sum(each.numel() * each.element_size() for _, each in named)
    yield f"scenes: {stage.store.name}, {len(stage.store.vocabulary)} labels"
    yield f"curriculum: {len(stage.scheduler.averages())} tasks with a record so far"
    yield f"model: {type(trainer.model).__name__}, {total:,} parameters, {size / 1e9:.2f} GB"
    kinds = sorted({str(each.dtype) for _, each in named if each.requires_grad})
    yield f"trained: {trained:,} parameters in {', '.join(kinds)}"
    layout = trainer.layout
    yield (
        f"layout: {layout.scenes} scenes × (1 + {config.layout.solver_groups}) groups × "
        f"{config.train.num_generations} rows, {layout.micro_batches} micro-batches of "
        f"{layout.micro_batch} a process"
    )
    optimizer = trainer.create_optimizer()
    groups = sum(len(group["params"]) for group in optimizer.param_groups)
    yield f"optimizer: {type(optimizer).__name__} over {groups} tensors"


def _first_step(trainer: Any) -> Iterator[str]:
    play = trainer.stage.play(0, [0])
    (assignment,) = play.assignments
    yield (
        f"first view: {assignment.task} in {assignment.scene_id}, {len(assignment.frames)} images; "
        f"feasible: {', '.join(assignment.feasible)}"
    )
    trainer.encoder.begin_step()
    (encoded,) = trainer.encoder.encode(play.asks())
    yield f"questioner's prompt: {len(encoded.ids):,} tokens, images included"
    if trainer.accelerator.device.type == "cpu" and trainer.model.num_parameters() > _MANY:
        yield "passing one row forward and backward: minutes, on a CPU"
    yield _pass(trainer, encoded)


def _pass(trainer: Any, encoded: Any) -> str:
    """Pass one row forward and backward, as the update does."""
    begun = time.perf_counter()
    end = next(iter(trainer.eos_token_ids))
    row = Row(role=Role.QUESTIONER, prompt=encoded, completion=[*encoded.ids[-4:], end])
    row.weight = row.advantage = 1.0
    trainer.vision.begin_step()
    trainer.model.train()
    batch = trainer._tensors([row])
    loss = trainer._compute_loss(trainer.model, batch)
    loss.backward()
    reached = [each.grad is not None for each in trainer.model.parameters() if each.requires_grad]
    seconds = time.perf_counter() - begun
    return (
        f"one row forward and backward: loss {loss.item():.4g}, gradients in {sum(reached)} of "
        f"{len(reached)} trained tensors, {seconds:.1f} s"
    )
