# SPDX-License-Identifier: Apache-2.0
"""How long one question takes, from its text to its ruling, and that the scene's size is no matter.

A thousand distinct texts from the parser's corpus are judged one by one, with nothing cached from
text to result; the scene has 20 or 100 objects and 8 or 1,400 posed frames. The table is printed;
`extra_info` of the benchmark's JSON holds the same figures. Beside the time that passed stands the
processor's own, which is what is left of a p95 where other programs take turns.
"""

import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from spatialevo_dge import Legal, Question, judge
from support.crowd import crowded

CORPUS = Path(__file__).parents[2] / "tests/dge/corpus"
SIZES = [(20, 8), (100, 8), (20, 1400), (100, 1400)]


@dataclass(frozen=True)
class Asked:
    """One question of the corpus, about the scene its labels come from."""

    scene: str
    question: Question


def corpus() -> list[Asked]:
    lines = [
        json.loads(line)
        for name in ("legal_scene", "legal_frames")
        for line in (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [
        Asked(line["scene"], Question(line["text"], frames=("0000", "0001")[: line["frames"]]))
        for line in lines
        if line["frames"] <= 2
    ]


@pytest.mark.parametrize(("objects", "frames"), SIZES)
def test_latency_from_text(benchmark, objects: int, frames: int) -> None:  # type: ignore[no-untyped-def]
    asked = corpus()
    assert len({each.question.text for each in asked}) == len(asked) >= 950
    scenes = {name: crowded(name, objects, frames) for name in {each.scene for each in asked}}
    for scene in scenes.values():  # a warm scene: its lexicon and its indices are built
        judge(asked[0].question, scene)
    passed: list[float] = []
    worked: list[float] = []
    answered = 0

    def run() -> None:
        nonlocal answered
        passed.clear()
        worked.clear()
        answered = 0
        for each in asked:
            start, start_worked = time.perf_counter(), time.thread_time()
            ruling = judge(each.question, scenes[each.scene])
            worked.append(time.thread_time() - start_worked)
            passed.append(time.perf_counter() - start)
            answered += isinstance(ruling, Legal)

    benchmark.pedantic(run, rounds=1, warmup_rounds=1)
    figures = {
        "questions": len(asked),
        "answered": answered,
        **_spread("ms", passed),
        **_spread("processor_ms", worked),
        "per_second": len(passed) / sum(worked),
    }
    benchmark.extra_info.update(figures)
    print(f"\n{objects} objects, {frames} frames: {figures}")
    assert answered >= 0.5 * len(asked)


def _spread(unit: str, seconds: list[float]) -> dict[str, float]:
    found = {
        "median": statistics.median(seconds),
        "p95": statistics.quantiles(seconds, n=20)[18],
        "worst": max(seconds),
    }
    return {f"{name}_{unit}": round(1e3 * value, 4) for name, value in found.items()}
