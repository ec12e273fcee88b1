# SPDX-License-Identifier: Apache-2.0
"""Asks adapters of many runs the same held-out questions, one after the other in one process."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from peft import PeftModel
from transformers.utils.logging import disable_progress_bar

from spatialevo_dge import Question
from spatialevo_dge.ruling import Legal
from spatialevo_rl.ablation.plan import Settings
from spatialevo_rl.ablation.records import Answering, HeldOutResult
from spatialevo_rl.labelled import write_labelled
from spatialevo_rl.scenes.sample import Asked
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import PromptSet
from spatialevo_rl.train.config import RunConfig
from spatialevo_rl.train.evaluate import evaluate_solver
from spatialevo_rl.train.evaluator import HeldOut, evaluate, judge_for, views_for
from spatialevo_rl.train.held_out import HeldOutOptions, held_out_questions
from spatialevo_rl.train.models import load_model, load_processor
from spatialevo_rl.train.questions import as_labelled
from spatialevo_rl.train.static import FixedQuestions

PER_SCENE: Final = 2
"""Questions of a task from one scene: a split of the lab has 1,000 rooms, and not all allow one."""
ADAPTER: Final = "adapter_model.safetensors"


def write_held_out(config: RunConfig, settings: Settings, path: Path) -> None:
    """Choose the held-out questions, balanced over answers, from the test scenes.

    Raises:
        SceneError: There are no such scenes.
    """
    compact = config.episode.prompt_set is PromptSet.COMPACT
    options = HeldOutOptions(
        tasks=trained_tasks(config.scheduler),
        count=settings.held_out,
        scene_views=config.scenes.scene_views,
        split=Split.TEST,
        per_scene=PER_SCENE,
        plain=compact,
    )
    asked = held_out_questions(open_store(config.scenes), options)
    write_labelled(path, (as_labelled(each, compact=compact) for each in asked))


class Examiner:
    """Holds adapters to the questions of a file.

    Args:
        config: Of the main recipe: base model, prompts, scenes.
        settings: How many questions are asked.
        path: The file.

    Raises:
        RecordError: A row is damaged, or the oracle answers otherwise today.
    """

    def __init__(self, config: RunConfig, settings: Settings, path: Path) -> None:
        disable_progress_bar()  # of loading weights: there is one for the questions
        self._config = config
        self._store: SceneStore = open_store(config.scenes)
        fixed = FixedQuestions.read(path, self._store, config.episode)
        self.digest = fixed.digest
        self._processor = load_processor(config.model)
        self._held = HeldOut(
            asked=_asked(fixed),
            views=views_for(
                self._store,
                config.episode,
                config.scheduler,
                HeldOutOptions(scene_views=config.scenes.scene_views, split=Split.TEST),
                settings.views,
            ),
            split=Split.TEST,
            trained=trained_tasks(config.scheduler),
        )
        self._curve = settings.curve

    def examine(self, adapter: Path | None, step: int, *, whole: bool) -> HeldOutResult:
        """Ask one adapter.

        Args:
            adapter: Its folder; None asks the base.
            step: Optimizer steps it has done, for the record.
            whole: Ask every question and let the questioner ask as well; else the first of each
                task, which a curve needs.
        """
        episode = self._config.episode
        judge = judge_for(self._model(adapter), self._processor, self._store, episode)
        if whole:
            record, looks = evaluate(judge, self._held, step=step)
        else:
            held = replace(self._held, asked=_first(self._held.asked, self._curve))
            record, looks = evaluate_solver(
                judge, held.asked, step=step, split=held.split.value, trained=held.trained
            )
        return HeldOutResult(
            adapter="" if adapter is None else adapter_digest(adapter),
            questions=self.digest,
            evaluation=record,
            answering={
                task: Answering(top_share=look.top_share, entropy=look.entropy, flat=look.flat)
                for task, look in looks.items()
            },
        )

    def _model(self, adapter: Path | None) -> Any:
        model = load_model(self._config.model).to(self._config.train.device)
        if adapter is None:
            return model
        return PeftModel.from_pretrained(model, adapter).eval().merge_and_unload()


def adapter_digest(adapter: Path) -> str:
    """Return the hash of an adapter's weights."""
    with (adapter / ADAPTER).open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _asked(fixed: FixedQuestions) -> tuple[Asked, ...]:
    found: list[Asked] = []
    for view in fixed.views:
        for job in view.jobs:
            if isinstance(job.ruling, Legal):
                question = Question(job.question, frames=view.frames, task=view.task)
                found.append(Asked(scene_id=view.scene_id, question=question, ruling=job.ruling))
    return tuple(found)


def _first(asked: tuple[Asked, ...], count: int) -> tuple[Asked, ...]:
    """Return the first questions of each task."""
    seen: dict[str, int] = {}
    kept: list[Asked] = []
    for each in asked:
        seen[each.ruling.task] = seen.get(each.ruling.task, 0) + 1
        if seen[each.ruling.task] <= count:
            kept.append(each)
    return tuple(kept)
