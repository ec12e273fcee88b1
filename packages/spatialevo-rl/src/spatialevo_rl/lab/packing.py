# SPDX-License-Identifier: Apache-2.0
"""Many short texts behind one image prefix: a batch row holds everything asked of one view.

Images cost most of a prompt's tokens, and a view has dozens of questions. A row is therefore

    prefix = <|im_start|> images | segment | segment | ...

where a segment sees the prefix and itself, and its positions go on where the prefix ends. A
segment's log-probabilities are those of prefix and segment alone, which is what the chat template
writes and what everything outside the warm-up computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from spatialevo_rl.lab.model import MERGE, PATCH
from spatialevo_rl.lab.rooms import IMAGE_SIZE
from spatialevo_rl.lab.tokenizer import END, PAD, token_id

GRID: Final = IMAGE_SIZE[0] // PATCH
"""Patches along a side of an image."""
_SIDE: Final = GRID // MERGE  # image tokens along a side
_IGNORED: Final = -100


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A prompt and what should follow it, as token ids.

    Attributes:
        prompt: Text after the images, without turn tokens.
        target: Completion, without the turn's end.
        weight: Weight of each of its tokens in the loss.
    """

    prompt: tuple[int, ...]
    target: tuple[int, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One view: indices into the image array, in the order shown, and what is asked of it."""

    images: tuple[int, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A batch of b rows of at most n tokens.

    Attributes:
        ids: (b, n) tokens, padded on the right.
        positions: (3, b, n) rotary positions: time, height, width.
        mask: (b, 1, n, n) what each token attends to.
        labels: (b, n) the token after each one, -100 where none is learnt.
        weights: (b, n) weight of each label.
        segments: (b, n) index of the segment each token belongs to; -1 in prefix and padding.
        images: Indices of all images, in the order of their tokens.
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    labels: Tensor
    weights: Tensor
    segments: Tensor
    images: tuple[int, ...]


class Packer:
    """Packs rows for one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        """Look up the turn and image tokens."""
        self.image = token_id(tokenizer, "<|image_pad|>")
        self._start = token_id(tokenizer, "<|im_start|>")
        self._end = token_id(tokenizer, END)
        self._pad = token_id(tokenizer, PAD)
        self._open = token_id(tokenizer, "<|vision_start|>")
        self._close = token_id(tokenizer, "<|vision_end|>")

    def prefix(self, images: int) -> tuple[list[int], NDArray[np.int64]]:
        """Return the tokens of a turn's beginning with its images, and their (3, k) positions."""
        ids, places, now = [self._start], [np.zeros((3, 1), dtype=np.int64)], 1
        grid = np.indices((1, _SIDE, _SIDE)).reshape(3, -1)
        for _ in range(images):
            ids += [self._open, *[self.image] * _SIDE**2, self._close]
            places += [np.full((3, 1), now), grid + now + 1, np.full((3, 1), now + 1 + _SIDE)]
            now += _SIDE + 2
        return ids, np.concatenate(places, axis=1)

    def pack(self, rows: Sequence[Row]) -> Packed:
        """Pack rows into one batch."""
        laid = [self._lay(row) for row in rows]
        most = max(len(row.ids) for row in laid)
        size = (len(rows), most)
        ids = np.full(size, self._pad)
        positions = np.zeros((3, *size), dtype=np.int64)
        labels, weights = np.full(size, _IGNORED), np.zeros(size, dtype=np.float32)
        segments = np.full(size, -2)
        for place, row in enumerate(laid):
            count = len(row.ids)
            ids[place, :count], labels[place, :count] = row.ids, row.labels
            weights[place, :count], segments[place, :count] = row.weights, row.segments
            positions[:, place, :count] = row.positions
        return Packed(
            ids=torch.from_numpy(ids),
            positions=torch.from_numpy(positions),
            mask=_mask(torch.from_numpy(segments)),
            labels=torch.from_numpy(labels),
            weights=torch.from_numpy(weights),
            segments=torch.from_numpy(np.maximum(segments, -1)),
            images=tuple(image for row in rows for image in row.images),
        )

    def _lay(self, row: Row) -> _Laid:
        ids, positions = self.prefix(len(row.images))
        first = int(positions.max()) + 1
        labels, weights = [_IGNORED] * len(ids), [0.0] * len(ids)
        segments, places = [-1] * len(ids), [positions]
        for number, segment in enumerate(row.segments):
            asked = [*segment.prompt, self._end, self._start]
            told = [*segment.target, self._end]
            ids += asked + told
            count = len(asked) + len(told)
            labels += [_IGNORED] * (len(asked) - 1) + told + [_IGNORED]
            weights += [0.0] * (len(asked) - 1) + [segment.weight] * len(told) + [0.0]
            segments += [number] * count
            places.append(np.tile(first + np.arange(count), (3, 1)))
        return _Laid(ids, labels, weights, segments, np.concatenate(places, axis=1))


@dataclass(frozen=True, slots=True)
class _Laid:
    ids: list[int]
    labels: list[int]
    weights: list[float]
    segments: list[int]
    positions: NDArray[np.int64]


def _mask(segments: Tensor) -> Tensor:
    """Return (b, 1, n, n): a token sees what stands before it in the prefix and in its segment."""
    causal = torch.ones(segments.shape[1], segments.shape[1], dtype=torch.bool).tril()
    same = segments[:, :, None] == segments[:, None, :]
    prefix = (segments == -1)[:, None, :] & (segments >= -1)[:, :, None]
    return ((same | prefix) & causal)[:, None]


def patches(images: NDArray[np.uint8]) -> Tensor:
    """Cut (k, h, w, 3) images as the image processor does: (k * patches, 2 * 3 * 64) in [-1, 1]."""
    count, block = len(images), GRID // MERGE
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).to(torch.float32) / 255.0
    pixels = (pixels - 0.5) / 0.5
    cut = pixels.reshape(count, 3, block, MERGE, PATCH, block, MERGE, PATCH)
    cut = cut.permute(0, 2, 5, 3, 6, 1, 4, 7).reshape(count * GRID**2, 3, 1, PATCH**2)
    return cut.expand(-1, -1, 2, -1).reshape(count * GRID**2, -1)


