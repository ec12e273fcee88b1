# SPDX-License-Identifier: Apache-2.0
"""Memory of the fullest GPU, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from spatialevo_rl.plan.workload import Assumptions, Gpus, Workload

GB: Final = 1e9
_ADAM: Final = 8
"""Bytes a trained parameter: two moments in float32."""
_GATHERED: Final = 1e9
"""Parameters that ZeRO-3 holds gathered at once (DeepSpeed's stage3_max_live_parameters)."""
_BUCKET: Final = 5e8
"""Numbers in a bucket of ZeRO's reductions (DeepSpeed's default)."""


class When(StrEnum):
    """When a part of the memory is held."""

    ALWAYS = "always"
    ROLLOUT = "rollout"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a GPU's memory.

    Attributes:
        name: What it holds.
        size: Bytes.
        when: When it is held.
        how: How the number comes about.
        exact: Whether it follows from the settings alone.
    """

    name: str
    size: float
    when: When
    how: str
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The parts and what they come to.

    Attributes:
        parts: In the order of their use.
        limit: Bytes of one GPU.
    """

    parts: tuple[Part, ...]
    limit: float

    def during(self, when: When) -> float:
        """Return the bytes held in a phase."""
        return sum(part.size for part in self.parts if part.when in {When.ALWAYS, when})

    @property
    def peak(self) -> float:
        """Bytes of the fuller phase."""
        return max(self.during(When.ROLLOUT), self.during(When.UPDATE))

    @property
    def fits(self) -> bool:
        """Whether the fuller phase fits."""
        return self.peak <= self.limit


def memory_of(work: Workload, gpus: Gpus, assumed: Assumptions) -> Memory:
    """Return the memory of each GPU; all hold the same, but for remainders."""
    state = _state(work, gpus.count)
    rollout = _vllm(work, gpus) if work.vllm else _own_rollout(work, gpus, assumed)
    runtime = Part(
        name="runtime",
        size=assumed.runtime * GB,
        when=When.ALWAYS,
        how="CUDA context, NCCL, kernels",
        exact=False,
    )
    return Memory(
        parts=(*state, *rollout, *_update(work, assumed), runtime), limit=gpus.memory * GB
    )


def _state(work: Workload, count: int) -> tuple[Part, ...]:
    model, bits = work.architecture, work.weight_bytes
    sharded = count if work.zero == 3 else 1
    weights = model.parameters * bits / sharded
    words = f"{model.parameters:,} parameters × {bits} B"
    found = [Part(name="weights", size=weights, when=When.ALWAYS, how=_over(words, sharded))]
    if work.zero == 3:
        live = min(_GATHERED, model.parameters) * bits
        how = f"gathered at once: {min(_GATHERED, model.parameters):,.0f} × {bits} B"
        found.append(Part(name="gathered weights", size=live, when=When.UPDATE, how=how))
    if work.reference and not work.lora:
        found.append(
            Part(name="reference model", size=weights, when=When.ALWAYS, how=_over(words, sharded))
        )
    trained, own = work.trained, 4 if work.lora else bits
    if work.lora:
        how = _over(f"{trained:,} parameters of rank {work.lora_rank} × 4 B", sharded)
        size = trained * 4 / sharded
        found.append(Part(name="adapters", size=size, when=When.ALWAYS, how=how))
    shards = count if work.zero >= 2 else 1
    how = _over(f"{trained:,} × {own} B", shards)
    found.append(Part(name="gradients", size=trained * own / shards, when=When.UPDATE, how=how))
    shards = count if work.zero >= 1 else 1
    each = _ADAM + (4 if own < 4 else 0)
    how = _over(f"{trained:,} × {each} B: {_states(own)}", shards)
    found.append(
        Part(name="optimizer states", size=trained * each / shards, when=When.ALWAYS, how=how)
    )
    if work.zero:
        size = 2 * min(_BUCKET, trained) * own
        how = f"2 × {min(_BUCKET, trained):,.0f} × {own} B"
        found.append(Part(name="ZeRO buckets", size=size, when=When.UPDATE, how=how, exact=False))
    return tuple(found)


def _states(own: int) -> str:
    return "two moments" if own == 4 else "two moments and a copy of the weights in float32"


def _over(words: str, shards: int) -> str:
    return words if shards == 1 else f"{words} / {shards} GPUs"


def rows_at_once(work: Workload, gpus: Gpus) -> int:
    """Return the rows that one GPU generates together: its share of the solvers', or questioners'.

    Solver groups are generated in one call, K to one questioner group.
    """
    return -(-work.scenes * max(1, work.groups) * work.generations // gpus.count)


def _vllm(work: Workload, gpus: Gpus) -> tuple[Part, ...]:
    when = When.ROLLOUT if work.vllm_sleeps else When.ALWAYS
    size = work.vllm_share * gpus.memory * GB
    how = f"{work.vllm_share:g} of {gpus.memory:g} GB: its copy of the weights, and the KV cache"
    return (Part(name="vLLM's reserve", size=size, when=when, how=how),)


def cache_needed(work: Workload, gpus: Gpus, assumed: Assumptions) -> float:
    """Return the bytes of keys and values if every row were as long as can be."""
    longest = work.longest_row(assumed)
    return float(rows_at_once(work, gpus) * longest * work.architecture.cache_bytes)


def vllm_needs(work: Workload, gpus: Gpus, assumed: Assumptions) -> float:
    """Return the bytes that vLLM's reserve should have: weights, the whole KV cache, room to work.

    With less it still works: rows wait for each other.
    """
    weights = work.architecture.parameters * 2
    return weights + cache_needed(work, gpus, assumed) + assumed.runtime * GB


def _own_rollout(work: Workload, gpus: Gpus, assumed: Assumptions) -> tuple[Part, ...]:
    longest, rows = work.longest_row(assumed), rows_at_once(work, gpus)
    bits = work.architecture.cache_bytes * work.compute_bytes // 2
    how = f"{rows:,} rows × {longest:,} tokens × {bits:,} B"
    return (
        Part(name="KV cache", size=rows * longest * bits, when=When.ROLLOUT, how=how),
        Part(
            name="logits of a token",
            size=rows * work.architecture.vocabulary * 4 * 2,
            when=When.ROLLOUT,
            how=f"{rows:,} rows × {work.architecture.vocabulary:,} × 4 B, twice",
        ),
    )


def layer_bytes(work: Workload) -> int:
    """Return what one layer keeps of one token for the backward pass.

    In the precision of the computation: the inputs of both norms, queries, keys, values, the
    attention's output, the inputs of the MLP, and gate, up, the activated gate and their product.
    With adapters, PEFT also keeps each adapted map's input in float32.
    """
    model = work.architecture
    queries, keys = model.heads * model.head_dim, model.kv_heads * model.head_dim
    numbers = 4 * model.hidden + 2 * queries + 2 * keys + 4 * model.intermediate
    found = numbers * work.compute_bytes
    if work.lora and work.compute_bytes < 4:
        found += 4 * sum(model.shapes()[name][0] for name in work.targets)
    return found


def _update(work: Workload, assumed: Assumptions) -> tuple[Part, ...]:
    model, longest = work.architecture, work.longest_row(assumed)
    tokens = work.micro_batch * longest
    words = f"{work.micro_batch} rows × {longest:,} tokens"
    extra = 1.0 + assumed.slack
    kept = layer_bytes(work)
    if work.checkpointing:
        inputs = model.layers * tokens * model.hidden * work.compute_bytes * extra
        once = 2 * tokens * kept * extra
        how = f"{model.layers} layers × {words} × {model.hidden} × {work.compute_bytes} B"
        found = [_estimate("inputs of layers", inputs, how)]
        how = f"{words} × {kept:,} B, values and gradients"
        found.append(_estimate("one layer, recomputed", once, how))
    else:
        how = f"{model.layers} layers × {words} × {kept:,} B"
        found = [_estimate("activations", model.layers * tokens * kept * extra, how)]
    if work.eager:
        size = 3 * work.micro_batch * model.heads * longest**2 * work.compute_bytes
        how = f"3 × {work.micro_batch} rows × {model.heads} heads × {longest:,}² (eager)"
        found.append(_estimate("attention scores", size, how))
    chunk = min(assumed.chunk, work.micro_batch * work.completion_limit)
    size = chunk * model.vocabulary * (work.compute_bytes + 8)
    how = f"{chunk:,} tokens × {model.vocabulary:,}: 16 bits, float32 and its gradient"
    found.append(_estimate("logits", size, how))
    patches = model.image_patches(work.image_size) * work.views
    size = work.micro_batch * patches * model.vision.inputs * 4
    how = f"{work.micro_batch} rows × {work.views} images × {patches // work.views:,} patches"
    found.append(_estimate("pixels", size, how))
    return tuple(found)


def _estimate(name: str, size: float, how: str) -> Part:
    return Part(name=name, size=size, when=When.UPDATE, how=how, exact=False)
