# SPDX-License-Identifier: Apache-2.0
"""A whole step, driven by a scripted policy: no torch, no model, the real oracle."""

from dataclasses import dataclass, replace

import pytest

import spatialevo_rl.episode
from spatialevo_dge import Illegal, Legal, Rule, Scene
from spatialevo_dge.tasks import task_named
from spatialevo_rl.episode import (
    choose_jobs,
    judge_completions,
    oracle_failed,
    score_group,
)
from spatialevo_rl.novelty import VisitMemory
from spatialevo_rl.prompts import questioner_prompt, solver_prompt
from spatialevo_rl.records import VOID, Assignment, Attempt, Job, Proposal, Recent, Role
from spatialevo_rl.settings import EpisodeSettings, IllegalPrompt, Judged
from support.episodes import assignment, completion, context, legal_questions, room, rule
from support.pool import TASK_IDS

SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)
SETTINGS = EpisodeSettings(novelty=True)
GROUP, JOBS = 8, 4
BED = "How far is the bed from the desk?"


@dataclass(frozen=True)
class Script:
    """Stands for the model: writes what a row's place says, and remembers the prompts."""

    questions: tuple[str, ...]
    prompts: list[str]

    def ask(self, prompt: str) -> list[str]:
        """Write a questioner group."""
        self.prompts.append(prompt)
        return list(self.questions)

    def reply(self, prompt: str, job: Job) -> list[str]:
        """Write a solver group: right, wrong, and malformed replies."""
        self.prompts.append(prompt)
        assert job.question in prompt
        right = "nothing"
        if isinstance(job.ruling, Legal):
            right = job.ruling.answer.render()
        elif job.ruling is not None:
            right = f"{job.ruling.rule}: {job.ruling.violation.entity}"
        return [
            f"I look. <answer>{right}</answer>",
            "<answer>purple</answer>",
            "no tags",
            "<answer>",
        ]


@dataclass(frozen=True)
class Step:
    proposals: tuple[Proposal, ...]
    jobs: tuple[Job, ...]
    groups: tuple[tuple[Attempt, ...], ...]


def run(
    script: Script,
    where: Assignment,
    scene: Scene,
    recent: Recent | None = None,
    settings: EpisodeSettings = SETTINGS,
) -> Step:
    """Run the step as a trainer does."""
    texts = script.ask(questioner_prompt(where, scene.labels, settings))
    proposals = judge_completions(texts, where, scene, context(len(texts), recent), settings)
    jobs = choose_jobs(proposals, JOBS, where, 0, settings)
    groups = []
    for job in jobs:
        if job.role is Role.VOID:
            groups.append(())
            continue
        replies = script.reply(solver_prompt(job, where, settings), job)
        cut = [False, False, False, True]
        groups.append(score_group(replies, job, scene, where, cut, settings))
    return Step(proposals=proposals, jobs=jobs, groups=tuple(groups))


@pytest.mark.parametrize("task", TASK_IDS)
def test_a_step_of_every_task(task: str) -> None:
    scene, question, ruling = legal_questions(task)[0]
    other = next(
        (item.text for _, item, _ in legal_questions(task) if item.text != question.text), "?"
    )
    texts = (
        completion("A room.", question.text),
        completion("A room.", question.text),
        completion("A room.", other),
        completion("A room.", "Is it nice here?"),
        question.text,
        completion("A room.", f"{question.text} ###"),
    )
    where = assignment(task, question.frames, scene_id=scene.id)
    step = run(Script(questions=texts, prompts=[]), where, scene)
    first, second, _, unread, untagged, signs = step.proposals
    assert first.ruling == second.ruling == ruling
    assert first.terms.valid in {0.5, 1.0}
    assert first.terms.novelty == second.terms.novelty <= 0.5
    assert isinstance(unread.ruling, Illegal)
    assert unread.ruling.rule is Rule.UNPARSED
    assert untagged.ruling is None
    assert signs.fault == "the sign '#'"
    assert len(step.jobs) == len(step.groups) == JOBS
    assert step.jobs[0].role is Role.SOLVER
    assert step.jobs[-1] == VOID
    for job, group in zip(step.jobs, step.groups, strict=True):
        if job.role is Role.VOID:
            assert group == ()
            continue
        right, wrong, untagged_reply, cut = group
        assert right.terms.reward == pytest.approx(1.0), right.why
        assert wrong.terms.reward == pytest.approx(0.1)
        assert untagged_reply.terms.reward == cut.terms.reward == 0.0
        assert cut.why == "cut off at the length limit"


