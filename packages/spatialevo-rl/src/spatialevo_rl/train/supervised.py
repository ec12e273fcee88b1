# SPDX-License-Identifier: Apache-2.0
"""Fine-tunes the solver on questions with their answers.

FOLDER/confidence.jsonl    a line a sample and step: how likely its answer was before the update
FOLDER/costs.jsonl         a line a step: loss, samples, trained tokens, processor seconds
FOLDER/adapters/step-N/    the adapter after N steps, for each N asked for
FOLDER/checkpoints/step-N/ with optimizer and generators, sealed: where it goes on from
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from transformers import PrinterCallback, TrainerCallback
from trl import SFTConfig

from spatialevo_dge.atomic_folder import new_folder
from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.json_lines import JsonLines, json_line
from spatialevo_rl.json_records import from_json
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.rollout_log import RolloutLog
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.train.checkpoint import CheckpointError, Checkpoints, Surroundings
from spatialevo_rl.train.compatibility import quiet_renamed_options, zero_stage
from spatialevo_rl.train.config import RunConfig, fixed_settings
from spatialevo_rl.train.models import load_model, load_processor
from spatialevo_rl.train.supervised_trainer import (
    Confidence,
    Material,
    StepCost,
    SupervisedTrainer,
    step_rows,
)

CONFIDENCE: Final = "confidence.jsonl"
COSTS: Final = "costs.jsonl"
ADAPTERS: Final = "adapters"

Show = Callable[[StepCost], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Which steps to do, and what to keep and to show on the way.

    Attributes:
        steps: Which optimizer steps of the run; None: all `max_steps`. Steps that begin after 0 go
            on from a checkpoint of the same folder, with its optimizer.
        save_at: Numbers of steps done after which the adapter is kept; after the last it always is.
        show: Called after every step, on the main process.
    """

    steps: range | None = None
    save_at: tuple[int, ...] = ()
    show: Show | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuned:
    """What fine-tuning left behind.

    Attributes:
        folder: Where everything is.
        steps: Optimizer steps done since the run's beginning.
        checkpoint: The sealed checkpoint of the last one; its adapter is a PEFT folder.
        adapters: The adapter of each step asked for, and of the last, by step.
        costs: One record a step of this call's steps, those before an interruption included.
        trainer: The trainer, with the model in it; None where every step was done already.
    """

    folder: Path
    steps: int
    checkpoint: Path
    adapters: dict[int, Path]
    costs: tuple[StepCost, ...]
    trainer: SupervisedTrainer | None


_WHOLE: Final = Course()


def fine_tune(
    config: RunConfig,
    samples: Sequence[Labelled],
    store: SceneStore,
    folder: Path,
    course: Course = _WHOLE,
    model: Any = None,
) -> FineTuned:
    """Fine-tune the solver; goes on from the folder's last complete checkpoint.

    Prompts, images, LoRA, learning rate and schedule are the settings'; a step learns from
    `per_device_train_batch_size` x `gradient_accumulation_steps` samples a process. The loss is
    about the completion's tokens alone.

    Args:
        config: The settings; `max_steps` is the length of the whole run, which a schedule of the
            learning rate needs.
        samples: In the order of learning: the first of `course.steps` learns from the first batch
            of them; after the last one the first comes again.
        store: Their scenes.
        folder: Where everything is written.
        course: Which steps, and what to keep.
        model: The base model; None loads the one that the settings name.

    Raises:
        CheckpointError: The folder holds another run, or none that these steps can go on from.
        SceneError: A sample's scene or frame does not exist.
        ValueError: There are no samples, an answer has a word that the tokenizer does not know, or
            settings contradict each other.
    """
    quiet_renamed_options()
    steps = course.steps or range(config.train.max_steps)
    if not samples:
        raise ValueError("samples: there are none to learn from")
    folder.mkdir(parents=True, exist_ok=True)
    args = arguments(config, folder)
    checkpoints = _checkpoints(config, folder, args)
    latest = _go_on(checkpoints, folder, steps, samples)
    wanted = {steps.stop, *(step for step in course.save_at if steps.start < step < steps.stop)}
    trainer = None
    if latest is None or _number(latest) < steps.stop:
        begin = steps.start if latest is None else _number(latest)
        material = Material(
            samples=samples,
            store=store,
            episode=config.episode,
            first=(begin - steps.start) * step_rows(args) % len(samples),
            share=config.train.share_prompts,
        )
        base = load_model(config.model) if model is None else model
        trainer = _trainer(config, material, range(begin, steps.stop), (checkpoints, args), base)
        trainer.add_callback(_Keeper(trainer, folder, wanted, course.show))
        trainer.train(resume_from_checkpoint=latest and str(latest))
        latest = checkpoints.latest()
    return _fine_tuned(folder, steps, latest, wanted, trainer)


def _fine_tuned(
    folder: Path,
    steps: range,
    latest: Path | None,
    wanted: Collection[int],
    trainer: SupervisedTrainer | None,
) -> FineTuned:
    """Say what is there.

    Raises:
        CheckpointError: The last step has no complete checkpoint.
    """
    if latest is None or _number(latest) != steps.stop:
        raise CheckpointError(f"{folder}: no complete checkpoint after step {steps.stop}")
    adapters = {step: adapter_folder(folder, step) for step in sorted(wanted)}
    costs = tuple(cost for cost in read_costs(folder) if cost.step in steps)
    return FineTuned(
        folder=folder,
        steps=steps.stop,
        checkpoint=latest,
        adapters=adapters,
        costs=costs,
        trainer=trainer,
    )


