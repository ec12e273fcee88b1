# SPDX-License-Identifier: Apache-2.0
"""The evaluation of a run: the same held-out questions and views before, during and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from peft import PeftModel

from spatialevo_rl.evaluation_record import Evaluation
from spatialevo_rl.records import Assignment
from spatialevo_rl.scenes.assign import Curriculum
from spatialevo_rl.scenes.sample import Asked
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import (
    EpisodeSettings,
    PromptSet,
    SchedulerKind,
    SchedulerSettings,
)
from spatialevo_rl.train.evaluate import Judge, TaskLook, blank_check, evaluate_solver
from spatialevo_rl.train.held_out import HeldOutOptions, held_out_assignments, held_out_questions

QUESTIONS: Final = 100
VIEWS: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """What every model of a run is held to.

    Attributes:
        asked: Questions for the solver.
        views: Views for the questioner.
        split: Scenes they come from.
        trained: Tasks trained, for the record.
    """

    asked: tuple[Asked, ...]
    views: tuple[Assignment, ...]
    split: Split
    trained: tuple[str, ...]


def hold_out(
    store: SceneStore,
    episode: EpisodeSettings,
    scheduler: SchedulerSettings,
    options: HeldOutOptions,
    views: int = VIEWS,
) -> HeldOut:
    """Choose what a run's models are held to; equal arguments give equal questions.

    Args:
        store: The scenes.
        episode: The oracle's policy.
        scheduler: Trained tasks and shares of the kinds of view.
        options: Which questions, and the split.
        views: Views for the questioner.

    Raises:
        SceneError: The split allows no view of any trained task.
    """
    return HeldOut(
        asked=held_out_questions(store, options),
        views=views_for(store, episode, scheduler, options, views),
        split=options.split,
        trained=trained_tasks(scheduler),
    )


def views_for(
    store: SceneStore,
    episode: EpisodeSettings,
    scheduler: SchedulerSettings,
    options: HeldOutOptions,
    views: int = VIEWS,
) -> tuple[Assignment, ...]:
    """Choose the views that a run's questioner is held to; see `hold_out`."""
    curriculum = Curriculum(
        tasks=scheduler,
        scene_views=options.scene_views,
        policy=episode.policy,
        split=options.split,
    )
    uniform = SchedulerSettings(
        scheduler=SchedulerKind.UNIFORM, trained_tasks=scheduler.trained_tasks
    )
    return held_out_assignments(store, curriculum, TaskScheduler(uniform, {}), views, options.seed)


def judge_for(
    model: Any,
    processor: Any,
    store: SceneStore,
    episode: EpisodeSettings,
    share: tuple[int, int] = (0, 1),
) -> Judge:
    """Return what a model is evaluated with: long replies where prompts are those of real models.

    Args:
        model: A Qwen-VL, with or without an adapter on it.
        processor: Its processor.
        store: The scenes.
        episode: Prompts and rewards.
        share: This process's rank, and how many share the work.
    """
    inner = model.get_base_model() if isinstance(model, PeftModel) else model
    judge = Judge(model=inner, processor=processor, store=store, settings=episode, share=share)
    if episode.prompt_set is PromptSet.COMPACT:
        return judge
    return replace(judge, answer_length=512, question_length=512)


def evaluate(
    judge: Judge, held: HeldOut, *, step: int = 0
) -> tuple[Evaluation, Mapping[str, TaskLook]]:
    """Hold a model to what a run holds out: both roles.

    Args:
        judge: The model; see `judge_for`.
        held: What it is held to.
        step: Optimizer steps it has done.
    """
    record, looks = evaluate_solver(
        judge, held.asked, step=step, split=held.split.value, trained=held.trained
    )
    blank = blank_check(judge, held.views)
    return Evaluation(
        step=record.step,
        split=record.split,
        samples=record.samples,
        trained=record.trained,
        floors=record.floors,
        scores=record.scores,
        blank=blank,
    ), looks
