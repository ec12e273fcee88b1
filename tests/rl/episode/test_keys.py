# SPDX-License-Identifier: Apache-2.0
"""Which questions are the same question."""

import json
from dataclasses import fields, replace

import pytest

from spatialevo_dge import Illegal, Legal
from spatialevo_dge.entities import Among, Comparison, Gap, Noun, Shown
from spatialevo_dge.enumerate_questions import render
from spatialevo_rl.keys import question_key
from support.episodes import legal_questions, room, rule
from support.pool import TASK_IDS

SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)
PAIR = ALL[:2]
SYMMETRIC = (Gap, Comparison, Shown)


def key(text: str, task: str, frames: tuple[str, ...] = ALL) -> tuple[object, ...]:
    return question_key(rule(text, SCENE, task, frames), frames)


def same(task: str, *texts: str, frames: tuple[str, ...] = ALL) -> bool:
    keys = {key(text, task, frames) for text in texts}
    assert not any("UNPARSED" in item or "WRONG_TASK" in item for item in keys)
    return len(keys) == 1


@pytest.mark.parametrize("task", TASK_IDS)
def test_every_wording_has_one_key(task: str) -> None:
    questions = legal_questions(task)
    assert questions
    for scene, question, ruling in questions:
        keys = {
            question_key(rule(text, scene, task, question.frames), question.frames)
            for text in render(task, ruling.entities)
        }
        assert keys == {question_key(ruling, question.frames)}


@pytest.mark.parametrize("task", TASK_IDS)
def test_keys_are_hashed_and_survive_json(task: str) -> None:
    for _, question, ruling in legal_questions(task):
        found = question_key(ruling, question.frames)
        hash(found)
        assert _frozen(json.loads(json.dumps(found))) == found


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


@pytest.mark.parametrize("task", TASK_IDS)
def test_exchanged_roles_are_the_same_where_the_question_is_symmetric_and_only_there(
    task: str,
) -> None:
    for _, question, ruling in legal_questions(task):
        entities = ruling.entities
        nouns = [item.name for item in fields(entities) if _is_role(getattr(entities, item.name))]
        if len(nouns) < 2:
            continue
        first, second = nouns[-2:]
        swapped = replace(
            entities,
            **{first: getattr(entities, second), second: getattr(entities, first)},
        )
        equal = question_key(replace(ruling, entities=swapped), question.frames) == question_key(
            ruling, question.frames
        )
        assert equal == isinstance(entities, SYMMETRIC)


def _is_role(value: object) -> bool:
    return isinstance(value, Noun) or type(value).__name__ == "FrameRef"


def test_candidates_are_a_set() -> None:
    questions = [item for _, _, item in legal_questions("relative_distance")]
    for ruling in questions:
        assert isinstance(ruling.entities, Among)
        turned = replace(ruling.entities, candidates=ruling.entities.candidates[::-1])
        assert question_key(replace(ruling, entities=turned), ALL) == question_key(ruling, ALL)
        fewer = replace(ruling.entities, candidates=ruling.entities.candidates[1:])
        assert question_key(replace(ruling, entities=fewer), ALL) != question_key(ruling, ALL)


def test_what_is_asked_and_how_it_is_answered_are_in_the_key() -> None:
    task = "absolute_distance"
    assert same(task, "How far is the bed from the desk?", "How far is the desk from the bed?")
    assert not same(task, "How far is the bed from the desk?", "How far is the bed from the lamp?")
    assert not same(
        task,
        "How far is the bed from the desk in meters?",
        "How far is the bed from the desk in centimeters?",
    )
    stand = "Standing at the bed and looking at the desk, "
    assert not same(
        "relative_direction_hard",
        f"{stand}in which direction is the lamp?",
        f"{stand}is the lamp to my left, right, or back?",
    )


def test_the_longest_side_is_what_is_compared_unless_said_otherwise() -> None:
    task = "attribute_measurement"
    plain = "Which is larger, the bed or the desk?"
    longest = "Which is longer along its longest side, the bed or the desk?"
    assert same(task, plain, longest, frames=PAIR)
    assert not same(task, plain, "Which is taller, the bed or the desk?", frames=PAIR)


def test_one_image_is_named_or_not() -> None:
    plain = "Which is closer to the camera, the bed or the desk?"
    named = "In image 1, which is closer to the camera, the bed or the desk?"
    assert same("depth_order_obj_obj", plain, named, frames=ALL[:1])


def test_images_are_frames() -> None:
    """The same words with exchanged images are another question, and the other words the same."""
    there = "In which direction did the camera move from image 1 to image 2?"
    back = "In which direction did the camera move from image 2 to image 1?"
    assert not same("motion_camera", there, back, frames=PAIR)
    forth, again = (
        key(text, "motion_camera", frames) for text, frames in ((there, PAIR), (back, PAIR[::-1]))
    )
    assert forth[1] == again[1]
    assert forth != again  # what is shown, in order, is a part of the question


def test_legality_is_in_the_key() -> None:
    task, text = "absolute_distance", "How far is the bed from the desk?"
    legal = rule(text, SCENE, task, ALL)
    assert isinstance(legal, Legal)
    assert question_key(legal, ALL)[-1] == "legal"
    assert question_key(legal, ALL, refused="refused")[-1] == "refused"
    unknown = rule("How far is the bed from the unicorn?", SCENE, task, ALL)
    assert isinstance(unknown, Illegal)
    assert question_key(unknown, ALL)[-1] == "UNKNOWN_OBJECT"
    assert not same(task, "How far is the bed from the unicorn?", "How far is the bed from a yak?")


def test_wrong_tasks_differ_by_what_was_asked() -> None:
    found = {
        key(text, "absolute_distance")
        for text in ("How many chairs are there?", "How many beds are there?", "How large is it?")
    }
    assert len(found) == 2
