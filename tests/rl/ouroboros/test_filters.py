# SPDX-License-Identifier: Apache-2.0
"""What is left of proposals: programs in a real sandbox, the oracle beside, counts that add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from spatialevo_dge.answer import Count, Metres
from spatialevo_rl.lab.examples import plain_questions, short
from spatialevo_rl.ouroboros.difficulty import NOTHING
from spatialevo_rl.ouroboros.filters import Gate, filtered, order_of_learning
from spatialevo_rl.ouroboros.records import Filtered, Proposed, Visit, Visited
from spatialevo_rl.ouroboros.running import Bench, run_visit, written
from spatialevo_rl.ouroboros.settings import OuroborosSettings
from spatialevo_rl.ouroboros.visits import Others, spread, visits_of
from spatialevo_rl.programs import Sandbox, program_for
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings, PromptSet
from spatialevo_rl.train.ouroboros_scripted import ScriptedProposer

pytest.importorskip("pydantic_monty")

SETTINGS = OuroborosSettings(visits=5, questions_per_visit=6)
EPISODE = EpisodeSettings(prompt_set=PromptSet.COMPACT)


@pytest.fixture(scope="module")
def bench(rooms: SceneStore) -> Iterator[Bench]:
    with Sandbox() as sandbox:
        yield Bench(
            store=rooms, programs=sandbox, settings=SETTINGS, episode=EPISODE, seed=0,
            others=Others(rooms, SETTINGS, 0),
        )  # fmt: skip


def honest(rooms: SceneStore, visit: Visit) -> Proposed:
    scene = rooms.scene(visit.scene_id)
    question, ruling = next((q, r) for q, r in plain_questions(scene, "distance_cam_obj", (0,)))
    return Proposed(
        frames=visit.frames[:1],
        task="distance_cam_obj",
        question=short(question.text),
        program=program_for(ruling, scene, visit.frames[:1]),
        form="metres",
    )


def checked(bench: Bench, visit: Visit, *proposed: Proposed) -> list[str]:
    bench.begin(())
    found = run_visit(Visited(visit=visit, proposed=proposed), bench)
    return [each.fault for each in found.checked]


def test_an_honest_program_passes_and_the_oracle_agrees(
    bench: Bench, rooms: SceneStore, visit: Visit
) -> None:
    bench.begin(())
    (found,) = run_visit(Visited(visit=visit, proposed=(honest(rooms, visit),)), bench).checked
    assert (found.fault, found.verdict, found.proven) == ("", "agrees", True)
    assert found.task == "distance_cam_obj"
    assert found.answer.endswith(" m")
    assert len(found.answer.split(".")[1]) == len("4 m")


def test_what_each_filter_is_for(bench: Bench, rooms: SceneStore, visit: Visit) -> None:
    good = honest(rooms, visit)
    cases = {
        "program: forbidden": replace(good, program="import os\nmetres(1.0)"),
        "program: blind": replace(good, program="metres(1.5)"),
        "another form": replace(good, form="count"),
        "oracle disagrees": replace(
            good, program=good.program.replace("metres(", "metres(3.0 + ", 1)
        ),
        "training rules": replace(good, question=f"{good.question} It is 2 m."),
    }
    for fault, proposed in cases.items():
        (got,) = checked(bench, visit, proposed)
        assert got == fault


def test_a_question_asked_twice_in_a_visit_counts_once(
    bench: Bench, rooms: SceneStore, visit: Visit
) -> None:
    good = honest(rooms, visit)
    again = replace(good, question=f" {good.question.upper()}")
    assert checked(bench, visit, good, again) == ["", "repeated"]


def test_counts_add_up(bench: Bench, rooms: SceneStore, visit: Visit) -> None:
    good = honest(rooms, visit)
    bad = replace(good, question="other ?", program="metres(")
    visited = Visited(visit=visit, proposed=(good, bad), malformed=("stray", "stray"), reply="x")
    bench.begin(())
    left, counts = filtered(
        [visited],
        [run_visit(visited, bench)],
        [Gate(name="a gate", rejects=lambda samples: [True] * len(samples))],
    )
    assert left == ()
    assert counts.asked == 4
    assert counts.rejected == {"malformed": 2, "program: syntax": 1, "a gate": 1}
    with pytest.raises(ValueError, match="4 were asked"):
        Filtered(asked=4, rejected={}, accepted=3, verdicts={})


def test_the_scripted_proposers_programs_agree_with_the_oracle(
    bench: Bench, rooms: SceneStore
) -> None:
    tasks = ("object_counting", "distance_cam_obj", "motion_camera")
    proposer = ScriptedProposer(rooms, tasks, 6, (0, 1))
    visits = visits_of(rooms, SETTINGS, 2, (0, 1))
    made = proposer.propose(visits, NOTHING)
    bench.begin(())
    ran = [run_visit(each, bench) for each in made]
    faults = {c.fault for each in ran for c in each.checked}
    assert faults <= {"", "program: constant", "program: untested", "repeated"}
    assert all(c.verdict in {"", "agrees"} for each in ran for c in each.checked)
    again = ScriptedProposer(rooms, tasks, 6, (0, 1))
    again.remember(made[:2])
    assert again.propose(visits[2:], NOTHING) == made[2:]
    left, _ = filtered(made, ran, [])
    ordered = order_of_learning(left, 0, 1)
    assert sorted(map(repr, ordered)) == sorted(map(repr, left))
    views = [(s.labelled.scene_id, s.labelled.frames) for s in ordered]
    assert sum(a != b for a, b in pairwise(views)) + 1 == len(set(views))


def test_visits_go_round_the_scenes(rooms: SceneStore) -> None:
    every = [
        visit.scene_id for number in (1, 2) for visit in visits_of(rooms, SETTINGS, 2, (0, number))
    ]
    assert len(set(every)) == 10
    assert set(every) <= set(rooms.ids(Split.TRAIN))
    same = replace(SETTINGS, visited_scenes=5)
    rounds = [[v.scene_id for v in visits_of(rooms, same, 2, (0, n))] for n in (1, 2)]
    assert rounds[0] == rounds[1]


def test_frames_are_spread_over_the_capture() -> None:
    assert spread(tuple("abcdefgh"), 4) == ("b", "d", "f", "h")
    assert spread(("a", "b"), 32) == ("a", "b")


def test_lengths_are_written_as_the_prompts_want_them() -> None:
    assert written(Metres(2.449), EPISODE) == "2.4 m"
    assert written(Metres(2.449), EpisodeSettings()) == "2.45 m"
    assert written(Count(3), EPISODE) == "3"
