# SPDX-License-Identifier: Apache-2.0
"""The oracle's pool: same results as in-process, defects cost one row, a dead process is named."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from spatialevo_dge import SceneError
from spatialevo_rl.episode import choose_jobs, judge_completions, oracle_failed, score_group
from spatialevo_rl.records import Assignment, Role
from spatialevo_rl.scenes.assign import Assigner, Curriculum, DrawnView
from spatialevo_rl.scenes.judging import Episode, JudgeItem, ScoreItem
from spatialevo_rl.scenes.oracle_pool import IN_PROCESS, OracleFailedError, OraclePool
from spatialevo_rl.scenes.scheduler import TaskScheduler
from spatialevo_rl.scenes.synthetic_store import SyntheticStore
from spatialevo_rl.settings import EpisodeSettings, PromptSet
from support.rl_stores import die, judge_items, raise_on_bomb, raise_on_boom

SETTINGS = EpisodeSettings(prompt_set=PromptSet.COMPACT, novelty=True)
BROKEN = Episode(judge=raise_on_bomb, score=raise_on_boom, settings=SETTINGS)
ROWS = 8


@pytest.fixture(scope="module")
def assigner(store: SyntheticStore) -> Assigner:
    return Assigner(store, Curriculum(scene_views=4), seed=5)


@pytest.fixture(scope="module")
def assignments(assigner: Assigner) -> list[Assignment]:
    scheduler = TaskScheduler(Curriculum().tasks)
    return [assigner.assign(0, slot, scheduler) for slot in range(8)]


@pytest.fixture(scope="module")
def groups(store: SyntheticStore, assignments: list[Assignment]) -> list[JudgeItem]:
    return judge_items(store, assignments, ROWS)


@pytest.fixture(scope="module")
def here(store: SyntheticStore) -> Iterator[OraclePool]:
    with OraclePool(store, SETTINGS, processes=0) as pool:
        yield pool


def answers(pool: OraclePool, groups: list[JudgeItem]) -> list[ScoreItem]:
    """Two solver groups for each questioner group, with all sorts of replies."""
    replies = ("1", "2", "left", "image 1", "1.5 m", "same", "boom", "")
    texts = tuple(f"<answer>{reply}</answer>" for reply in replies)
    items: list[ScoreItem] = []
    for (assignment, _, _), proposals in zip(groups, pool.judge(groups), strict=True):
        items.extend(
            (job, texts, assignment, (False,) * ROWS)
            for job in choose_jobs(proposals, 2, assignment, 0, SETTINGS)
            if job.role is not Role.VOID
        )
    return items


def test_another_process_judges_the_same(
    store: SyntheticStore, groups: list[JudgeItem], here: OraclePool
) -> None:
    """Every field of every record, claims and traces included, in the order asked."""
    assert sum(len(completions) for _, completions, _ in groups) == IN_PROCESS
    with OraclePool(store, SETTINGS, processes=1) as pool:
        judged = pool.judge(groups)
        assert judged == here.judge(groups)
        assert any(proposal.ruling for proposal in judged[1]), "slot 1 is the other process's"
        jobs = answers(here, groups)
        assert len(jobs) * ROWS >= IN_PROCESS
        assert pool.score(jobs) == here.score(jobs)
        assert pool.texts == ROWS * (len(groups) + len(jobs))
        assert pool.faults == 0


def test_results_are_those_of_the_episode(
    store: SyntheticStore, groups: list[JudgeItem], here: OraclePool
) -> None:
    for (assignment, completions, context), found in zip(groups, here.judge(groups), strict=True):
        scene = store.scene(assignment.scene_id)
        assert found == judge_completions(completions, assignment, scene, context, SETTINGS)
        assert [proposal.completion for proposal in found] == list(completions)
    for item, attempts in zip(jobs := answers(here, groups), here.score(jobs), strict=True):
        job, texts, assignment, cut = item
        scene = store.scene(assignment.scene_id)
        assert attempts == score_group(texts, job, scene, assignment, cut, SETTINGS)


def test_a_text_on_which_the_oracle_raises_is_one_void_row(
    store: SyntheticStore, groups: list[JudgeItem], here: OraclePool
) -> None:
    assignment, completions, context = groups[0]
    spoilt = (*completions[:2], "a bomb", *completions[3:])
    pool = OraclePool(store, SETTINGS, processes=0, episode=BROKEN)
    (found,) = pool.judge([(assignment, spoilt, context)])
    assert pool.faults == 1
    assert found[2].terms.reward is None
    assert found[2].completion == "a bomb"
    assert oracle_failed(found[2])
    emptied = (*completions[:2], "", *completions[3:])
    (expected,) = here.judge([(assignment, emptied, context)])
    assert found[:2] + found[3:] == expected[:2] + expected[3:]


def test_a_reply_on_which_the_oracle_raises_is_one_void_row(
    store: SyntheticStore, groups: list[JudgeItem], here: OraclePool
) -> None:
    (item, *_) = answers(here, groups)
    pool = OraclePool(store, SETTINGS, processes=0, episode=BROKEN)
    (found,) = pool.score([item])
    assert pool.faults == 1
    place = list(item[1]).index("<answer>boom</answer>")
    assert found[place].terms.reward is None
    assert "KeyError" in found[place].why
    (expected,) = here.score([item])
    assert found[:place] + found[place + 1 :] == expected[:place] + expected[place + 1 :]


def test_more_than_a_thousandth_of_faults_ends_the_run(
    store: SyntheticStore, groups: list[JudgeItem]
) -> None:
    """The first passes; the second within 2,000 texts does not, and the first is named."""
    assignment, completions, context = groups[0]
    pool = OraclePool(store, SETTINGS, processes=0, episode=BROKEN)
    pool.judge([(assignment, ("bomb one", *completions[1:]), context)])
    with pytest.raises(OracleFailedError, match=r"2 of 16 texts.*slot 0, row 0.*ZeroDivision"):
        pool.judge([(assignment, (completions[0], "bomb two", *completions[2:]), context)])
    patient = OraclePool(store, SETTINGS, processes=0, episode=BROKEN)
    patient.texts = 1_990
    patient.judge([(assignment, ("bomb one", *completions[1:]), context)])
    patient.judge([(assignment, ("bomb two", *completions[1:]), context)])
    assert (patient.faults, patient.texts) == (2, 2_006)


def test_a_defect_that_is_no_texts_passes(
    store: SyntheticStore, groups: list[JudgeItem], here: OraclePool
) -> None:
    """A list of another length is misuse, and no row's fault."""
    assignment, completions, context = groups[0]
    with pytest.raises(ValueError, match="zip"):
        here.judge([(assignment, completions, replace(context, truncated=(False,) * 9))])
    missing = replace(assignment, scene_id="small-1500000")
    with pytest.raises(SceneError, match="there is no scene 'small-1500000'"):
        here.judge([(missing, completions, context)])


