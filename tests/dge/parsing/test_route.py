# SPDX-License-Identifier: Apache-2.0
"""Which task a text asks for, given the images shown and what was scheduled."""

from __future__ import annotations

import pytest

from dge.corpus_scene import make_scene, scenes
from spatialevo_dge.entities import FrameRef, FromCamera
from spatialevo_dge.parsing import Parse, Reading, read
from spatialevo_dge.parsing.route import named_frames, route
from spatialevo_dge.question import Question
from spatialevo_dge.tasks import TASKS
from spatialevo_dge.verdict import Rule, Violation

LIVING = scenes()["living"]


def parsed(text: str) -> Parse:
    return read(text, LIVING, TASKS)


def only(text: str) -> Reading:
    readings = parsed(text).readings
    assert len(readings) == 1, readings
    return readings[0]


def routed(text: str, frames: int = 0, task: str | None = None) -> Reading | Violation:
    shown = tuple(frame.id for frame in LIVING.frames[:frames])
    return route(parsed(text), Question(text, shown, task=task), TASKS)


def test_two_readings_are_refused_with_both_shown() -> None:
    scene = make_scene("two", {"camera": 1, "desk": 1})
    text = "How far is the desk from the camera?"
    parse = read(text, scene, TASKS)
    assert {reading.task_id for reading in parse.readings} == {
        "absolute_distance",
        "distance_cam_obj",
    }
    found = route(parse, Question(text, (scene.frames[0].id,)), TASKS)
    assert isinstance(found, Violation)
    assert found.rule is Rule.UNPARSED
    assert len(found.alternatives) == 2


def test_the_number_of_images_decides_the_task() -> None:
    for frames, expected in ((1, None), (0, Rule.WRONG_VIEW), (2, Rule.WRONG_VIEW)):
        found = routed("Which is closer, the sofa or the piano?", frames)
        if expected is None:
            assert isinstance(found, Reading)
            assert found.task_id == "depth_order_obj_obj"
        else:
            assert isinstance(found, Violation)
            assert found.rule is expected
    found = routed("Which is closer to the tv, the sofa or the piano?", 1)
    assert isinstance(found, Reading)
    assert found.task_id == "relative_distance"


@pytest.mark.parametrize("frames", [0, 2, 4])
def test_relations_across_views_depend_on_the_viewpoint(frames: int) -> None:
    found = routed("Where is the sofa relative to the piano?", frames)
    assert isinstance(found, Violation)
    assert found.rule is Rule.VIEWPOINT_DEPENDENT
    assert (found.measured, found.threshold) == (float(frames), 1.0)


def test_a_task_hint_is_held_to() -> None:
    found = routed("How far is the sofa from the piano?", task="object_size")
    assert isinstance(found, Violation)
    assert (found.rule, found.alternatives) == (Rule.WRONG_TASK, ("absolute_distance",))
    found = routed("What colour is the sofa?", task="object_size")
    assert isinstance(found, Violation)
    assert found.rule is Rule.UNPARSED
    found = routed("Which is larger, the sofa or the piano?", 1, task="attribute_measurement")
    assert isinstance(found, Violation)
    assert found.rule is Rule.WRONG_VIEW


def test_frames_named_by_scene_id_count_as_shown() -> None:
    text = "From the camera of frame 000120, in which direction is the sofa?"
    reading = only(text)
    assert isinstance(reading.entities, FromCamera)
    assert reading.entities.reference == FrameRef(frame_id="000120")
    assert named_frames(reading.entities) == ("000120",)
    text = "Is the camera of frame 000020 higher or lower than the camera of frame 000040?"
    found = route(parsed(text), Question(text), TASKS)
    assert isinstance(found, Reading)
    assert named_frames(found.entities) == ("000040", "000020")
