# SPDX-License-Identifier: Apache-2.0
"""Runs of the small benchmark by two models, with their baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from spatialevo_eval.benchmark import Benchmark
from spatialevo_eval.models import Reply, Request
from spatialevo_eval.models.baselines import MOST_FREQUENT, MostFrequent
from spatialevo_eval.run import RunOptions, run_benchmark
from support.scripted_model import ScriptedModel


@dataclass(frozen=True)
class Pupil:
    """Knows the answers to a share of the items, and is a little off with numbers."""

    name: str
    answers: Mapping[str, str | float]
    knows: Callable[[int], bool]

    together = 1

    @property
    def settings(self) -> Mapping[str, str]:
        return {"backend": "pupil", "model": self.name}

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        for request in requests:
            place = int(request.id.removeprefix("item-"))
            answer = self.answers[request.id]
            if not self.knows(place):
                text = "<script>alert(1)</script> no idea" if place % 3 else ""
                yield Reply(text=text if isinstance(answer, str) else str(answer * 2.5))
            elif isinstance(answer, str):
                yield Reply(text=answer)
            else:
                yield Reply(text=f"{answer * (1 + (place % 5 - 2) / 20):.3f}")


def pupil(benchmark: Benchmark, name: str, knows: Callable[[int], bool]) -> Pupil:
    answers = {item.id: item.reference for item in benchmark.load()}
    return Pupil(name=name, answers=answers, knows=knows)


def two_models(benchmark: Benchmark, folder: Path) -> tuple[Path, Path]:
    """Run a base model and a trained one, each with its baselines."""
    base = pupil(benchmark, "base", lambda place: place % 3 == 0)
    trained = pupil(benchmark, "trained", lambda place: place % 5 not in {1, 3} or place % 3 == 0)
    for model in (base, trained):
        out = folder / model.name
        run_benchmark(benchmark, model, out / "small", RunOptions())
        blind = ScriptedModel(name=model.name)
        run_benchmark(benchmark, blind, out / "small.blind", RunOptions(blind=True))
    constant = MostFrequent(benchmark, benchmark.load())
    run_benchmark(
        benchmark, constant, folder / "base" / "small.most_frequent", RunOptions(name=MOST_FREQUENT)
    )
    return folder / "base", folder / "trained"
