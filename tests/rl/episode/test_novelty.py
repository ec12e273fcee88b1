# SPDX-License-Identifier: Apache-2.0
"""The repetition discount and its memory."""

import json

import pytest

from spatialevo_rl.novelty import VisitMemory, novelties, novelty, variety
from spatialevo_rl.records import Recent
from support.episodes import proposal, room

SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)
ONE, OTHER = ("task", ("bed",)), ("task", ("desk",))


@pytest.mark.parametrize(
    ("occurrences", "value"), [(1, 1.0), (2, 0.5), (3, 0.25), (4, 0.25), (5, 0.25), (99, 0.25)]
)
def test_novelty_is_snapped_down(occurrences: int, value: float) -> None:
    assert novelty(occurrences) == value


def test_no_question_occurs_less_than_once() -> None:
    with pytest.raises(ValueError, match="occurrences"):
        novelty(0)


def test_a_group_and_the_last_visits_are_counted() -> None:
    keys = (ONE, ONE, OTHER, None)
    assert novelties(keys, Recent()) == (0.5, 0.5, 1.0, 1.0)
    assert novelties(keys, Recent(counts={OTHER: 1, ONE: 3})) == (0.25, 0.25, 0.5, 1.0)


def questions(*texts: str) -> list:
    return [proposal(text, SCENE, "absolute_distance", ALL) for text in texts]


BED = "How far is the bed from the desk?"
LAMP = "How far is the bed from the lamp?"


def test_the_memory_holds_the_last_visits_of_each_scene() -> None:
    memory = VisitMemory(2)
    bed, lamp = questions(BED, LAMP)
    assert memory.recent("a").counts == {}
    memory.add("a", [bed, bed, lamp])
    memory.add("b", [lamp])
    assert memory.recent("a").counts == {bed.key: 2, lamp.key: 1}
    memory.add("a", [bed])
    assert memory.recent("a").counts == {bed.key: 3, lamp.key: 1}
    memory.add("a", [])  # an empty visit is a visit too
    assert memory.recent("a").counts == {bed.key: 1}
    assert memory.recent("b").counts == {lamp.key: 1}


def test_the_memory_survives_json() -> None:
    memory = VisitMemory(3)
    memory.add("a", questions(BED, BED, LAMP))
    memory.add("a", questions(LAMP))
    again = VisitMemory(3)
    again.load(json.loads(json.dumps(memory.state())))
    assert again.recent("a").counts == memory.recent("a").counts
    assert json.dumps(again.state()) == json.dumps(memory.state())
    again.add("a", questions(BED))
    memory.add("a", questions(BED))
    assert again.recent("a").counts == memory.recent("a").counts


def test_a_state_of_something_else_is_refused() -> None:
    with pytest.raises(TypeError, match="occurrences"):
        VisitMemory(3).load({"a": [[["key", 1]]]})
    with pytest.raises(ValueError, match="visits"):
        VisitMemory(0)


def test_variety_of_a_group() -> None:
    found = variety(questions(BED, "How far is the desk from the bed?", LAMP))
    assert (found.distinct, found.top_share) == (2, pytest.approx(2 / 3))
    assert variety([]).top_share == 0.0
