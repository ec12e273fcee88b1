# SPDX-License-Identifier: Apache-2.0
"""Ask noisy scans of synthetic rooms what is known about the rooms, and count what goes wrong."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from spatialevo_dge import DEFAULT, Illegal, Legal, Rule, Ruling, Scene
from spatialevo_dge.answer import Answer, Centimetres, Metres, SquareMetres
from spatialevo_dge.entities import Entities
from spatialevo_dge.enumerate_questions import views
from spatialevo_dge.judge import rule_on
from spatialevo_dge.scene import EXACT, NoiseModel
from spatialevo_dge.synthetic import RoomOptions, make_room
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.rescan import rescan
from spatialevo_dge.tasks import all_tasks, task_named
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Margin, MarginKind
from spatialevo_dge.view import View, ViewKind

NOISES: Final[Mapping[str, NoiseModel]] = MappingProxyType(
    {
        "points": NoiseModel(point_sigma=0.02, depth_sigma_quadratic=0.0015),
        "objects": NoiseModel(object_offset_sigma=0.01),
        "poses": NoiseModel(
            pose_translation_sigma=0.02, pose_rotation_sigma=math.radians(1.0)
        ),
    }
)
"""Independent points 2 cm (with depth images of 1.5 mm at 1 m, as z²); whole objects 1 cm; camera
poses 2 cm and 1 degree."""

UNCERTIFIED: Final = replace(DEFAULT, name="uncertified", borderline=False)
"""The same rules without BORDERLINE: what an oracle that trusts every scan would answer."""

FAINT: Final = replace(DEFAULT, name="faint", min_visible=0.02, borderline=False)
"""Proposes questions that the room does not allow but a noisy scan of it might."""

OPTIONS: Final = RoomOptions(cameras=6, clutter=5, yaw=None, image_size=(64, 48))

BOOTSTRAPS: Final = 2000


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as entities, with the frames it is asked with."""

    task: str
    entities: Entities
    frames: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What became of a task's questions in one room, or in many.

    Attributes:
        legal: Legal on the exact scan, once for every noisy one.
        certified: Answered on a noisy scan.
        kept: Of the legal ones, those answered on a noisy scan, whatever the answer.
        flips: Another answer than the exact scan's, an answer where that has none, or a legal
            question refused by any rule but BORDERLINE.
        refused: Of the flips, those refused.
        covered: Numbers whose interval holds the exact scan's.
        widths: Half-width of each number's interval over its value.
    """

    legal: int = 0
    certified: int = 0
    kept: int = 0
    flips: int = 0
    refused: int = 0
    covered: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for name in ("legal", "certified", "kept", "flips", "refused", "covered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.widths += other.widths

    @property
    def ruled(self) -> int:
        """Rulings that could be wrong: answers, and refusals that claim more than doubt."""
        return self.certified + self.refused

    @property
    def rate(self) -> float:
        """Share of the rulings that are wrong."""
        return self.flips / self.ruled if self.ruled else 0.0

    @property
    def yielded(self) -> float:
        """Share of the questions legal on the exact scan that the noisy one answers."""
        return self.kept / self.legal if self.legal else math.nan


@dataclass(frozen=True, slots=True)
class Failure:
    """One wrong ruling: what was asked, what is so, what was said."""

    room: int
    draw: int
    ask: Ask
    truth: Ruling
    said: Ruling


@dataclass(slots=True)
class Room:
    """Tallies of one room by task, with certification and without, and what went wrong with."""

    certified: dict[str, Tally] = field(default_factory=dict)
    uncertified: dict[str, Tally] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def examine(seed: int, noise: NoiseModel, draws: int, per_task: int) -> Room:
    """Scan a room `draws` times and put the same questions to every scan."""
    room = make_room(seed, OPTIONS)
    exact = rescan(room, OPTIONS, EXACT, 0, floor=True)
    asks = list(questions(exact, seed, per_task))
    result = Room()
    tables = ((DEFAULT, result.certified), (UNCERTIFIED, result.uncertified))
    truths = {policy.name: [_rule(ask, exact, policy) for ask in asks] for policy, _ in tables}
    for draw in range(draws):
        number = seed * 1000 + draw
        scan = rescan(room, OPTIONS, noise, number, floor=True)
        for policy, table in tables:
            for ask, truth in zip(asks, truths[policy.name], strict=True):
                said = _rule(ask, scan, policy)
                tally = table.setdefault(ask.task, Tally())
                if count(tally, truth, said) and policy is DEFAULT:
                    result.failures.append(Failure(seed, draw, ask, truth, said))
    return result


def questions(exact: Scene, seed: int, per_task: int) -> Iterator[Ask]:
    """Choose questions of every task: half that the room allows, half that it may not.

    Those of a task with images are spread over its views.
    """
    for task in all_tasks():
        dice = Dice(seed, f"questions {task.id}")
        shown = dice.shuffled(list(views(exact, task.view)))[:8]
        share = max(1, per_task // len(shown))
        for frames in shown:
            view = View(exact, tuple(exact.frames_by_id[frame] for frame in frames))
            policies = (DEFAULT,) if task.view is ViewKind.SCENE else (DEFAULT, FAINT)
            found = {
                repr(entities): entities
                for policy in policies
                for entities in task.propose(view, policy)
            }
            for entities in dice.shuffled(list(found.values()))[:share]:
                yield Ask(task.id, entities, frames)


def count(tally: Tally, truth: Ruling, said: Ruling) -> bool:
    """Count one ruling; tell whether it is a flip."""
    if isinstance(truth, Legal):
        tally.legal += 1
        if isinstance(said, Illegal):
            flipped = said.rule is not Rule.BORDERLINE
            tally.refused += flipped
        else:
            tally.kept += 1
            flipped = _count_answer(tally, truth.answer, said)
    elif isinstance(said, Legal):
        if truth.rule is Rule.BORDERLINE:
            # The room itself is a near call: its answer stands, if it has one.
            answer = truth_behind(truth, said)
            flipped = _count_answer(tally, answer, said)
        else:
            flipped = True
            tally.certified += 1
    else:
        return False
    tally.flips += flipped
    return flipped
