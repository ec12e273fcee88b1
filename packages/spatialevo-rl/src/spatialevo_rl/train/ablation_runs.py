# SPDX-License-Identifier: Apache-2.0
"""The runs of an ablation on disk: what each is made by, how far it is, what it left behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from spatialevo_rl.ablation.arms import Kind
from spatialevo_rl.ablation.measure import training_of
from spatialevo_rl.ablation.plan import COMMANDS, Job, Settings, recipe_and_flags
from spatialevo_rl.ablation.records import Point, Training
from spatialevo_rl.report.run import CONFIG
from spatialevo_rl.rollout_log import STEPS
from spatialevo_rl.train.checkpoint import is_complete
from spatialevo_rl.train.config import RunConfig, begun_otherwise
from spatialevo_rl.train.finetune import LENGTH
from spatialevo_rl.train.session import configure
from spatialevo_rl.train.supervised import COSTS, read_costs
from spatialevo_rl.train.supervised_trainer import StepCost

LADDER: Final = (8, 15, 30, 45, 60, 120, 240, 480, 960)
"""Steps after which supervised arms keep an adapter, for the curve; four are Ouroboros's rounds."""


class AblationError(Exception):
    """An ablation cannot go on; the message names the run and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One adapter of a run.

    Attributes:
        point: What it is, and what it took.
        adapter: Its folder.
        whole: Whether it is a row of the table: asked everything; else a point of the curve.
    """

    point: Point
    adapter: Path
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The runs of one ablation.

    Attributes:
        out: Its folder.
        settings: What its arms have in common.
    """

    out: Path
    settings: Settings
    _configs: dict[Job, RunConfig] = field(default_factory=dict, repr=False, compare=False)
    _finished: set[Job] = field(default_factory=set, repr=False, compare=False)

    def config(self, job: Job) -> RunConfig:
        """Return a run's settings."""
        if job not in self._configs:
            self._configs[job] = configure(*recipe_and_flags(job, self.settings, self.out))
        return self._configs[job]

    def command(self, job: Job, main: Training | None) -> list[str]:
        """Return what follows ``python -m spatialevo_rl``.

        Args:
            job: The run.
            main: What the method's run of the same seed took, where the run depends on it.
        """
        recipe, flags = recipe_and_flags(job, self.settings, self.out)
        words = [COMMANDS[job.arm.kind], "--recipe", recipe, *flags]
        if job.arm.kind is Kind.SUPERVISED:
            keep = set(LADDER)
            if main is not None:
                keep.add(self.equal_labels(job, main))
                words += ["--cpu-seconds", f"{main.cpu_seconds:.1f}"]
            words += ["--keep", ",".join(str(step) for step in sorted(keep))]
        return words

    def equal_labels(self, job: Job, main: Training) -> int:
        """Return after how many steps a supervised run has used as many labels as the method."""
        train = self.config(job).train
        batch: int = train.per_device_train_batch_size * train.gradient_accumulation_steps
        return max(1, round(main.labels / batch))

    def steps(self, job: Job) -> int:
        """Return how many steps a run has; `max_steps` while it is not known better."""
        length = job.folder(self.out) / LENGTH
        if job.arm.kind is Kind.SUPERVISED and length.exists():
            return int(json.loads(length.read_text(encoding="utf-8"))["steps"])
        return int(self.config(job).train.max_steps)

    def done(self, job: Job) -> int:
        """Return how many steps a run has logged."""
        name = STEPS if job.arm.kind is Kind.GRPO else COSTS
        path = job.folder(self.out) / name
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def finished(self, job: Job) -> bool:
        """Whether a run is complete, its last checkpoint whole."""
        if job not in self._finished and self._is_finished(job):
            self._finished.add(job)
        return job in self._finished

    def _is_finished(self, job: Job) -> bool:
        folder = job.folder(self.out)
        if job.arm.kind is Kind.OUROBOROS:
            rounds = self.config(job).ouroboros.rounds
            if not (folder / "rounds" / f"round-{rounds}" / "round.json").exists():
                return False
        return is_complete(folder / "checkpoints" / f"step-{self.steps(job)}")

    def check(self, job: Job) -> None:
        """Compare a run that has begun with what it would be begun with now.

        Raises:
            AblationError: They differ; names the settings.
        """
        path = job.folder(self.out) / CONFIG
        if not path.exists():
            return
        saved = yaml.safe_load(path.read_text(encoding="utf-8"))
        wrong = begun_otherwise(self.config(job), saved)
        if wrong:
            raise AblationError(
                f"{path.parent}: this run was begun with other settings: {'; '.join(wrong)}; "
                "move it away, or give another -o"
            )

    def training(self, job: Job) -> Training:
        """Return what a run took."""
        costs = job.folder(self.out) / COSTS
        if job.arm.kind is Kind.GRPO:
            return training_of(job.folder(self.out), oracle_labels=job.arm.oracle_labels)
        return supervised(read_costs(costs.parent), self._labels(job))

    def _labels(self, job: Job) -> int:
        """Return how many different labels a supervised run may use."""
        if job.arm.uses_questions:
            return _lines(self.out / "questions.jsonl")
        rounds = job.folder(self.out) / "rounds"
        return sum(_lines(path) for path in sorted(rounds.glob("round-*/samples.jsonl")))

    def kept(self, job: Job, main: Training | None) -> tuple[Kept, ...]:
        """Return the adapters of a finished run that are asked held-out questions."""
        if job.arm.kind is Kind.GRPO:
            last = self.steps(job)
            adapter = job.folder(self.out) / "checkpoints" / f"step-{last}"
            return (self._kept(job, last, adapter, job.arm.name, self.training(job)),)
        return tuple(self._supervised(job, main))

    def _supervised(self, job: Job, main: Training | None) -> list[Kept]:
        folder, last = job.folder(self.out), self.steps(job)
        costs, labels = read_costs(folder), self._labels(job)
        rows = {last: job.arm.name}
        if job.arm.kind is Kind.SUPERVISED and main is not None:
            rows[last] = f"{job.arm.name} (equal processor time)"
            equal = self.equal_labels(job, main)
            if equal < last:
                rows[equal] = f"{job.arm.name} (equal labels)"
        found = []
        for path in (folder / "adapters").glob("step-*"):
            step = int(path.name.rpartition("-")[2])
            took = supervised(costs[:step], labels)
            label = rows[step] if step in rows else ""
            found.append(self._kept(job, step, path, label, took))
        return sorted(found, key=lambda each: each.point.step)

    def _kept(self, job: Job, step: int, adapter: Path, label: str, took: Training) -> Kept:
        point = Point(arm=job.arm.name, seed=job.seed, step=step, label=label, training=took)
        return Kept(point=point, adapter=adapter, whole=bool(label))


def supervised(costs: Sequence[StepCost], labels: int) -> Training:
    """Return what some steps of supervised learning took.

    Args:
        costs: The steps.
        labels: How many different labels there are.
    """
    samples = sum(each.samples for each in costs)
    return Training(
        steps=len(costs),
        questions=samples,
        labels=min(samples, labels),
        trained_tokens=sum(each.trained_tokens for each in costs),
        cpu_seconds=sum(each.cpu_seconds for each in costs),
    )


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")
