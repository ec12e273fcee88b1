# SPDX-License-Identifier: Apache-2.0
"""Whether a plan fits, and which setting to turn where it does not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from spatialevo_rl.plan.memory import GB, Memory, memory_of, vllm_needs
from spatialevo_rl.plan.step_time import StepTime, Tokens, step_time, tokens_of
from spatialevo_rl.plan.workload import Assumptions, Gpus, Workload

Change: TypeAlias = tuple[str, Workload]
"""Settings as one writes them, and the workload with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a recipe needs on some GPUs.

    Attributes:
        work: The recipe in numbers.
        gpus: Where it would run.
        assumed: What no recipe says.
        memory: Of the fullest GPU.
        time: Of a step.
        tokens: Of a step.
        problems: Why it cannot run, or not as it should; empty where it can.
        knobs: Settings that help, each with the peak it leads to, GB.
    """

    work: Workload
    gpus: Gpus
    assumed: Assumptions
    memory: Memory
    time: StepTime
    tokens: Tokens
    problems: tuple[str, ...]
    knobs: tuple[tuple[str, float], ...]

    @property
    def fits(self) -> bool:
        """Whether nothing stands against it."""
        return not self.problems


def plan_of(work: Workload, gpus: Gpus, assumed: Assumptions) -> Plan:
    """Work out memory, time and advice."""
    memory = memory_of(work, gpus, assumed)
    return Plan(
        work=work,
        gpus=gpus,
        assumed=assumed,
        memory=memory,
        time=step_time(work, gpus, assumed),
        tokens=tokens_of(work, assumed),
        problems=tuple(_problems(work, gpus, assumed, memory)),
        knobs=() if memory.fits else _knobs(work, gpus, assumed),
    )


def _problems(work: Workload, gpus: Gpus, assumed: Assumptions, memory: Memory) -> Iterator[str]:
    if not memory.fits:
        yield f"does not fit: {memory.peak / GB:.1f} GB of {gpus.memory:g} GB on the fullest GPU"
    rows = gpus.count * work.micro_batch * work.accumulation
    if rows != work.rows:
        accumulation = work.rows / (gpus.count * work.micro_batch)
        hint = "another per_device_train_batch_size is needed"
        if accumulation == int(accumulation):
            hint = f"gradient_accumulation_steps: {accumulation:.0f} makes them so"
        yield (
            f"{gpus.count} GPUs × {work.micro_batch} × {work.accumulation} rows are {rows:,}, but "
            f"a step has {work.rows:,}; {hint}"
        )
    elif work.scenes % gpus.count:
        yield f"{work.scenes} scenes a step are no whole number for each of {gpus.count} GPUs"
    if work.vllm:
        least = work.architecture.parameters * 2 + assumed.runtime * GB
        reserve = work.vllm_share * gpus.memory * GB
        if reserve < least:
            share = math.ceil(100 * least / (gpus.memory * GB)) / 100
            yield (
                f"vLLM's reserve of {reserve / GB:.1f} GB does not hold the weights; "
                f"vllm_gpu_memory_utilization: {share:g} at least, "
                f"{_all(work, gpus, assumed):g} for every row at once"
            )


def _knobs(work: Workload, gpus: Gpus, assumed: Assumptions) -> tuple[tuple[str, float], ...]:
    """Try each setting alone, then all that help together, in the order given."""
    before = memory_of(work, gpus, assumed).peak
    found: list[tuple[str, float]] = []
    fitting = False
    for name, changed in _changes(work, gpus, assumed):
        memory = memory_of(changed, gpus, assumed)
        if memory.peak < before:
            found.append((name, memory.peak / GB))
            fitting = fitting or memory.fits
    return tuple(found) if fitting else (*found, *_together(work, gpus, assumed))


def _together(work: Workload, gpus: Gpus, assumed: Assumptions) -> Iterator[tuple[str, float]]:
    """Turn knob after knob, some of them again, until it fits."""
    names: dict[str, None] = {}
    memory = memory_of(work, gpus, assumed)
    for _ in range(6):
        for place in range(len(list(_changes(work, gpus, assumed)))):
            changes = list(_changes(work, gpus, assumed))
            if place >= len(changes):
                break
            name, changed = changes[place]
            after = memory_of(changed, gpus, assumed)
            if after.peak >= memory.peak:
                continue
            names = {each: None for each in names if _key(each) != _key(name)} | {name: None}
            work, memory = changed, after
            if memory.fits:
                yield "together: " + "; ".join(names), memory.peak / GB
                return


def _all(work: Workload, gpus: Gpus, assumed: Assumptions) -> float:
    """Return the share of a GPU that vLLM wants for every row of the longest kind at once."""
    return math.ceil(100 * vllm_needs(work, gpus, assumed) / (gpus.memory * GB)) / 100


def _key(change: str) -> str:
    return change.partition(":")[0]


def _changes(work: Workload, gpus: Gpus, assumed: Assumptions) -> Iterator[Change]:
    """Yield one change at a time, those that cost no quality first."""
    if not work.checkpointing:
        yield "gradient_checkpointing: true", replace(work, checkpointing=True)
    if work.micro_batch > 1:
        half, more = work.micro_batch // 2, work.accumulation * work.micro_batch
        yield (
            f"per_device_train_batch_size: {half} and gradient_accumulation_steps: {more // half}",
            replace(work, micro_batch=half, accumulation=more // half),
        )
    if work.vllm and not work.vllm_sleeps:
        yield "vllm_enable_sleep_mode: true", replace(work, vllm_sleeps=True)
    share = _all(work, gpus, assumed)
    if work.vllm and share < work.vllm_share:
        yield f"vllm_gpu_memory_utilization: {share:g}", replace(work, vllm_share=share)
    if work.zero < 2 and gpus.count > 1:
        yield "deepspeed: zero2", replace(work, zero=2)
    if work.zero < 3 and gpus.count > 1:
        yield "deepspeed: zero3", replace(work, zero=3)
    if work.weight_bytes == 4:
        yield "dtype: bfloat16", replace(work, weight_bytes=2, compute_bytes=2)
    if not work.lora:
        yield "use_peft: true", replace(work, lora_rank=64)
    if work.views > 2:
        ratio = work.mean_views / work.views
        half = work.views // 2
        yield f"scene_views: {half}", replace(work, views=half, mean_views=half * ratio)
    if work.completion_limit > 128:
        half = work.completion_limit // 2
        yield f"max_completion_length: {half}", replace(work, completion_limit=half)
