# SPDX-License-Identifier: Apache-2.0
"""The loop: round by round, phase by phase; goes on behind the last file that is sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from spatialevo_rl.ouroboros import rounds
from spatialevo_rl.ouroboros.difficulty import NOTHING, difficulties, feedback_of, judged
from spatialevo_rl.ouroboros.filters import Gate, filtered, order_of_learning
from spatialevo_rl.ouroboros.records import (
    Feedback,
    Ran,
    RoundRecord,
    Sample,
    Visit,
    Visited,
)
from spatialevo_rl.ouroboros.rounds import RoundFolder, grow
from spatialevo_rl.ouroboros.running import Bench, run_visit
from spatialevo_rl.ouroboros.visits import visits_of


class Proposer(Protocol):
    """Writes questions and programs: a `chat.ChatProposer`, or the lab's scripted one."""

    @property
    def block(self) -> int:
        """Visits that are handed over at once."""

    def remember(self, done: Iterable[Visited]) -> None:
        """Take note of what was proposed in this round before an interruption."""

    def propose(self, visits: Sequence[Visit], feedback: Feedback) -> list[Visited]:
        """Ask about scenes, each visit by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What learning gave.

    Attributes:
        confidences: Of each sample when it was first learnt from, by place.
        shown: Samples that the steps consisted of.
        steps: Optimizer steps done since the beginning.
        cpu_seconds: Processor time of this round's steps.
    """

    confidences: Mapping[int, float | None]
    shown: int
    steps: int
    cpu_seconds: float


class Solver(Protocol):
    """What learns: `spatialevo_rl.train.ouroboros.Learner`."""

    def learn(self, number: int, samples: Sequence[Sample]) -> Learnt:
        """Learn a round's samples; goes on where it was interrupted."""

    def evaluate(self, number: int) -> None:
        """Hold the solver to held-out questions after a round; before the first for 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Everything that takes part.

    Attributes:
        run: The run's folder.
        bench: Scenes, sandbox and settings.
        scene_views: Most frames of a visit.
        proposer: Makes the proposer of a round, by its number.
        gates: Filters that need a model.
        solver: What learns.
        say: Told which phase begins, and how far it is: name, done, of how many.
    """

    run: Path
    bench: Bench
    scene_views: int
    proposer: Callable[[int], Proposer]
    gates: tuple[Gate, ...]
    solver: Solver
    say: Callable[[str, int, int], None]

    def go(self) -> tuple[RoundRecord, ...]:
        """Do every round that is not finished; return all.

        Raises:
            SceneError: A scene is damaged.
            RecordError: A file of the run is damaged.
            NothingAcceptedError: A round has nothing to learn from.
        """
        self.solver.evaluate(0)
        for number in range(1, self.bench.settings.rounds + 1):
            folder = RoundFolder(self.run, number)
            if not folder.has(rounds.RECORD):
                self._round(number, folder)
            self.solver.evaluate(number)
        return rounds.finished(self.run)

    def _round(self, number: int, folder: RoundFolder) -> None:
        heard = self._heard(number)
        self._propose(number, folder, heard)
        self._run_programs(number, folder)
        if not folder.has(rounds.FILTERS):
            self._filter(number, folder)
        samples = folder.samples()
        learnt = self.solver.learn(number, samples)
        if not folder.has(rounds.LABELS):
            rows = judged(samples, learnt.confidences, self.bench.settings)
            folder.seal_rows(rounds.LABELS, rows)
        labels = folder.labels()
        told = feedback_of(labels, self._last(number))
        folder.seal(rounds.FEEDBACK, told)
        folder.seal(
            rounds.RECORD,
            RoundRecord(
                round=number,
                filters=folder.filters(),
                trained=sum(row.difficulty is not None for row in labels),
                shown=learnt.shown,
                difficulties=difficulties(labels),
                steps=learnt.steps,
                cpu_seconds=learnt.cpu_seconds,
                weights=told.weights,
            ),
        )

    def _last(self, number: int) -> Feedback:
        """Return what the round before left to hear."""
        return NOTHING if number == 1 else RoundFolder(self.run, number - 1).feedback()

    def _heard(self, number: int) -> Feedback:
        """Return what this round hears of it: nothing, where feedback is off."""
        return self._last(number) if self.bench.settings.feedback else NOTHING

    def _propose(self, number: int, folder: RoundFolder, heard: Feedback) -> None:
        if folder.has(rounds.PROPOSALS):
            return
        proposer = self.proposer(number)
        visits = visits_of(
            self.bench.store, self.bench.settings, self.scene_views, (self.bench.seed, number)
        )

        def make(part: Sequence[Visit], before: tuple[Visited, ...]) -> list[Visited]:
            proposer.remember(before)
            return proposer.propose(part, heard)

        for done in grow(folder, rounds.PROPOSALS, Visited, (visits, proposer.block), make):
            self.say(f"round {number}: proposing", done, len(visits))

    def _run_programs(self, number: int, folder: RoundFolder) -> None:
        if folder.has(rounds.RAN):
            return
        visits = folder.proposals()
        self.bench.begin(())

        def make(part: Sequence[Visited], before: tuple[Ran, ...]) -> list[Ran]:
            if before:
                self.bench.begin(zip(visits, before, strict=False))
            return [run_visit(visited, self.bench) for visited in part]

        for done in grow(folder, rounds.RAN, Ran, (visits, 1), make):
            self.say(f"round {number}: running programs", done, len(visits))

    def _filter(self, number: int, folder: RoundFolder) -> None:
        self.say(f"round {number}: filtering", 0, 1)
        left, counts = filtered(folder.proposals(), folder.ran(), self.gates)
        if not left:
            rejected = ", ".join(f"{name} {count}" for name, count in counts.rejected.items())
            raise NothingAcceptedError(
                f"round {number}: of {counts.asked} proposals none was accepted ({rejected})"
            )
        ordered = order_of_learning(left, self.bench.seed, number)
        folder.seal_rows(rounds.SAMPLES, ordered)
        folder.seal(rounds.FILTERS, counts)
        self.say(f"round {number}: filtering", 1, 1)


class NothingAcceptedError(Exception):
    """A round has nothing to learn from; the message counts why."""
