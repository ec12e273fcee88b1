# SPDX-License-Identifier: Apache-2.0
"""Makes a fixed file of questions: what the controls `static-rl` and `static-sft` learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from spatialevo_rl.lab.examples import reply_of
from spatialevo_rl.labelled import Labelled, write_labelled
from spatialevo_rl.scenes.sample import Asked
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import PromptSet
from spatialevo_rl.train.config import RunConfig
from spatialevo_rl.train.held_out import HeldOutOptions, held_out_questions

Say = Callable[[str], None]


def write_questions(config: RunConfig, count: int, path: Path, say: Say) -> int:
    """Write questions of a recipe's tasks about its training scenes, with the oracle's answers.

    Answers are balanced and at most one question of a task is asked about a scene, as in the
    held-out questions; the scenes are those of training.

    Args:
        config: The recipe: scenes, trained tasks, seed and prompts.
        count: Questions a task; fewer where the scenes allow no more.
        path: The file; written whole or not at all.
        say: Told what is done.

    Returns:
        How many were written.

    Raises:
        SceneError: There are no such scenes.
        OSError: The file cannot be written.
    """
    store = open_store(config.scenes, config.train.seed)
    rows: list[Labelled] = []
    for task in trained_tasks(config.scheduler):
        found = list(questions_of(config, store, task, count))
        say(f"{task}: {len(found):,} questions")
        rows.extend(found)
    write_labelled(path, rows)
    return len(rows)


def questions_of(config: RunConfig, store: SceneStore, task: str, count: int) -> Iterator[Labelled]:
    """Yield questions of one task, as the solver reads them, with what it should reply."""
    compact = config.episode.prompt_set is PromptSet.COMPACT
    options = HeldOutOptions(
        tasks=(task,),
        count=count,
        scene_views=config.scenes.scene_views,
        split=Split.TRAIN,
        plain=compact,
        seed=config.train.seed,
    )
    for asked in held_out_questions(store, options):
        yield as_labelled(asked, compact=compact)


def as_labelled(asked: Asked, *, compact: bool) -> Labelled:
    """Return a question with its answer, written as a solver with the compact prompts does."""
    answer = asked.ruling.answer
    return Labelled(
        scene_id=asked.scene_id,
        frames=asked.question.frames,
        task=asked.ruling.task,
        question=asked.question.text,
        answer=reply_of(answer) if compact else answer.render(),
    )
