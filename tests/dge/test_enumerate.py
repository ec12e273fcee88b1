# SPDX-License-Identifier: Apache-2.0
"""Enumeration gives every legal question, each as `rule_on` rules on it, and nothing else."""

from collections.abc import Iterator
from itertools import permutations

import pytest

from spatialevo_dge import (
    DEFAULT,
    PAPER,
    TASKS,
    VSI,
    Legal,
    Policy,
    Rule,
    Scene,
    ViewKind,
    enumerate_questions,
    feasible_tasks,
    rule_on,
)
from spatialevo_dge.entities import Among, Standing
from spatialevo_dge.enumerate_questions import render, views
from spatialevo_dge.scene import FloorPlan, FloorSource
from spatialevo_dge.tasks import task_named
from support.build import Sighting, frame, item, pose, scene, view

IDS = [task.id for task in TASKS]
BY_TASK = pytest.mark.parametrize("task", IDS)


def room() -> Scene:
    """Six labels, one of them twice, one the head noun of another; three cameras."""
    things = [
        item(1, "bed", (4, 0, 0.3), (2, 1.5, 0.6)),
        item(2, "lamp", (4, 3, 1.0), (0.3, 0.3, 1.2)),
        item(3, "table", (0.5, 3.5, 0.4), (1.0, 0.6, 0.8), 20),
        item(4, "coffee table", (1, -3, 0.2), (0.9, 0.5, 0.4)),
        item(5, "chair", (2.5, 1.5, 0.5), (0.5, 0.5, 1.0)),
        item(6, "chair", (2.5, -1.5, 0.5), (0.5, 0.5, 1.0)),
    ]
    cameras = [
        frame("a", pose((0, 0, 1.5), 0, -10)),
        frame("b", pose((0.1, 0.05, 1.5), 40, -10)),
        frame("c", pose((5, 5, 2.0), 220, -20)),
    ]
    sightings = {
        (0, 1): Sighting(share=0.9, nearest=3.0, median=3.5),
        (0, 2): Sighting(share=0.5, nearest=3.9, median=4.0),
        (0, 5): Sighting(share=0.7, nearest=2.3, median=2.5),
        (0, 6): Sighting(share=0.7, nearest=2.3, median=2.5),
        (1, 2): Sighting(share=0.8, nearest=4.8, median=5.0),
        (1, 3): Sighting(share=0.6, nearest=3.0, median=3.4),
        (2, 1): Sighting(share=0.4, nearest=4.0, median=4.9),
        (2, 4): Sighting(share=0.3, nearest=7.0, median=8.0),
    }
    floor = FloorPlan(area=40.0, source=FloorSource.CONSTRUCTION)
    return scene(things, cameras, sightings, floor=floor)


ROOM = room()


def shown(task: str) -> Iterator[tuple[str, ...]]:
    kind = task_named(task).view
    names = ("a", "b", "c")
    if kind is ViewKind.SCENE:
        yield ()
    elif kind is ViewKind.FRAME:
        yield from ((name,) for name in names)
    else:
        yield from permutations(names, 2)


@BY_TASK
@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI], ids=lambda policy: policy.name)
def test_all_that_is_legal_and_nothing_else(task: str, policy: Policy) -> None:
    expected = []
    for frames in shown(task):
        for entities in task_named(task).propose(view(ROOM, *frames), policy):
            ruling = rule_on(task, entities, ROOM, frames, policy)
            if isinstance(ruling, Legal):
                expected.append((frames, ruling))
    found = list(enumerate_questions(ROOM, task, policy=policy))
    assert [(question.frames, ruling) for question, ruling in found] == expected
    for question, ruling in found:
        assert question.task == ruling.task == task
        assert question.text == task_named(task).forms.phrase(ruling.entities)[0]
        assert question.text in render(task, ruling.entities)
        assert question.options == ()


@BY_TASK
def test_twice_the_same_and_each_once(task: str) -> None:
    first = list(enumerate_questions(ROOM, task))
    assert first == list(enumerate_questions(room(), task))
    asked = [(question.text, question.frames) for question, _ in first]
    assert len(set(asked)) == len(asked)


@BY_TASK
def test_with_given_frames_only_those(task: str) -> None:
    everything = list(enumerate_questions(ROOM, task))
    for frames in shown(task):
        expected = [pair for pair in everything if pair[0].frames == frames]
        assert list(enumerate_questions(ROOM, task, frames)) == expected


