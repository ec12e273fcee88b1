# SPDX-License-Identifier: Apache-2.0
"""Questions about held-out rooms, drawn by the oracle: legal by answer, illegal by broken rule.

Everything follows from the plan: the same rooms, questions and order on every machine.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeVar

from spatialevo_dge import Illegal, Legal, Question, Scene, enumerate_questions, judge, rule_on
from spatialevo_dge.answer import Answer, Choice, Count, Direction
from spatialevo_dge.labels import plural
from spatialevo_dge.parsing import GRAMMAR
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks import TASKS
from spatialevo_dge.thresholds import DEFAULT
from spatialevo_dge.verdict import Rule
from spatialevo_dge.view import View
from spatialevo_eval.dge.rooms import PLANS, Plan, scenes, seen_views

__all__ = ["VISIBLE_RULES", "Asked", "Portion", "draw"]

T = TypeVar("T")
VISIBLE_RULES: Final = frozenset(Rule) - {Rule.UNPARSED, Rule.BORDERLINE, Rule.TOO_FEW_POINTS}
"""Rules that somebody who sees the images can find broken: no matter of spelling or of noise."""

_PROPOSED: Final = 3000  # entity assignments of a view that a draw chooses from
_TRIED: Final = 48  # of them, how many are ruled on
_NOTE: Final = re.compile(r" In front means nearer.*$")
_PER_VIEW: Final = 12  # questions of a task kept for each view
_NEAR: Final = 1.4  # lengths and areas within this factor are one kind of answer
_read = lru_cache(maxsize=16384)(GRAMMAR)  # texts come again: other views, other tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question about a room, and what the oracle says.

    Attributes:
        seed: The room's.
        frames: Ids of the images shown.
        task: The task's id.
        text: The question.
        ruling: The oracle's.
        group: Kind of answer, or the rule broken: what a draw is balanced over.
    """

    seed: int
    frames: tuple[str, ...]
    task: str
    text: str
    ruling: Legal | Illegal
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """How many questions of each task are drawn.

    Attributes:
        legal: With an answer.
        illegal: Without.
        plain: Whether forms that offer "same", tilts and open moves are left out, and the note on
            what "in front" means, for models whose vocabulary has none of it.
    """

    legal: int
    illegal: int
    plain: bool = False


@lru_cache(maxsize=64)
def draw(plan: str, task: str, portion: Portion) -> tuple[Asked, ...]:
    """Draw a task's questions, answers and rules as even as the rooms allow, legal ones first.

    Args:
        plan: Name of the rooms' plan.
        task: The task's id.
        portion: How many.
    """
    wanted = next(each for each in TASKS if each.id == task)
    rooms = list(scenes(PLANS[plan]))
    legal = [asked for seed, scene in rooms for asked in _legal(wanted, seed, scene, portion)]
    drawn = _balanced(legal, portion.legal)
    illegal = [
        asked
        for seed, scene in rooms
        for asked in _illegal(wanted, seed, scene, PLANS[plan])
        if not portion.plain or _is_plain(asked.text)
    ]
    return (*drawn, *_balanced(illegal, portion.illegal))


def _is_plain(text: str) -> bool:
    return re.search(r"\b(?:same|tilt|pose)\b", text) is None


def _legal(task: SpatialTask[Any], seed: int, scene: Scene, portion: Portion) -> Iterator[Asked]:
    """Yield some legal questions of each view."""
    for frames in seen_views(scene, task.view):
        tried = _tried(task, scene, frames)
        legal = [(text, ruling) for text, ruling in tried if isinstance(ruling, Legal)]
        plain = [pair for pair in legal if not portion.plain or _is_plain(pair[0])]
        for text, ruling in plain[:_PER_VIEW]:
            yield Asked(
                seed=seed,
                frames=frames,
                task=task.id,
                text=_NOTE.sub("", text) if portion.plain else text,
                ruling=ruling,
                group=_kind(ruling.answer),
            )


