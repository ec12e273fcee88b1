# SPDX-License-Identifier: Apache-2.0
"""Both roles' rewards, worked by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_dge import Choice, Count, Direction, Legal, Metres
from spatialevo_dge.answer import SquareMetres
from spatialevo_rl.rewards import questioner, solver
from spatialevo_rl.rewards.questioner import questioner_terms, says_little, validity
from spatialevo_rl.rewards.solver import accuracy, solver_terms
from spatialevo_rl.settings import EpisodeSettings, LabelSource
from support.episodes import legal_questions, room, rule

SETTINGS = EpisodeSettings()
SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)


@pytest.mark.parametrize(
    ("valid", "observation", "novelty", "reward"),
    [
        (1.0, 1.0, 1.0, 1.0),
        (1.0, 0.6, 1.0, 0.1 + 0.9 * 0.6),
        (1.0, 0.6, 0.5, 0.1 + 0.9 * 0.3),
        (0.5, 1.0, 1.0, 0.55),
        (0.5, 0.3, 0.25, 0.1 + 0.9 * 0.0375),
        (1.0, 0.0, 1.0, 0.1),
        (0.0, 0.0, 1.0, 0.1),
        (0.0, None, 1.0, 0.1),
        (1.0, None, 1.0, None),
        (0.5, None, 0.25, None),
    ],
)
def test_r_q(valid: float, observation: float | None, novelty: float, reward: float | None) -> None:
    found = questioner_terms(valid, observation, novelty, SETTINGS)
    assert found.reward == (None if reward is None else pytest.approx(reward, abs=1e-12))
    assert (found.format, found.valid, found.observation) == (1.0, valid, observation)


def test_an_illegal_question_may_cost() -> None:
    settings = replace(SETTINGS, illegal_penalty=0.25)
    assert questioner_terms(0.0, 0.0, 1.0, settings).reward == pytest.approx(-0.15)
    assert questioner_terms(1.0, 1.0, 1.0, settings).reward == pytest.approx(1.0)
    assert questioner.MALFORMED.reward == 0.0


def test_the_malformed_earn_nothing() -> None:
    terms = questioner.MALFORMED
    assert {terms.format, terms.valid, terms.observation, terms.novelty, terms.reward} == {0.0}
    assert {solver.MALFORMED.format, solver.MALFORMED.quality, solver.MALFORMED.reward} == {0.0}


UNIT = st.floats(0.0, 1.0)


@given(UNIT, UNIT | st.none(), st.sampled_from([0.25, 0.5, 1.0]), UNIT, UNIT)
def test_r_q_is_bounded(
    valid: float, observation: float | None, novelty: float, alpha: float, penalty: float
) -> None:
    settings = EpisodeSettings(alpha=alpha, illegal_penalty=penalty)
    reward = questioner_terms(valid, observation, novelty, settings).reward
    assert reward is None or -penalty - 1e-12 <= reward <= 1.0 + 1e-12


@pytest.mark.parametrize(
    ("answer", "little"),
    [
        (Count(1), True),
        (Count(2), False),
        (Count(11), False),
        (Metres(1.0), False),
        (SquareMetres(1.0), False),
        (Choice("same", ("bed", "desk", "same")), True),
        (Choice("neither", ("image 1", "image 2", "neither")), True),
        (Choice("bed", ("bed", "desk", "same")), False),
        (Direction("left", ("left", "right")), False),
    ],
)
def test_which_answers_say_little(answer: Count, little: bool) -> None:
    assert says_little(answer) is little


def test_f_valid() -> None:
    one = rule("How many beds are there?", SCENE, "object_counting", ALL)
    three = rule("How many chairs are there?", SCENE, "object_counting", ALL)
    none = rule("How many yaks are there?", SCENE, "object_counting", ALL)
    unread = rule("Is it not nice here?", SCENE, "object_counting", ALL)
    assert [validity(item, False, SETTINGS) for item in (one, three, none, unread)] == [
        0.5, 1.0, 0.0, 0.0,
    ]  # fmt: skip
    assert validity(three, True, SETTINGS) == 0.0


@pytest.mark.parametrize(
    "settings",
    [replace(SETTINGS, validity=False), replace(SETTINGS, label_source=LabelSource.CONSENSUS_FULL)],
)
def test_without_the_oracle_s_validity_what_can_be_read_is_valid(settings: EpisodeSettings) -> None:
    texts = ("How many beds are there?", "How many yaks are there?", "Is it not nice here?")
    rulings = [rule(text, SCENE, "object_counting", ALL) for text in texts]
    assert [validity(item, False, settings) for item in rulings] == [1.0, 1.0, 0.0]
    assert validity(rulings[0], True, settings) == 0.0


@pytest.mark.parametrize(
    ("quality", "reward"), [(1.0, 1.0), (0.7, 0.73), (0.3, 0.37), (0.0, 0.1), (None, None)]
)
def test_r_a(quality: float | None, reward: float | None) -> None:
    found = solver_terms(quality, 0.4, SETTINGS)
    assert found.reward == (None if reward is None else pytest.approx(reward))
    assert found.true_quality == 0.4


def test_f_acc_is_the_task_s_own_scorer() -> None:
    truth = Metres(2.0)
    assert accuracy("2 m", truth, SETTINGS).value == 1.0
    assert accuracy("200 cm", truth, SETTINGS).value == 1.0
    assert accuracy("1.8 m", truth, SETTINGS).value == pytest.approx(0.9)  # 10 % off
    assert accuracy("long", truth, SETTINGS).value == 0.0
    assert accuracy("3", Count(3), SETTINGS).value == 1.0
    assert accuracy("4", Count(3), SETTINGS).value == 0.0
    assert accuracy("4", Count(3), replace(SETTINGS, scorer="mra")).value == pytest.approx(0.4)


def test_refusing_a_legal_question_is_worth_nothing_whatever_it_names() -> None:
    offered = Choice("chair", ("chair", "desk"))
    assert accuracy("the chair", offered, SETTINGS).value == 1.0
    for text in ("UNKNOWN_OBJECT: chair", "not visible: the chair", "Borderline: chair"):
        assert accuracy(text, offered, SETTINGS).value == 0.0


@pytest.mark.parametrize("task", ["depth_order_obj_obj", "object_counting", "distance_cam_obj"])
def test_the_truth_itself_scores_one(task: str) -> None:
    for _, _, ruling in legal_questions(task):
        assert isinstance(ruling, Legal)
        assert accuracy(ruling.answer.render(), ruling.truth, SETTINGS).value == 1.0
