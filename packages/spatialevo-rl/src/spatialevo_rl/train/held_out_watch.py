# SPDX-License-Identifier: Apache-2.0
"""Measures a run's model on held-out questions: before, after, and now and then on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from transformers import TrainerCallback

from spatialevo_rl.evaluation_record import Evaluation, read_evaluations, write_evaluations
from spatialevo_rl.scenes.assign import Curriculum
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import PromptSet
from spatialevo_rl.train.adapters import adapters_off
from spatialevo_rl.train.compatibility import bare_model, zero_stage
from spatialevo_rl.train.evaluate import Judge, blank_check, evaluate_solver
from spatialevo_rl.train.held_out import (
    HeldOutOptions,
    held_out_assignments,
    held_out_questions,
)
from spatialevo_rl.train.run import Run

QUESTIONS: Final = 100
"""Of each task."""
VIEWS: Final = 64
"""Views that the questioner asks about, with the images and without."""


class HeldOutWatch(TrainerCallback):  # type: ignore[misc]
    """Holds a run's model to the same questions at every measurement.

    Weights that are partitioned over processes (ZeRO-3) cannot be sampled by one of them: such a
    run is not measured here, and its report says so.

    Args:
        run: The run, prepared.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._trainer: Any = run.trainer
        self._able = zero_stage(run.config.train) < 3
        self._main = bool(self._trainer.accelerator.is_main_process)
        self._options = HeldOutOptions(
            tasks=trained_tasks(run.config.scheduler),
            count=QUESTIONS,
            scene_views=run.config.scenes.scene_views,
            plain=run.config.episode.prompt_set is PromptSet.COMPACT,
        )
        store = self._trainer.stage.store
        self._asked = held_out_questions(store, self._options) if self._able and self._main else ()

    def begin(self) -> None:
        """Measure the base model, unless that is done; forget what a resumed run will do again."""
        done = 0
        if self._run.resume_from is not None:
            done = int(self._run.resume_from.name.rpartition("-")[2])
        if self._main:
            kept = [each for each in read_evaluations(self._run.folder) if each.step <= done]
            write_evaluations(self._run.folder, tuple(kept if done else ()))
        if not done or not any(each.step == 0 for each in read_evaluations(self._run.folder)):
            with adapters_off(self._trainer.model):
                self.measure(0)

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Measure on the way, between two steps: the time belongs to neither."""
        del args, control
        often = self._run.config.train.eval_every
        if often and state.global_step and state.global_step % often == 0:
            self.measure(state.global_step)

    def measure(self, step: int) -> None:
        """Measure the model as it is, and add the result to the run's folder."""
        if self._able and self._main and self._asked:
            kept = [each for each in read_evaluations(self._run.folder) if each.step != step]
            found = sorted([*kept, self._evaluation(step)], key=lambda each: each.step)
            write_evaluations(self._run.folder, tuple(found))
        self._trainer.accelerator.wait_for_everyone()

    def _evaluation(self, step: int) -> Evaluation:
        config, store = self._run.config, self._trainer.stage.store
        longest = int(config.train.max_completion_length or 0)
        judge = Judge(
            model=bare_model(self._trainer.model),
            processor=self._trainer.processing_class,
            store=store,
            settings=config.episode,
            answer_length=longest,
            question_length=longest,
        )
        trained = trained_tasks(config.scheduler)
        record, _ = evaluate_solver(
            judge, self._asked, step=step, split=self._options.split.value, trained=trained
        )
        if not config.episode.questioner_trains:
            return record
        curriculum = Curriculum(
            tasks=config.scheduler,
            scene_views=config.scenes.scene_views,
            policy=config.episode.policy,
            split=Split.VALIDATION,
        )
        views = held_out_assignments(store, curriculum, TaskScheduler(config.scheduler), VIEWS, 0)
        return replace(record, blank=blank_check(judge, views))
