# SPDX-License-Identifier: Apache-2.0
"""Holds a run's model to held-out scenes: before, now and then, and after.

While training, validation scenes are asked about; before and after, the test scenes, once each.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from accelerate.utils import broadcast_object_list
from peft import PeftModel
from transformers import TrainerCallback

from spatialevo_rl.evaluation_record import Evaluation, read_evaluations, write_evaluations
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import PromptSet
from spatialevo_rl.train.adapters import adapters_off
from spatialevo_rl.train.config import RunConfig
from spatialevo_rl.train.evaluator import HeldOut, evaluate, hold_out, judge_for
from spatialevo_rl.train.held_out import HeldOutOptions
from spatialevo_rl.train.play import Stage

Say = Callable[[str], None]


class HoldOut(TrainerCallback):  # type: ignore[misc]
    """Writes RUN/evaluation.json. All processes share the work, the main one writes.

    Args:
        folder: The run's folder.
        config: The run's settings: `eval_questions` a task, `eval_every` steps.
        stage: Its scenes.
        processor: The model's processor.
        say: Told what is being done.
    """

    def __init__(
        self, folder: Path, config: RunConfig, stage: Stage, processor: Any, say: Say
    ) -> None:
        self._folder, self._config, self._stage = folder, config, stage
        self._processor, self._say = processor, say
        self._held: dict[Split, HeldOut] = {}

    def on_train_begin(
        self, args: Any, state: Any, control: Any, model: Any = None, **_: Any
    ) -> None:
        """Evaluate the base; a run that goes on keeps what was found until there."""
        del control
        done: list[Any] = [None]
        if state.is_world_process_zero:
            kept = [one for one in read_evaluations(self._folder) if one.step <= state.global_step]
            write_evaluations(self._folder, tuple(kept))
            done = [{one.split for one in kept if one.step == 0}]
        if args.world_size > 1:
            broadcast_object_list(done)
        for split in self._splits():
            if split.value not in done[0]:
                self._evaluate_base(model, args, state.global_step, split)

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Evaluate on validation scenes every `eval_every` steps."""
        del control
        every = self._config.train.eval_every
        if every and state.global_step % every == 0:
            self._evaluate(model, args, state.global_step, Split.VALIDATION)

    def on_train_end(
        self, args: Any, state: Any, control: Any, model: Any = None, **_: Any
    ) -> None:
        """Evaluate what came out, on the same test questions as the base."""
        del control
        if state.global_step == state.max_steps:
            self._evaluate(model, args, state.global_step, Split.TEST)

    def _splits(self) -> tuple[Split, ...]:
        """Return what the base is held to: what it is compared with on the way is of one split."""
        watched = (Split.VALIDATION,) if self._config.train.eval_every else ()
        return (Split.TEST, *watched)

    def _evaluate_base(self, model: Any, args: Any, steps: int, split: Split) -> None:
        """Evaluate the model as it was before its first step; a trained whole model is gone."""
        if isinstance(model, PeftModel):
            with adapters_off(model):
                self._evaluate(model, args, 0, split)
        elif not steps:
            self._evaluate(model, args, 0, split)

    def _evaluate(self, model: Any, args: Any, step: int, split: Split) -> None:
        if args.process_index == 0:
            self._say(f"holding the model of step {step} to {split} scenes")
        store, episode = self._stage.store, self._config.episode
        share = (args.process_index, args.world_size)
        judge = judge_for(model, self._processor, store, episode, share)
        record, _ = evaluate(judge, self._held_out(split), step=step)
        if args.process_index:
            return
        known: list[Evaluation] = [
            one
            for one in read_evaluations(self._folder)
            if (one.step, one.split) != (step, split.value)
        ]
        write_evaluations(self._folder, (*known, record))

    def _held_out(self, split: Split) -> HeldOut:
        if split not in self._held:
            config = self._config
            options = HeldOutOptions(
                tasks=trained_tasks(config.scheduler),
                count=config.train.eval_questions,
                scene_views=config.scenes.scene_views,
                split=split,
                plain=config.episode.prompt_set is PromptSet.COMPACT,
            )
            self._held[split] = hold_out(
                self._stage.store, config.episode, config.scheduler, options
            )
        return self._held[split]
