# SPDX-License-Identifier: Apache-2.0
"""Chat models in this process: transformers' generate, and vLLM."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Final

import torch

from spatialevo_rl.chat_server import named_server
from spatialevo_rl.ouroboros.chat import ChatModel, Turn
from spatialevo_rl.ouroboros.http_chat import TIMEOUT, HttpChat, data_url
from spatialevo_rl.ouroboros.settings import OuroborosSettings, ProposerKind
from spatialevo_rl.train.config import ModelSettings
from spatialevo_rl.train.models import load_model, load_processor

_VLLM_BLOCK: Final = 64


class TransformersChat:
    """A vision-language model of a folder or a hub, one turn at a time.

    Args:
        settings: Which model, in which precision.
        device: Where it runs.
    """

    block: Final = 1

    def __init__(self, settings: ModelSettings, device: torch.device) -> None:
        self._processor = load_processor(settings)
        self._model = load_model(settings).to(device)

    @torch.no_grad()
    def complete(self, turns: Sequence[Turn], tokens: int, temperature: float) -> list[str]:
        """Reply to turns, each by itself; the same seed gives the same reply."""
        return [self._reply(turn, tokens, temperature) for turn in turns]

    def _reply(self, turn: Turn, tokens: int, temperature: float) -> str:
        content: list[dict[str, Any]] = [{"type": "image", "image": i} for i in turn.images]
        content.append({"type": "text", "text": turn.text})
        inputs = self._processor.apply_chat_template(
            [{"role": "user", "content": content}],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        ).to(self._model.device)
        options: dict[str, Any] = {"do_sample": False}
        if temperature > 0:
            options = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
        with torch.random.fork_rng():
            torch.manual_seed(turn.seed)
            made = self._model.generate(**inputs, max_new_tokens=tokens, **options)
        written = made[0, inputs["input_ids"].size(1) :]
        text: str = self._processor.tokenizer.decode(written, skip_special_tokens=True)
        return text


class VllmChat:
    """The same, run by vLLM; it batches turns itself.

    Args:
        model: Folder or hub id.
        images: Most images of a turn.
    """

    block: Final = _VLLM_BLOCK

    def __init__(self, model: str, images: int) -> None:
        self._vllm: Any = importlib.import_module("vllm")  # an extra
        self._engine = self._vllm.LLM(model=model, limit_mm_per_prompt={"image": images})

    def complete(self, turns: Sequence[Turn], tokens: int, temperature: float) -> list[str]:
        """Reply to turns, each by itself; the same seed gives the same reply."""
        chats = [
            [
                {
                    "role": "user",
                    "content": [
                        *(
                            {"type": "image_url", "image_url": {"url": data_url(image)}}
                            for image in turn.images
                        ),
                        {"type": "text", "text": turn.text},
                    ],
                }
            ]
            for turn in turns
        ]
        sampling = [
            self._vllm.SamplingParams(max_tokens=tokens, temperature=temperature, seed=turn.seed)
            for turn in turns
        ]
        done = self._engine.chat(chats, sampling_params=sampling, use_tqdm=False)
        return [each.outputs[0].text for each in done]


def chat_model(
    settings: OuroborosSettings, base: ModelSettings, images: int, device: torch.device
) -> ChatModel:
    """Return the chat model that the settings name; one in this process is loaded.

    Args:
        settings: The loop's.
        base: Precision and attention.
        images: Most images of a turn.
        device: Where a model of transformers runs.

    Raises:
        ValueError: They name none.
    """
    if settings.proposer is ProposerKind.OPENAI:
        names = ("proposer_url", "proposer_model")
        url, model = settings.proposer_url, settings.proposer_model
        return HttpChat(named_server(names, url, model, timeout=TIMEOUT, what="a served proposer"))
    if not settings.proposer_model:
        raise ValueError("proposer_model: a proposer in this process is asked for; none is named")
    if settings.proposer is ProposerKind.VLLM:
        return VllmChat(settings.proposer_model, images)
    named = ModelSettings(
        model_name_or_path=settings.proposer_model,
        dtype=base.dtype,
        attn_implementation=base.attn_implementation,
    )
    return TransformersChat(named, device)
