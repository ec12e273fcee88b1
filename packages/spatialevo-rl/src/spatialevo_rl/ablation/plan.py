# SPDX-License-Identifier: Apache-2.0
"""What an ablation is set up by, where its runs lie, and the commands that make them.

Of a folder OUT:

    ablation.json           the settings: a folder of other ones is refused
    questions.jsonl         the fixed file that `static` learns from
    held-out.jsonl          what every arm is asked
    ARM/seed-N/             a run
    evaluations/ARM/...     what each adapter answered
    logs/ARM-seed-N.log     what a run said
    table.md, report.html   what came out
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from spatialevo_rl.ablation.arms import BASE, MAIN, STATIC_SFT, Arm, Kind
from spatialevo_rl.recipe import recipe_names

SETTINGS: Final = "ablation.json"
OUROBOROS_RECIPE: Final = "ouroboros"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What all arms have in common; equal settings give comparable numbers.

    Attributes:
        recipe: The main recipe.
        flags: Settings that override it in every arm.
        questions: Questions a task in the fixed file.
        held_out: Held-out questions a task; fewer where the scenes allow no more.
        curve: Of these, how many a task an adapter on the way is asked.
        views: Views that the questioner is held to.
    """

    recipe: str = "lab"
    flags: tuple[str, ...] = ()
    questions: int = 800
    held_out: int = 1000
    curve: int = 100
    views: int = 48

    def differences(self, saved: Settings) -> tuple[str, ...]:
        """Name what differs from saved settings."""
        return tuple(
            f"{each.name} was {getattr(saved, each.name)!r}, is {getattr(self, each.name)!r}"
            for each in fields(self)
            if getattr(saved, each.name) != getattr(self, each.name)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run: one arm and one seed.

    Attributes:
        arm: The arm.
        seed: The seed.
    """

    arm: Arm
    seed: int

    @property
    def name(self) -> str:
        """What it is called where runs are listed."""
        return f"{self.arm.name} seed {self.seed}"

    def folder(self, out: Path) -> Path:
        """Return where it is written."""
        return out / self.arm.name / f"seed-{self.seed}"

    def log(self, out: Path) -> Path:
        """Return where what it says is written."""
        return out / "logs" / f"{self.arm.name}-seed-{self.seed}.log"

    def needs(self, other: Job) -> bool:
        """Whether it begins only after another: `static-sft` is given what the method took."""
        return self.arm.name == STATIC_SFT and other.arm.name == MAIN and other.seed == self.seed


def jobs_of(arms: tuple[Arm, ...], seeds: int) -> tuple[Job, ...]:
    """Return the runs, seed by seed, so that an ablation that is stopped has whole seeds."""
    return tuple(
        Job(arm=arm, seed=seed) for seed in range(seeds) for arm in arms if arm.name != BASE
    )


def questions_file(out: Path) -> Path:
    """Return the fixed file."""
    return out / "questions.jsonl"


def held_out_file(out: Path) -> Path:
    """Return the file of held-out questions."""
    return out / "held-out.jsonl"


def recipe_and_flags(job: Job, settings: Settings, out: Path) -> tuple[str, tuple[str, ...]]:
    """Return a run's recipe and flags.

    Where there is a recipe for the arm it is used; else the arm's fields are flags, as for a recipe
    of one's own.
    """
    recipe = settings.recipe
    values: Mapping[str, object] = job.arm.values
    if job.arm.kind is Kind.OUROBOROS:
        recipe = f"{OUROBOROS_RECIPE}-{settings.recipe}"
    elif f"{recipe}-{job.arm.name}" in recipe_names():
        recipe, values = f"{recipe}-{job.arm.name}", {}
    flags = [*settings.flags, *_flags(values), "--seed", str(job.seed)]
    if job.arm.kind is not Kind.SUPERVISED:
        flags += ["--eval_questions", "0"]
    if job.arm.uses_questions:
        flags += ["--questions", str(questions_file(out))]
    return recipe, (*flags, "--output_dir", str(job.folder(out)))


def _flags(values: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for key, value in values.items():
        said = str(value).lower() if isinstance(value, bool) else str(value)
        found += [f"--{key}", said]
    return found


COMMANDS: Final[Mapping[Kind, str]] = {
    Kind.GRPO: "train",
    Kind.SUPERVISED: "finetune",
    Kind.OUROBOROS: "ouroboros",
}
