# SPDX-License-Identifier: Apache-2.0
"""Programs that mean harm or are broken: each is contained, and the next one is served.

The corpus is `hostile_programs.jsonl`: a group, the classes of failure expected, the program, how
often its text is repeated, and whether `check` and not `run` judges it.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from spatialevo_dge import Metres, Scene
from spatialevo_rl.programs import Failed, Failure, Limits, Outcome, Ran, Sandbox

CORPUS = Path(__file__).with_name("hostile_programs.jsonl")
HOST_GROWTH_KB = 64_000
QUICK = Limits(seconds=0.2, calls=200)
RUNS = 5
"""Most runs of one check: two of the scene, one of each other scene."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One program of the corpus."""

    group: str
    expects: tuple[Failure, ...]
    program: str
    check: bool


def corpus() -> tuple[Hostile, ...]:
    rows = map(json.loads, CORPUS.read_text(encoding="ascii").splitlines())
    return tuple(
        Hostile(
            group=row["group"],
            expects=tuple(map(Failure, row["expects"])),
            program=row["program"] * row.get("times", 1),
            check=row.get("check", False),
        )
        for row in rows
    )


def some_of_each_group(programs: Sequence[Hostile], most: int) -> tuple[Hostile, ...]:
    seen: Counter[str] = Counter()
    chosen = []
    for item in programs:
        seen[item.group] += 1
        if seen[item.group] <= most:
            chosen.append(item)
    return tuple(chosen)


def peak_kb() -> int:
    """Return the most memory this process has ever had."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def contain(programs: Sequence[Hostile], limits: Limits, rooms: tuple[Scene, ...]) -> None:
    room, *rest = rooms
    shown = tuple(frame.id for frame in room.frames[:2])
    others = [(other, ()) for other in rest]
    honest = "metres(distance(only('door'), only('bed')))"
    environment, folder = dict(os.environ), Path.cwd()
    with Sandbox(limits) as sandbox:
        truth = sandbox.run(honest, room, shown)
        assert isinstance(truth, Ran)
        assert isinstance(truth.answer, Metres)
        before = peak_kb()
        for item in programs:
            started = time.monotonic()
            outcome: Outcome = (
                sandbox.check(item.program, room, shown, others)
                if item.check
                else sandbox.run(item.program, room, shown)
            )
            taken = time.monotonic() - started
            assert isinstance(outcome, Failed), (item, outcome)
            assert outcome.failure in item.expects, (item.program[:200], outcome)
            assert len(outcome.why) <= 400
            assert taken < (RUNS if item.check else 1) * (limits.wall_seconds + 2.0), item
            assert sandbox.run(honest, room, shown) == truth, item
    assert peak_kb() - before < HOST_GROWTH_KB
    assert (dict(os.environ), Path.cwd()) == (environment, folder)


def test_the_corpus_is_large_and_has_every_class() -> None:
    programs = corpus()
    assert len(programs) >= 200
    assert len({(item.program, item.check) for item in programs}) > 0.98 * len(programs)
    met = {failure for item in programs for failure in item.expects}
    assert met == set(Failure) - {Failure.CRASH}


def test_two_of_each_group_are_contained(rooms: tuple[Scene, ...]) -> None:
    contain(some_of_each_group(corpus(), 2), QUICK, rooms)


@pytest.mark.slow
def test_the_whole_corpus_is_contained(rooms: tuple[Scene, ...]) -> None:
    contain(corpus(), Limits(), rooms)
