# SPDX-License-Identifier: Apache-2.0
"""Floors: the best answer that looks at nothing, by hand and from a store's own questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spatialevo_dge import Choice, Count, Direction, Legal, Metres, Question, Truth, judge, score
from spatialevo_dge.answer import Answer
from spatialevo_dge.entities import Room
from spatialevo_dge.tasks import TASKS
from spatialevo_dge.truth import EXACT_MARGIN
from spatialevo_rl.scenes import floors as floors_module
from spatialevo_rl.scenes.floors import (
    Constant,
    candidates,
    floor_values,
    floors_of,
    mean_score,
    store_floors,
)
from spatialevo_rl.scenes.sample import Asked, SampleOptions, sample_questions
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.synthetic_store import SyntheticStore
from support.rl_stores import SETTINGS, small_store

QUANTILE_LOSS = 0.05  # of a score, where only quantiles of the true numbers are tried
ALL = SampleOptions(tasks=tuple(task.id for task in TASKS), per_view=3, scene_views=4)


def asked(*answers: Answer) -> list[Asked]:
    """Questions that have these answers; of which task does not matter here."""
    rulings = [
        Legal(
            task="object_counting",
            entities=Room(),
            answer=answer,
            truth=Truth(answer=answer, margin=EXACT_MARGIN, trace={}),
        )
        for answer in answers
    ]
    return [Asked(scene_id="a", question=Question("?"), ruling=ruling) for ruling in rulings]


def the_floor(*answers: Answer) -> tuple[float, str]:
    (floor,) = floors_of(asked(*answers)).values()
    return floor.value, str(floor.constant)


def test_counts_by_hand() -> None:
    assert the_floor(Count(1), Count(2), Count(2), Count(3)) == (0.5, "'2'")


def test_words_by_hand() -> None:
    both = ("left", "right")
    answers = [Direction(word, both) for word in ("left", "right", "right")]
    assert the_floor(*answers) == (pytest.approx(2 / 3), "'right'")


def test_names_differ_but_the_place_may_not() -> None:
    """No name is right twice, yet the first one offered is right in three of four questions."""
    answers = [
        Choice("bed", ("bed", "sofa")),
        Choice("desk", ("desk", "lamp")),
        Choice("tv", ("tv", "door")),
        Choice("box", ("chair", "box")),
    ]
    assert the_floor(*answers) == (0.75, "option 1")
    last = [
        Choice("same", ("image 1", "image 2", "same")),
        Choice("image 2", ("image 1", "image 2")),
    ]
    assert the_floor(*last) == (1.0, "last option")


def test_lengths_by_hand() -> None:
    """2 m against 2 m and 4 m: relative errors 0 and 0.5, scores 1 and 0.1."""
    constant = Constant(text="2.00 m")
    rulings = [item.ruling for item in asked(Metres(2.0), Metres(4.0))]
    assert mean_score(constant, rulings) == pytest.approx(0.55)
    value, text = the_floor(Metres(2.0), Metres(4.0))
    assert value == pytest.approx(
        max(mean_score(item, rulings) for item in candidates([Metres(2.0), Metres(4.0)]))
    )
    assert value >= 0.55
    assert text.endswith(" m'")


def test_a_constant_never_sees_the_truth() -> None:
    """The reply is the same whatever of the offered options is true."""
    options = ("bed", "sofa", "tv")
    for constant in (Constant(text="sofa"), Constant(place=1), Constant(place=-1)):
        assert len({constant.reply(Choice(word, options)) for word in options}) == 1
    assert Constant(place=5).reply(Choice("bed", options)) == ""
    assert Constant(place=0).reply(Metres(1.0)) == ""


def test_no_other_constant_beats_the_floor(store: SyntheticStore) -> None:
    """Against every truth in the sample, said as a constant."""
    found = list(sample_questions(store, store.ids(Split.TRAIN)[:6], ALL))
    floors = floors_of(found)
    assert set(floors) <= set(ALL.tasks)
    assert len(floors) >= 14
    for task, floor in floors.items():
        rulings = [item.ruling for item in found if item.ruling.task == task]
        assert floor.questions == len(rulings)
        assert 0.0 < floor.value <= 1.0
        said = {ruling.answer.render() for ruling in rulings}
        best = max(mean_score(Constant(text=text), rulings) for text in said)
        exact = isinstance(rulings[0].answer, Choice | Direction | Count)
        assert floor.value >= best - (0.0 if exact else QUANTILE_LOSS)
        assert mean_score(floor.constant, rulings) == floor.value


def test_sampled_questions_are_legal_and_repeatable(store: SyntheticStore) -> None:
    ids = store.ids(Split.VALIDATION)[:2]
    one, two = (list(sample_questions(store, ids, ALL)) for _ in range(2))
    assert one == two
    for item in one:
        assert judge(item.question, store.scene(item.scene_id)) == item.ruling
        assert item.question.frames
        assert score(item.ruling.answer.render(), item.ruling.truth).value == 1.0
    other = list(sample_questions(store, ids, replace(ALL, seed=1)))
    assert other != one


def test_floors_are_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(SETTINGS, scene_cache=str(tmp_path), scene_count=4)
    first = store_floors(small_store(settings), ALL)
    assert len(list(tmp_path.glob("floors-*.json"))) == 1
    monkeypatch.setattr(floors_module, "floors_of", None)
    again = store_floors(small_store(settings), ALL)
    assert again == first
    assert floor_values(again) == {task: floor.value for task, floor in first.items()}
    with pytest.raises(TypeError):
        store_floors(small_store(settings), replace(ALL, per_view=2))
    monkeypatch.setattr(floors_module, "oracle_fingerprint", lambda: "another oracle")
    with pytest.raises(TypeError):
        store_floors(small_store(settings), ALL)


def test_no_question_is_no_floor() -> None:
    assert floors_of([]) == {}
    with pytest.raises(ValueError, match="no question to score"):
        mean_score(Constant(text="1"), [])