def test_lazily() -> None:
    found = enumerate_questions(ROOM, "object_size")
    assert iter(found) is found
    assert next(found)[1].legal


def test_a_number_of_frames_that_does_not_fit_gives_nothing() -> None:
    assert list(enumerate_questions(ROOM, "distance_cam_obj", ())) == []
    assert list(enumerate_questions(ROOM, "distance_cam_obj", ("a", "b"))) == []
    assert list(enumerate_questions(ROOM, "motion_camera", ("a",))) == []


def test_scene_tasks_with_images_ask_only_about_what_they_show() -> None:
    sizes = [ruling.entities.object.text for _, ruling in enumerate_questions(ROOM, "object_size")]
    assert sizes == ["bed", "lamp", "coffee table"]
    with_a = enumerate_questions(ROOM, "object_size", ("a",))
    assert [ruling.entities.object.text for _, ruling in with_a] == ["bed", "lamp"]


def test_misuse_raises() -> None:
    with pytest.raises(ValueError, match="no frame 'z'"):
        list(enumerate_questions(ROOM, "motion_camera", ("a", "z")))
    with pytest.raises(ValueError, match="'nothing' is none of"):
        list(enumerate_questions(ROOM, "nothing"))


def test_what_only_its_head_noun_would_name_is_not_proposed() -> None:
    """ "How many tables" may mean the coffee table; judged in words it would be ambiguous."""
    counted = {
        ruling.entities.category.text: ruling.answer.value
        for _, ruling in enumerate_questions(ROOM, "object_counting")
    }
    assert counted == {"bed": 1, "lamp": 1, "coffee table": 1, "chair": 2}
    by_vsi = {
        ruling.entities.category.text
        for _, ruling in enumerate_questions(ROOM, "object_counting", policy=VSI)
    }
    assert by_vsi == {"bed", "lamp", "table", "coffee table", "chair"}
    by_paper = enumerate_questions(ROOM, "object_counting", policy=PAPER)
    assert [ruling.entities.category.text for _, ruling in by_paper] == ["chair"]


def test_candidates_and_triples_are_of_unique_objects() -> None:
    for _, ruling in enumerate_questions(ROOM, "relative_distance"):
        assert isinstance(ruling.entities, Among)
        labels = [ruling.entities.anchor.label, *(c.label for c in ruling.entities.candidates)]
        assert len(set(labels)) == len(labels)
        assert "chair" not in labels
    for _, ruling in enumerate_questions(ROOM, "relative_direction_hard"):
        assert isinstance(ruling.entities, Standing)


def test_views() -> None:
    assert list(views(ROOM, ViewKind.SCENE)) == [()]
    assert list(views(ROOM, ViewKind.FRAME)) == [("a",), ("b",), ("c",)]
    assert list(views(ROOM, ViewKind.PAIR)) == list(permutations("abc", 2))


@pytest.mark.parametrize("frames", [(), ("a",), ("a", "b"), ("c", "a"), ("a", "b", "c")])
def test_a_task_is_feasible_where_it_has_a_legal_question(frames: tuple[str, ...]) -> None:
    expected = tuple(task for task in IDS if list(enumerate_questions(ROOM, task, frames)))
    assert feasible_tasks(ROOM, frames) == expected


def test_what_is_feasible_follows_from_what_the_scene_holds() -> None:
    boxes = scene([item(1, "bed", (0, 0, 0), (1, 1, 1)), item(2, "lamp", (3, 0, 0), (1, 1, 1))])
    assert feasible_tasks(boxes) == ("object_counting", "object_size", "absolute_distance")
    assert feasible_tasks(scene([])) == ()
    assert feasible_tasks(boxes, policy=PAPER) == ("object_size", "absolute_distance")
    assert "elevation_cam_cam" in feasible_tasks(ROOM, ("a", "c"))
    assert "elevation_cam_cam" not in feasible_tasks(ROOM, ("a", "b"))
    lonely = rule_on(
        "elevation_cam_cam",
        next(iter(task_named("elevation_cam_cam").propose(view(ROOM, "a", "b"), DEFAULT))),
        ROOM,
        ("a", "b"),
    )
    assert lonely.rule is Rule.DEGENERATE