def test_questions_are_judged_with_the_frames_shown() -> None:
    """D1: what the images do not show cannot be asked about, though the scene has it."""
    for frames in ((frame,) for frame in ALL):
        hidden = [
            item.label
            for item in SCENE.objects
            if SCENE.visibility is not None
            and item.id not in SCENE.visibility.in_frame(SCENE.frame_index[frames[0]])
            and len(SCENE.objects_by_label[item.label]) == 1
        ]
        if hidden:
            break
    assert hidden
    where = assignment("object_size", frames)
    text = f"How long is the longest side of the {hidden[0]} in centimeters?"
    (found,) = judge_completions([completion("A.", text)], where, SCENE, context(1), SETTINGS)
    assert isinstance(found.ruling, Illegal)
    assert found.ruling.rule is Rule.NOT_VISIBLE
    assert isinstance(rule(text, SCENE, "object_size", ALL), Legal)


def test_the_solver_never_reads_the_observation() -> None:
    script = Script(
        questions=tuple(completion("XYLOPHONE OBSERVATION.", text) for text in
                        (BED, "How far is the bed from the yak?")),
        prompts=[],
    )  # fmt: skip
    for mode in IllegalPrompt:
        run(script, assignment("absolute_distance", ALL), SCENE, None,
            replace(SETTINGS, illegal_prompt=mode))  # fmt: skip
    assert len(script.prompts) == 6
    assert not any("XYLOPHONE" in prompt for prompt in script.prompts)


def test_repeated_questions_earn_less_in_a_group_and_between_visits() -> None:
    memory = VisitMemory(3)
    where = assignment("absolute_distance", ALL, scene_id=SCENE.id)
    one = Script(questions=(completion("A room.", BED),), prompts=[])
    novel = []
    for _ in range(5):
        step = run(one, where, SCENE, memory.recent(SCENE.id))
        memory.add(SCENE.id, step.proposals)
        novel.append(step.proposals[0].terms.novelty)
    assert novel == [1.0, 0.5, 0.25, 0.25, 0.25]
    eight = Script(questions=(completion("A room.", BED),) * GROUP, prompts=[])
    found = run(eight, where, SCENE).proposals
    assert {item.terms.novelty for item in found} == {0.25}
    off = run(eight, where, SCENE, None, replace(SETTINGS, novelty=False)).proposals
    assert {item.terms.novelty for item in off} == {1.0}


def test_a_smuggled_answer_earns_the_format_and_is_never_asked() -> None:
    texts = (
        "How far is the bed, which is 2 m away, from the desk?",
        "How far is the bed, two metres, from the desk?",
        "How far is the bed from the desk? I need to carry it two metres.",
    )
    script = Script(questions=tuple(completion("A room.", text) for text in texts), prompts=[])
    step = run(script, assignment("absolute_distance", ALL), SCENE)
    assert [item.terms.reward for item in step.proposals] == [0.1] * 3
    assert step.jobs == (VOID,) * JOBS
    plain = Script(questions=(completion("A room.", BED),), prompts=[])
    assert run(plain, assignment("absolute_distance", ALL), SCENE).jobs[0].role is Role.SOLVER


