# SPDX-License-Identifier: Apache-2.0
"""The picture of why an answer is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge import Legal, Question, enumerate_questions, judge
from spatialevo_eval.benchmark import Item
from spatialevo_eval.dge.evidence import evidence
from spatialevo_eval.dge.rooms import FIRST_SEED, PLANS, RoomFrame, room_of, scenes


@pytest.fixture(scope="module")
def item() -> Item:
    seed, scene = next(scenes(PLANS["painted"]))
    frames = tuple(frame.id for frame in scene.frames)
    question, _ = next(enumerate_questions(scene, "object_counting", frames))
    return Item(
        id="a",
        benchmark="dge_painted",
        prompt=question.text,
        images=tuple(RoomFrame(plan="painted", seed=seed, frame=frame) for frame in frames),
        reference="1",
        kind="object_counting",
        meta={"question": question.text, "frames": frames, "task": "object_counting"},
    )


def test_the_truth_is_drawn_over_the_room(item: Item) -> None:
    picture = evidence(item)
    assert picture is not None
    assert picture.width == 1500
    other = evidence(replace(item, meta={**item.meta, "question": "How many unicorns are there?"}))
    assert other is not None
    assert (
        np.asarray(picture).shape != np.asarray(other).shape
        or (np.asarray(picture) != np.asarray(other)).any()
    )


def test_the_question_of_the_picture_is_the_items(item: Item) -> None:
    shown = item.images[0]
    assert isinstance(shown, RoomFrame)
    assert shown.seed >= FIRST_SEED
    asked = Question(item.prompt, frames=item.meta["frames"], task="object_counting")
    assert isinstance(judge(asked, room_of("painted", shown.seed).scene), Legal)


def test_nothing_is_drawn_of_a_question_without_images(item: Item) -> None:
    assert evidence(replace(item, images=())) is None
