# SPDX-License-Identifier: Apache-2.0
"""A run from its settings: store, oracle, curriculum, model and trainer, put together.

RUN/config.yaml  log.jsonl  steps.jsonl  timing.jsonl  checkpoints/step-N/
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from transformers import PrinterCallback

from spatialevo_dge import POLICIES
from spatialevo_rl.rollout_log import RolloutLog, StepRecord, TimingRecord
from spatialevo_rl.scenes.assign import Assigner, Curriculum
from spatialevo_rl.scenes.floors import floor_values, store_floors
from spatialevo_rl.scenes.oracle_pool import OraclePool
from spatialevo_rl.scenes.sample import SampleOptions
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import SchedulerKind, SchedulerScore
from spatialevo_rl.train.callbacks import ProgressLine, Recorder, WeightsMove
from spatialevo_rl.train.checkpoint import Checkpoints, Surroundings
from spatialevo_rl.train.compatibility import (
    begin_partitioning,
    quiet_renamed_options,
    zero_stage,
)
from spatialevo_rl.train.config import RunConfig, fixed_settings
from spatialevo_rl.train.evaluations import HoldOut
from spatialevo_rl.train.models import load_model, load_processor
from spatialevo_rl.train.play import Dealer, Oracle, Stage, StageSettings
from spatialevo_rl.train.run_folder import FolderLock, begin_settings
from spatialevo_rl.train.static import FixedDealer, FixedQuestions
from spatialevo_rl.train.step_log import StepLog
from spatialevo_rl.train.trainer import SelfEvolutionTrainer

Show = Callable[[StepRecord, TimingRecord], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that is ready to train.

    Attributes:
        folder: Where everything is written.
        config: Its settings.
        trainer: The trainer; `trainer.model` is the policy, `trainer.stage` its scenes.
        checkpoints: Its checkpoints.
        resume_from: The checkpoint to go on from; None starts anew.
        lock: Keeps others out of the folder; None where this process does not write.
    """

    folder: Path
    config: RunConfig
    trainer: SelfEvolutionTrainer
    checkpoints: Checkpoints
    resume_from: Path | None
    lock: FolderLock | None

    def train(self) -> None:
        """Train to the end, or until interrupted.

        Raises:
            KeyboardInterrupt: Passed on, after saying how to go on.
        """
        try:
            self.trainer.train(resume_from_checkpoint=self.resume_from and str(self.resume_from))
        except KeyboardInterrupt:
            if self.trainer.args.should_save:
                _say_how_to_resume(self.folder, self.checkpoints)
            raise
        finally:
            self.trainer.stage.close()
            if self.lock is not None:
                self.lock.release()


def prepare(
    config: RunConfig,
    show: Show | None = None,
    *,
    model: Any = None,
    oracle: Oracle | None = None,
    trainer: type[SelfEvolutionTrainer] = SelfEvolutionTrainer,
) -> Run:
    """Assemble a run in `config.train.output_dir`; goes on from its last complete checkpoint.

    Args:
        config: The settings.
        show: Called with every step's records; None prints a line a step.
        model: The base model; None loads the one that the settings name.
        oracle: What judges and scores; None starts the pool.
        trainer: The class of the trainer: another one samples otherwise.

    Raises:
        CheckpointError: If the folder is another run's, another process writes to it, or none of
            its checkpoints is whole.
        SceneError: If there are no such scenes.
        ValueError: If settings contradict each other.
    """
    quiet_renamed_options()
    args, folder = config.train, Path(config.train.output_dir)
    stage = make_stage(config, oracle)
    with _held(folder, args.should_save) as lock:
        args.output_dir = str(folder / "checkpoints")
        log, step_log = RolloutLog(folder), StepLog()
        checkpoints = _checkpoints(config, folder, log)
        latest = _resume(config, checkpoints, stage)
        recorder = Recorder(stage, step_log, log, checkpoints, show or ProgressLine(args.max_steps))
        processor = load_processor(config.model)
        begin_partitioning(args)
        made = trainer(
            stage,
            config.layout,
            step_log,
            checkpoints,
            model=load_model(config.model) if model is None else model,
            args=args,
            processing_class=processor,
            peft_config=config.model.lora(),
            callbacks=[recorder, WeightsMove(), *_hold_out(config, folder, stage, processor)],
        )
        if args.should_save:  # a mistake in the settings has been told by now
            begin_settings(folder, config)
            if latest is None:
                checkpoints.begin()
        made.remove_callback(PrinterCallback)  # it prints what the progress line says, at length
        return Run(
            folder=folder,
            config=config,
            trainer=made,
            checkpoints=checkpoints,
            resume_from=latest,
            lock=lock,
        )


