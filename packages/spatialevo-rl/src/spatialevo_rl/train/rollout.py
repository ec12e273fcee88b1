# SPDX-License-Identifier: Apache-2.0
"""Sampling: one prefill per group, expanded over its rows; and what vLLM needs to be told.

Transformers' `generate` runs the prompt once per row. A group's rows share their prompt, so here
the prompt runs once and its key-value cache is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import LogitsProcessorList, TopKLogitsWarper, TopPLogitsWarper
from transformers.generation import MinPLogitsWarper

from spatialevo_rl.train.encode import Encoded, pad_left, vision_inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How tokens are drawn.

    Attributes:
        length: Most tokens of a completion.
        temperature: 0 takes the likeliest token.
        top_p: Nucleus; 1 keeps all.
        top_k: Most likely tokens kept; 0 keeps all.
        min_p: Least probability, relative to the likeliest; 0 keeps all.
        end: Ids that end a completion; they are part of it.
        pad: Id of padding.
        banned: Ids never drawn: image placeholders would lack an image.
    """

    length: int
    temperature: float
    end: tuple[int, ...]
    pad: int
    banned: tuple[int, ...] = ()
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0

    @classmethod
    def of(cls, args: Any, tokenizer: Any, end: Sequence[int]) -> Sampling:
        """Read TRL's sampling arguments.

        Raises:
            ValueError: If an argument has no part in this sampler.
        """
        if args.repetition_penalty != 1.0 and not args.use_vllm:
            raise ValueError(
                f"repetition_penalty: only 1.0 without vLLM, got {args.repetition_penalty}"
            )
        images = ("<|image_pad|>", "<|video_pad|>")
        known = tokenizer.get_vocab()
        return cls(
            length=args.max_completion_length,
            temperature=args.temperature,
            end=tuple(end),
            pad=tokenizer.pad_token_id,
            banned=tuple(known[token] for token in images if token in known),
            top_p=args.top_p,
            top_k=args.top_k,
            min_p=args.min_p or 0.0,
        )

    def warpers(self) -> LogitsProcessorList:
        """Return the filters that are switched on."""
        chain = LogitsProcessorList()
        if self.top_k:
            chain.append(TopKLogitsWarper(self.top_k))
        if self.top_p < 1.0:
            chain.append(TopPLogitsWarper(self.top_p))
        if self.min_p:
            chain.append(MinPLogitsWarper(self.min_p))
        return chain


def prefill_inputs(encoded: Sequence[Encoded], pad: int) -> dict[str, Tensor]:
    """Return the inputs of one forward pass over prompts, padded on the left."""
    ids = pad_left([one.ids for one in encoded], pad)
    mask = pad_left([[1] * len(one.ids) for one in encoded], 0)
    inputs = {"input_ids": ids, "attention_mask": mask, **vision_inputs(encoded)}
    if encoded[0].types:
        inputs["mm_token_type_ids"] = pad_left([one.types for one in encoded], 0)
    return inputs


@torch.no_grad()
def sample_groups(
    model: Any,
    inputs: dict[str, Tensor],
    copies: int,
    sampling: Sampling,
    draw: np.random.Generator,
) -> list[list[int]]:
    """Sample several completions of each prompt.

    Args:
        model: A Qwen-VL, unwrapped, in evaluation or training mode without dropout.
        inputs: `prefill_inputs`, on the model's device.
        copies: Completions of each prompt (G).
        sampling: How tokens are drawn.
        draw: Seeds the device's generator: the same draw, the same tokens.

    Returns:
        Token ids of prompts x copies completions, prompt by prompt, the end token included.
    """
    generator = torch.Generator(device=inputs["input_ids"].device)
    generator.manual_seed(int(draw.integers(2**63)))
    output = model(**inputs, use_cache=True, logits_to_keep=1)
    cache = output.past_key_values
    cache.batch_repeat_interleave(copies)
    deltas = _rope_deltas(model).repeat_interleave(copies, dim=0)
    mask = inputs["attention_mask"].repeat_interleave(copies, dim=0)
    logits = output.logits[:, -1].repeat_interleave(copies, dim=0)
    position = mask.sum(dim=1, keepdim=True) + deltas
    end = torch.tensor(sampling.end, device=mask.device)
    warpers = sampling.warpers()
    done = torch.zeros(len(mask), dtype=torch.bool, device=mask.device)
    drawn: list[Tensor] = []
    for place in range(sampling.length):
        token = _draw(logits, sampling, warpers, generator).masked_fill(done, sampling.pad)
        drawn.append(token)
        done |= torch.isin(token, end)
        if place == sampling.length - 1 or bool(done.all()):
            break
        mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)
        output = model(
            input_ids=token[:, None],
            attention_mask=mask,
            position_ids=(position + place).expand(3, -1, -1),
            past_key_values=cache,
            use_cache=True,
        )
        logits = output.logits[:, -1]
    return cut_at_end(torch.stack(drawn, dim=1).tolist(), sampling.end)


