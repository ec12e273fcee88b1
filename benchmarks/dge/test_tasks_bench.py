# SPDX-License-Identifier: Apache-2.0
"""What a ruling costs, task by task: from its text, and from entities that are already known.

A round judges every question of the task's pool on synthetic rooms once; `per_question_us` in the
extra information is the median round divided by their number.
"""

import pytest

from spatialevo_dge import judge, rule_on
from support.pool import TASK_IDS, cases

SAMPLE = 50


def pool(task: str):  # type: ignore[no-untyped-def]
    found = cases(task)
    return found[:: max(1, len(found) // SAMPLE)][:SAMPLE]


@pytest.mark.parametrize("task", TASK_IDS)
def test_from_text(benchmark, task: str) -> None:  # type: ignore[no-untyped-def]
    benchmark.group = f"{task}"
    asked = pool(task)
    rulings = benchmark(lambda: [judge(case.question, case.scene) for case in asked])
    assert rulings == [case.ruling for case in asked]
    _note(benchmark, len(asked))


@pytest.mark.parametrize("task", TASK_IDS)
def test_from_entities(benchmark, task: str) -> None:  # type: ignore[no-untyped-def]
    benchmark.group = f"{task}"
    asked = pool(task)
    rulings = benchmark(
        lambda: [
            rule_on(task, case.ruling.entities, case.scene, case.question.frames) for case in asked
        ]
    )
    assert rulings == [case.ruling for case in asked]
    _note(benchmark, len(asked))


def _note(benchmark, count: int) -> None:  # type: ignore[no-untyped-def]
    if benchmark.stats is not None:
        benchmark.extra_info["per_question_us"] = 1e6 * benchmark.stats.stats.median / count
