# SPDX-License-Identifier: Apache-2.0
"""The lab's proposer: scripted, not a model. It asks what the oracle enumerates.

It draws a cell, which is a task and a bucket of the truth's margin, by the weights that feedback
gave; then a question of that cell whose answer was rare so far; and writes the honest program for
it (`spatialevo_rl.programs.program_for`). It stands in for a vision-language model that can write
programs, which no model of the lab's size can: what it shows is what feedback does to difficulty.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

import numpy as np

from spatialevo_dge import Legal, Question
from spatialevo_dge.answer import Choice, Count, Direction
from spatialevo_dge.tasks import task_named
from spatialevo_dge.truth import MarginKind
from spatialevo_rl.draws import dice
from spatialevo_rl.lab.examples import group_of, plain_questions, short
from spatialevo_rl.ouroboros.records import Feedback, Proposed, Visit, Visited
from spatialevo_rl.ouroboros.running import FORMS
from spatialevo_rl.programs import program_for
from spatialevo_rl.scenes.store import SceneStore

EDGES: Final = {"m": (0.6, 1.3), "deg": (8.0, 16.0), "fraction": (0.06, 0.2)}
"""Margins at which a third, and two thirds, of the lab's questions lie, by unit."""
_LENGTHS: Final = (1.5, 2.5)  # metres: the same of the lab's distances
_NAMES: Final = ("near", "middle", "far")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    frames: tuple[str, ...]
    question: Question
    ruling: Legal


class ScriptedProposer:
    """Draws questions of a store's scenes by cell; its memory is this round's answers.

    Args:
        store: The scenes.
        tasks: Ids of the tasks it asks.
        count: Questions a visit.
        turn: Seed of the run, and the round.
    """

    name: Final = "scripted"
    block: Final = 1

    def __init__(
        self, store: SceneStore, tasks: tuple[str, ...], count: int, turn: tuple[int, int]
    ) -> None:
        self._store, self._tasks, self._count, self._turn = store, tasks, count, turn
        self._seen: Counter[tuple[str, int, str]] = Counter()

    def remember(self, done: Iterable[Visited]) -> None:
        """Take note of what was proposed before an interruption."""
        for visited in done:
            for proposed in visited.proposed:
                self._seen[_key(proposed)] += 1

    def propose(self, visits: Sequence[Visit], feedback: Feedback) -> list[Visited]:
        """Ask about scenes, one after the other.

        Raises:
            SceneError: A scene is damaged.
        """
        return [self._propose(visit, feedback) for visit in visits]

    def _propose(self, visit: Visit, feedback: Feedback) -> Visited:
        seed, turn = self._turn
        chance = dice(seed, turn, "propose", visit.number)
        cells = self._cells(visit)
        made: list[Proposed] = []
        while cells and len(made) < self._count:
            cell = _drawn(sorted(cells), feedback, chance)
            chosen = self._rare(cells[cell], chance)
            cells[cell].remove(chosen)
            if not cells[cell]:
                del cells[cell]
            proposed = self._written(visit, cell, chosen)
            self._seen[_key(proposed)] += 1
            made.append(proposed)
        return Visited(visit=visit, proposed=tuple(made))

    def _cells(self, visit: Visit) -> dict[str, list[_Choice]]:
        """Return every plain question about the visit's views, by cell."""
        scene = self._store.scene(visit.scene_id)
        cells: dict[str, list[_Choice]] = defaultdict(list)
        views = [*((frame,) for frame in visit.frames), *permutations(visit.frames, 2)]
        for frames in views:
            shown = tuple(scene.frame_index[frame] for frame in frames)
            for task in self._tasks:
                if task_named(task).view.admits(len(frames)):
                    for question, ruling in plain_questions(scene, task, shown):
                        choice = _Choice(frames=frames, question=question, ruling=ruling)
                        cells[f"{task}:{bucket(ruling)}"].append(choice)
        return dict(cells)

    def _rare(self, choices: Sequence[_Choice], chance: np.random.Generator) -> _Choice:
        """Return a question whose answer was rare so far."""
        order: list[_Choice] = [choices[int(i)] for i in chance.permutation(len(choices))]

        def before(choice: _Choice) -> int:
            ruling = choice.ruling
            return self._seen[ruling.task, len(choice.frames), group_of(ruling.answer)]

        return min(order, key=before)

    def _written(self, visit: Visit, cell: str, chosen: _Choice) -> Proposed:
        scene = self._store.scene(visit.scene_id)
        return Proposed(
            frames=chosen.frames,
            task=chosen.ruling.task,
            question=short(chosen.question.text),
            program=program_for(chosen.ruling, scene, chosen.frames),
            form=form_of(chosen.ruling),
            cell=cell,
            group=group_of(chosen.ruling.answer),
        )


def _key(proposed: Proposed) -> tuple[str, int, str]:
    return proposed.task, len(proposed.frames), proposed.group


def _drawn(cells: Sequence[str], feedback: Feedback, chance: np.random.Generator) -> str:
    """Draw a cell by weight."""
    weights = np.array([feedback.weights[c] if c in feedback.weights else 1.0 for c in cells])
    return cells[int(chance.choice(len(cells), p=weights / weights.sum()))]


def bucket(ruling: Legal) -> str:
    """Name how far a truth is from being another; of a number, which has no boundary, its size."""
    margin, answer = ruling.truth.margin, ruling.answer
    if margin.kind is MarginKind.BOUNDARY and margin.unit in EDGES:
        return _NAMES[sum(margin.value >= edge for edge in EDGES[margin.unit])]
    if isinstance(answer, Count):
        return str(answer.value) if answer.value < 3 else "3+"
    if isinstance(answer, Choice | Direction):
        return "any"
    return _NAMES[sum(answer.value >= edge for edge in _LENGTHS)]


def form_of(ruling: Legal) -> str:
    """Name the kind of an answer as programs construct it."""
    return FORMS[type(ruling.answer).__name__]
