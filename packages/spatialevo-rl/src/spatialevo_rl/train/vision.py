# SPDX-License-Identifier: Apache-2.0
"""A frozen vision tower runs once per image and step, not once per row and pass.

Within a step a scene's images are seen by (1 + K) * G rows, in two rollouts, the reference pass and
the update. While no parameter of the tower is trained its output is the same each time, so it is
kept. The features are what the tower would return: this is exact, not an approximation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


class SharedVision:
    """Keeps the image features of a step.

    Wraps `get_image_features` of a Qwen-VL body. Outside `showing` the model is as it was; without
    a body nothing is shared.
    """

    def __init__(self, body: Any) -> None:
        self._features: dict[int, tuple[Tensor, tuple[Tensor, ...]]] = {}
        self._keys: tuple[int, ...] | None = None
        self._kind: type[Any] = dict
        if body is not None:
            self._original: Callable[..., Any] = body.get_image_features
            body.get_image_features = self._get

    def begin_step(self) -> None:
        """Forget the features of the last step."""
        self._features.clear()

    def knows(self, keys: Iterable[int]) -> bool:
        """Return whether the features of all these images are kept."""
        return all(key in self._features for key in keys)

    @contextmanager
    def showing(self, keys: Sequence[int]) -> Iterator[None]:
        """Say which images the next forward passes are given, in the order of their patches."""
        self._keys = tuple(keys)
        try:
            yield
        finally:
            self._keys = None

    def _get(self, pixel_values: Tensor, image_grid_thw: Tensor, **options: Any) -> Any:
        keys = self._keys
        if keys is None:
            return self._original(pixel_values, image_grid_thw, **options)
        if len(keys) != len(image_grid_thw):
            raise ValueError(f"{len(keys)} images were announced, {len(image_grid_thw)} given")
        self._fill(keys, pixel_values, image_grid_thw, options)
        found = [self._features[key] for key in keys]
        parts: dict[str, Any] = {"pooler_output": tuple(pooled for pooled, _ in found)}
        if found[0][1]:
            layers = range(len(found[0][1]))
            parts["deepstack_features"] = [
                tuple(deep[layer] for _, deep in found) for layer in layers
            ]
        return self._kind(**parts)

    def _fill(
        self, keys: tuple[int, ...], pixels: Tensor, grids: Tensor, options: dict[str, Any]
    ) -> None:
        first = {key: place for place, key in reversed(list(enumerate(keys)))}
        missing = [key for key in first if key not in self._features]
        if not missing:
            return
        parts = torch.split(pixels, grids.prod(dim=1).tolist())
        places = [first[key] for key in missing]
        with torch.no_grad():
            done = self._original(
                torch.cat([parts[place] for place in places]), grids[places], **options
            )
        self._kind = type(done)
        deep = done.get("deepstack_features") or []
        for number, key in enumerate(missing):
            layers = tuple(layer[number].detach() for layer in deep)
            self._features[key] = (done["pooler_output"][number].detach(), layers)


def share_vision(model: nn.Module, zero_stage: int) -> SharedVision:
    """Share the vision tower's work if it is frozen.

    Args:
        model: A Qwen2.5-VL or Qwen3-VL for conditional generation, without its PEFT wrapper.
        zero_stage: DeepSpeed's. Stage 3 gathers each layer's weights from all processes when it
            runs, so there every process has to run it as often as the others: nothing is shared.
    """
    body = getattr(model, "model", None)
    tower = getattr(body, "visual", None)
    if not isinstance(body, nn.Module) or not isinstance(tower, nn.Module) or zero_stage == 3:
        return SharedVision(None)
    trained = any(parameter.requires_grad for parameter in tower.parameters())
    return SharedVision(None if trained else body)
