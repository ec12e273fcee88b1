# SPDX-License-Identifier: Apache-2.0
"""The DGE benchmark on a few painted rooms: right, balanced, the same every time."""

from collections import Counter
from dataclasses import replace

import pytest

from spatialevo_dge import Illegal, Legal, Question, judge
from spatialevo_dge.tasks import TASKS, task_named
from spatialevo_eval.benchmark import Item, LoadOptions
from spatialevo_eval.benchmarks import BENCHMARKS
from spatialevo_eval.benchmarks.dge import ILLEGAL
from spatialevo_eval.dge import prompts, questions, rooms

DGE, ASKING = BENCHMARKS["dge_painted"], BENCHMARKS["dge_questions_painted"]


@pytest.fixture(scope="module", autouse=True)
def few_rooms() -> None:
    """Ask about six rooms in place of all."""
    patch = pytest.MonkeyPatch()
    few = {name: replace(plan, count=6) for name, plan in rooms.PLANS.items()}
    patch.setattr(rooms, "PLANS", few)
    patch.setattr(questions, "PLANS", few)
    patch.setattr("spatialevo_eval.benchmarks.dge_questions.PLANS", few)
    questions.draw.cache_clear()
    yield
    patch.undo()
    questions.draw.cache_clear()


@pytest.fixture(scope="module")
def items(few_rooms: None) -> list[Item]:
    return list(DGE.load())


def test_truths_are_the_oracles(items: list[Item]) -> None:
    for item in items:
        scene = rooms.room_of("painted", int(str(item.meta["seed"]))).scene
        frames = tuple(str(frame) for frame in item.meta["frames"])
        question = Question(str(item.meta["question"]), frames=frames, task=str(item.meta["task"]))
        ruling = judge(question, scene)
        if item.kind == ILLEGAL:
            assert isinstance(ruling, Illegal)
            assert item.reference == f"{ruling.rule.value}: {ruling.violation.entity}"
        else:
            assert isinstance(ruling, Legal)
            assert item.reference == ruling.answer.render()


def test_tasks_that_are_not_trained_have_rows_and_no_part_in_the_score(items: list[Item]) -> None:
    others = {task.id for task in TASKS} - set(prompts.SMALL_WORDS)
    assert {item.kind for item in items} <= {ILLEGAL, *prompts.SMALL_WORDS, *others}
    right = DGE.aggregate(
        [
            (item, DGE.score(item, DGE.answer_form(str(item.reference))))
            if item.kind in others
            else (item, DGE.score(item, "<answer>no idea</answer>"))
            for item in items
        ]
    )
    assert right.overall == 0.0
    apart = {row.name: row.value for row in right.rows if row.name.endswith(" (not trained)")}
    assert len(apart) >= 8
    assert {name.removesuffix(" (not trained)") for name in apart} <= others
    assert set(apart.values()) == {1.0}


def test_a_perfect_solver_scores_one(items: list[Item]) -> None:
    table = DGE.aggregate(
        [(item, DGE.score(item, DGE.answer_form(str(item.reference)))) for item in items]
    )
    assert table.overall == 1.0
    assert {row.value for row in table.rows} == {1.0}


def test_refusals_cost_and_earn(items: list[Item]) -> None:
    legal = next(item for item in items if item.kind != ILLEGAL)
    assert DGE.score(legal, "<answer>NOT_VISIBLE: chair</answer>").why.startswith("Refused")
    wrong = next(item for item in items if item.meta["group"] == "WRONG_TASK")
    for reply, value in (
        ("<answer>WRONG_TASK: it asks for a count</answer>", 1.0),
        ("<answer>wrong task: count</answer>", 1.0),
        ("WRONG_TASK", 1.0),
        ("<answer>SAME_OBJECT: chair</answer>", 0.0),
        ("<answer>3</answer>", 0.0),
    ):
        assert DGE.score(wrong, reply).value == value
    answered = [(item, DGE.score(item, "<answer>3</answer>")) for item in items]
    rows = {row.name: row.value for row in DGE.aggregate(answered).rows}
    assert (rows["illegal: refused"], rows["legal: not refused"]) == (0.0, 1.0)


