# SPDX-License-Identifier: Apache-2.0
"""Supervised learning of the solver: a small subclass of TRL's SFTTrainer.

The loss is the mean over a step's completion tokens of -log p. From the same forward pass, and so
before that step's update, comes the confidence in each sample's answer:

    p = exp(mean of log p over the tokens strictly inside the answer tags)
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from accelerate.utils import gather_object
from datasets import Dataset
from torch import Tensor
from torch.utils.data import SequentialSampler
from trl import SFTTrainer

from spatialevo_rl.labelled import Labelled
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings
from spatialevo_rl.train import compatibility
from spatialevo_rl.train.checkpoint import Checkpoints
from spatialevo_rl.train.compatibility import bare_model
from spatialevo_rl.train.encode import Encoder
from spatialevo_rl.train.supervised_rows import Lesson, lesson_prompt, lessons, tensors_of
from spatialevo_rl.train.vision import share_vision


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How likely a sample's answer was to the model before the step that trained it.

    Attributes:
        step: Optimizer step, from 0.
        place: Place among the samples that were given.
        p: Geometric mean of the probabilities of the answer's tokens; None where the tokenizer
            leaves no token to the answer alone.
        tokens: Tokens of the answer.
    """

    step: int
    place: int
    p: float | None
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCost:
    """One optimizer step: what it learnt from, and what it cost.

    Attributes:
        step: Optimizer step, from 0.
        loss: Mean loss of its tokens.
        samples: Samples.
        trained_tokens: Tokens that the loss is about.
        learning_rate: Of the update.
        grad_norm: Before clipping.
        cpu_seconds: Processor time of this process, all threads, images and tokens included.
        seconds: The same by the clock.
    """

    step: int
    loss: float
    samples: int
    trained_tokens: int
    learning_rate: float
    grad_norm: float
    cpu_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is learnt from.

    Attributes:
        samples: Questions and answers, in the order of learning; after the last the first again.
        store: Their scenes.
        episode: The prompts.
        first: Place of the sample that this trainer begins with.
        share: Whether prompts about the same images share their computation.
    """

    samples: Sequence[Labelled]
    store: SceneStore
    episode: EpisodeSettings
    first: int
    share: bool


class SupervisedTrainer(SFTTrainer):  # type: ignore[misc]
    """Trains the solver on samples, in their order.

    Args:
        material: The samples.
        steps: Optimizer steps that this trainer does, of `args.max_steps` of the whole run.
        checkpoints: Seals what `Trainer` saves.
        options: What SFTTrainer takes: model, args, processing_class, peft_config, callbacks.
    """

    def __init__(
        self, material: Material, steps: range, checkpoints: Checkpoints, **options: Any
    ) -> None:
        args = options["args"]
        self.material, self.checkpoints = material, checkpoints
        rows = len(steps) * step_rows(args)
        super().__init__(
            train_dataset=Dataset.from_dict({"place": range(rows)}),
            data_collator=self._collate,
            **options,
        )
        compatibility.check_adapters(self.model, args)
        self.encoder = Encoder(self.processing_class)
        self.vision = share_vision(bare_model(self.model), compatibility.zero_stage(args))
        self._seen: list[tuple[int, float | None, int]] = []
        self._loss = 0.0
        self._tokens = 0
        self._mark = (time.process_time(), time.perf_counter())

    def _collate(self, items: Sequence[dict[str, int]]) -> dict[str, Any]:
        """Return a micro-batch: what the model takes, and whose it is."""
        samples = self.material.samples
        places = [(self.material.first + item["place"]) % len(samples) for item in items]
        chosen = [samples[place] for place in places]
        self.encoder.begin_step()
        self.vision.begin_step()
        prompts = [
            lesson_prompt(each, self.material.store, self.material.episode) for each in chosen
        ]
        made = lessons(chosen, prompts, self.encoder, self._tokenizer)
        inputs, keys, where = tensors_of(
            [each.row for each in made],
            bare_model(self.model).model,
            self._tokenizer.pad_token_id,
            share=self.material.share,
            features=False,
        )
        return {**inputs, "lessons": (places, made, keys, where)}

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Tensor:
        """Return this micro-batch's part of the loss; keep the confidence in each answer."""
        if return_outputs:
            raise RuntimeError("evaluate with spatialevo_rl.train.evaluate, not Trainer.evaluate")
        places, made, keys, where = inputs.pop("lessons")
        with self.vision.showing(keys):
            outputs = model(**inputs, use_cache=False, fused_lm_head=True)
        logps = outputs.log_probs  # zero where there is no label
        tokens = outputs.label_mask.sum() if num_items_in_batch is None else num_items_in_batch
        loss: Tensor = -logps.sum() / torch.as_tensor(tokens).clamp(min=1)
        self._keep(places, made, logps.detach().reshape(-1)[where.to(logps.device)])
        self._loss += loss.item()
        self._tokens += int(outputs.label_mask.sum())
        scaled: Tensor = loss * self.accelerator.num_processes
        return scaled

    def _keep(self, places: Sequence[int], made: Sequence[Lesson], logps: Tensor) -> None:
        for place, lesson, row in zip(places, made, logps.double().cpu(), strict=True):
            first, last = lesson.inside
            p = math.exp(row[first:last].mean().item()) if last > first else None
            self._seen.append((place, p, last - first))

    def take_step(self, learning_rate: float, grad_norm: float) -> tuple[Any, ...]:
        """Return the confidences and the cost of the step just done, over all processes.

        Args:
            learning_rate: Of the update.
            grad_norm: Before clipping.
        """
        step = self.state.global_step - 1
        rows = sorted(gather_object(self._seen))
        (tokens, loss) = (sum(gather_object([v])) for v in (self._tokens, self._loss))
        now = (time.process_time(), time.perf_counter())
        cost = StepCost(
            step=step,
            loss=loss,
            samples=len(rows),
            trained_tokens=tokens,
            learning_rate=learning_rate,
            grad_norm=grad_norm,
            cpu_seconds=now[0] - self._mark[0],
            seconds=now[1] - self._mark[1],
        )
        self._seen, self._loss, self._tokens = [], 0.0, 0
        self.start_clock()
        found = [Confidence(step=step, place=a, p=p, tokens=n) for a, p, n in rows]
        return (*found, cost)

    def start_clock(self) -> None:
        """Count processor time from now."""
        self._mark = (time.process_time(), time.perf_counter())

    def _get_train_sampler(self, dataset: Any = None) -> SequentialSampler:
        """Deal the samples in their order."""
        return SequentialSampler(self.train_dataset if dataset is None else dataset)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Save as `Trainer` does, then seal: an unsealed checkpoint is never resumed from."""
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            self.checkpoints.seal(self.state.global_step, {})
        self.accelerator.wait_for_everyone()

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Write none beside a checkpoint: `spatialevo-rl export` writes one from the run."""


def step_rows(args: Any) -> int:
    """Return how many samples an optimizer step learns from, over all processes."""
    return int(
        args.per_device_train_batch_size * args.gradient_accumulation_steps * args.world_size
    )
