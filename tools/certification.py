# SPDX-License-Identifier: Apache-2.0
"""Ask noisy scans of synthetic rooms what is known about the rooms, and count what goes wrong."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Final

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
from spatialevo_dge.tasks import all_tasks
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import MarginKind
from spatialevo_dge.view import View, ViewKind

NOISES: Final[Mapping[str, NoiseModel]] = MappingProxyType(
    {
        "points": NoiseModel(point_sigma=0.02, depth_sigma_quadratic=0.0015),
        "objects": NoiseModel(object_offset_sigma=0.01),
        "poses": NoiseModel(pose_translation_sigma=0.02, pose_rotation_sigma=math.radians(1.0)),
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

ROUNDING: Final = 1e-5
"""What storing points in single precision may change, metres."""

VIEWS: Final = 6
"""Fewest views that a task's questions are spread over in a room, where it has as many."""


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
        flips: Another answer than the exact scan's, a legal question refused by any rule but
            BORDERLINE, or one answered that the exact scan refuses by such a rule.
        refused: Of the flips, those refused.
        unfounded: Of the flips, those answered where the exact scan refuses by such a rule.
        numbers: Answers that are numbers with an interval.
        covered: Numbers whose interval holds the exact scan's.
        widths: Half-width of each number's interval over its value.
    """

    legal: int = 0
    certified: int = 0
    kept: int = 0
    flips: int = 0
    refused: int = 0
    unfounded: int = 0
    numbers: int = 0
    covered: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))

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
class Truth:
    """What the exact scan says: under the policy, and leaving near calls aside.

    Attributes:
        ruling: Under the policy.
        plain: Leaving near calls aside.
        counts: Whether the question counts for the yield: the room itself proposes it.
    """

    ruling: Ruling
    plain: Ruling
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """One wrong ruling: what was asked, what is so, what was said."""

    room: int
    draw: int
    ask: Ask
    truth: Truth
    said: Ruling


@dataclass(slots=True)
class Room:
    """Tallies of one room by task, with certification and without, and what went wrong with."""

    certified: dict[str, Tally] = field(default_factory=dict)
    uncertified: dict[str, Tally] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Room:
        """Read what `dataclasses.asdict` wrote."""
        certified, uncertified = (
            {task: Tally(**tally) for task, tally in record[name].items()}
            for name in ("certified", "uncertified")
        )
        return cls(certified, uncertified, list(record["failures"]))


def examine(
    seed: int, noises: Mapping[str, NoiseModel], draws: int, per_task: int
) -> dict[str, Room]:
    """Scan a room `draws` times with each noise and put questions to every scan.

    What the room proposes says how many of its questions a scan answers. What the scan itself
    proposes, half as many, can only go wrong: nobody would ask the room about a cup that it hides.
    """
    room = make_room(seed, OPTIONS)
    exact = rescan(room, OPTIONS, EXACT, 0, floor=True)
    truths = {ask: _truth(ask, exact) for ask in questions(exact, seed, per_task)}
    result = {kind: Room() for kind in noises}
    for (kind, noise), draw in itertools.product(noises.items(), range(draws)):
        scan = rescan(room, OPTIONS, noise, seed * 1000 + draw, floor=True)
        own = {
            ask: replace(_truth(ask, exact), counts=False)
            for ask in questions(scan, seed, per_task // 2)
            if ask not in truths
        }
        for ask, truth in (truths | own).items():
            _put(result[kind], Failure(seed, draw, ask, truth, _rule(ask, scan, DEFAULT)))
            trusting = result[kind].uncertified.setdefault(ask.task, Tally())
            count(trusting, replace(truth, ruling=truth.plain), _rule(ask, scan, UNCERTIFIED))
    return result


def _truth(ask: Ask, exact: Scene) -> Truth:
    return Truth(_rule(ask, exact, DEFAULT), _rule(ask, exact, UNCERTIFIED))


def _put(room: Room, case: Failure) -> None:
    """Count a ruling, and keep it if it is a failure."""
    tally = room.certified.setdefault(case.ask.task, Tally())
    if count(tally, case.truth, case.said):
        room.failures.append(described(case))


def described(failure: Failure) -> str:
    """Write what was asked, what is so, and what was said."""
    said = failure.said
    words = said.answer.render() if isinstance(said, Legal) else said.violation.why
    truth = failure.truth.ruling
    known = truth.answer.render() if isinstance(truth, Legal) else truth.violation.why
    return (
        f"  room {failure.room}, scan {failure.draw}, {failure.ask.task} "
        f"{failure.ask.frames}: {failure.ask.entities}\n    is: {known}\n    said: {words}"
    )


def questions(exact: Scene, seed: int, per_task: int) -> Iterator[Ask]:
    """Choose questions of every task, spread over its views.

    With images, questions about what they hardly show are among them: a noisy scan may show more.
    """
    for task in all_tasks():
        dice = Dice(seed, f"questions {task.id}")
        shown = dice.shuffled(list(views(exact, task.view)))
        share, left = max(1, per_task // min(VIEWS, len(shown))), per_task
        for frames in shown:
            view = View(exact, tuple(exact.frames_by_id[frame] for frame in frames))
            policies = (DEFAULT,) if task.view is ViewKind.SCENE else (DEFAULT, FAINT)
            found = dict.fromkeys(
                entities for policy in policies for entities in task.propose(view, policy)
            )
            for entities in dice.shuffled(list(found))[: min(share, left)]:
                left -= 1
                yield Ask(task.id, entities, frames)
            if left == 0:
                break


def _rule(ask: Ask, scene: Scene, policy: Policy) -> Ruling:
    return rule_on(ask.task, ask.entities, scene, ask.frames, policy)


def count(tally: Tally, truth: Truth, said: Ruling) -> bool:
    """Count one ruling; tell whether it is a flip."""
    was_legal = isinstance(truth.ruling, Legal)
    tally.legal += was_legal and truth.counts
    if isinstance(said, Illegal):
        flipped = was_legal and said.rule is not Rule.BORDERLINE
        tally.refused += flipped
    else:
        tally.certified += 1
        tally.kept += was_legal and truth.counts
        # Where the room itself is too close to call and has no answer, there is none to miss.
        flipped = isinstance(truth.ruling, Illegal) and truth.ruling.rule is not Rule.BORDERLINE
        tally.unfounded += flipped
        if isinstance(truth.plain, Legal):
            flipped = not _agrees(tally, truth.plain.answer, said) or flipped
    tally.flips += flipped
    return flipped


def _agrees(tally: Tally, answer: Answer, said: Legal) -> bool:
    """Compare two answers; numbers agree whatever their values, and are covered or not."""
    margin = said.truth.margin
    if margin.kind is not MarginKind.INTERVAL:
        return said.answer == answer
    true, told = _si(answer), _si(said.answer)
    tally.covered += abs(told - true) <= margin.value + ROUNDING
    tally.numbers += 1
    tally.widths.append(margin.value / told)
    return True


def _si(answer: Answer) -> float:
    if isinstance(answer, Metres | Centimetres):
        return answer.metres
    if isinstance(answer, SquareMetres):
        return answer.value
    raise TypeError(f"answer: {answer} is no measure")


def bound(rooms: Iterable[Tally], seed: int = 0) -> float:
    """Return the one-sided 95 % upper bound of the flip rate.

    The greater of two: the bootstrap over rooms, whose questions are not independent, and the exact
    Poisson bound, because a bootstrap of rooms without a flip says nothing.
    """
    pairs = np.array([(room.flips, room.ruled) for room in rooms], dtype=np.float64).reshape(-1, 2)
    flips, ruled = pairs.sum(axis=0).tolist()
    if ruled == 0.0:
        return math.nan
    generator = np.random.default_rng(seed)
    chosen = pairs[generator.integers(0, len(pairs), (BOOTSTRAPS, len(pairs)))].sum(axis=1)
    rates = chosen[:, 0] / np.maximum(chosen[:, 1], 1.0)
    independent = min(1.0, largest_mean(int(flips)) / float(ruled))
    return max(float(np.quantile(rates, 0.95)), independent)


def largest_mean(seen: int) -> float:
    """Return the Poisson mean under which `seen` or fewer have a probability of 5 %."""
    low, high = 0.0, 10.0 + 4.0 * seen
    for _ in range(60):
        mean = (low + high) / 2.0
        terms = (k * math.log(mean) - mean - math.lgamma(k + 1.0) for k in range(seen + 1))
        low, high = (mean, high) if math.fsum(map(math.exp, terms)) > 0.05 else (low, mean)
    return high