@contextmanager
def _held(folder: Path, writes: bool) -> Iterator[FolderLock | None]:
    """Make a run's folder and keep others out of it; let go of it where the block fails."""
    if folder.is_file():
        raise ValueError(f"output_dir: {folder} is a file; expected a folder, or a new name")
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder) if writes else None
    try:
        yield lock
    except BaseException:
        if new and writes and not any(folder.iterdir()):
            folder.rmdir()
        if lock is not None:
            lock.release()
        raise


def _checkpoints(config: RunConfig, folder: Path, log: RolloutLog) -> Checkpoints:
    args = config.train
    here = Surroundings.here(args.world_size, args.device)
    return Checkpoints(folder, log, fixed_settings(config), here, args.save_total_limit)


def _resume(config: RunConfig, checkpoints: Checkpoints, stage: Stage) -> Path | None:
    """Take over the last complete checkpoint and return it; None where there is none."""
    latest = checkpoints.latest()
    if latest is not None:
        state = checkpoints.resume(latest, main=config.train.should_save)
        stage.load(state["stage"])
    return latest


def _hold_out(config: RunConfig, folder: Path, stage: Stage, processor: Any) -> list[HoldOut]:
    """Return what measures on held-out scenes; nothing where stage 3 spreads each weight.

    Nothing either where the store has no held-out scenes: a small one of the user's own trains.
    """
    if not config.train.eval_questions or zero_stage(config.train) == 3:
        return []
    console = Console(stderr=True, highlight=False)
    wanted = [Split.TEST, *([Split.VALIDATION] if config.train.eval_every else [])]
    missing = [split.value for split in wanted if not stage.store.ids(split)]
    if missing:
        console.print(f"held-out skill is not measured: no scene is in split {missing[0]}")
        return []
    return [HoldOut(folder, config, stage, processor, console.print)]


def make_stage(config: RunConfig, oracle: Oracle | None = None) -> Stage:
    """Assemble scenes, oracle and curriculum; needs no model.

    Raises:
        SceneError: If there are no such scenes.
    """
    episode, seed = config.episode, config.train.seed
    store = open_store(config.scenes, seed)
    curriculum = Curriculum(
        tasks=config.scheduler, scene_views=config.scenes.scene_views, policy=episode.policy
    )
    return Stage(
        StageSettings(
            episode=episode,
            solver_groups=config.layout.solver_groups,
            rows=config.train.num_generations,
            seed=seed,
        ),
        store,
        _dealer(config, store, curriculum),
        TaskScheduler(config.scheduler, _floors(config, store)),
        oracle or OraclePool(store, episode, config.scenes.oracle_processes),
    )


def _dealer(config: RunConfig, store: SceneStore, curriculum: Curriculum) -> Dealer:
    if not config.episode.questions:
        return Assigner(store, curriculum, config.train.seed)
    questions = FixedQuestions.read(Path(config.episode.questions), store, config.episode)
    return FixedDealer(questions, config.layout.scenes_per_step, config.train.seed)


def _floors(config: RunConfig, store: SceneStore) -> dict[str, float]:
    settings = config.scheduler
    skill = settings.scheduler_score is SchedulerScore.SKILL
    if settings.scheduler is not SchedulerKind.ADAPTIVE or not skill:
        return {}
    options = SampleOptions(
        tasks=trained_tasks(settings),
        scene_views=config.scenes.scene_views,
        policy=POLICIES[config.episode.policy],
    )
    return floor_values(store_floors(store, options, config.episode.scorer))


def _say_how_to_resume(folder: Path, checkpoints: Checkpoints) -> None:
    latest = checkpoints.latest()
    console = Console(stderr=True, highlight=False)
    if latest is None:
        console.print(
            f"Interrupted before the first checkpoint of {folder}: nothing to go on from."
        )
        return
    console.print(
        f"Interrupted. The last checkpoint is {latest.name}; later steps are played again.\n"
        f"Go on with the same command (spatialevo-rl {shlex.join(sys.argv[1:])})",
        soft_wrap=True,
    )
