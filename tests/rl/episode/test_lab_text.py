# SPDX-License-Identifier: Apache-2.0
"""The oracle reads what a word-level tokenizer writes, for every task."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from spatialevo_dge import Legal
from spatialevo_dge.enumerate_questions import render
from spatialevo_rl.keys import question_key
from spatialevo_rl.rewards.solver import accuracy
from spatialevo_rl.settings import EpisodeSettings, PromptSet
from spatialevo_rl.tags import Answered, Asked, parse_answer, parse_questioner
from spatialevo_rl.training_rules import refusal
from support.episodes import completion, legal_questions, rule
from support.pool import TASK_IDS

COMPACT = EpisodeSettings(prompt_set=PromptSet.COMPACT)


def words_and_marks(text: str) -> str:
    """Write every word, digit and mark apart, in lower case."""
    return " ".join(re.findall(r"</?\w+>|[a-z]+|\d|\S", text.lower()))


def words_with_hyphens(text: str) -> str:
    """The same, but "front-left" and "12" are words."""
    return " ".join(re.findall(r"</?\w+>|[a-z]+(?:-[a-z]+)*|\d+|\S", text.lower()))


@pytest.mark.parametrize("written", [words_and_marks, words_with_hyphens])
@pytest.mark.parametrize("task", TASK_IDS)
def test_a_question_written_apart_is_the_same_question(
    task: str, written: Callable[[str], str]
) -> None:
    for scene, question, ruling in legal_questions(task, most=8):
        for text in render(task, ruling.entities):
            asked = parse_questioner(written(completion("A bed.", text)), COMPACT)
            assert isinstance(asked, Asked)
            again = rule(asked.question, scene, task, question.frames)
            assert isinstance(again, Legal), asked.question
            assert question_key(again, question.frames) == question_key(ruling, question.frames)
            assert again.answer == ruling.answer
            assert refusal(replace(question, text=asked.question), again, scene, COMPACT) == ""


@pytest.mark.parametrize("written", [words_and_marks, words_with_hyphens])
@pytest.mark.parametrize("task", TASK_IDS)
def test_a_true_answer_written_apart_scores_one(task: str, written: Callable[[str], str]) -> None:
    for _, _, ruling in legal_questions(task, most=8):
        reply = f"<answer>{ruling.answer.render()}</answer>"
        answered = parse_answer(written(reply), COMPACT)
        assert isinstance(answered, Answered)
        assert accuracy(answered.text, ruling.truth, COMPACT).value == 1.0