def hidden_states(
    model: Any, packed: Packed, images: NDArray[np.uint8], image_token: int
) -> tuple[Tensor, Tensor]:
    """Run a packed batch.

    Args:
        model: A `Qwen2_5_VLForConditionalGeneration`.
        packed: The batch.
        images: (k, h, w, 3) sRGB of `packed.images`, in that order.
        image_token: Id of the image token.

    Returns:
        The last hidden state (b, n, d), and the image tokens (k * 16, d) after the first layer.
    """
    grid = torch.tensor([[1, GRID, GRID]]).repeat(len(images), 1)
    features = model.model.visual(patches(images), grid_thw=grid).pooler_output
    embedded = model.model.language_model.embed_tokens(packed.ids)
    shown = packed.ids == image_token
    embedded = embedded.masked_scatter(shown[..., None], features.to(embedded.dtype))
    out = model.model.language_model(
        inputs_embeds=embedded,
        position_ids=packed.positions,
        attention_mask={"full_attention": packed.mask},
        use_cache=False,
        output_hidden_states=True,
    )
    return out.last_hidden_state, out.hidden_states[1][shown]


def label_log_probabilities(model: Any, hidden: Tensor, packed: Packed) -> Tensor:
    """Return the log-probability of every label, in row-major order of `packed.labels >= 0`."""
    chosen = packed.labels >= 0
    logits = model.lm_head(hidden[chosen])
    labels = packed.labels[chosen][:, None]
    picked: Tensor = torch.log_softmax(logits, dim=-1).gather(1, labels)[:, 0]
    return picked
