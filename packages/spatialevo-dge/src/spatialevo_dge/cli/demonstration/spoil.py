# SPDX-License-Identifier: Apache-2.0
"""Making a legal question illegal, so that one stated rule breaks.

The rule is known from how the question was changed, before it is asked: what the oracle says is
compared with it, not taken for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from spatialevo_dge.cli.demonstration.pick import text_of
from spatialevo_dge.entities import Among, Category, FrameRef, Noun, Relation
from spatialevo_dge.parsing.nouns import find_noun
from spatialevo_dge.question import Question
from spatialevo_dge.regions import REGIONS
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks import all_tasks
from spatialevo_dge.thresholds import DEFAULT
from spatialevo_dge.verdict import Rule
from spatialevo_dge.view import View, ViewKind

STRANGERS: Final = ("aquarium", "treadmill", "chandelier")
"""Things that no synthetic room has."""
UNITS: Final = ("square meters", "centimeters", "meters")
FOREIGN_UNIT: Final = "furlongs"
MOST_PROPOSALS: Final = 200
"""How many of a task's proposals are searched for one that the geometry leaves open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legal:
    """A legal question to start from."""

    task: SpatialTask[Any]
    scene: Scene
    entities: Any
    question: Question

    @property
    def view(self) -> View:
        """What the question looks at."""
        frames = tuple(self.scene.frames_by_id[frame] for frame in self.question.frames)
        return View(self.scene, frames)

    def asking(self, entities: Any) -> Question:
        """Return the question with other entities, in words."""
        return Question(text_of(self.task, entities), frames=self.question.frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """An illegal question and the rule that it was made to break."""

    question: Question
    rule: Rule


def spoilt(legal: Legal) -> Iterator[Spoilt]:
    """Yield every way in which a question can be spoilt."""
    for rule, make in _WAYS:
        for question in make(legal):
            yield Spoilt(question=question, rule=rule)


def _roles(entities: Any) -> list[str]:
    """Return the roles that name one object each."""
    return [
        field.name for field in fields(entities) if isinstance(getattr(entities, field.name), Noun)
    ]


def _images(entities: Any) -> list[str]:
    """Return the roles that name an image."""
    return [
        field.name
        for field in fields(entities)
        if isinstance(getattr(entities, field.name), FrameRef)
    ]


def _with(legal: Legal, **changes: object) -> Question:
    return legal.asking(replace(legal.entities, **changes))


def _stranger(legal: Legal) -> Iterator[Question]:
    known = legal.scene.labels
    name = next((name for name in STRANGERS if name not in known), None)
    roles = _roles(legal.entities)
    if roles and name is not None:
        yield _with(legal, **{roles[-1]: Noun(text=name, label=None)})


def _absent_region(legal: Legal) -> Iterator[Question]:
    if not hasattr(legal.entities, "region"):
        return
    known = set(legal.scene.labels)
    for kind in REGIONS:
        if not kind.primary & known:
            yield _with(legal, region=kind.name, object=None)
            return


def _several(legal: Legal) -> Iterator[Question]:
    if isinstance(legal.entities, Category):
        return  # counting is what several are for
    for role in _roles(legal.entities)[:1]:
        for label in legal.scene.objects_by_label:
            if len(_shown(legal, label, DEFAULT.min_visible)) > 1 and _plain(legal, label):
                yield _with(legal, **{role: find_noun(label, legal.scene)})
                return


def _unseen(legal: Legal) -> Iterator[Question]:
    if legal.task.view is ViewKind.SCENE:
        return
    for role in _roles(legal.entities)[:1]:
        for label, items in legal.scene.objects_by_label.items():
            hidden = not _shown(legal, label, 0.0)
            if len(items) == 1 and hidden and _plain(legal, label):
                yield _with(legal, **{role: find_noun(label, legal.scene)})
                return


def _shown(legal: Legal, label: str, least: float) -> list[int]:
    """Return the instances of a label that the question's images show, all where it has none."""
    view = legal.view
    return [
        item.id
        for item in view.instances(label)
        if not view.frames
        or any(
            share > 0.0 and share >= least
            for share in (view.visible_share(item, frame) for frame in view.frames)
        )
    ]


def _plain(legal: Legal, label: str) -> bool:
    """Whether a label is none of the question's, nor the head noun of another label."""
    used = {getattr(legal.entities, role).label for role in _roles(legal.entities)}
    if isinstance(legal.entities, Among):
        used |= {candidate.label for candidate in legal.entities.candidates}
    return label not in used and not find_noun(label, legal.scene).rivals


def _twice(legal: Legal) -> Iterator[Question]:
    roles = _roles(legal.entities)
    if len(roles) > 1:
        yield _with(legal, **{roles[1]: getattr(legal.entities, roles[0])})


def _one_candidate(legal: Legal) -> Iterator[Question]:
    if isinstance(legal.entities, Among):
        alone = replace(legal.entities, candidates=legal.entities.candidates[:1])
        # Only the wording with a list in brackets can offer a single thing.
        bracketed = (text for text in legal.task.forms.phrase(alone) if "(" in text)
        yield from (replace(legal.question, text=text, task=None) for text in bracketed)


def _same_image(legal: Legal) -> Iterator[Question]:
    roles = _images(legal.entities)
    if len(roles) > 1:
        yield _with(legal, **{roles[1]: getattr(legal.entities, roles[0])})


def _third_image(legal: Legal) -> Iterator[Question]:
    roles = _images(legal.entities)
    if roles and legal.task.view is ViewKind.PAIR:
        yield _with(legal, **{roles[-1]: FrameRef(ordinal=3)})


def _no_viewpoint(legal: Legal) -> Iterator[Question]:
    if isinstance(legal.entities, Relation):
        yield replace(legal.question, frames=(), task=None)


def _wrong_view(legal: Legal) -> Iterator[Question]:
    if legal.task.view is not ViewKind.SCENE and not isinstance(legal.entities, Relation):
        frames = legal.question.frames
        yield replace(legal.question, frames=frames[:-1], task=legal.task.id)


def _other_task(legal: Legal) -> Iterator[Question]:
    tasks = [task for task in all_tasks() if task.view is legal.task.view]
    other = tasks[(tasks.index(legal.task) + 1) % len(tasks)]
    if other is not legal.task:
        yield replace(legal.question, task=other.id)


def _foreign_unit(legal: Legal) -> Iterator[Question]:
    for text in sorted(legal.task.forms.phrase(legal.entities), key=len):
        for unit in UNITS:
            if unit in text:
                foreign = text.replace(unit, FOREIGN_UNIT)
                yield replace(legal.question, text=foreign, task=None)
                return


def _doubtful(rule: Rule) -> Callable[[Legal], Iterator[Question]]:
    """Return a search among the task's own proposals for one that the geometry leaves open."""

    def find(legal: Legal) -> Iterator[Question]:
        found = legal.task.propose(legal.view, DEFAULT)
        for _, entities in zip(range(MOST_PROPOSALS), found, strict=False):
            view = legal.view
            if legal.task.check(entities, view, DEFAULT):
                continue
            doubts = legal.task.measure(entities, view, DEFAULT).doubts
            if doubts and min(doubt.rule.precedence for doubt in doubts) == rule.precedence:
                yield legal.asking(entities)
                return

    return find


_WAYS: Final[tuple[tuple[Rule, Callable[[Legal], Iterator[Question]]], ...]] = (
    (Rule.VIEWPOINT_DEPENDENT, _no_viewpoint),
    (Rule.TOO_FEW_CANDIDATES, _one_candidate),
    (Rule.NOT_VISIBLE, _unseen),
    (Rule.AMBIGUOUS_OBJECT, _several),
    (Rule.SAME_FRAME, _same_image),
    (Rule.UNKNOWN_FRAME, _third_image),
    (Rule.SAME_OBJECT, _twice),
    (Rule.UNPARSED, _foreign_unit),
    (Rule.DEGENERATE, _doubtful(Rule.DEGENERATE)),
    (Rule.BORDERLINE, _doubtful(Rule.BORDERLINE)),
    (Rule.UNKNOWN_OBJECT, _stranger),
    (Rule.UNKNOWN_OBJECT, _absent_region),
    (Rule.WRONG_VIEW, _wrong_view),
    (Rule.WRONG_TASK, _other_task),
)
