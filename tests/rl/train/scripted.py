# SPDX-License-Identifier: Apache-2.0
"""A trainer whose completions are written by a script: everything else is the real thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import tiny

from spatialevo_dge import Legal, enumerate_questions
from spatialevo_rl.records import Assignment, Job, Role
from spatialevo_rl.train.batch import Row
from spatialevo_rl.train.config import RunConfig
from spatialevo_rl.train.play import Play, Prompt, Stage
from spatialevo_rl.train.run import Run, prepare
from spatialevo_rl.train.trainer import SelfEvolutionTrainer

Script = Callable[[Stage, Assignment, Job | None, int], str]
"""What a row writes: stage, assignment, job (None: it asks), place in its group."""


def asking_and_answering(stage: Stage, assignment: Assignment, job: Job | None, row: int) -> str:
    """Legal, legal, illegal, malformed questions; right, wrong, wrong, malformed answers."""
    if job is None:
        questions = legal_questions(stage, assignment)
        text = questions[row % len(questions)] if row < 2 else "How many unicorns are there?"
        whole = f"<observation>There is a bed.</observation><question>{text}</question>"
        return whole if row % 4 < 3 else "<question>what</question>"
    assert job.ruling is not None
    if row % 4 == 3:
        return "no tags"
    right = (
        job.ruling.answer.render() if isinstance(job.ruling, Legal) else "UNKNOWN_OBJECT: unicorn"
    )
    return f"<answer>{right if row % 4 == 0 else 'nothing'}</answer>"


def legal_questions(stage: Stage, assignment: Assignment) -> list[str]:
    scene = stage.store.scene(assignment.scene_id)
    found = enumerate_questions(scene, assignment.task, assignment.frames)
    return [question.text for question, _ in islice(found, 4)]


class ScriptedTrainer(SelfEvolutionTrainer):
    """Samples nothing."""

    script: Script = staticmethod(asking_and_answering)

    def _roll(self, prompts: Sequence[Prompt], role: Role) -> list[list[Row]]:
        play: Play = self.stage.last
        jobs: list[tuple[Assignment, Job | None]]
        if role is Role.QUESTIONER:
            jobs = [(a, None) for a in play.assignments]
        else:
            every = zip(play.assignments, play._jobs, strict=True)
            jobs = [(a, j) for a, js in every for j in js if j.role is not Role.VOID]
        size, end = self.num_generations, self._tokenizer.eos_token_id
        groups = []
        for encoded, (assignment, job) in zip(self.encoder.encode(prompts), jobs, strict=False):
            texts = [self.script(self.stage, assignment, job, row) for row in range(size)]
            ids = [self._tokenizer(text)["input_ids"] for text in texts]
            groups.append(
                [
                    Row(role=role, prompt=encoded, completion=[*i, end][: self.sampling.length])
                    for i in ids
                ]
            )
        while len(groups) < len(prompts):  # what fills void groups with several processes
            groups.append(groups[-1])
        return groups


def remember_plays(stage: Stage) -> None:
    """Let the script see the step being played."""
    original = stage.play

    def play(step: int, slots: Sequence[int]) -> Play:
        stage.last = original(step, slots)
        return stage.last

    stage.play = play


def scripted_run(
    folder: Path, script: Script = asking_and_answering, model: Any = None, **more: Any
) -> Run:
    """Prepare a run whose completions the script writes."""
    base = folder / "base"
    if not base.exists():
        tiny.save_base(base)
    config: RunConfig = tiny.config(
        folder / "run", base, **{"max_completion_length": 160, "observation": "off", **more}
    )
    run = prepare(config, show=lambda *_: None, model=model, trainer=ScriptedTrainer)
    run.trainer.script = script
    remember_plays(run.trainer.stage)
    return run
