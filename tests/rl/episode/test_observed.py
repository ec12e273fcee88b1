# SPDX-License-Identifier: Apache-2.0
"""Observation and question together: what a true questioner earns, and what a lazy one does."""

import re

import numpy as np
import pytest

from spatialevo_dge.answer import Count
from spatialevo_rl.draws import dice
from spatialevo_rl.episode import judge_completions
from spatialevo_rl.observation import write_observation
from spatialevo_rl.observation.reading import read
from spatialevo_rl.prompts import questioner_prompt
from spatialevo_rl.settings import EpisodeSettings, PromptSet
from support.episodes import assignment, completion, context, legal_questions, room
from support.pool import TASK_IDS

SETTINGS = EpisodeSettings(novelty=True)
SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)


@pytest.mark.parametrize("prompt_set", PromptSet)
@pytest.mark.parametrize("task", TASK_IDS)
def test_true_observations_earn_all_there_is(task: str, prompt_set: PromptSet) -> None:
    settings = EpisodeSettings(prompt_set=prompt_set)
    brief = prompt_set is PromptSet.COMPACT
    rewards = []
    for place, (scene, question, ruling) in enumerate(legal_questions(task, most=12)):
        text = write_observation(
            scene, question.frames, ruling, frozenset(), dice(place, 0, task), brief
        )
        if text is None:
            continue
        where = assignment(task, question.frames)
        (found,) = judge_completions(
            [completion(text, question.text)], where, scene, context(1), settings
        )
        most = 0.55 if found.terms.valid == 0.5 else 1.0
        rewards.append(found.terms.reward / most)
        assert found.claims
    assert rewards, "no view of the pool allows an observation"
    assert np.mean(rewards) > 0.95


def test_one_observation_for_every_question_earns_the_format() -> None:
    constant = "There is a chair and a table. The chair is left of the table."
    rewards = []
    for task in TASK_IDS:
        for scene, question, _ in legal_questions(task, most=8):
            where = assignment(task, question.frames)
            (found,) = judge_completions(
                [completion(constant, question.text)], where, scene, context(1), SETTINGS
            )
            rewards.append(found.terms.reward)
    assert np.mean(rewards) < 0.15


def test_a_count_of_one_earns_half() -> None:
    texts = ("How many beds are there?", "How many chairs are there?")
    where = assignment("object_counting", ALL)
    halves = []
    for text in texts:
        (bare,) = judge_completions(
            [completion("A room.", text)], where, SCENE, context(1), SETTINGS
        )
        written = write_observation(SCENE, ALL, bare.ruling, frozenset(), dice(0, 0, "x"), False)
        (found,) = judge_completions(
            [completion(written, text)], where, SCENE, context(1), SETTINGS
        )
        halves.append((bare.ruling.answer, found.terms.reward))
    assert halves == [(Count(1), pytest.approx(0.55)), (Count(3), pytest.approx(1.0))]


def test_the_sentences_that_the_prompt_shows_are_claims() -> None:
    page = questioner_prompt(assignment("object_counting", ALL), ("bed", "lamp"), SETTINGS)
    shown = re.findall(r'"([^"]*\[object\][^"]*)"', page)
    assert len(shown) == 3
    for sentence in shown:
        text = sentence
        for label in ("chair", "desk"):
            text = text.replace("[object]", label, 1)
        (said,) = read(text, SCENE).sentences
        assert said.claims, text
    for relation in ("right of", "nearer than", "farther than", "on", "in"):
        assert relation in page
        (said,) = read(f"The lamp is {relation} the desk.", SCENE).sentences
        assert said.claims, relation
