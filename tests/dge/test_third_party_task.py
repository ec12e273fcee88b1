# SPDX-License-Identifier: Apache-2.0
"""A seventeenth task, as another package would add it: how high is an object?

Nothing but the `SpatialTask` below is written for it. The grammar is the whole of its wording: the
start rule has the task's id, and each alias is a slot that the shape `One` reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints

import pytest

import spatialevo_dge.tasks as registry
from dge.corpus_scene import scenes
from spatialevo_dge import (
    DEFAULT,
    Illegal,
    Legal,
    Policy,
    Question,
    Rule,
    enumerate_questions,
    judge,
)
from spatialevo_dge.entities import Noun, One, Unit
from spatialevo_dge.enumerate_questions import render
from spatialevo_dge.legality import objects, resolve
from spatialevo_dge.lengths import UNIT_WORDS, length
from spatialevo_dge.parsing import Reading, read
from spatialevo_dge.parsing.route import route
from spatialevo_dge.proposals import unique_nouns
from spatialevo_dge.surface import box_of
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.tasks import ENTRY_POINT_GROUP, TASKS
from spatialevo_dge.truth import Truth
from spatialevo_dge.uncertainty import interval, side_sd
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind

GRAMMAR = """
object_height: (_scenery | unit | rising)*
?rising: HEIGHT -> size
    | (COUNT | HOWMUCH) -> quantity
    | OF? OBJ -> object
"""


def phrase(entities: One) -> tuple[str, ...]:
    """Write the question in both wordings."""
    name, unit = entities.object.text, UNIT_WORDS[entities.unit]
    return f"What is the height of the {name} in {unit}?", f"How high is the {name}, in {unit}?"


def check(entities: One, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about one object of the scene."""
    return objects(view, policy, ViewKind.SCENE, entities.object)


def measure(entities: One, view: View, policy: Policy) -> Truth:
    """Take the vertical extent of the object's box."""
    item = resolve(view, policy, ViewKind.SCENE, entities.object)
    height = box_of(item, policy).height
    return Truth(
        answer=length(height, entities.unit, policy),
        margin=interval(side_sd(view.scene.noise, item), "m", policy),
        trace={"object_id": item.id, "height_m": height},
    )


def propose(view: View, policy: Policy) -> Iterator[One]:
    """Propose every unique object, in centimetres."""
    for noun in unique_nouns(view, policy, ViewKind.SCENE):
        yield One(object=noun, unit=Unit.CENTIMETRES)


TASK = SpatialTask(
    id="object_height",
    title="height of an object",
    view=ViewKind.SCENE,
    forms=Forms(entities=One, grammar=GRAMMAR, phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
LIVING = scenes()["living"]
PIANO = One(object=Noun(text="piano", label="piano"), unit=Unit.CENTIMETRES)
WITH_IT = (*TASKS, TASK)


def height_of(label: str) -> float:
    """Return the height that the corpus scene was built with; its boxes stand upright."""
    (item,) = (item for item in LIVING.objects if item.label == label)
    return float(item.obb.extents[2])


def test_it_is_read_judged_and_written_beside_the_sixteen() -> None:
    view = View(LIVING, ())
    for text in TASK.forms.phrase(PIANO):
        found = route(read(text, LIVING, WITH_IT), Question(text), WITH_IT)
        assert found == Reading(task_id="object_height", entities=PIANO)
    assert TASK.check(PIANO, view, DEFAULT) == ()
    answer = TASK.measure(PIANO, view, DEFAULT).answer
    assert answer == length(height_of("piano"), Unit.CENTIMETRES, DEFAULT)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("What is the height of the piano in metres?", Unit.METRES),
        ("Estimate the height of the piano.", Unit.CENTIMETRES),
        ("What is the height of the piano in feet?", None),
        ("What is the height of the red piano?", None),
        ("What is the height of the piano above the sofa?", None),
        ("What is not the height of the piano?", None),
    ],
)
def test_it_reads_as_strictly_as_the_sixteen(text: str, unit: Unit | None) -> None:
    readings = read(text, LIVING, WITH_IT).readings
    expected = [] if unit is None else [One(object=PIANO.object, unit=unit)]
    assert [item.entities for item in readings] == expected


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_the_sixteen_read_as_before(task: SpatialTask[object]) -> None:
    view = next(
        View(LIVING, frames)
        for count in range(3)
        if task.view.admits(len(frames := LIVING.frames[:count]))
    )
    entities = next(task.propose(view, DEFAULT))
    for text in task.forms.phrase(entities):
        assert read(text, LIVING, WITH_IT) == read(text, LIVING, TASKS)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the registry find the task where an installed package would declare it."""
    point = EntryPoint("object_height", f"{__name__}:TASK", ENTRY_POINT_GROUP)

    def declared(*, group: str) -> EntryPoints:
        return EntryPoints([point]).select(group=group)

    monkeypatch.setattr("importlib.metadata.entry_points", declared)
    _forget()
    yield
    _forget()


def _forget() -> None:
    registry.all_tasks.cache_clear()
    registry.tasks_by_id.cache_clear()


@pytest.mark.usefixtures("installed")
def test_an_installed_package_adds_it() -> None:
    assert [task.id for task in registry.all_tasks()] == [*(task.id for task in TASKS), TASK.id]
    ruling = judge(Question("How high is the piano, in metres?"), LIVING)
    assert isinstance(ruling, Legal)
    assert ruling.task == "object_height"
    assert ruling.answer == length(height_of("piano"), Unit.METRES, DEFAULT)
    unknown = judge(Question("How high is the wardrobe?", task="object_height"), LIVING)
    assert isinstance(unknown, Illegal)
    assert unknown.violation.rule is Rule.UNKNOWN_OBJECT


@pytest.mark.usefixtures("installed")
def test_its_questions_are_enumerated_and_answer_themselves() -> None:
    legal = list(enumerate_questions(LIVING, "object_height"))
    assert len(legal) == sum(_once(label) for label in LIVING.labels)
    for question, ruling in legal:
        assert judge(question, LIVING) == ruling
        for text in render("object_height", ruling.entities):
            assert judge(Question(text), LIVING) == ruling


def _once(label: str) -> bool:
    return sum(item.label == label for item in LIVING.objects) == 1


def test_without_the_package_there_are_sixteen() -> None:
    assert registry.all_tasks() == TASKS
    assert isinstance(judge(Question("How high is the piano?"), LIVING), Illegal)
