# SPDX-License-Identifier: Apache-2.0
"""One golden file a task: questions about synthetic rooms and their rulings, kept as they were.

A change here is a change of the oracle: run ``pytest tests/dge/test_golden.py --update-golden`` and
justify the difference in the commit.
"""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from spatialevo_dge import judge
from support.pool import TASK_IDS, cases

GOLDEN = Path(__file__).parent / "golden"
KEPT = 6


def chosen(task: str) -> list[dict[str, Any]]:
    """Take questions spread over the task's pool, and judge them anew."""
    pool = cases(task)
    step = max(1, len(pool) // KEPT)
    return [
        {
            "scene": case.scene.id,
            "question": case.question.text,
            "frames": list(case.question.frames),
            "ruling": json.loads(json.dumps(judge(case.question, case.scene).to_json())),
        }
        for case in pool[::step][:KEPT]
    ]


@pytest.mark.parametrize("task", TASK_IDS)
def test_rulings_are_as_recorded(task: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"{task}.json"
    now = chosen(task)
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    assert_same(now, json.loads(path.read_text(encoding="utf-8")), task)


def assert_same(now: Any, recorded: Any, place: str) -> None:
    """Compare JSON; numbers to nine digits, since a libm may round the last bit its own way."""
    assert type(now) is type(recorded), place
    if isinstance(now, dict):
        assert now.keys() == recorded.keys(), place
        for key in now:
            assert_same(now[key], recorded[key], f"{place}.{key}")
    elif isinstance(now, list):
        assert len(now) == len(recorded), place
        for index, (left, right) in enumerate(zip(now, recorded, strict=True)):
            assert_same(left, right, f"{place}[{index}]")
    elif isinstance(now, float):
        assert math.isclose(now, recorded, rel_tol=1e-9, abs_tol=1e-9), place
    else:
        assert now == recorded, place
