# SPDX-License-Identifier: Apache-2.0
"""Prompts as a model takes them: each prompt is tokenised once, each image processed once.

TRL processes every duplicate of a prompt, twice. Here a prompt stands for a whole group, and the
pixels of an image shown by several prompts of a step are shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from PIL.Image import Image
from torch import Tensor
from transformers import BatchFeature, ProcessorMixin

from spatialevo_rl.train.play import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """One prompt, ready for the model.

    Attributes:
        ids: Token ids, image placeholders expanded.
        types: Kind of each token (0 text, 1 image), as Qwen's processors return it; empty if the
            processor returns none.
        pixels: Patches of each image, one tensor an image.
        grids: Patch grid (t, h, w) of each image, shape (images, 3).
        images: The images themselves, for engines that process them on their own.
        keys: Identity of each image within the step: what may be shared.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    pixels: tuple[Tensor, ...]
    grids: Tensor
    images: tuple[Image, ...]
    keys: tuple[int, ...]


@dataclass(slots=True)
class SharedImages:
    """An image processor that remembers what it did since `clear`.

    Stands in for the processor's own while prompts are encoded. Images are told apart by identity,
    so a store has to hand out the same object for the same frame to profit.
    """

    inner: Any
    _known: dict[int, tuple[Image, Tensor, Tensor]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget all images."""
        self._known.clear()

    def __getattr__(self, name: str) -> Any:
        """Be the processor in everything else."""
        return getattr(self.inner, name)

    def __call__(self, images: Any, **options: Any) -> BatchFeature:
        """Return pixel_values and image_grid_thw of a (nested) list of images."""
        flat = _flatten(images)
        missing = list({id(i): i for i in flat if id(i) not in self._known}.values())
        if missing:
            done = self.inner(images=missing, **options | {"return_tensors": "pt"})
            grids = done["image_grid_thw"]
            parts = torch.split(done["pixel_values"], grids.prod(dim=1).tolist())
            for image, pixels, grid in zip(missing, parts, grids, strict=True):
                self._known[id(image)] = (image, pixels, grid)
        found = [self._known[id(image)] for image in flat]
        return BatchFeature(
            {
                "pixel_values": torch.cat([pixels for _, pixels, _ in found]),
                "image_grid_thw": torch.stack([grid for _, _, grid in found]),
            }
        )


def _flatten(images: Any) -> list[Any]:
    if isinstance(images, list | tuple):
        return [one for part in images for one in _flatten(part)]
    return [images]


class Encoder:
    """Encodes the prompts of a step; one per run."""

    def __init__(self, processor: ProcessorMixin) -> None:
        self._processor = processor
        self._shared = SharedImages(processor.image_processor)

    def begin_step(self) -> None:
        """Forget the images of the last step."""
        self._shared.clear()

    def encode(self, prompts: Sequence[Prompt]) -> list[Encoded]:
        """Encode prompts, each with at least one image.

        Raises:
            ValueError: If the processor made other than one run of tokens an image.
        """
        inner = self._processor.image_processor
        self._processor.image_processor = self._shared
        try:
            batch = self._processor.apply_chat_template(
                conversation=[_messages(prompt) for prompt in prompts],
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
            )
        finally:
            self._processor.image_processor = inner
        return _split(prompts, batch)


def _messages(prompt: Prompt) -> list[dict[str, Any]]:
    """Return a prompt as one user turn of a chat: images, then text."""
    parts: list[dict[str, Any]] = [{"type": "image", "image": image} for image in prompt.images]
    return [{"role": "user", "content": [*parts, {"type": "text", "text": prompt.text}]}]


def _split(prompts: Sequence[Prompt], batch: Any) -> list[Encoded]:
    grids = torch.as_tensor(batch["image_grid_thw"])
    pixels = torch.split(torch.as_tensor(batch["pixel_values"]), grids.prod(dim=1).tolist())
    wanted = sum(len(prompt.images) for prompt in prompts)
    if len(grids) != wanted:
        raise ValueError(f"the processor returned {len(grids)} images for {wanted}")
    types = batch.get("mm_token_type_ids") or [()] * len(prompts)
    encoded: list[Encoded] = []
    at = 0
    for prompt, ids, kinds in zip(prompts, batch["input_ids"], types, strict=True):
        here = slice(at, at + len(prompt.images))
        at = here.stop
        encoded.append(
            Encoded(
                ids=tuple(ids),
                types=tuple(kinds),
                pixels=pixels[here],
                grids=grids[here],
                images=prompt.images,
                keys=tuple(id(image) for image in prompt.images),
            )
        )
    return encoded


def pad_left(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Return rows of ids as one tensor, padded on the left: shape (rows, longest)."""
    width = max(map(len, rows))
    return torch.tensor([[value] * (width - len(row)) + list(row) for row in rows])


def pad_right(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Return rows of ids as one tensor, padded on the right: shape (rows, longest)."""
    width = max(map(len, rows))
    return torch.tensor([list(row) + [value] * (width - len(row)) for row in rows])


def vision_inputs(encoded: Sequence[Encoded], *, features: bool = False) -> dict[str, Tensor]:
    """Return pixel_values and image_grid_thw of several prompts, in order.

    Args:
        encoded: The prompts.
        features: Whether the model keeps the images' features: `pixel_values` is then a stand-in
            of the right length without memory.
    """
    grids = torch.cat([one.grids for one in encoded])
    if features:
        pixels = torch.zeros(1, 1).expand(int(grids.prod(dim=1).sum()), 1)
    else:
        pixels = torch.cat([patch for one in encoded for patch in one.pixels])
    return {"pixel_values": pixels, "image_grid_thw": grids}