def test_a_process_that_ends_is_named(
    store: SyntheticStore, groups: list[JudgeItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPATIALEVO_TEST_PARENT", str(os.getpid()))
    deadly = Episode(judge=die, score=score_group, settings=SETTINGS)
    named = pytest.raises(OracleFailedError, match=r"process .* ended.*oracle_processes=0")
    with OraclePool(store, SETTINGS, processes=1, episode=deadly) as pool, named:
        pool.judge(groups)


PARENT = """
import time
from spatialevo_rl.scenes.oracle_pool import OraclePool
from spatialevo_rl.settings import EpisodeSettings
from support.rl_stores import small_store

if __name__ == "__main__":
    pool = OraclePool(small_store(), EpisodeSettings(), processes=1)
    print(pool.process_ids()[0], flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Where a run is killed at any step, nothing of it is left behind."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    paths = os.pathsep.join(sys.path)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert is_alive(worker)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(worker)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_prefetch_draws_in_the_background(
    store: SyntheticStore, assigner: Assigner, here: OraclePool
) -> None:
    done: list[DrawnView] = []

    def coming() -> Iterator[DrawnView]:
        for slot in range(3):
            done.append(assigner.view(1, slot))
            yield done[-1]

    here.prefetch(coming())
    here.prefetch(())  # waits for the one before
    assert done == [assigner.view(1, slot) for slot in range(3)]


def test_what_a_prefetch_came_upon_is_told(store: SyntheticStore) -> None:
    with OraclePool(store, SETTINGS, processes=0) as pool:
        view = Assigner(store, Curriculum(), 0).view(0, 0)
        pool.prefetch([replace(view, scene_id="small-1500000")])
        with pytest.raises(SceneError, match="there is no scene 'small-1500000'"):
            pool.prefetch(())


def test_waiting_is_measured(store: SyntheticStore, groups: list[JudgeItem]) -> None:
    pool = OraclePool(store, SETTINGS, processes=0)
    assert pool.seconds == 0.0
    pool.judge(groups[:1])
    once = pool.seconds
    assert once > 0.0
    with pool.waiting():
        pass
    assert pool.seconds > once


def test_nothing_to_judge_is_nothing(here: OraclePool) -> None:
    assert here.judge([]) == []
    assert here.score([]) == []
    with pytest.raises(ValueError, match="processes: expected at least 0"):
        OraclePool(here._store, SETTINGS, processes=-1)


def test_read_only_mappings_cross_processes() -> None:
    proxy = MappingProxyType({"a": MappingProxyType({"b": 1})})
    copy = pickle.loads(pickle.dumps(proxy))
    assert copy == proxy
    assert isinstance(copy["a"], MappingProxyType)
