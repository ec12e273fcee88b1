# SPDX-License-Identifier: Apache-2.0
"""The environment: a question and a scene go in, a ruling comes out.

    text --read--> entities --check--> Illegal(rule, why, evidence)
                            --measure--> Legal(answer, margin, trace)

No model takes part and nothing is random: the same question about the same scene gives the same
ruling, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from spatialevo_dge.entities import Entities, Noun
from spatialevo_dge.offers import option_that_says, read_with_offers
from spatialevo_dge.parsing import GRAMMAR, Reader
from spatialevo_dge.parsing.route import named_frames, route
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Illegal, Legal, Ruling
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks import all_tasks, task_named
from spatialevo_dge.thresholds import DEFAULT, Policy
from spatialevo_dge.verdict import Rule, Violation, in_precedence
from spatialevo_dge.view import View, ViewKind


def judge(
    question: Question, scene: Scene, policy: Policy = DEFAULT, *, reader: Reader = GRAMMAR
) -> Ruling:
    """Rule on one question.

    Args:
        question: What is asked, with which images.
        scene: The scene it is asked about.
        policy: Thresholds and conventions.
        reader: What turns the text into entities: the grammar, or a language model behind the same
            checks (`spatialevo_dge.llm`).

    Returns:
        `Legal` with the answer, its margin and evidence, or `Illegal` with the rule broken.

    Raises:
        ValueError: `question.task` is no task's id.
    """
    if question.task is not None:
        task_named(question.task)
    parse = read_with_offers(question, scene, all_tasks(), reader)
    routed = route(parse, question, all_tasks())
    if isinstance(routed, Violation):
        return Illegal(task=question.task, violation=routed, notes=parse.notes)
    frames = question.frames or named_frames(routed.entities)
    ruling = rule_on(routed.task_id, routed.entities, scene, frames, policy)
    if isinstance(ruling, Legal) and question.options:
        ruling = replace(ruling, option=option_that_says(ruling.answer, question.options))
    return replace(ruling, notes=parse.notes) if parse.notes else ruling


def judge_many(
    questions: Iterable[Question],
    scene: Scene,
    policy: Policy = DEFAULT,
    *,
    reader: Reader = GRAMMAR,
) -> list[Ruling]:
    """Rule on many questions about one scene: the same bytes as one at a time.

    What is computed once for a scene (its lexicon, its visibility by frame) is kept on the scene,
    so a batch costs the sum of its questions and nothing more.
    """
    return [judge(question, scene, policy, reader=reader) for question in questions]


def rule_on(
    task_id: str,
    entities: Entities,
    scene: Scene,
    frames: tuple[str, ...] = (),
    policy: Policy = DEFAULT,
) -> Ruling:
    """Rule on entities that are already known, without any text.

    Raises:
        ValueError: `task_id` is no task's id.
        TypeError: The entities are not what the task is asked about.
    """
    task = task_named(task_id)
    if not isinstance(entities, task.forms.entities):
        raise TypeError(
            f"entities: {task_id} expects {task.forms.entities.__name__}, "
            f"got {type(entities).__name__}"
        )
    broken = in_precedence((*_wrong_view(task, len(frames)), *_missing_frames(scene, frames)))
    if broken:
        return Illegal(task=task_id, violation=broken[0], also=broken[1:], entities=entities)
    view = View(scene, tuple(scene.frames_by_id[frame] for frame in frames))
    broken = in_precedence(task.check(entities, view, policy))
    if broken:
        return Illegal(task=task_id, violation=broken[0], also=broken[1:], entities=entities)
    truth = task.measure(entities, view, policy)
    doubts = in_precedence(
        tuple(doubt for doubt in truth.doubts if policy.borderline or doubt.rule != Rule.BORDERLINE)
    )
    if doubts:
        return Illegal(task=task_id, violation=doubts[0], also=doubts[1:], entities=entities)
    answer = truth.answer
    if answer is None:
        # An open question whose parts tie has no answer under any policy.
        return Illegal(task=task_id, violation=truth.doubts[0], entities=entities)
    if scene.cloud is None and _names_objects(entities):
        # TOO_FEW_POINTS could not be checked, and the trace says so.
        truth = replace(truth, trace={**truth.trace, "points": "unchecked"})
    return Legal(task=task_id, entities=entities, answer=answer, truth=truth)


def _names_objects(entities: Entities) -> bool:
    values = (getattr(entities, field.name) for field in fields(entities))
    return any(isinstance(value, Noun | tuple) for value in values)


def _missing_frames(scene: Scene, frames: tuple[str, ...]) -> tuple[Violation, ...]:
    broken: list[Violation] = []
    for frame in frames:
        if frame in scene.skipped_frames:
            why = f"frame {frame!r} cannot be used: {scene.skipped_frames[frame]}."
            broken.append(Violation(rule=Rule.NOT_AVAILABLE, entity=f"frame {frame}", why=why))
        elif frame not in scene.frames_by_id:
            why = f"scene {scene.id!r} has no frame {frame!r}; it has {len(scene.frames)}."
            broken.append(Violation(rule=Rule.UNKNOWN_FRAME, entity=f"frame {frame}", why=why))
    return tuple(broken)


def _wrong_view(task: SpatialTask[Any], count: int) -> tuple[Violation, ...]:
    if task.view.admits(count):
        return ()
    wanted = {ViewKind.FRAME: 1, ViewKind.PAIR: 2}[task.view]
    return (
        Violation(
            rule=Rule.WRONG_VIEW,
            entity=f"{count} images",
            why=f"{task.id} is asked with {wanted} image(s), not with {count}.",
            measured=float(count),
            threshold=float(wanted),
            unit="images",
        ),
    )
