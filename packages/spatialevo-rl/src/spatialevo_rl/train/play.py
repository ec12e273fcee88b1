# SPDX-License-Identifier: Apache-2.0
"""One step without tensors: who is shown what, what the oracle says, which row earns what.

    deal -> ask -> judge -> choose -> answer -> score -> finish

A `Stage` lives as long as the run; a `Play` is one step on one process. Both are driven by the
trainer, by the dry run and by tests with a scripted policy alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PIL.Image import Image

from spatialevo_rl.episode import GroupContext, choose_jobs, enumerated_jobs, revote
from spatialevo_rl.novelty import VisitMemory
from spatialevo_rl.prompts import questioner_prompt, solver_prompt
from spatialevo_rl.records import Assignment, Attempt, Job, Proposal, Role
from spatialevo_rl.rollout_log import RowRecord
from spatialevo_rl.rows import Place, answer_record, question_record
from spatialevo_rl.scenes.assign import DrawnView
from spatialevo_rl.scenes.scheduler import TaskResult, TaskScheduler
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings, QuestionerContext
from spatialevo_rl.train.static import FixedDealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a group of rows is shown.

    Attributes:
        text: The instruction, as plain text.
        images: The images, in the order shown, before the text.
    """

    text: str
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a row wrote.

    Attributes:
        text: The text, without the token that ended it.
        truncated: Whether it was cut at the longest length.
    """

    text: str
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a row of the slot table.

    Attributes:
        role: VOID has no part in the update.
        reward: None leaves the row out of its group and of the update.
    """

    role: Role
    reward: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotResult:
    """One scene slot of a finished step: crosses processes, holds no tensors and no images.

    Attributes:
        assignment: What it worked on.
        probabilities: The scheduler's probability of each feasible task when it was dealt.
        proposals: The questioner's group; empty where questions are enumerated.
        jobs: What each solver group worked on.
        attempts: Each solver group's completions, scored; empty for a void one.
    """

    assignment: Assignment
    probabilities: Mapping[str, float]
    proposals: tuple[Proposal, ...]
    jobs: tuple[Job, ...]
    attempts: tuple[tuple[Attempt, ...], ...]

    def records(self, advantages: Sequence[float]) -> list[RowRecord]:
        """Return the log's records of every row that is not void.

        Args:
            advantages: One a row of the slot's block, in the slot table's order.
        """
        rows = len(advantages) // (1 + len(self.jobs))
        records: list[RowRecord] = [
            question_record(
                self.assignment,
                proposal,
                Place(row=row, advantage=advantages[row]),
                self.probabilities,
            )
            for row, proposal in enumerate(self.proposals)
        ]
        for group, (job, attempts) in enumerate(zip(self.jobs, self.attempts, strict=True)):
            start = (1 + group) * rows
            records.extend(
                answer_record(
                    self.assignment,
                    job,
                    attempt,
                    Place(group=group, row=row, advantage=advantages[start + row]),
                )
                for row, attempt in enumerate(attempts)
            )
        return records

    def results(self) -> list[TaskResult]:
        """Return what the scheduler learns: each unique legal question counts once."""
        found = []
        for job, attempts in zip(self.jobs, self.attempts, strict=True):
            known = [a.terms.quality for a in attempts if a.terms.quality is not None]
            if job.role is Role.SOLVER and known:
                found.append(
                    TaskResult(task=self.assignment.task, accuracy=sum(known) / len(known), count=1)
                )
        return found


class Dealer(Protocol):
    """Says what each slot works on: `scenes.assign.Assigner`, or `static.FixedDealer`."""

    def view(self, step: int, slot: int) -> DrawnView:
        """Return the view of a slot; depends on step and slot alone."""

    def assign(self, step: int, slot: int, scheduler: TaskScheduler) -> Assignment:
        """Return what a slot works on."""


class Oracle(Protocol):
    """Judges and scores groups: `scenes.oracle_pool.OraclePool`, or a scripted one."""

    def judge(
        self, groups: Sequence[tuple[Assignment, tuple[str, ...], GroupContext]]
    ) -> list[tuple[Proposal, ...]]:
        """Judge questioner groups, in order."""

    def score(
        self, groups: Sequence[tuple[Job, tuple[str, ...], Assignment, tuple[bool, ...]]]
    ) -> list[tuple[Attempt, ...]]:
        """Score solver groups, in order."""

    def prefetch(self, views: Iterable[DrawnView]) -> None:
        """Go through views in the background and load what they show."""

    def close(self) -> None:
        """End its processes."""


