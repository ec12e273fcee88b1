# SPDX-License-Identifier: Apache-2.0
"""What a report says, before it is written in HTML or Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from spatialevo_eval.kept_images import image_files, is_failure
from spatialevo_eval.models.baselines import MOST_FREQUENT
from spatialevo_eval.published import COLUMNS
from spatialevo_eval.records import ItemRecord, RunError
from spatialevo_eval.results import OVERALL, Result, compare_results, intervals
from spatialevo_eval.statistics import RESAMPLES, Comparison, Interval

__all__ = ["Calibration", "Facts", "Measured", "calibrations", "failures", "gather"]

_UNITS: Final = (["m"], ["cm"], ["m²"])
_FEWEST_NUMBERS: Final = 5
"""Numeric answers below which a type has no calibration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A run with its intervals.

    Attributes:
        result: The run.
        intervals: Of its overall and rows, by name.
        items: Items that the run is about; None where it has not ended.
    """

    result: Result
    intervals: Mapping[str, Interval]
    items: int | None

    @property
    def overall(self) -> Interval:
        """The value that the benchmark is quoted by."""
        return self.intervals[OVERALL]

    @property
    def unreadable(self) -> float:
        """The share of replies in which nothing could be read."""
        records = self.result.records
        return sum(record.parsed is None for record in records) / len(records)

    @property
    def warning(self) -> str:
        """What keeps the numbers from being the benchmark's; empty where nothing does."""
        count = len(self.result.records)
        if self.items is None:
            return f"unfinished: {count:,} items so far"
        if count < self.items:
            return f"{count:,} of {self.items:,} items: the others have no reply"
        return (
            f"a part of the benchmark: {count:,} items" if self.result.is_part(self.items) else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How numeric answers of one question type lie about the truth.

    Attributes:
        kind: The question type.
        pairs: Truth and answer of each readable reply, both above 0.
        others: Replies that are unreadable, or not above 0.
    """

    kind: str
    pairs: tuple[tuple[float, float], ...]
    others: int

    @property
    def ratio(self) -> float:
        """The median of answer over truth: 1 where answers are neither too long nor too short."""
        return median(answer / truth for truth, answer in self.pairs)

    def within(self, error: float) -> float:
        """Return the share of all replies that are off by at most so much of the truth."""
        close = sum(abs(answer - truth) <= error * truth for truth, answer in self.pairs)
        return close / (len(self.pairs) + self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a report shows.

    Attributes:
        runs: In the order given; runs of one benchmark and model name are told apart by folder.
        comparisons: Each model against the first one, by benchmark and the run compared.
    """

    runs: tuple[Measured, ...]
    comparisons: tuple[tuple[Measured, Measured, Comparison], ...]

    @property
    def models(self) -> tuple[str, ...]:
        """Models in order of appearance, baselines left out."""
        named = [name_of(each) for each in self.runs if not each.result.is_baseline]
        return tuple(dict.fromkeys(named))

    @property
    def benchmarks(self) -> tuple[str, ...]:
        """Ids of the benchmarks: the seed's table's first, in its order, then others."""
        asked = dict.fromkeys(each.result.benchmark.id for each in self.runs)
        seeds = [name for name, _ in COLUMNS if name in asked]
        return (*seeds, *(name for name in asked if name not in seeds))

    def of(self, model: str, benchmark: str) -> Measured | None:
        """Return a model's run of a benchmark, with images."""
        return _only(
            each
            for each in self.runs
            if not each.result.is_baseline
            and (name_of(each), each.result.benchmark.id) == (model, benchmark)
        )

    def blind(self, model: str, benchmark: str) -> Measured | None:
        """Return a model's run without images."""
        return _only(
            each
            for each in self.runs
            if each.result.blind
            and (name_of(each), each.result.benchmark.id) == (f"{model} (blind)", benchmark)
        )

    def most_frequent(self, benchmark: str) -> Measured | None:
        """Return the most-frequent baseline of a benchmark."""
        found = [
            each
            for each in self.runs
            if (each.result.model, each.result.benchmark.id) == (MOST_FREQUENT, benchmark)
        ]
        return found[0] if found else None


def name_of(measured: Measured) -> str:
    """Return what tables call a run's model."""
    return measured.result.model


def gather(runs: Sequence[tuple[Result, int | None]], resamples: int = RESAMPLES) -> Facts:
    """Work out intervals and comparisons.

    Args:
        runs: Each run, and of how many items it is, None where it has not ended.
        resamples: Of each interval and test.

    Raises:
        RunError: A model has two runs of one benchmark.
    """
    measured = tuple(
        Measured(result=result, intervals=intervals(result, resamples), items=items)
        for result, items in runs
    )
    facts = Facts(runs=measured, comparisons=())
    for model in facts.models:
        for benchmark in facts.benchmarks:
            facts.of(model, benchmark)  # one at most
    return Facts(runs=measured, comparisons=tuple(_comparisons(facts, resamples)))


def calibrations(result: Result) -> tuple[Calibration, ...]:
    """Return the calibration of each question type that asks for numbers."""
    by_kind: dict[str, list[tuple[float, float | None]]] = {}
    for record in result.records:
        if not record.options and (truth := _number(record.reference)) is not None:
            by_kind.setdefault(record.kind, []).append((truth, _number(record.parsed)))
    found = []
    for kind, answers in by_kind.items():
        pairs = tuple((t, a) for t, a in answers if t > 0 and a is not None and a > 0)
        if len(pairs) >= _FEWEST_NUMBERS:
            others = len(answers) - len(pairs)
            found.append(Calibration(kind=kind, pairs=pairs, others=others))
    return tuple(found)


def failures(result: Result, most: int) -> tuple[ItemRecord, ...]:
    """Return failures of as many kinds as there are, the worst of each kind first."""
    by_kind: dict[str, list[ItemRecord]] = {}
    for record in result.records:
        if is_failure(record) and image_files(result.folder, record.item):
            by_kind.setdefault(record.kind, []).append(record)
    ranked = [sorted(each, key=lambda record: record.value) for each in by_kind.values()]
    rounds = max(map(len, ranked), default=0)
    mixed = [each[place] for place in range(rounds) for each in ranked if place < len(each)]
    return tuple(mixed[:most])


def _comparisons(facts: Facts, resamples: int) -> Iterable[tuple[Measured, Measured, Comparison]]:
    for benchmark in facts.benchmarks:
        runs = [run for model in facts.models if (run := facts.of(model, benchmark))]
        for other in runs[1:]:
            try:
                found = compare_results(runs[0].result, other.result, resamples)
            except RunError:
                continue  # not the same items: nothing to pair
            yield runs[0], other, found


def _only(found: Iterable[Measured]) -> Measured | None:
    runs = list(found)
    if len(runs) > 1:
        folders = " and ".join(str(run.result.folder) for run in runs)
        raise RunError(
            f"two runs of {name_of(runs[0])} on {runs[0].result.benchmark.id}: {folders}; "
            "name the models apart with --name, or report them one by one"
        )
    return runs[0] if runs else None


def _number(value: str | float | None) -> float | None:
    words = str(value).split() if value is not None else []
    if not words or (len(words) > 1 and words[1:] not in _UNITS):
        return None
    try:
        number = float(words[0])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
