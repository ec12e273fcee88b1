# SPDX-License-Identifier: Apache-2.0
"""Laws that hold for all sixteen tasks at once, on legal questions about synthetic rooms.

The questions are asked in words: every law runs through the parser as well.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_dge import (
    DEFAULT,
    VSI,
    Illegal,
    Legal,
    Question,
    Rule,
    Ruling,
    Scene,
    judge,
    judge_many,
    rule_on,
    score,
)
from spatialevo_dge.answer import Centimetres, Metres, SquareMetres
from spatialevo_dge.entities import Motion, Noun
from spatialevo_dge.scene import SceneObject
from spatialevo_dge.tasks import task_named
from support.pool import TASK_IDS, Case, cases
from support.transform import (
    reordered,
    scaled,
    scaled_policy,
    turned_and_moved,
    with_twin,
    without,
)

ALL_TASKS = pytest.mark.parametrize("task", TASK_IDS)
LAW = settings(max_examples=200)
POLAR = {
    "left": "right",
    "right": "left",
    "up": "down",
    "down": "up",
    "higher": "lower",
    "lower": "higher",
    "image 1": "image 2",
    "image 2": "image 1",
}


def draw(data: st.DataObject, task: str) -> Case:
    pool = cases(task)
    assert pool, f"no synthetic room has a legal question of {task}"
    return data.draw(st.sampled_from(pool))


def ask(case: Case, scene: Scene) -> Ruling:
    return judge(case.question, scene)


def as_bytes(ruling: Ruling) -> bytes:
    return json.dumps(ruling.to_json(), sort_keys=True).encode()


def nouns_of(case: Case) -> Mapping[str, Noun]:
    """Return the single-object roles of a question."""
    found = {}
    for field in fields(case.ruling.entities):
        value = getattr(case.ruling.entities, field.name)
        if isinstance(value, Noun):
            found[field.name] = value
    return found


def meant(case: Case, label: str) -> SceneObject:
    """Return the instance of a label that the truth was measured on."""
    trace = case.ruling.truth.trace
    used = {trace.get("object_id"), trace.get("anchor_id"), *trace.get("object_ids", ())}
    instances = case.scene.objects_by_label[label]
    return next((item for item in instances if item.id in used), instances[0])


@ALL_TASKS
def test_there_is_a_pool_to_draw_from(task: str) -> None:
    assert len(cases(task)) >= 10


@ALL_TASKS
@LAW
@given(data=st.data())
def test_the_text_alone_gives_the_ruling_that_the_entities_give(
    task: str, data: st.DataObject
) -> None:
    case = draw(data, task)
    hintless = judge(replace(case.question, task=None), case.scene)
    assert hintless == ask(case, case.scene) == case.ruling


@ALL_TASKS
@LAW
@given(data=st.data())
def test_every_wording_reads_back(task: str, data: st.DataObject) -> None:
    case = draw(data, task)
    for text in task_named(task).forms.phrase(case.ruling.entities):
        ruling = judge(Question(text, frames=case.question.frames), case.scene)
        assert ruling == case.ruling, text


@ALL_TASKS
@LAW
@given(data=st.data())
def test_the_truth_scores_one(task: str, data: st.DataObject) -> None:
    case = draw(data, task)
    assert score(case.ruling.answer.render(), case.ruling.truth).value == 1.0


@ALL_TASKS
@LAW
@given(data=st.data())
def test_judging_twice_and_in_a_batch_gives_the_same_bytes(task: str, data: st.DataObject) -> None:
    case = draw(data, task)
    others = [draw(data, task) for _ in range(3)]
    batch = [case.question, *(each.question for each in others if each.scene is case.scene)]
    singly = [as_bytes(judge(question, case.scene)) for question in batch]
    assert [as_bytes(ruling) for ruling in judge_many(batch, case.scene)] == singly
    assert as_bytes(ask(case, case.scene)) == singly[0]


@ALL_TASKS
@LAW
@given(data=st.data(), yaw=st.floats(-math.pi, math.pi), shift=st.tuples(*[st.floats(-50, 50)] * 3))
def test_moving_the_world_changes_no_answer(
    task: str, data: st.DataObject, yaw: float, shift: tuple[float, float, float]
) -> None:
    case = draw(data, task)
    moved = turned_and_moved(case.scene, yaw, np.array(shift))
    ruling = ask(case, moved)
    assert isinstance(ruling, Legal), ruling
    assert_same_answer(ruling, case.ruling, factor=1.0)


@ALL_TASKS
@LAW
@given(data=st.data(), factor=st.floats(0.25, 4.0))
def test_scaling_the_world_scales_lengths_and_areas(
    task: str, data: st.DataObject, factor: float
) -> None:
    case = draw(data, task)
    ruling = judge(case.question, scaled(case.scene, factor), scaled_policy(DEFAULT, factor))
    assert isinstance(ruling, Legal), ruling
    assert_same_answer(ruling, case.ruling, factor=factor)


def assert_same_answer(ruling: Legal, original: Legal, factor: float) -> None:
    if isinstance(original.answer, Metres | Centimetres):
        assert ruling.answer.value == pytest.approx(original.answer.value * factor, rel=1e-7)
    elif isinstance(original.answer, SquareMetres):
        assert ruling.answer.value == pytest.approx(original.answer.value * factor**2, rel=1e-7)
    else:
        assert ruling.answer == original.answer


@ALL_TASKS
@LAW
@given(data=st.data())
def test_the_order_of_objects_is_irrelevant(task: str, data: st.DataObject) -> None:
    case = draw(data, task)
    order = data.draw(st.permutations(range(len(case.scene.objects))))
    ruling = ask(case, reordered(case.scene, order))
    assert isinstance(ruling, Legal), ruling
    assert ruling.answer == case.ruling.answer
    assert ruling.truth.margin == case.ruling.truth.margin


@ALL_TASKS
@LAW
@given(data=st.data())
def test_a_removed_object_is_unknown(task: str, data: st.DataObject) -> None:
    case = draw(data, task)
    for role, noun in nouns_of(case).items():
        assert noun.label is not None
        ruling = ask(case, without(case.scene, noun.label))
        assert isinstance(ruling, Illegal), role
        assert ruling.rule in {Rule.UNKNOWN_OBJECT, Rule.AMBIGUOUS_OBJECT}, ruling
        if ruling.rule is Rule.AMBIGUOUS_OBJECT:
            # The phrase is now the head noun of what is left ("table" beside "coffee table").
            assert any(other.endswith(f" {noun.text}") for other in case.scene.labels)


@ALL_TASKS
@LAW
@given(data=st.data())
def test_a_duplicated_object_is_ambiguous_where_it_must_be_unique(
    task: str, data: st.DataObject
) -> None:
    case = draw(data, task)
    for role, noun in nouns_of(case).items():
        assert noun.label is not None
        ruling = ask(case, with_twin(case.scene, meant(case, noun.label)))
        if role == "category":
            assert isinstance(ruling, Legal)
            assert ruling.answer.value == case.ruling.answer.value + 1
        else:
            assert isinstance(ruling, Illegal), role
            assert ruling.rule is Rule.AMBIGUOUS_OBJECT, ruling


@LAW
@given(data=st.data())
def test_a_duplicated_candidate_stays_legal(data: st.DataObject) -> None:
    case = draw(data, "relative_distance")
    candidate = data.draw(st.sampled_from(case.ruling.entities.candidates))
    ruling = ask(case, with_twin(case.scene, meant(case, candidate.label)))
    assert isinstance(ruling, Legal), ruling
    assert ruling.answer == case.ruling.answer


@pytest.mark.parametrize(
    "task", ["elevation_cam_cam", "motion_camera", "visibility_compare", "attribute_measurement"]
)
@LAW
@given(data=st.data())
def test_swapping_the_images_inverts_or_keeps_the_answer(task: str, data: st.DataObject) -> None:
    case = draw(data, task)
    swapped = judge(replace(case.question, frames=case.question.frames[::-1]), case.scene)
    trace = case.ruling.truth.trace
    if task == "motion_camera" and not _is_a_rotation(case):
        # A displacement depends on the first camera's heading: only its length has an inverse.
        mirrored = task_named(task).measure(
            case.ruling.entities, _view(case, reverse=True), DEFAULT
        )
        assert mirrored.trace["move_m"] == pytest.approx(trace["move_m"])
        return
    assert isinstance(swapped, Legal), swapped
    if task == "attribute_measurement":
        assert swapped.answer == case.ruling.answer
    else:
        assert swapped.answer.value == inverse(str(case.ruling.answer.value))


def _is_a_rotation(case: Case) -> bool:
    asks = case.ruling.entities.asks
    return asks in {Motion.TURN, Motion.TILT} or str(case.ruling.answer.value).startswith(
        ("turn", "tilt")
    )


def _view(case: Case, *, reverse: bool) -> object:
    from spatialevo_dge import View

    frames = case.question.frames[::-1] if reverse else case.question.frames
    return View(case.scene, tuple(case.scene.frames_by_id[frame] for frame in frames))


def inverse(word: str) -> str:
    if word in POLAR:
        return POLAR[word]
    part, _, way = word.partition(" ")
    return f"{part} {POLAR[way]}" if way else word


@ALL_TASKS
@LAW
@given(data=st.data(), yaw=st.floats(-math.pi, math.pi))
def test_under_vsi_moving_the_world_changes_no_label(
    task: str, data: st.DataObject, yaw: float
) -> None:
    case = draw(data, task)
    here = rule_on(task, case.ruling.entities, case.scene, case.question.frames, VSI)
    moved = turned_and_moved(case.scene, yaw, np.zeros(3))
    there = rule_on(task, case.ruling.entities, moved, case.question.frames, VSI)
    assert here.legal == there.legal
    if isinstance(here, Legal) and isinstance(there, Legal) and isinstance(here.answer.value, str):
        assert there.answer == here.answer