def records_of(results: Sequence[SlotResult], advantages: Sequence[float]) -> list[RowRecord]:
    """Return the log's records of several slots.

    Args:
        results: The slots.
        advantages: One a row, in the slot table's order.
    """
    size = len(advantages) // len(results)
    return [
        record
        for place, result in enumerate(results)
        for record in result.records(advantages[place * size : (place + 1) * size])
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSettings:
    """Numbers that a stage needs.

    Attributes:
        episode: Prompts and rewards.
        solver_groups: Solver groups a scene (K).
        rows: Rows of a group (G).
        seed: Seed of the run.
    """

    episode: EpisodeSettings
    solver_groups: int
    rows: int
    seed: int


class Stage:
    """What outlives a step: scenes, oracle, curriculum and memory of what was asked.

    Every process has its own; `finish` is given the same results on all of them, so curriculum and
    memory are equal everywhere.
    """

    def __init__(
        self,
        settings: StageSettings,
        store: SceneStore,
        assigner: Dealer,
        scheduler: TaskScheduler,
        pool: Oracle,
    ) -> None:
        self.settings = settings
        self.store = store
        self.assigner = assigner
        self.scheduler = scheduler
        self.pool = pool
        self.memory = VisitMemory(settings.episode.novelty_visits)

    def play(self, step: int, slots: Sequence[int]) -> Play:
        """Open a step for some scene slots, and begin to prepare the next one in the background.

        A view depends on step and slot alone, so scenes, images and feasible tasks of the next step
        are made while the model generates; the task is drawn when the step is opened.
        """
        dealt = tuple(self.assigner.assign(step, slot, self.scheduler) for slot in slots)
        play = Play(self, dealt)
        self.pool.prefetch(self.assigner.view(step + 1, slot) for slot in slots)
        return play

    def labels(self, assignment: Assignment) -> tuple[str, ...]:
        """Return the labels that a questioner is told: the data set's, or the scene's own."""
        if self.settings.episode.questioner_context is QuestionerContext.VOCABULARY:
            return self.store.vocabulary
        scene = self.store.scene(assignment.scene_id)
        return tuple(sorted({thing.label for thing in scene.objects}))

    def finish(self, results: Sequence[SlotResult]) -> None:
        """Learn from a finished step.

        Args:
            results: All slots of the step, from all processes, in the order of the slots.
        """
        learnt = [one for result in results for one in result.results()]
        self.scheduler.update(learnt)
        for result in results:
            self.memory.add(result.assignment.scene_id, result.proposals)

    def state(self) -> dict[str, object]:
        """Return what a checkpoint has to hold."""
        state: dict[str, object] = {
            "scheduler": self.scheduler.state(),
            "memory": self.memory.state(),
        }
        if isinstance(self.assigner, FixedDealer):
            state["questions"] = self.assigner.digest
        return state

    def load(self, state: Mapping[str, Any]) -> None:
        """Take over a checkpoint's state.

        Raises:
            ValueError: The file of questions is another one than the run began with.
        """
        if isinstance(self.assigner, FixedDealer) and state["questions"] != self.assigner.digest:
            raise ValueError(
                f"questions: {self.settings.episode.questions} has changed since the run began"
            )
        self.scheduler.load(state["scheduler"])
        self.memory.load(state["memory"])

    def close(self) -> None:
        """End the oracle's processes."""
        self.pool.close()


class Play:
    """One step on one process. Call in order: `asks`, `judge`, `answers`, `score`, `results`."""

    def __init__(self, stage: Stage, assignments: tuple[Assignment, ...]) -> None:
        self.stage = stage
        self.assignments = assignments
        scheduler = stage.scheduler
        self._odds = [dict(scheduler.probabilities(a.feasible)) for a in assignments]
        self._images = [stage.store.images(a.scene_id, a.frames) for a in assignments]
        self._proposals: list[tuple[Proposal, ...]] = [()] * len(assignments)
        self._jobs: list[tuple[Job, ...]] = []
        self._attempts: list[tuple[tuple[Attempt, ...], ...]] = []

    def asks(self) -> list[Prompt]:
        """Return the questioner's prompt of each slot."""
        stage = self.stage
        episode = stage.settings.episode
        return [
            Prompt(text=questioner_prompt(a, stage.labels(a), episode), images=images)
            for a, images in zip(self.assignments, self._images, strict=True)
        ]

    def judge(self, groups: Sequence[Sequence[Completion]]) -> None:
        """Judge each slot's questions and choose the solver groups' work."""
        stage = self.stage
        self._proposals = stage.pool.judge(
            [
                (
                    assignment,
                    tuple(one.text for one in group),
                    GroupContext(
                        recent=stage.memory.recent(assignment.scene_id),
                        common_labels=stage.store.common_labels,
                        truncated=tuple(one.truncated for one in group),
                    ),
                )
                for assignment, group in zip(self.assignments, groups, strict=True)
            ]
        )
        count, seed = stage.settings.solver_groups, stage.settings.seed
        self._jobs = [
            choose_jobs(proposals, count, assignment, seed, stage.settings.episode)
            for proposals, assignment in zip(self._proposals, self.assignments, strict=True)
        ]

    def enumerate(self) -> None:
        """Take the solver groups' work from a file, or the oracle's enumeration (ablations)."""
        self._jobs = [self._enumerated(assignment) for assignment in self.assignments]

    def _enumerated(self, assignment: Assignment) -> tuple[Job, ...]:
        settings, dealer = self.stage.settings, self.stage.assigner
        if isinstance(dealer, FixedDealer):
            return dealer.jobs(assignment, settings.solver_groups)
        scene = self.stage.store.scene(assignment.scene_id)
        return enumerated_jobs(
            assignment, scene, settings.solver_groups, settings.seed, settings.episode
        )

    def answers(self) -> list[Prompt | None]:
        """Return the prompt of each solver group, slot by slot; None for a void one."""
        episode = self.stage.settings.episode
        return [
            None
            if job.role is Role.VOID
            else Prompt(text=solver_prompt(job, assignment, episode), images=images)
            for assignment, jobs, images in zip(
                self.assignments, self._jobs, self._images, strict=True
            )
            for job in jobs
        ]

    def score(self, groups: Sequence[Sequence[Completion] | None]) -> None:
        """Score the solver groups' completions, in the order of `answers`."""
        jobs = [(a, j) for a, js in zip(self.assignments, self._jobs, strict=True) for j in js]
        work = [
            (
                job,
                tuple(one.text for one in group),
                assignment,
                tuple(one.truncated for one in group),
            )
            for (assignment, job), group in zip(jobs, groups, strict=True)
            if group is not None
        ]
        scored = iter(self.stage.pool.score(work))
        every = [() if group is None else next(scored) for group in groups]
        count = self.stage.settings.solver_groups
        self._attempts = [tuple(every[i : i + count]) for i in range(0, len(every), count)]
        self._proposals = [
            revote(proposals, jobs_, attempts, self.stage.settings.episode)
            for proposals, jobs_, attempts in zip(
                self._proposals, self._jobs, self._attempts, strict=True
            )
        ]

    def outcomes(self) -> list[Outcome]:
        """Return what became of every row, in the slot table's order."""
        settings = self.stage.settings
        outcomes: list[Outcome] = []
        nothing = [Outcome(role=Role.VOID, reward=None)] * settings.rows
        for proposals, jobs, attempts in zip(
            self._proposals, self._jobs, self._attempts, strict=True
        ):
            asked = [Outcome(role=Role.QUESTIONER, reward=p.terms.reward) for p in proposals]
            outcomes.extend(asked or nothing)
            for job, group in zip(jobs, attempts, strict=True):
                done = [Outcome(role=job.role, reward=one.terms.reward) for one in group]
                outcomes.extend(done or nothing)
        return outcomes

    def results(self) -> list[SlotResult]:
        """Return what `Stage.finish` and the log need."""
        return [
            SlotResult(
                assignment=assignment,
                probabilities=odds,
                proposals=proposals,
                jobs=jobs,
                attempts=attempts,
            )
            for assignment, odds, proposals, jobs, attempts in zip(
                self.assignments,
                self._odds,
                self._proposals,
                self._jobs,
                self._attempts,
                strict=True,
            )
        ]