def test_what_is_out_of_sight_may_be_called_absent(items: list[Item]) -> None:
    for group in ("NOT_VISIBLE", "UNKNOWN_OBJECT"):
        hidden = next(item for item in items if item.meta["group"] == group)
        assert DGE.score(hidden, "<answer>UNKNOWN_OBJECT: it</answer>").value == 1.0
        scored = DGE.score(hidden, "<answer>NOT_VISIBLE: it</answer>")
        assert scored.value == 1.0
        named = scored.why.partition("broken: ")[2].rstrip(".").split(", ")
        assert len(named) == len(set(named))


def test_choices_are_balanced(items: list[Item]) -> None:
    order = [item for item in items if item.kind == "depth_order_obj_obj"]
    counts = Counter(item.meta["group"] for item in order)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_the_same_questions_come_every_time(items: list[Item]) -> None:
    questions.draw.cache_clear()
    assert list(DGE.load()) == items
    assert len({item.id for item in items}) == len(items)


def test_images_and_evidence_can_be_seen(items: list[Item]) -> None:
    assert {len(item.images) for item in items} == {1, 2}
    assert items[0].images[0].open().size == (64, 64)
    assert DGE.evidence is not None
    picture = DGE.evidence(items[0])
    assert picture is not None
    assert picture.width > 500


def test_numbers_are_read_from_a_tokenizers_spacing(items: list[Item]) -> None:
    length = next(item for item in items if item.kind == "distance_cam_obj")
    apart = " ".join(str(length.reference))
    assert DGE.score(length, f"<answer> {apart} </answer>").value == 1.0


def test_questions_are_ruled_on(few_rooms: None) -> None:
    asked = list(ASKING.load(LoadOptions()))
    scored = [(item, ASKING.score(item, ASKING.answer_form(str(item.reference)))) for item in asked]
    table = ASKING.aggregate(scored)
    assert table.overall == 1.0
    assert 0 < table.rows[-1].value <= 1
    for reply in ("", "<question></question>", "Where is the unicorn?"):
        assert ASKING.score(asked[0], reply).value == 0.0
    same = [(item, ASKING.score(item, "How many chairs are there in this room?")) for item in asked]
    assert ASKING.aggregate(same).rows[-1].value <= 1 / 2


def test_the_full_prompt_betrays_no_legality() -> None:
    texts = [prompts.FULL.answer("object_counting", "How many?", 2, legal=x) for x in (True, False)]
    assert texts[0] == texts[1]


def test_small_prompts_are_the_training_packages() -> None:
    rl = pytest.importorskip("spatialevo_rl.prompts")
    records = pytest.importorskip("spatialevo_rl.records")
    settings = pytest.importorskip("spatialevo_rl.settings")
    compact = settings.EpisodeSettings(prompt_set=settings.PromptSet.COMPACT)
    for task, words in prompts.SMALL_WORDS.items():
        kind = task_named(task).view
        assignment = records.Assignment(
            step=0, slot=0, scene_id="s", frames=("a",), kind=kind, task=task
        )
        assert rl.task_words(task).words == words
        for place, about in enumerate(prompts.SMALL_ABOUT[task]):
            wished = replace(assignment, constraint=about)
            asked = rl.questioner_prompt(wished, ("chair",), compact)
            assert asked == prompts.SMALL.ask(task, 1, place)
        for legal, role in ((True, records.Role.SOLVER), (False, records.Role.EXPLAINER)):
            job = records.Job(role=role, question="How many chairs?")
            mine = prompts.SMALL.answer(task, "How many chairs?", 1, legal=legal)
            assert rl.solver_prompt(job, assignment, compact) == mine
