# SPDX-License-Identifier: Apache-2.0
"""A fixed file of questions in place of the questioner: the control `static`.

Each row is judged again when the file is read, so that no label is believed that the oracle of
today does not give. What a step is dealt follows from step and slot alone: the file is gone through
in an order drawn anew for every pass over it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_dge import POLICIES, Illegal, Question, SceneError, judge
from spatialevo_dge.answer import Answer, Centimetres, Metres, SquareMetres
from spatialevo_dge.tasks import task_named
from spatialevo_rl.draws import dice
from spatialevo_rl.json_records import RecordError
from spatialevo_rl.keys import question_key
from spatialevo_rl.labelled import Labelled, read_labelled
from spatialevo_rl.records import VOID, Assignment, Job, Role
from spatialevo_rl.scenes.assign import DrawnView
from spatialevo_rl.scenes.caching import Cache
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings

_DECIMALS: Final = range(4)
_PASSES: Final = 4  # whose order is remembered: a step may end one and begin the next


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedView:
    """A view of the file, with the questions of one task asked about it.

    Attributes:
        scene_id: The scene.
        frames: Ids of the frames shown, in the order shown.
        task: The task.
        jobs: The questions, in the file's order.
    """

    scene_id: str
    frames: tuple[str, ...]
    task: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedQuestions:
    """A file of questions, judged.

    Attributes:
        rows: As the file has them.
        views: In the file's order.
        digest: Hash of the file: what a run that goes on must find again.
    """

    rows: tuple[Labelled, ...]
    views: tuple[FixedView, ...]
    digest: str

    @classmethod
    def read(cls, path: Path, store: SceneStore, settings: EpisodeSettings) -> FixedQuestions:
        """Read a file and judge its rows with the frames that they show.

        Args:
            path: Written by `spatialevo-rl questions`, or in its form.
            store: The scenes asked about.
            settings: The oracle's policy.

        Raises:
            FileNotFoundError: There is no such file.
            RecordError: It holds no question, or a row is damaged, illegal, or labelled otherwise
                than the oracle answers; names the row.
            SceneError: A row's scene is not in the store.
        """
        rows = read_labelled(path)
        if not rows:
            raise RecordError(str(path), "", "it holds no question")
        views: dict[tuple[str, tuple[str, ...], str], list[Job]] = {}
        for number, row in enumerate(rows, start=1):
            job = _judged(row, store, settings, f"{path}, line {number}")
            views.setdefault((row.scene_id, row.frames, row.task), []).append(job)
        return cls(
            rows=rows,
            views=tuple(
                FixedView(scene_id=scene, frames=frames, task=task, jobs=tuple(jobs))
                for (scene, frames, task), jobs in views.items()
            ),
            digest=file_digest(path),
        )


def file_digest(path: Path) -> str:
    """Return the hash of a file of questions."""
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def _judged(row: Labelled, store: SceneStore, settings: EpisodeSettings, where: str) -> Job:
    """Return a row as the work of a solver group."""
    try:
        task_named(row.task)
        question = Question(row.question, frames=row.frames, task=row.task)
        ruling = judge(question, store.scene(row.scene_id), POLICIES[settings.policy])
    except SceneError:
        raise
    except ValueError as error:
        raise RecordError(where, "task", str(error)) from error
    if isinstance(ruling, Illegal):
        raise RecordError(where, "question", f"the oracle refuses it: {ruling.rule}: {ruling.why}")
    if not agrees(row.answer, ruling.answer):
        truth = ruling.answer.render()
        raise RecordError(where, "answer", f"{row.answer!r}, but the oracle says {truth!r}")
    key = question_key(ruling, row.frames)
    return Job(role=Role.SOLVER, question=row.question, ruling=ruling, key=key)


def agrees(label: str, answer: Answer) -> bool:
    """Whether a label is an answer, written with some number of decimals."""
    if isinstance(answer, Metres | Centimetres | SquareMetres):
        return label in {answer.render(decimals) for decimals in _DECIMALS}
    return label == answer.render()


class FixedDealer:
    """Deals a file's views in place of drawn ones; see `scenes.assign.Assigner`."""

    def __init__(self, questions: FixedQuestions, slots: int, seed: int) -> None:
        """Prepare the draws.

        Args:
            questions: The file.
            slots: Scene slots of a step, over all processes.
            seed: Seed of the run.
        """
        self._questions, self._slots, self._seed = questions, slots, seed
        self._orders: Cache[int, Sequence[int]] = Cache(_PASSES)

    @property
    def digest(self) -> str:
        """Hash of the file."""
        return self._questions.digest

    def view(self, step: int, slot: int) -> DrawnView:
        """Return the view of a slot."""
        fixed = self._fixed(step, slot)
        return DrawnView(
            scene_id=fixed.scene_id,
            frames=fixed.frames,
            kind=task_named(fixed.task).view,
            feasible=(fixed.task,),
        )

    def assign(self, step: int, slot: int, scheduler: TaskScheduler) -> Assignment:
        """Return what a slot works on; the scheduler has no say."""
        del scheduler
        view = self.view(step, slot)
        return Assignment(
            step=step,
            slot=slot,
            scene_id=view.scene_id,
            frames=view.frames,
            kind=view.kind,
            task=view.feasible[0],
            feasible=view.feasible,
        )

    def jobs(self, assignment: Assignment, count: int) -> tuple[Job, ...]:
        """Return `count` questions about an assignment's view, void where there are fewer."""
        jobs = self._fixed(assignment.step, assignment.slot).jobs
        order = dice(self._seed, assignment.step, "fixed jobs", assignment.slot)
        chosen = [jobs[place] for place in order.permutation(len(jobs))[:count]]
        return (*chosen, *(VOID,) * (count - len(chosen)))

    def _fixed(self, step: int, slot: int) -> FixedView:
        views = self._questions.views
        around, place = divmod(step * self._slots + slot, len(views))
        order = self._orders.get(
            around, lambda: dice(self._seed, around, "fixed order").permutation(len(views)).tolist()
        )
        return views[order[place]]
