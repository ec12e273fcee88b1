# SPDX-License-Identifier: Apache-2.0
"""Time of a step, from stated throughputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spatialevo_rl.plan.memory import GB
from spatialevo_rl.plan.workload import Assumptions, Gpus, Workload

_TERA: Final = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """Seconds of a step on each GPU.

    Attributes:
        questioner: Generating questions: prompts, then token by token.
        solver: Generating answers.
        update: Forward and backward passes.
        exchange: Gradients, and under ZeRO-3 weights, between GPUs.
        other: What no GPU works on.
    """

    questioner: float
    solver: float
    update: float
    exchange: float
    other: float

    @property
    def total(self) -> float:
        """The whole step."""
        return self.questioner + self.solver + self.update + self.exchange + self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens of a step, over all GPUs, with completions of mean length.

    Attributes:
        visual: Of images, in all rows.
        prompts: Of prompts, images included.
        completions: Of completions.
    """

    visual: float
    prompts: float
    completions: float


def tokens_of(work: Workload, assumed: Assumptions) -> Tokens:
    """Count the tokens of a step."""
    return Tokens(
        visual=work.rows * work.image_tokens(work.mean_views),
        prompts=work.rows * work.mean_prompt(assumed),
        completions=work.rows * work.mean_completion(assumed),
    )


def step_time(work: Workload, gpus: Gpus, assumed: Assumptions) -> StepTime:
    """Estimate the time of a step."""
    images = work.image_tokens(work.mean_views)
    asked = images + assumed.questioner_prompt
    answered = images + assumed.solver_prompt
    groups = work.scenes * work.groups / gpus.count
    return StepTime(
        questioner=_generation(work, assumed, asked, work.scenes / gpus.count),
        solver=_generation(work, assumed, answered, groups),
        update=_update(work, gpus, assumed),
        exchange=_exchange(work, gpus, assumed),
        other=assumed.other,
    )


def passes(work: Workload) -> int:
    """Return how often a token's parameters are multiplied in an update.

    Forward 1; backward 1 for the gradients of activations, and 1 more for those of weights where
    the whole model is trained (adapters' own are small); forward again with checkpointing; the
    reference where there is a KL term; the policy's own log-probabilities before the update where
    vLLM sampled.
    """
    backward = 1 if work.lora else 2
    return 1 + backward + work.checkpointing + work.reference + work.vllm


def _operations(work: Workload, tokens: float, length: float) -> float:
    """Return the operations of one pass over so many tokens of rows of a length.

    Two for each multiplied parameter, and for attention two products with every earlier token.
    """
    model = work.architecture
    attention = 2 * model.layers * model.heads * model.head_dim * length
    return tokens * (2 * model.multiplied + attention)


def _vision(work: Workload) -> float:
    """Return the operations of the vision tower on the images of one group."""
    patches = work.mean_views * work.architecture.image_patches(work.image_size)
    return 2 * work.architecture.vision_parameters * patches


def _speed(assumed: Assumptions) -> float:
    return assumed.tflops * _TERA * assumed.utilisation


def _generation(work: Workload, assumed: Assumptions, prompt: float, groups: float) -> float:
    """Return the seconds of one call on one GPU: each group's prompt is read once."""
    reading = groups * (_operations(work, prompt, prompt) + _vision(work)) / _speed(assumed)
    length = work.mean_completion(assumed)
    rounds = min(assumed.longest * length, work.completion_limit)
    weights = work.architecture.multiplied * work.compute_bytes
    context = prompt + length / 2
    cache = groups * work.generations * context * work.architecture.cache_bytes
    return reading + rounds * (weights + cache) / (assumed.bandwidth * GB * assumed.decoding)


def _update(work: Workload, gpus: Gpus, assumed: Assumptions) -> float:
    length = work.mean_prompt(assumed) + work.mean_completion(assumed)
    rows = work.rows / gpus.count
    language = passes(work) * _operations(work, rows * length, length)
    groups = work.scenes * (1 + work.groups) / gpus.count
    vision = groups * _vision(work) * (1 if work.lora else passes(work))
    return (language + vision) / _speed(assumed)


def _exchange(work: Workload, gpus: Gpus, assumed: Assumptions) -> float:
    if gpus.count == 1:
        return 0.0
    sent = 2.0 * work.trained * (4 if work.lora else work.weight_bytes)
    if work.zero == 3:
        weights = work.architecture.parameters * work.weight_bytes
        sent += passes(work) * work.accumulation * weights
    return sent / (assumed.link * GB)
