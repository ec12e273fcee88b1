# SPDX-License-Identifier: Apache-2.0
"""Which questions the solver works on: laws over drawn groups."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_dge import Illegal, Legal, Rule
from spatialevo_rl.episode import choose_jobs, enumerated_jobs
from spatialevo_rl.keys import question_key
from spatialevo_rl.records import VOID, Proposal, Role
from spatialevo_rl.rewards.questioner import MALFORMED
from spatialevo_rl.settings import EpisodeSettings, Judged, LabelSource
from support.episodes import assignment, legal_questions, proposal, room
from support.pool import TASK_IDS

SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)
WHERE = assignment("absolute_distance", ALL, step=5, slot=1)
SETTINGS = EpisodeSettings()

THINGS = ("bed", "desk", "wardrobe", "lamp", "table")
LEGAL = tuple(
    item
    for place, first in enumerate(THINGS)
    for second in THINGS[place + 1 :]
    for item in [proposal(f"How far is the {first} from the {second}?", SCENE, WHERE.task, ALL)]
    if isinstance(item.ruling, Legal)
)
ILLEGAL = tuple(
    proposal(f"How far is the {first} from the {second}?", SCENE, WHERE.task, ALL)
    for first in THINGS
    for second in ("yak", "harp", "chair")
)
USELESS = (
    Proposal(completion="", observation="", question="", ruling=None, key=None, terms=MALFORMED),
    proposal("Is it not nice?", SCENE, WHERE.task, ALL),
    replace(LEGAL[0], fault="the number 'two'", key=(*LEGAL[0].key[:-1], "refused")),
    replace(ILLEGAL[0], fault="41 words"),
)
GROUPS = st.lists(st.sampled_from(LEGAL + ILLEGAL + USELESS), max_size=16).map(tuple)


def test_the_material_is_what_it_should_be() -> None:
    assert len(LEGAL) >= 5
    assert all(isinstance(item.ruling, Illegal) for item in ILLEGAL)
    assert USELESS[1].ruling.rule is Rule.UNPARSED


@given(GROUPS, st.integers(0, 9), st.integers(0, 99), st.integers(0, 9))
def test_laws(group: tuple[Proposal, ...], count: int, seed: int, step: int) -> None:
    where = replace(WHERE, step=step)
    jobs = choose_jobs(group, count, where, seed)
    assert len(jobs) == count
    assert jobs == choose_jobs(group, count, where, seed)
    work = [job for job in jobs if job.role is not Role.VOID]
    assert jobs[len(work) :] == (VOID,) * (count - len(work))
    keys = [job.key for job in work]
    assert len(set(keys)) == len(keys)
    for job in work:
        origin = group[job.proposal]
        assert (job.question, job.ruling, job.key) == (origin.question, origin.ruling, origin.key)
        assert not origin.fault
        assert job.role is (Role.SOLVER if isinstance(job.ruling, Legal) else Role.EXPLAINER)
        assert isinstance(job.ruling, Legal) or job.ruling.rule is not Rule.UNPARSED
    usable = {item.key for item in group if item.ruling is not None and not item.fault} - {
        USELESS[1].key
    }
    legal = {key for key in usable if key[-1] == "legal"}
    assert len(work) == min(count, len(usable))
    solvers = sum(job.role is Role.SOLVER for job in work)
    assert solvers == min(count, len(legal))
    illegal = len(work) - solvers
    assert illegal <= max(1, count // 4) or len(legal) < count


def test_legal_ones_come_first_and_a_repeat_once() -> None:
    group = (ILLEGAL[0], LEGAL[0], LEGAL[1], LEGAL[0])
    jobs = choose_jobs(group, 4, WHERE, 0)
    assert [job.role for job in jobs] == ["solver", "solver", "explainer", "void"]
    assert {job.proposal for job in jobs[:2]} == {1, 2}


def test_which_are_chosen_depends_on_seed_step_and_slot_alone() -> None:
    chosen = {
        tuple(job.proposal for job in choose_jobs(LEGAL, 2, where, seed))
        for seed in range(3)
        for where in (WHERE, replace(WHERE, step=6), replace(WHERE, slot=2))
    }
    assert len(chosen) > 3
    elsewhere = replace(WHERE, scene_id="another", constraint="bed")
    assert choose_jobs(LEGAL, 2, WHERE, 0) == choose_jobs(LEGAL, 2, elsewhere, 0)


def test_every_question_is_chosen_as_often_as_the_others() -> None:
    counts = Counter(
        job.proposal
        for step in range(400)
        for job in choose_jobs(LEGAL[:5], 2, replace(WHERE, step=step), 0)
    )
    assert all(0.3 < counts[place] / 400 < 0.5 for place in range(5))


def test_nothing_is_explained_where_explaining_is_off() -> None:
    settings = replace(SETTINGS, explanation=Judged.OFF)
    jobs = choose_jobs((*ILLEGAL, LEGAL[0]), 4, WHERE, 0, settings)
    assert [job.role for job in jobs] == ["solver", "void", "void", "void"]


def test_votes_do_not_know_what_is_legal() -> None:
    settings = replace(SETTINGS, label_source=LabelSource.CONSENSUS_FULL)
    group = (*LEGAL[:4], *ILLEGAL[:4])
    roles = {
        job.role
        for step in range(30)
        for job in choose_jobs(group, 2, replace(WHERE, step=step), 0, settings)
    }
    assert roles == {Role.SOLVER, Role.EXPLAINER}


@pytest.mark.parametrize("task", TASK_IDS)
def test_enumerated_jobs_are_legal_questions_of_the_task(task: str) -> None:
    scene, question, _ = legal_questions(task)[0]
    where = assignment(task, question.frames)
    jobs = enumerated_jobs(where, scene, 5, 11, SETTINGS)
    assert len(jobs) == 5
    assert jobs == enumerated_jobs(where, scene, 5, 11, SETTINGS)
    work = [job for job in jobs if job.role is Role.SOLVER]
    assert work
    assert len({job.key for job in work}) == len(work)
    for job in work:
        again = proposal(job.question, scene, task, question.frames)
        assert isinstance(again.ruling, Legal)
        assert again.ruling.answer == job.ruling.answer
        assert job.key == question_key(again.ruling, question.frames)


def test_enumerated_jobs_differ_between_steps() -> None:
    questions = {
        job.question
        for step in range(12)
        for job in enumerated_jobs(replace(WHERE, step=step), SCENE, 1, 0, SETTINGS)
    }
    assert len(questions) > 4
