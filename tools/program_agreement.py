# SPDX-License-Identifier: Apache-2.0
"""Compare honest programs with the oracle: agreement by task, and every disagreement in full.

    python tools/program_agreement.py --rooms 50 --questions 4

For each made room and each of the sixteen tasks, legal questions are drawn from the task's own
proposals under frames drawn from the room, and worded in one of the task's wordings. The program
for a question's entities runs in the sandbox; its answer is compared with what the oracle says of
the question's text.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from spatialevo_dge import DEFAULT, TASKS, Legal, Question, Scene, View, ViewKind, rule_on
from spatialevo_dge.synthetic import make_room
from spatialevo_dge.task import SpatialTask
from spatialevo_rl.draws import dice
from spatialevo_rl.programs import Failed, Sandbox, Verdict, compare, program_for

_TRIES = 200
FAILED = "failed"
COLUMNS = (*(verdict.value for verdict in Verdict), FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A legal question with its scene and ruling."""

    scene: Scene
    question: Question
    ruling: Legal


def drawn(scene: Scene, seed: int, count: int) -> Iterator[Asked]:
    """Yield up to `count` legal questions of each task about a room."""
    for place, task in enumerate(TASKS):
        rng = dice(seed, place, "program agreement")
        found = 0
        for frames in _views(scene, task, rng, count):
            view = View(scene, tuple(scene.frames_by_id[frame] for frame in frames))
            proposals = list(task.propose(view, DEFAULT))
            for index in rng.permutation(len(proposals))[:_TRIES].tolist():
                ruling = rule_on(task.id, proposals[index], scene, frames)
                if isinstance(ruling, Legal):
                    wordings = task.forms.phrase(ruling.entities)
                    text = wordings[int(rng.integers(len(wordings)))]
                    question = Question(text, frames=frames, task=task.id)
                    yield Asked(scene=scene, question=question, ruling=ruling)
                    found += 1
                    break
            if found == count:
                break


def _views(
    scene: Scene, task: SpatialTask[object], rng: np.random.Generator, count: int
) -> Iterator[tuple[str, ...]]:
    """Yield sets of frames, more than are needed, since not every one admits a legal question."""
    ids = np.array([frame.id for frame in scene.frames])
    for turn in range(4 * count):
        if task.view is ViewKind.SCENE:
            yield () if turn % 2 else tuple(rng.permutation(ids)[: len(ids) // 2 + 1].tolist())
        else:
            shown = 1 if task.view is ViewKind.FRAME else 2
            yield tuple(rng.permutation(ids)[:shown].tolist())


def tally(rooms: int, questions: int, first: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Run the programs; return verdicts by task, and each one that is not an agreement."""
    found: Counter[tuple[str, str]] = Counter()
    notes: list[str] = []
    with Sandbox() as sandbox:
        for seed in track(range(first, first + rooms), "rooms", console=Console(stderr=True)):
            for asked in drawn(make_room(seed).scene, seed, questions):
                verdict, note = _verdict(sandbox, asked)
                found[asked.ruling.task, verdict] += 1
                if note:
                    notes.append(f"room {seed}, {asked.ruling.task}: {note}")
    return found, notes


def _verdict(sandbox: Sandbox, asked: Asked) -> tuple[str, str]:
    frames = asked.question.frames
    program = program_for(asked.ruling, asked.scene, frames)
    outcome = sandbox.run(program, asked.scene, frames)
    if isinstance(outcome, Failed):
        return FAILED, f"{asked.question} {outcome.failure}: {outcome.why}\n{program}"
    agreement = compare(outcome.answer, asked.question, asked.scene)
    if agreement.verdict is Verdict.AGREES:
        return agreement.verdict.value, ""
    return agreement.verdict.value, f"{asked.question} {agreement.why}\n{program}"


def table(found: Counter[tuple[str, str]]) -> Table:
    """Lay the tally out, a row a task and one for all."""
    shown = Table("task", "questions", *COLUMNS, "agreement")
    for task in (*(task.id for task in TASKS), "all"):
        counts = [
            sum(n for (name, kind), n in found.items() if kind == column and task in {name, "all"})
            for column in COLUMNS
        ]
        total = sum(counts)
        rate = f"{counts[0] / total:.1%}" if total else "none asked"
        shown.add_row(task, str(total), *map(str, counts), rate)
    return shown


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 where any program does not agree."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rooms", type=int, default=50, help="how many made rooms")
    parser.add_argument("--questions", type=int, default=4, help="questions a task and room")
    parser.add_argument("--first", type=int, default=0, help="seed of the first room")
    given = parser.parse_args(arguments)
    found, notes = tally(given.rooms, given.questions, given.first)
    console = Console(width=120)
    console.print(table(found))
    for note in notes:
        console.print(note, markup=False)
    return 1 if notes else 0


if __name__ == "__main__":
    sys.exit(main())