def test_in_detect_a_refusal_of_a_legal_question_and_an_answer_to_an_illegal_one_earn_nothing() -> (
    None
):
    settings = replace(SETTINGS, illegal_prompt=IllegalPrompt.DETECT)
    where = assignment("depth_order_obj_obj", legal_questions("depth_order_obj_obj")[0][1].frames)
    scene, question, ruling = legal_questions("depth_order_obj_obj")[0]
    legal = Job(role=Role.SOLVER, question=question.text, ruling=ruling)
    named = ruling.answer.render()
    replies = [f"<answer>UNKNOWN_OBJECT: {named}</answer>", f"<answer>{named}</answer>"]
    refused, answered = score_group(replies, legal, scene, where, (False, False), settings)
    assert (refused.terms.quality, answered.terms.quality) == (0.0, 1.0)
    text = "Which is closer to the camera, the yak or the bed?"
    wrong = rule(text, scene, where.task, where.frames)
    job = Job(role=Role.EXPLAINER, question=text, ruling=wrong)
    replies = ["<answer>the yak</answer>", "<answer>UNKNOWN_OBJECT: yak</answer>"]
    answered, refused = score_group(replies, job, scene, where, (False, False), settings)
    assert (answered.terms.quality, refused.terms.quality) == (0.0, 1.0)


def test_ablations() -> None:
    where = assignment("absolute_distance", ALL)
    texts = [completion("A room.", text) for text in (BED, "How far is the bed from the yak?")]

    def rewards(settings: EpisodeSettings) -> list[float | None]:
        found = judge_completions(texts, where, SCENE, context(2), settings)
        return [item.terms.reward for item in found]

    assert rewards(SETTINGS) == [0.1, 0.1]  # the observation says nothing
    assert rewards(replace(SETTINGS, observation=Judged.OFF)) == [1.0, 0.1]
    both_off = replace(SETTINGS, observation=Judged.OFF, validity=False)
    assert rewards(both_off) == [1.0, 1.0]


def test_a_defect_of_the_oracle_costs_one_row_and_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = spatialevo_rl.episode.judge

    def faulty(question, scene, policy):
        if "lamp" in question.text:
            raise ZeroDivisionError("a defect")
        return real(question, scene, policy)

    monkeypatch.setattr(spatialevo_rl.episode, "judge", faulty)
    texts = [completion("A room.", text) for text in (BED, "How far is the lamp from the desk?")]
    where = assignment("absolute_distance", ALL)
    good, bad = judge_completions(texts, where, SCENE, context(2), SETTINGS)
    assert [oracle_failed(item) for item in (good, bad)] == [False, True]
    assert bad.terms.reward is None
    assert bad.fault == "oracle: ZeroDivisionError: a defect"
    assert choose_jobs([bad], 1, where, 0) == (VOID,)


def test_misuse_raises() -> None:
    where = assignment("absolute_distance", ALL)
    with pytest.raises(ValueError, match="zip"):
        judge_completions(["a", "b"], where, SCENE, context(1), SETTINGS)
    with pytest.raises(ValueError, match=r"tasks\.toml"):
        judge_completions(["a"], replace(where, task="x"), SCENE, context(1), SETTINGS)
    with pytest.raises(ValueError, match="policy"):
        judge_completions(
            [completion("A.", BED)], where, SCENE, context(1), replace(SETTINGS, policy="strict")
        )
    with pytest.raises(ValueError, match="void"):
        score_group(["a"], VOID, SCENE, where, (False,), SETTINGS)


def test_judging_is_deterministic() -> None:
    where = assignment("object_counting", ALL)
    texts = [
        completion("Image 1 shows a bed and a chair. There are three chairs.", text)
        for text in ("How many chairs are there?", "How many beds are there?", "Count the yaks.")
    ]
    once = judge_completions(texts, where, SCENE, context(3), SETTINGS)
    assert once == judge_completions(texts, where, SCENE, context(3), SETTINGS)
    assert task_named(where.task).view is where.kind