def _rope_deltas(model: Any) -> Tensor:
    deltas = model.model.rope_deltas
    if not isinstance(deltas, Tensor):
        raise TypeError(f"{type(model).__name__} did not set rope_deltas: not a Qwen-VL?")
    return deltas


def _draw(
    logits: Tensor, sampling: Sampling, warpers: LogitsProcessorList, generator: torch.Generator
) -> Tensor:
    """Draw one token a row by the exponential race (equal to sampling the softmax)."""
    scores = logits.float()
    if sampling.banned:
        scores[:, list(sampling.banned)] = -torch.inf
    if sampling.temperature == 0:
        return scores.argmax(dim=-1)
    scores = torch.as_tensor(warpers(None, scores / sampling.temperature))
    noise = torch.empty_like(scores).exponential_(generator=generator)
    return (scores.softmax(dim=-1) / noise).argmax(dim=-1)


def cut_at_end(rows: Sequence[Sequence[int]], end: Sequence[int]) -> list[list[int]]:
    """Cut each row behind its first end token."""
    cut: list[list[int]] = []
    for row in rows:
        stop = next((place for place, token in enumerate(row) if token in end), len(row) - 1)
        cut.append(list(row[: stop + 1]))
    return cut


def collapse_image_runs(ids: Sequence[int], image_token: int) -> list[int]:
    """Return ids with each run of image placeholders reduced to one.

    TRL hands colocated vLLM prompts whose placeholders are expanded already, beside the images;
    vLLM expands single placeholders, so each prompt would be expanded twice, without an error and
    with the second image inside the first.
    """
    collapsed: list[int] = []
    for token, run in groupby(ids):
        collapsed.extend([token] if token == image_token else list(run))
    return collapsed


def check_prompt_length(ours: Sequence[int], theirs: Sequence[int], engine: str) -> None:
    """Compare a multi-image prompt with what the rollout engine made of it.

    Raises:
        RuntimeError: If the lengths differ: rollouts would come from another prompt than training.
    """
    if len(ours) != len(theirs):
        raise RuntimeError(
            f"{engine} made {len(theirs)} tokens of a prompt that training reads as {len(ours)}: "
            "images would be expanded twice or resized differently. Check that both use the same "
            "processor settings and image size."
        )


def check_engine(engine: Any, encoded: Sequence[Encoded], sent: Sequence[Sequence[int]]) -> None:
    """Let vLLM read the prompt with the most images and compare its length with ours.

    Args:
        engine: TRL's `VLLMGeneration`.
        encoded: Prompts of this process, one a group.
        sent: What is sent for each row, group by group.

    Raises:
        RuntimeError: If the engine makes another prompt of it.
    """
    most = max(range(len(encoded)), key=lambda place: len(encoded[place].images))
    copies = len(sent) // len(encoded)
    ours = encoded[most]
    rows = [list(sent[most * copies])] * copies
    prompts, *_ = engine.generate(
        prompts=rows, images=[list(ours.images)] * copies, num_generations=copies
    )
    check_prompt_length(ours.ids, prompts[0], f"vLLM ({engine.mode})")


def engine_correction(batch: dict[str, Any], args: Any) -> Tensor:
    """Return the ratio of training and rollout probabilities, truncated or masked as TRL does.

    Args:
        batch: A micro-batch with `old_logps` and `sampling_per_token_logps`.
        args: GRPOConfig: `vllm_importance_sampling_mode` and its bounds.

    Returns:
        Shape (rows, tokens), or (rows, 1) for the sequence modes.
    """
    gap = (batch["old_logps"] - batch["sampling_per_token_logps"]) * batch["completion_mask"]
    gap = gap.nan_to_num(nan=0.0)  # vLLM could not score the token
    level, action = args.vllm_importance_sampling_mode.split("_")
    ratio = torch.exp(gap.sum(dim=1, keepdim=True) if level == "sequence" else gap)
    low = args.vllm_importance_sampling_clip_min
    high = args.vllm_importance_sampling_clip_max
    if action == "truncate":
        return ratio.clamp(min=low, max=high)
    outside = torch.zeros_like(ratio, dtype=torch.bool)
    if low is not None:
        outside |= ratio < low
    if high is not None:
        outside |= ratio > high
    return ratio.masked_fill(outside, 0.0)
