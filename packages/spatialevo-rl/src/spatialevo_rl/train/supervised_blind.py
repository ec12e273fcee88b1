# SPDX-License-Identifier: Apache-2.0
"""Which questions a frozen model answers with grey images, and is sure of: they need no looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor

from spatialevo_rl.labelled import Labelled
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings
from spatialevo_rl.train.encode import Encoder
from spatialevo_rl.train.play import Prompt
from spatialevo_rl.train.supervised_rows import Lesson, lesson_text, lessons, tensors_of

GREY: Final = (127, 127, 127)
_ROWS: Final = 64  # a forward pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a frozen model stands to an answer.

    Attributes:
        right: Whether greedy decoding, once it is in the answer tags, writes this very answer.
        p: Geometric mean of the probabilities of the answer's tokens; 0 where the tokenizer leaves
            no token to the answer alone.
    """

    right: bool
    p: float


@torch.no_grad()
def looks(
    model: Any,
    processor: Any,
    samples: Sequence[Labelled],
    store: SceneStore,
    episode: EpisodeSettings,
    *,
    blind: bool,
) -> list[Look]:
    """Hold a model to answers; with grey images of the same sizes where it is to be blind.

    Args:
        model: A Qwen-VL, without any adapter.
        processor: Its processor.
        samples: Questions and answers.
        store: Their scenes.
        episode: The prompts.
        blind: Whether it sees nothing.
    """
    model.eval()
    encoder, found = Encoder(processor), []
    for start in range(0, len(samples), _ROWS):
        part = samples[start : start + _ROWS]
        grey: dict[tuple[int, int], Image.Image] = {}
        encoder.begin_step()
        prompts = [
            Prompt(
                text=lesson_text(sample, episode),
                images=tuple(
                    grey.setdefault(image.size, Image.new("RGB", image.size, GREY))
                    if blind
                    else image
                    for image in store.images(sample.scene_id, sample.frames)
                ),
            )
            for sample in part
        ]
        found += _looks(model, lessons(part, prompts, encoder, processor.tokenizer), processor)
    return found


def _looks(model: Any, made: Sequence[Lesson], processor: Any) -> list[Look]:
    inputs, _, where = tensors_of(
        [lesson.row for lesson in made],
        model.model,
        processor.tokenizer.pad_token_id,
        share=model.config._attn_implementation == "sdpa",
        features=False,
    )
    shown = {k: v.to(model.device) for k, v in inputs.items() if k != "labels"}
    hidden = model.model(**shown, use_cache=False).last_hidden_state[:, :-1]
    flat = hidden.reshape(-1, hidden.size(-1))
    found = []
    for lesson, places in zip(made, where, strict=True):
        first, last = lesson.inside
        wanted = torch.tensor(lesson.row.completion[first:last], device=model.device)
        scores: Tensor = model.lm_head(flat[places[first:last].to(model.device)]).double()
        if last == first:
            found.append(Look(right=False, p=0.0))
            continue
        logps = scores.log_softmax(dim=-1).gather(1, wanted[:, None])
        right = bool((scores.argmax(dim=-1) == wanted).all())
        found.append(Look(right=right, p=float(logps.mean().exp())))
    return found