def _trainer(
    config: RunConfig,
    material: Material,
    steps: range,
    where: tuple[Checkpoints, SFTConfig],
    model: Any,
) -> SupervisedTrainer:
    """Put a trainer together for some steps."""
    checkpoints, args = where
    trainer = SupervisedTrainer(
        material,
        steps,
        checkpoints,
        model=model,
        args=args,
        processing_class=load_processor(config.model),
        peft_config=config.model.lora(),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def adapter_folder(folder: Path, step: int) -> Path:
    """Return where the adapter after some steps is kept."""
    return folder / ADAPTERS / f"step-{step}"


def read_confidences(folder: Path) -> tuple[Confidence, ...]:
    """Read the confidences of every step so far.

    Raises:
        RecordError: A line is damaged.
    """
    lines = JsonLines(folder / CONFIDENCE).lines()
    return tuple(from_json(Confidence, value, where) for where, value in lines)


def read_costs(folder: Path) -> tuple[StepCost, ...]:
    """Read the costs of every step so far.

    Raises:
        RecordError: A line is damaged.
    """
    lines = JsonLines(folder / COSTS).lines()
    return tuple(from_json(StepCost, value, where) for where, value in lines)


def arguments(config: RunConfig, folder: Path) -> SFTConfig:
    """Return TRL's arguments of a run's settings.

    Raises:
        ValueError: Settings contradict each other.
    """
    known = SFTConfig.__dataclass_fields__
    given = {key: getattr(config.train, key) for key in config.values if key in known}
    args = SFTConfig(
        **given
        | {
            "output_dir": str(folder / "checkpoints"),
            "max_steps": config.train.max_steps,
            "max_length": None,
            "packing": False,
            "loss_type": "nll",
            "dataset_kwargs": {"skip_prepare_dataset": True},
            "remove_unused_columns": False,
            "dataloader_pin_memory": False,
            "ignore_data_skip": True,
            "logging_steps": 1,
            "save_strategy": "steps",
            "save_steps": config.train.save_steps,
            "save_total_limit": None,
            "report_to": "none",
            "disable_tqdm": True,
        }
    )
    if zero_stage(args) == 3:
        raise ValueError("deepspeed: stage 3 spreads each adapter over processes; use stage 2")
    return args


def _checkpoints(config: RunConfig, folder: Path, args: SFTConfig) -> Checkpoints:
    return Checkpoints(
        folder,
        RolloutLog(folder),
        fixed_settings(config),
        Surroundings.here(args.world_size, args.device),
        config.train.save_total_limit,
    )


def _go_on(
    checkpoints: Checkpoints, folder: Path, steps: range, samples: Sequence[Labelled]
) -> Path | None:
    """Return the checkpoint to go on from, with the logs cut to it; None at the run's beginning.

    Raises:
        CheckpointError: There is none that these steps can go on from, or with other samples.
    """
    latest = checkpoints.latest()
    done = 0 if latest is None else _number(latest)
    if not steps.start <= done <= steps.stop:
        raise CheckpointError(
            f"{folder}: steps {steps.start} to {steps.stop} cannot go on from step {done}"
        )
    if latest is None:
        checkpoints.begin()
    else:
        checkpoints.resume(latest, main=True)
    _cut(folder, done)
    digest = hashlib.blake2b("".join(map(json_line, samples)).encode(), digest_size=16).hexdigest()
    known = checkpoints.more.get(str(steps.start), digest)
    if done > steps.start and known != digest:
        raise CheckpointError(f"{folder}: the steps from {steps.start} on had other samples")
    checkpoints.more[str(steps.start)] = digest
    return latest


def _cut(folder: Path, done: int) -> None:
    """Leave out what the logs say of steps after a checkpoint: they are done again."""
    for name, read in ((CONFIDENCE, read_confidences), (COSTS, read_costs)):
        if (folder / name).exists():
            kept = [each for each in read(folder) if each.step < done]
            write_whole(folder / name, "".join(map(json_line, kept)).encode("ascii"))


class _Keeper(TrainerCallback):  # type: ignore[misc]
    """Writes a step's records, keeps adapters, and stops at the last step."""

    def __init__(
        self,
        trainer: SupervisedTrainer,
        folder: Path,
        wanted: Collection[int],
        show: Show | None,
    ) -> None:
        self._trainer, self._folder, self._wanted, self._show = trainer, folder, wanted, show

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock."""
        del args, state, control
        self._trainer.start_clock()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop at the last step, with a checkpoint."""
        del args
        if state.global_step == max(self._wanted):
            control.should_save = control.should_training_stop = True

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Write the step's records: before any checkpoint of it."""
        del args, control
        if logs is None or "learning_rate" not in logs:
            return
        *found, cost = self._trainer.take_step(logs["learning_rate"], logs["grad_norm"])
        if state.is_world_process_zero:
            JsonLines(self._folder / CONFIDENCE).append(found)
            JsonLines(self._folder / COSTS).append([cost])
            if state.global_step in self._wanted:
                self._keep_adapter(state.global_step)
            if self._show is not None:
                self._show(cost)
        self._trainer.start_clock()

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Leave saving out of the costs."""
        del args, state, control
        self._trainer.start_clock()

    def _keep_adapter(self, step: int) -> None:
        with new_folder(adapter_folder(self._folder, step), overwrite=True) as partial:
            self._trainer.model.save_pretrained(partial)


def _number(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])
