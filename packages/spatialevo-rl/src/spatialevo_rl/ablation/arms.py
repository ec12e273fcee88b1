# SPDX-License-Identifier: Apache-2.0
"""The arms of the ablation: the method, its controls, and the method without one of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MAIN: Final = "main"
BASE: Final = "base"
STATIC_SFT: Final = "static-sft"
OUROBOROS: Final = "ouroboros"
NO_FEEDBACK: Final = "ouroboros-no-feedback"


class Kind(StrEnum):
    """How an arm is trained."""

    NONE = "none"  # not at all
    GRPO = "grpo"  # spatialevo-rl train
    SUPERVISED = "supervised"  # spatialevo-rl finetune
    OUROBOROS = "ouroboros"  # spatialevo-rl ouroboros


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One row of the table.

    Attributes:
        name: Its name, and its folder's.
        kind: How it is trained.
        said: What it is, in a few words.
        values: Settings in which it differs from the main recipe.
        oracle_labels: Whether the solver is rewarded by the oracle's answers.
        uses_questions: Whether it learns from the fixed file of questions.
        core: Whether it is in the table by default; the others are descriptive.
    """

    name: str
    kind: Kind
    said: str
    values: Mapping[str, str | int | bool] = field(default_factory=lambda: MappingProxyType({}))
    oracle_labels: bool = True
    uses_questions: bool = False
    core: bool = True


def _grpo(name: str, said: str, **values: str | int | bool) -> Arm:
    return Arm(name=name, kind=Kind.GRPO, said=said, values=MappingProxyType(values), core=False)


STATIC_LAYOUT: Final[Mapping[str, str | int | bool]] = MappingProxyType(
    {"solver_groups": 1, "scenes_per_step": 72, "gradient_accumulation_steps": 18}
)
"""With a question a slot and no questioner, as many slots as give the lab's tokens an update."""

ARMS: Final[tuple[Arm, ...]] = (
    Arm(name=BASE, kind=Kind.NONE, said="before any training", oracle_labels=False),
    Arm(name=MAIN, kind=Kind.GRPO, said="the method: both roles, the oracle's rewards"),
    Arm(
        name="consensus",
        kind=Kind.GRPO,
        said="majority vote in place of the oracle's answer",
        values=MappingProxyType({"label_source": "consensus"}),
        oracle_labels=False,
    ),
    Arm(
        name="consensus-full",
        kind=Kind.GRPO,
        said="votes in place of the oracle everywhere",
        values=MappingProxyType({"label_source": "consensus-full"}),
        oracle_labels=False,
    ),
    Arm(
        name="static-rl",
        kind=Kind.GRPO,
        said="the same update on a fixed file of questions",
        values=STATIC_LAYOUT,
        uses_questions=True,
    ),
    Arm(
        name=STATIC_SFT,
        kind=Kind.SUPERVISED,
        said="supervised learning on the same file",
        uses_questions=True,
    ),
    Arm(name=OUROBOROS, kind=Kind.OUROBOROS, said="frozen proposer, solver by supervised learning"),
    Arm(
        name=NO_FEEDBACK,
        kind=Kind.OUROBOROS,
        said="the same, and the proposer is told nothing",
        values=MappingProxyType({"feedback": False}),
    ),
    _grpo("no-questioner", "questions from the oracle's enumeration", questioner_trains=False),
    _grpo("no-solver", "the solver's rows have no weight", solver_trains=False),
    _grpo("uniform", "no scheduler: every feasible task alike", scheduler="uniform"),
    _grpo("no-validity", "legality has no part in r_Q", validity=False),
    _grpo("no-observation", "every observation counts as good", observation="off"),
    _grpo("no-explanation", "illegal questions are nobody's work", explanation="off"),
)


def arm_named(name: str) -> Arm:
    """Return an arm.

    Raises:
        ValueError: There is none of that name.
    """
    for arm in ARMS:
        if arm.name == name:
            return arm
    raise ValueError(f"arm: {name!r} is none of {', '.join(arm.name for arm in ARMS)}")


def chosen_arms(names: Sequence[str], *, full: bool) -> tuple[Arm, ...]:
    """Return the arms named, in the table's order; the core ones, or all, where none is.

    Raises:
        ValueError: A name is no arm's.
    """
    for name in names:
        arm_named(name)
    if names:
        return tuple(arm for arm in ARMS if arm.name in {*names, BASE})
    return tuple(arm for arm in ARMS if arm.core or full)
