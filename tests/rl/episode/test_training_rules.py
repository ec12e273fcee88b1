# SPDX-License-Identifier: Apache-2.0
"""A question must not carry its answer to the solver."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from dge.corpus_scene import make_scene
from spatialevo_dge import Legal, Question, Scene
from spatialevo_dge.enumerate_questions import render
from spatialevo_dge.tasks import task_named
from spatialevo_rl.settings import EpisodeSettings
from spatialevo_rl.training_rules import refusal
from support.episodes import legal_questions, room, rule
from support.pool import TASK_IDS

SETTINGS = EpisodeSettings()
SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)

SMUGGLED = (
    ", two metres,", ", 2 m,", " (2)", ", three,", ", one,", " (c)", " ###", " ***", " ...", " ??",
    ", half a metre,", ", a couple,", ", twelve,", " \u00bd", " \u00b2", " \u2166", " \u4e09",
    " \U0001f600", " ~~~~", " \u200b\u200b\u200b", ", single,", " [b]",
)  # fmt: skip
"""What a questioner might slip in."""


def asked(text: str, task: str, scene: Scene = SCENE, frames: tuple[str, ...] = ALL) -> bool:
    """Whether training takes a question: the oracle reads it and no rule refuses it."""
    ruling = rule(text, scene, task, frames)
    question = Question(text, frames=frames, task=task)
    return isinstance(ruling, Legal) and not refusal(question, ruling, scene, SETTINGS)


def why_not(text: str, task: str, frames: tuple[str, ...] = ALL) -> str:
    """Return training's reason, whatever the oracle says."""
    question = Question(text, frames=frames, task=task)
    return refusal(question, rule(text, SCENE, task, frames), SCENE, SETTINGS)


@pytest.mark.parametrize("task", TASK_IDS)
def test_every_wording_of_the_oracle_passes(task: str) -> None:
    for scene, question, ruling in legal_questions(task):
        for text in render(task, ruling.entities):
            for written in (text, text.lower()):
                asks = replace(question, text=written)
                assert refusal(asks, ruling, scene, SETTINGS) == ""


@pytest.mark.parametrize("task", TASK_IDS)
def test_nothing_slipped_into_a_question_passes(task: str) -> None:
    """Whether the grammar refuses it or training does: it never reaches the solver as legal."""
    scene, question, _ = legal_questions(task)[0]
    through = [
        text
        for text in _with_something_slipped_in(question.text)
        if asked(text, task, scene, question.frames)
    ]
    assert through == []


@pytest.mark.parametrize("task", TASK_IDS)
def test_no_answer_said_again_passes(task: str) -> None:
    """The answers' own words, which the oracle reads past, at every place of a question."""
    through = []
    for scene, question, ruling in legal_questions(task)[:2]:
        others = [option for option in getattr(ruling.answer, "options", ()) if option != "same"]
        answers = {ruling.answer.render(), *others[:2]}
        if ruling.answer.unit == "direction":
            answers |= {"left", "up"}
        extras = [pattern.format(answer) for answer in sorted(answers) for pattern in PATTERNS]
        through += [
            text
            for text in _with_something_slipped_in(question.text, extras)
            if asked(text, task, scene, question.frames)
        ]
    assert through == []


PATTERNS = (", {},", " {}", " (the {})")


def _with_something_slipped_in(text: str, extras: Sequence[str] = SMUGGLED) -> Iterator[str]:
    words = text.split(" ")
    for extra in extras:
        for place in range(1, len(words)):
            yield " ".join(words[:place]) + extra + " " + " ".join(words[place:])
        yield text + extra


@pytest.mark.parametrize(
    "text",
    [
        "How far is the bed, which is 2 m away, from the desk?",
        "How far is the bed, two metres, from the desk?",
        "How far is the bed from the desk in metres: about two?",
        "How far is the bed from the desk? I need to move it two metres.",
        "How far is the bed (b) from the desk?",
        "How far is the bed from the desk? How far is it?",
        "How far is the bed from the desk ???",
        "How far is the bed from the desk @@?",
    ],
)
def test_smuggled_distances_are_refused(text: str) -> None:
    assert asked("How far is the bed from the desk?", "absolute_distance")
    assert not asked(text, "absolute_distance")


