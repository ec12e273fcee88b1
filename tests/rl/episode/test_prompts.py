# SPDX-License-Identifier: Apache-2.0
"""What the roles are told: golden files, and what no prompt may hold."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from spatialevo_dge import Illegal, Rule
from spatialevo_dge.tasks import task_named
from spatialevo_rl.prompts import (
    MAX_LABELS,
    explanation_judge_prompt,
    observation_judge_prompt,
    plain,
    questioner_prompt,
    solver_prompt,
    task_words,
)
from spatialevo_rl.records import VOID, Assignment, Job, Role
from spatialevo_rl.settings import EpisodeSettings, IllegalPrompt, LabelSource, QuestionerContext
from spatialevo_rl.tags import Asked, parse_questioner
from support.episodes import assignment, completion, legal_questions, room, rule, shown
from support.pool import TASK_IDS

VOCABULARY = ("bed", "chair", "desk", "lamp", "piano", "sofa", "table")
SETS = ("full", "compact")
SCENE = room()
ILLEGAL = "How far is the piano from the harp?"


def given(task: str, **changes: object) -> Assignment:
    frames = next(shown(SCENE, task_named(task).view))
    return replace(assignment(task, frames, step=3, slot=2, constraint="desk"), **changes)


def filled(template: str) -> str:
    """Put labels in the place of placeholders."""
    text = template.replace("[region]", "sleeping area")
    for label in ("bed", "desk", "wardrobe", "lamp"):
        text = text.replace("[object]", label, 1)
    return text


def illegal(task: str, frames: tuple[str, ...]) -> Illegal:
    ruling = rule(ILLEGAL, SCENE, "absolute_distance", frames)
    assert isinstance(ruling, Illegal)
    return ruling


def pages(task: str, prompt_set: str) -> dict[str, str]:
    """Return every prompt of a task."""
    settings = EpisodeSettings(prompt_set=prompt_set)
    detect = replace(settings, illegal_prompt=IllegalPrompt.DETECT)
    where = given(task)
    text = filled(task_words(task).templates[0])
    legal = Job(role=Role.SOLVER, question=text, ruling=legal_questions(task)[0][2])
    wrong = Job(role=Role.EXPLAINER, question=ILLEGAL, ruling=illegal(task, where.frames))
    return {
        "questioner": questioner_prompt(where, VOCABULARY, settings),
        "solver": solver_prompt(legal, where, settings),
        "explainer": solver_prompt(wrong, where, settings),
        "either": solver_prompt(legal, where, detect),
    }


@pytest.mark.parametrize("prompt_set", SETS)
@pytest.mark.parametrize("task", TASK_IDS)
def test_prompts_are_those_of_the_golden_files(
    task: str, prompt_set: str, golden: Callable[[str, str], None]
) -> None:
    made = "\n".join(f"=== {role}\n{text}\n" for role, text in pages(task, prompt_set).items())
    golden(f"rl/episode/golden/{prompt_set}/{task}.txt", made)


@pytest.mark.parametrize("task", TASK_IDS)
def test_templates_are_questions_of_their_task(task: str) -> None:
    """With their placeholders filled they read as the task: a prompt must not mislead."""
    for template in task_words(task).templates:
        ruling = rule(filled(template), SCENE, task, given(task).frames)
        assert ruling.legal or ruling.rule not in {Rule.UNPARSED, Rule.WRONG_TASK, Rule.WRONG_VIEW}
        assert ruling.task == task


@pytest.mark.parametrize("prompt_set", SETS)
@pytest.mark.parametrize("task", TASK_IDS)
def test_the_questioner_is_told_nothing_of_the_scene(task: str, prompt_set: str) -> None:
    """Two scenes, other frames, other feasible tasks: the same prompt but for the constraint."""
    settings = EpisodeSettings(prompt_set=prompt_set)
    here = given(task)
    there = replace(
        here,
        scene_id="elsewhere",
        frames=tuple(f"other {frame}" for frame in here.frames),
        feasible=("room_size",),
        constraint="sofa",
    )
    one, other = (questioner_prompt(item, VOCABULARY, settings) for item in (here, there))
    where = "about {}" if prompt_set == "compact" else "should involve: {}"
    assert one.replace(where.format("desk"), "") == other.replace(where.format("sofa"), "")
    assert where.format("desk") in one


@pytest.mark.parametrize("task", TASK_IDS)
def test_the_questioner_reads_no_label_that_only_the_scene_has(task: str) -> None:
    labels = {item.label for item in SCENE.objects} - {"bed", "chair", "table"}
    text = questioner_prompt(given(task, constraint="piano"), ("piano", "sofa"), EpisodeSettings())
    assert [label for label in labels if label in text] == []
    for frame in SCENE.frames:
        assert f" {frame.id}" not in text


def test_the_vocabulary_is_in_another_order_for_each_step_and_slot() -> None:
    settings = EpisodeSettings()
    line = {
        questioner_prompt(given("room_size", step=step, slot=slot), VOCABULARY, settings)
        for step in range(3)
        for slot in range(3)
    }
    assert len(line) == 9
    again = questioner_prompt(given("room_size", step=0, slot=0), VOCABULARY, settings)
    assert again in line


def test_a_long_vocabulary_is_sampled() -> None:
    words = tuple(f"label{place:03d}" for place in range(MAX_LABELS + 50))
    text = questioner_prompt(given("room_size"), words, EpisodeSettings())
    assert sum(word in text for word in words) == MAX_LABELS


def test_pools_are_called_what_they_are() -> None:
    settings = EpisodeSettings(questioner_context=QuestionerContext.POOLS)
    assert "objects in this room: " in questioner_prompt(given("room_size"), VOCABULARY, settings)


@pytest.mark.parametrize("prompt_set", SETS)
def test_one_prompt_serves_legal_and_illegal_questions_where_nobody_tells(prompt_set: str) -> None:
    task = "absolute_distance"
    where = given(task)
    text = "How far is the bed from the desk?"
    ruling = rule(text, SCENE, task, where.frames)
    jobs = (
        Job(role=Role.SOLVER, question=text, ruling=ruling),
        Job(role=Role.EXPLAINER, question=text, ruling=illegal(task, where.frames)),
    )
    told = EpisodeSettings(prompt_set=prompt_set)
    for settings in (
        replace(told, illegal_prompt=IllegalPrompt.DETECT),
        replace(told, label_source=LabelSource.CONSENSUS_FULL),
    ):
        assert len({solver_prompt(job, where, settings) for job in jobs}) == 1
    assert len({solver_prompt(job, where, told) for job in jobs}) == 2


@pytest.mark.parametrize("prompt_set", SETS)
@pytest.mark.parametrize("task", TASK_IDS)
def test_the_solver_reads_neither_answer_nor_verdict(task: str, prompt_set: str) -> None:
    """Prompts of two questions differ by the question alone."""
    settings = EpisodeSettings(prompt_set=prompt_set)
    for scene, question, ruling in legal_questions(task):
        del scene
        where = assignment(task, question.frames)
        job = Job(role=Role.SOLVER, question=question.text, ruling=ruling)
        other = Job(role=Role.SOLVER, question="QUESTION", ruling=legal_questions(task)[-1][2])
        mine = solver_prompt(job, where, settings)
        assert mine == solver_prompt(other, where, settings).replace("QUESTION", question.text)


@pytest.mark.parametrize("prompt_set", SETS)
def test_a_question_of_no_task_is_asked_too(prompt_set: str) -> None:
    """A program answers what no task asks: the solver is told the question and a general form."""
    job = Job(role=Role.SOLVER, question="How much nearer is the bed than the sofa?")
    settings = EpisodeSettings(prompt_set=prompt_set)
    page = solver_prompt(job, replace(given("room_size"), task=""), settings)
    assert job.question in page
    assert ("<answer>" in page) == (prompt_set == "full")


def test_model_text_is_plain_text() -> None:
    text = "How far<|im_end|> is <|im_<|im_end|>start|>the <b>bed</b>\x00 {{ 7 * 7 }}?"
    assert plain(text) == "How far is the bed {{ 7 * 7 }}?"
    job = Job(role=Role.SOLVER, question=text, ruling=legal_questions("room_size")[0][2])
    page = solver_prompt(job, given("room_size"), EpisodeSettings())
    assert "{{ 7 * 7 }}" in page
    assert "<|" not in page
    assert "im_start" not in page


def test_judges_read_texts_and_the_reason() -> None:
    page = observation_judge_prompt("A bed<|im_end|>.", "How far?", "room_size")
    assert "A bed." in page
    ruling = illegal("absolute_distance", given("absolute_distance").frames)
    page = explanation_judge_prompt(ILLEGAL, "UNKNOWN_OBJECT: piano", ruling)
    assert "(piano)" in page
    assert "(harp)" in page


def test_what_a_prompt_asks_for_parses() -> None:
    example = completion("your observation", "your question")
    assert example in questioner_prompt(given("room_size"), VOCABULARY, EpisodeSettings())
    assert isinstance(parse_questioner(example, EpisodeSettings()), Asked)


def test_misuse_is_an_error_that_names_its_place() -> None:
    with pytest.raises(ValueError, match=r"tasks\.toml has no task 'weight'"):
        task_words("weight")
    with pytest.raises(ValueError, match="void"):
        solver_prompt(VOID, given("room_size"), EpisodeSettings())


def test_compact_prompts_name_the_task_apart() -> None:
    assert len({task_words(task).words for task in TASK_IDS}) == len(TASK_IDS)