def _illegal(task: SpatialTask[Any], seed: int, scene: Scene, plan: Plan) -> Iterator[Asked]:
    """Yield illegal questions of each view: proposed, renamed, and of another task."""
    for frames in seen_views(scene, task.view):
        texts = dict.fromkeys(
            (
                *_refused(task, scene, frames),
                *_renamed(task, scene, frames, plan.labels),
                *_of_others(task, scene, frames),
            )
        )
        kept = 0
        for text in _shuffled(list(texts), f"{seed} {task.id} {frames} illegal"):
            ruling = judge(Question(text, frames=frames, task=task.id), scene, reader=_read)
            if isinstance(ruling, Illegal) and ruling.rule in VISIBLE_RULES:
                kept += 1
                yield Asked(
                    seed=seed,
                    frames=frames,
                    task=task.id,
                    text=text,
                    ruling=ruling,
                    group=ruling.rule.value,
                )
            if kept == _PER_VIEW:
                break


@lru_cache(maxsize=4096)
def _tried(
    task: SpatialTask[Any], scene: Scene, frames: tuple[str, ...]
) -> tuple[tuple[str, Legal | Illegal], ...]:
    """Rule on some of a view's proposals, drawn from the whole of them."""
    view = View(scene, tuple(scene.frames_by_id[frame] for frame in frames))
    proposed = list(islice(task.propose(view, DEFAULT), _PROPOSED))
    chosen = _shuffled(proposed, f"{scene.id} {task.id} {frames}")[:_TRIED]
    return tuple(
        (task.forms.phrase(entities)[0], rule_on(task.id, entities, scene, frames))
        for entities in chosen
    )


def _refused(task: SpatialTask[Any], scene: Scene, frames: tuple[str, ...]) -> Iterator[str]:
    """Yield texts of proposals that the oracle refuses."""
    for text, ruling in _tried(task, scene, frames):
        if isinstance(ruling, Illegal):
            yield text


def _renamed(
    task: SpatialTask[Any], scene: Scene, frames: tuple[str, ...], labels: Sequence[str]
) -> Iterator[str]:
    """Yield legal questions with another label in place of one that they name."""
    own = sorted({item.label for item in scene.objects})
    legal = [text for text, ruling in _tried(task, scene, frames) if isinstance(ruling, Legal)]
    for question in legal[:_PER_VIEW]:
        named = [label for label in own if re.search(rf"\b{re.escape(label)}\b", question)]
        for old in named[:2]:
            for new in _shuffled([*labels], question + old)[:3]:
                text = question.replace(plural(old), plural(new))
                yield re.sub(rf"\b{re.escape(old)}\b", new, text)


def _of_others(task: SpatialTask[Any], scene: Scene, frames: tuple[str, ...]) -> Iterator[str]:
    """Yield a legal question of each other task that is asked with as many images."""
    for other in TASKS:
        if other.id != task.id and other.view is task.view:
            text = _first_legal(other.id, scene, frames)
            if text is not None:
                yield text


@lru_cache(maxsize=4096)  # every task of a view asks for it
def _first_legal(task: str, scene: Scene, frames: tuple[str, ...]) -> str | None:
    """Return the first legal question of a task about a view; None where there is none."""
    found = next(enumerate_questions(scene, task, frames), None)
    return None if found is None else found[0].text


def _kind(answer: Answer) -> str:
    """Name the kind of an answer: the word, the place of the choice, the count, the magnitude."""
    if isinstance(answer, Choice):
        return f"choice {answer.options.index(answer.value)}"
    if isinstance(answer, Direction | Count):
        return answer.render()
    return f"magnitude {round(math.log(max(float(answer.value), 0.01), _NEAR))}"


def _balanced(asked: Iterable[Asked], count: int) -> list[Asked]:
    """Take from the groups in turn, no text about a room twice."""
    groups: dict[str, list[Asked]] = {}
    seen = set()
    for each in _shuffled(list(asked), "balance"):
        if (each.seed, each.text) not in seen:
            seen.add((each.seed, each.text))
            groups.setdefault(each.group, []).append(each)
    taken: list[Asked] = []
    queues = [groups[name] for name in sorted(groups)]
    while len(taken) < count and any(queues):
        for queue in queues:
            if queue and len(taken) < count:
                taken.append(queue.pop())
    return taken


def _shuffled(values: list[T], salt: str) -> list[T]:
    """Return values in an order that follows from them and the salt, the same on every machine."""
    keys = [hashlib.sha256(f"{salt} {place}".encode()).digest() for place in range(len(values))]
    return [values[place] for place in sorted(range(len(values)), key=keys.__getitem__)]
