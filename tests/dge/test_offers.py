# SPDX-License-Identifier: Apache-2.0
"""Options beside a text: the one that is true, and those that are what the text compares."""

import pytest

from spatialevo_dge import Legal, Question, Rule, Scene, enumerate_questions, judge
from spatialevo_dge.offers import NOTE
from spatialevo_dge.synthetic import make_room


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_room(3).scene


OPTIONS = ("A. plant", "B. door", "C. clock")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (
            "Which of these is closest to the bed?",
            "Which is closest to the bed: the plant, the door or the clock?",
        ),
        (
            "Which of the following objects is farthest from the bed:",
            "Which is farthest from the bed: the plant, the door or the clock?",
        ),
        (
            "What is closest to the bed?",
            "Which is closest to the bed: the plant, the door or the clock?",
        ),
    ],
)
def test_a_text_may_leave_its_candidates_to_the_options(
    scene: Scene, text: str, whole: str
) -> None:
    ruling = judge(Question(text, options=OPTIONS), scene)
    written_out = judge(Question(whole), scene)
    assert isinstance(ruling, Legal)
    assert isinstance(written_out, Legal)
    assert ruling.entities == written_out.entities
    assert ruling.answer == written_out.answer
    assert ruling.option == {"plant": "A", "door": "B", "clock": "C"}[str(ruling.answer.value)]
    assert ruling.notes == (NOTE,)


def test_two_options_are_compared_in_size_and_in_depth(scene: Scene) -> None:
    for task in ("attribute_measurement", "depth_order_obj_obj"):
        found = (
            (question, known)
            for question, known in enumerate_questions(scene, task)
            if not known.entities.offers_same
        )
        question, known = next(found)
        names = (known.entities.first.text, known.entities.second.text)
        text = {
            "attribute_measurement": f"Which of these is {known.entities.comparator.value}?",
            "depth_order_obj_obj": "Which of these is closer to the camera?",
        }[task]
        ruling = judge(Question(text, frames=question.frames, options=names), scene)
        assert ruling.task == task
        assert ruling.entities is not None
        assert (ruling.entities.first.text, ruling.entities.second.text) == names


def test_an_option_that_the_scene_does_not_have_is_named(scene: Scene) -> None:
    question = Question("Which of these is closest to the bed?", options=("unicorn", "door"))
    ruling = judge(question, scene)
    assert ruling.rule is Rule.UNKNOWN_OBJECT
    assert "'unicorn'" in ruling.why


@pytest.mark.parametrize(
    "options",
    [
        ("left", "right"),
        ("plant", "none of the above"),
        ("plant", "the plant and the door"),
        ("plant", "How far is the bed from the door?"),
        ("1.5 m", "2 m"),
        ("", "door"),
    ],
)
def test_options_that_name_no_things_are_no_candidates(
    scene: Scene, options: tuple[str, ...]
) -> None:
    ruling = judge(Question("Which of these is closest to the bed?", options=options), scene)
    assert ruling.rule is Rule.UNPARSED
    assert ruling.notes == ()


@pytest.mark.parametrize("text", ["", "Hello.", "What is the weather?", "Is the bed red?"])
def test_options_make_no_question_of_what_is_none(scene: Scene, text: str) -> None:
    assert judge(Question(text, options=("plant", "door")), scene).rule is Rule.UNPARSED


def test_candidates_in_the_text_are_not_replaced(scene: Scene) -> None:
    text = "Which is closest to the bed: the plant, the door or the clock?"
    ruling = judge(Question(text, options=("mirror", "window")), scene)
    assert isinstance(ruling, Legal)
    assert ruling.answer == judge(Question(text), scene).answer
    assert ruling.option is None
    assert ruling.notes == ()
