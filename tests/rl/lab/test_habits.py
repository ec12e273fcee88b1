# SPDX-License-Identifier: Apache-2.0
"""The base's habits: wrong in one direction, and scored as wrong by the oracle."""

from __future__ import annotations

import random

import pytest
from rich.progress import Progress

from spatialevo_rl.lab.dataset import Rooms, make_rooms
from spatialevo_rl.lab.habits import LONGER, habitual
from spatialevo_rl.lab.lessons import Lessons, Portions
from spatialevo_rl.lab.tokenizer import build_tokenizer
from spatialevo_rl.lab.vocabulary import lab_words

ANSWERS = Portions(answers=12, places=0, askings=0)


@pytest.fixture(scope="module")
def rooms() -> Rooms:
    return make_rooms(range(2), Progress(disable=True))


def test_a_habit_is_another_answer_where_there_is_one() -> None:
    assert habitual("distance_cam_obj", "2.0 m") == f"{2.0 * LONGER:.1f} m"
    assert habitual("object_counting", "3") == "2"
    assert habitual("object_counting", "1") == "1"
    assert habitual("single_image_relative_direction", "front-left") == "left"
    assert habitual("single_image_relative_direction", "back") == "back"
    assert habitual("depth_order_obj_obj", "bed") == "bed"


def targets(rooms: Rooms, habits: float) -> list[tuple[int, ...]]:
    lessons = Lessons(rooms, build_tokenizer(lab_words()), habits)
    chance = random.Random(0)
    rows = [row for _ in range(20) for row in lessons.rows(chance, 4, ANSWERS)]
    return [segment.target for row in rows for segment in row.segments]


def test_the_share_of_habits_is_what_is_asked_for(rooms: Rooms) -> None:
    true, half, all_ = (targets(rooms, share) for share in (0.0, 0.5, 1.0))
    assert len(true) == len(half) == len(all_)
    full = sum(a != b for a, b in zip(true, all_, strict=True))
    some = sum(a != b for a, b in zip(true, half, strict=True))
    assert full > len(true) // 5
    assert 0.3 * full < some < 0.7 * full