@pytest.mark.parametrize(
    "text",
    [
        "How many chairs are in the three images?",
        "I am in a room of three. How many chairs are there?",
        "How many chairs (c) are there?",
        "How many chairs are there, three?",
        "How many chairs are there in image 3?",
        "How many chairs are there? The three images show them.",
        "How many chairs are there ###?",
    ],
)
def test_smuggled_counts_are_refused(text: str) -> None:
    assert asked("How many chairs are there?", "object_counting")
    assert asked("How many chairs are there in the eight images?", "object_counting")
    assert not asked(text, "object_counting")


@pytest.mark.parametrize(
    "text",
    [
        "In image 2, where is the camera of the second image?",
        "From the camera of image 1, in which direction is the camera of image 2?",
        "Is photo number 2 higher or lower than photo number 1?",
        "Which of images 1 and 2 shows more of the bed?",
        "Which image shows more of the bed, image one or image two?",
        "Which one is closer to the camera, the bed or the desk?",
        "What is the floor area of the room in m\u00b2?",
        "What is the floor area of the room in m^2?",
        "Which of the two images shows more of the bed?",
    ],
)
def test_numbers_of_images_and_units_pass(text: str) -> None:
    assert why_not(text, "visibility_compare", ALL[:2]) == ""


@pytest.mark.parametrize(
    ("text", "task", "why"),
    [
        ("Which is taller, the bed or the desk? Bed.", "attribute_measurement",
         "'bed' after the question"),
        ("Which is taller, the bed, bed or the desk?", "attribute_measurement", "'bed' twice"),
        ("Which bed is taller, the bed or the desk?", "attribute_measurement", "'bed' twice"),
        ("Which image shows more of the bed, image 1 or image 2, image 1?", "visibility_compare",
         "image 1 twice"),
        ("Is the camera of image 2 higher, higher or lower than the camera of image 1?",
         "elevation_cam_cam", "'up' is offered more than others"),
        ("In which direction did the camera turn, left, from image 1 to image 2?",
         "motion_camera", "'left' is offered more than others"),
        ("How far is the bed, a meter, from the desk?", "absolute_distance",
         "a unit twice, or as an amount"),
        ("How far is the bed from the desk in meters, meters?", "absolute_distance",
         "a unit twice, or as an amount"),
    ],
)  # fmt: skip
def test_what_is_said_again_is_told(text: str, task: str, why: str) -> None:
    kind = task_named(task).view
    for scene, question, _ in legal_questions(task):
        ruling = rule(text, scene, task, question.frames)
        if isinstance(ruling, Legal):
            found = refusal(replace(question, text=text), ruling, scene, SETTINGS)
            assert found == why
            return
    pytest.fail(f"no {kind} view of the rooms makes this legal")


def test_what_things_are_called_is_no_direction() -> None:
    task = "relative_direction_hard"
    text = "Standing at the bed and looking at the front door, in which direction is the desk?"
    scene = make_scene("front door", {"bed": 1, "front door": 1, "desk": 1})
    frames = tuple(frame.id for frame in scene.frames)
    assert asked(text, task, scene, frames)
    assert not asked(text.replace("in which", "front, in which"), task, scene, frames)


def test_forty_words_pass_and_forty_one_do_not() -> None:
    words = "how far is the bed from the desk".split()
    text = " ".join((["please"] * 40 + words)[-40:])
    assert why_not(text, "absolute_distance") == ""
    assert why_not(f"please {text}", "absolute_distance") == "41 words; 40 are allowed"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("How many chairs are there, and how many beds?", "more than one interrogative"),
        ("How many chairs? How many beds?", "more than one interrogative"),
        ("How far is the bed, 2 m, from the desk?", "the number '2'"),
        ("How far is the bed, two metres, from the desk?", "the number 'two'"),
        ("How many beds are there, one?", "the number 'one'"),
        ("How far is the bed + from the desk?", "the sign '+'"),
        ("How far is the bed from the desk..?", "the mark '.' twice"),
        ("I need to sit. How many chairs are there?", "a sentence beside the question"),
    ],
)
def test_the_reason_is_told(text: str, why: str) -> None:
    assert why_not(text, "absolute_distance") == why
