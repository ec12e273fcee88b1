# SPDX-License-Identifier: Apache-2.0
"""Asking, not answering: are a model's questions about held-out rooms legal, and different?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from spatialevo_dge import Illegal, Question, enumerate_questions, judge
from spatialevo_dge.tasks import TASKS, task_named
from spatialevo_eval.benchmark import (
    Benchmark,
    Dataset,
    Generation,
    Item,
    ItemScore,
    LoadOptions,
    Record,
    Row,
    Scored,
    Table,
)
from spatialevo_eval.dge.prompts import FULL, SMALL, SMALL_WORDS, PromptSet
from spatialevo_eval.dge.rooms import PLANS, RoomFrame, room_of, scenes, seen_views
from spatialevo_eval.fields import strings, text, whole
from spatialevo_eval.metrics import mean, rows_by

__all__ = ["DGE_QUESTIONS", "DGE_QUESTIONS_PAINTED"]

_TASKS: Final = tuple(task.id for task in TASKS)
_TAG: Final = re.compile(r"<question>([^<>]*)</question>", re.DOTALL)
_APART: Final = re.compile(r" (?=[,.;:?!)])|(?<=\() | (?=\((?:s|es)\))")


def _rows(plan: str, tasks: tuple[str, ...], _options: LoadOptions) -> Iterator[Record]:
    """Yield one view a room and task, of those that have a legal question."""
    for seed, scene in scenes(PLANS[plan]):
        for task in tasks:
            views = seen_views(scene, task_named(task).view)
            first = seed % len(views)
            for frames in (*views[first:], *views[:first]):
                legal = next(enumerate_questions(scene, task, frames), None)
                if legal is not None:
                    question = legal[0].text
                    yield {"seed": seed, "task": task, "frames": frames, "question": question}
                    break


def _items(
    name: str, plan: str, prompts: PromptSet, rows: Iterable[Record], _options: LoadOptions
) -> Iterator[Item]:
    for row in rows:
        seed, task, frames = whole(row, "seed"), text(row, "task"), strings(row, "frames")
        yield Item(
            id=f"{task}/{seed}",
            benchmark=name,
            prompt=prompts.ask(task, len(frames), seed),
            images=tuple(RoomFrame(plan=plan, seed=seed, frame=frame) for frame in frames),
            reference=text(row, "question"),
            kind=task,
            meta={
                "plan": plan,
                "seed": seed,
                "task": task,
                "frames": frames,
                "scene": f"{plan}-{seed}",
            },
        )


def _score(item: Item, reply: str) -> ItemScore:
    """Score 1 where the oracle finds the question legal and of the task."""
    tagged = _TAG.findall(reply)
    asked = _APART.sub("", " ".join((tagged[-1] if tagged else reply).split()))
    if not asked:
        return ItemScore(value=0.0, parsed=None, why="Nothing was asked.")
    scene = room_of(text(item.meta, "plan"), whole(item.meta, "seed")).scene
    frames = strings(item.meta, "frames")
    ruling = judge(Question(asked, frames=frames, task=text(item.meta, "task")), scene)
    if isinstance(ruling, Illegal):
        return ItemScore(value=0.0, parsed=asked, why=f"{ruling.rule.value}: {ruling.why}")
    return ItemScore(value=1.0, parsed=asked, why=f"Legal; the answer is {ruling.answer.render()}.")


def _table(scored: Sequence[Scored]) -> Table:
    """Average validity by task; of the valid questions, how many differ from all others."""
    rows = list(rows_by(scored, lambda item: item.kind, _TASKS, dict.fromkeys(_TASKS, "validity")))
    overall = mean(row.value for row in rows)
    valid = [str(score.parsed).lower() for _, score in scored if score.value]
    different = len(set(valid)) / len(valid) if valid else 0.0
    rows.append(Row(name="different", value=different, count=len(valid), metric="share"))
    return Table(
        rows=tuple(rows),
        overall=overall,
        count=len(scored),
        rule="mean validity over tasks; different texts among valid ones apart",
    )


def _benchmark(name: str, title: str, plan: str, tasks: tuple[str, ...]) -> Benchmark:
    prompts = SMALL if plan == "painted" else FULL
    return Benchmark(
        id=name,
        title=title,
        dataset=Dataset(hub_id="", split="held-out", revision="", licence="apache-2.0"),
        source=("spatialevo-dge: rooms are generated, and the oracle rules on what is asked",),
        generation=Generation(max_tokens=512),
        to_items=partial(_items, name, plan, prompts),
        score=_score,
        aggregate=_table,
        answer_form=lambda question: f"<question>{question}</question>",
        rows=partial(_rows, plan, tasks),
    )


DGE_QUESTIONS: Final = _benchmark("dge_questions", "DGE, asking", "room", _TASKS)
DGE_QUESTIONS_PAINTED: Final = _benchmark(
    "dge_questions_painted", "DGE, asking (painted rooms)", "painted", tuple(SMALL_WORDS)
)
