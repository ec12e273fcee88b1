# SPDX-License-Identifier: Apache-2.0
"""How long one question takes, from its text to its ruling, and that the scene's size is no matter.

A thousand distinct texts from the parser's corpus are judged one by one, with nothing cached from
text to result; the scene has 20 or 100 objects and 2 or 1,400 posed frames. The table is printed;
`extra_info` of the benchmark's JSON holds the same figures.
"""

import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from spatialevo_dge import Legal, Question, Scene, judge
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
    seconds: list[float] = []
    answered = 0

    def run() -> None:
        nonlocal answered
        seconds.clear()
        answered = sum(_timed(each, scenes[each.scene], seconds) for each in asked)

    benchmark.pedantic(run, rounds=1, warmup_rounds=1)
    spread = statistics.quantiles(seconds, n=20)
    figures = {
        "questions": len(asked),
        "answered": answered,
        "median_ms": 1e3 * statistics.median(seconds),
        "p95_ms": 1e3 * spread[18],
        "worst_ms": 1e3 * max(seconds),
        "per_second": len(seconds) / sum(seconds),
    }
    benchmark.extra_info.update(figures)
    print(f"\n{objects} objects, {frames} frames: {figures}")
    assert answered >= 0.5 * len(asked)


def _timed(each: Asked, scene: Scene, seconds: list[float]) -> bool:
    start = time.perf_counter()
    ruling = judge(each.question, scene)
    seconds.append(time.perf_counter() - start)
    return isinstance(ruling, Legal)
