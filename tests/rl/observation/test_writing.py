# SPDX-License-Identifier: Apache-2.0
"""Observations by construction score 1; spoilt ones do not."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge import TASKS, Scene, enumerate_questions
from spatialevo_dge.synthetic import SyntheticRoom, make_room
from spatialevo_rl.observation import (
    FLAWS,
    Flaw,
    score_observation,
    spoil_observation,
    write_observation,
)
from spatialevo_rl.observation.lines import SHORT, Line, brief, full
from spatialevo_rl.observation.reading import read
from spatialevo_rl.observation.subject import targets
from support.observed import SMALL, Case, cases_of

NOTHING_COMMON: frozenset[str] = frozenset()
ROOM_FOR = {0: 20, 1: 20, 2: 20, 3: 22}
"""Words and marks of a brief observation by number of targets."""


@pytest.fixture(scope="module")
def cases(rooms: tuple[SyntheticRoom, ...]) -> tuple[Case, ...]:
    dice = np.random.default_rng(1)
    return tuple(case for room in rooms for case in cases_of(room.scene, dice))


def write(case: Case, short: bool, seed: int = 0, common: frozenset[str] = NOTHING_COMMON) -> str:
    text = write_observation(
        case.scene, case.frames, case.ruling, common, np.random.default_rng(seed), short
    )
    return text or ""


def value(text: str, case: Case, common: frozenset[str] = NOTHING_COMMON) -> float:
    return score_observation(text, case.ruling, case.scene, case.frames, common).value


@pytest.mark.parametrize("short", [True, False])
def test_by_construction_they_are_perfect(cases: tuple[Case, ...], short: bool) -> None:
    scores = defaultdict(list)
    for case in cases:
        scores[case.task].append(value(write(case, short), case))
    assert set(scores) == {task.id for task in TASKS}
    means = {task: float(np.mean(values)) for task, values in scores.items()}
    assert min(means.values()) >= 0.95, means


@pytest.mark.parametrize("short", [True, False])
def test_they_are_perfect_where_half_the_labels_are_common(
    cases: tuple[Case, ...], short: bool
) -> None:
    scores = []
    for case in cases:
        common = frozenset(case.scene.labels[::2])
        scores.append(value(write(case, short, common=common), case, common))
    assert np.mean(scores) >= 0.95


def test_brief_ones_fit_a_small_model(cases: tuple[Case, ...]) -> None:
    for case in cases:
        text = write(case, short=True)
        aims = len(targets(case.ruling.entities, case.scene))
        assert text == text.lower()
        assert len(text.split()) <= ROOM_FOR.get(aims, 36), text
        # Marks are words of their own, so that splitting at blanks is all a tokenizer has to do.
        assert not any(word[-1] in ".,;" for word in text.split() if len(word) > 1)


def test_full_ones_are_sentences(cases: tuple[Case, ...]) -> None:
    for case in cases[:60]:
        text = write(case, short=False)
        sentences = text.split(". ")
        assert len(sentences) >= 2
        assert text.endswith(".")
        assert all(sentence[0].isupper() for sentence in sentences)
        assert "  " not in text


def test_the_dice_decide(cases: tuple[Case, ...]) -> None:
    case = cases[3]
    assert write(case, short=False, seed=4) == write(case, short=False, seed=4)
    assert len({write(case, short=False, seed=seed) for seed in range(10)}) > 5


def test_a_view_that_shows_too_little_has_none() -> None:
    room = make_room(1, replace(SMALL, labels={"bed": 1}))
    frames = tuple(frame.id for frame in room.scene.frames)
    _, ruling = next(enumerate_questions(room.scene, "object_counting", frames))
    case = Case(scene=room.scene, frames=frames, ruling=ruling)
    assert write(case, short=True) == write(case, short=False) == ""


@pytest.mark.parametrize("short", [True, False])
@pytest.mark.parametrize("flaw", FLAWS)
def test_spoilt_ones_score_less(cases: tuple[Case, ...], flaw: Flaw, short: bool) -> None:
    vocabulary = sorted({label for case in cases for label in case.scene.labels})
    dice = np.random.default_rng(2)
    scores = []
    for case in cases:
        text = write(case, short)
        if not text or (flaw is Flaw.NO_TARGET and not targets(case.ruling.entities, case.scene)):
            continue
        try:
            spoilt = spoil_observation(text, case.scene, case.ruling, vocabulary, dice, (flaw,))
        except ValueError:
            continue  # no relation to turn, no second thing to leave out
        assert spoilt != text
        scores.append(value(spoilt, case))
    assert len(scores) > len(cases) / 3
    worst = {Flaw.WRONG_RELATION: 0.2, Flaw.WRONG_THING: 0.1, Flaw.NO_TARGET: 0.0, Flaw.THIN: 0.4}
    assert np.mean(scores) <= worst[flaw], np.mean(scores)


def test_half_spoilt_leaves_half_to_learn(cases: tuple[Case, ...]) -> None:
    vocabulary = sorted({label for case in cases for label in case.scene.labels})
    dice = np.random.default_rng(3)
    scores = []
    for case in cases:
        text = write(case, short=True)
        if dice.random() < 0.5:
            text = spoil_observation(text, case.scene, case.ruling, vocabulary, dice)
        scores.append(value(text, case))
    assert 0.4 < np.mean(scores) < 0.7


def test_a_flaw_that_fits_nowhere_is_an_error(cases: tuple[Case, ...]) -> None:
    case = cases[0]
    dice = np.random.default_rng(0)
    with pytest.raises(ValueError, match="wrong relation"):
        spoil_observation("I see a bed.", case.scene, case.ruling, (), dice, (Flaw.WRONG_RELATION,))
    with pytest.raises(ValueError, match="flaws"):
        spoil_observation("I see a bed.", case.scene, case.ruling, (), dice, ())


@pytest.mark.parametrize("relation", SHORT)
def test_every_wording_of_the_writer_is_read_as_meant(relation: str, scene: Scene) -> None:
    lines = (
        Line(things=(("bed", 0), ("chair", 2), ("desk", 1))),
        Line(things=(("bed", 0),), relation=relation, others=("desk",)),
        Line(things=(("bed", 0), ("tv", 0)), relation=relation, others=("desk",), seen=False),
        Line(things=(("bed", 0),), relation=relation, others=("desk", "tv"), seen=False),
    )
    dice = np.random.default_rng(0)
    canonical = {"right": "left({1}, {0})", "farther": "nearer({1}, {0})"}
    claim = canonical.get(relation, relation + "({0}, {1})")
    expected = [
        ["exists(bed)", "count(chair, 2)", "count(desk, 1)"],
        ["exists(bed)", claim.format("bed", "desk")],
        [claim.format("bed", "desk"), claim.format("tv", "desk")],
        [claim.format("bed", "desk"), claim.format("bed", "tv")],
    ]
    for text in (brief(lines), *(full(lines, dice) for _ in range(30))):
        assert [[str(c) for c in said.claims] for said in read(text, scene).sentences] == expected


def test_words_of_the_writer_are_english() -> None:
    lines = (
        Line(things=(("armchair", 0), ("shoes", 0), ("box", 2)), relation=""),
        Line(things=(("shoes", 0),), relation="left", others=("bed",), seen=False),
    )
    assert brief(lines) == "i see an armchair , shoes and two boxes . the shoes are left of the bed"
