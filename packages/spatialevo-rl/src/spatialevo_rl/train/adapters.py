# SPDX-License-Identifier: Apache-2.0
"""LoRA layers: switched off for the reference, folded into the weights for sampling.

PEFT's own `disable_adapter` first surveys the whole model, which costs more than a small model's
forward pass, and its `merge` followed by `unmerge` leaves rounding errors in the frozen weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch
from peft.tuners.lora import Linear

FOLD_BYTES: Final = 2**30
"""Weights copied for sampling at most; above, adapters run as layers of their own."""


def lora_layers(model: torch.nn.Module) -> list[Any]:
    """Return the linear layers that have a LoRA adapter."""
    return [module for module in model.modules() if isinstance(module, Linear)]


@contextmanager
def adapters_off(model: torch.nn.Module) -> Iterator[None]:
    """Let the model be its base model: the reference of the KL term."""
    layers = lora_layers(model)
    for layer in layers:
        layer.enable_adapters(enabled=False)
    try:
        yield
    finally:
        for layer in layers:
            layer.enable_adapters(enabled=True)


@contextmanager
def adapters_folded(model: torch.nn.Module, *, allowed: bool) -> Iterator[None]:
    """Add the adapters to the weights while sampling; the very same weights come back after.

    Does nothing where it is not allowed (weights partitioned over processes), or where the copies
    would take more than `FOLD_BYTES`.
    """
    layers = lora_layers(model) if allowed else []
    weights = [layer.base_layer.weight for layer in layers]
    if not layers or sum(w.numel() * w.element_size() for w in weights) > FOLD_BYTES:
        yield
        return
    kept = [weight.data for weight in weights]
    with adapters_off(model), torch.no_grad():
        for layer, weight in zip(layers, weights, strict=True):
            for name in layer.active_adapters:
                weight.data = weight.data + layer.get_delta_weight(name)
        try:
            yield
        finally:
            for weight, data in zip(weights, kept, strict=True):
                weight.data = data
