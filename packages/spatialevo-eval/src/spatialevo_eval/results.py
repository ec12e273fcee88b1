# SPDX-License-Identifier: Apache-2.0
"""A run as read back: its table, how sure each number of it is, and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_eval.benchmark import Benchmark, Json, Scored, Table
from spatialevo_eval.benchmarks import benchmark_named
from spatialevo_eval.models.baselines import MOST_FREQUENT
from spatialevo_eval.records import CONFIG, ItemRecord, RunError, read_config, read_records
from spatialevo_eval.statistics import RESAMPLES, Comparison, Interval, bootstrap, compare

__all__ = [
    "OVERALL",
    "Result",
    "compare_results",
    "differences",
    "find_runs",
    "intervals",
    "read_result",
]

OVERALL: Final = ""
"""The name of the overall value among the rows' names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run of one benchmark.

    Attributes:
        folder: Where it is.
        config: What it was configured with.
        benchmark: What was asked.
        records: What was answered.
        table: The benchmark's own table of it.
    """

    folder: Path
    config: Mapping[str, Json]
    benchmark: Benchmark
    records: tuple[ItemRecord, ...]
    table: Table

    @property
    def model(self) -> str:
        """What tables call the model; blind runs are marked."""
        name = str(self.config["name"])
        return f"{name} (blind)" if self.blind else name

    @property
    def blind(self) -> bool:
        """Whether images were withheld."""
        return self.config["images"] == "withheld"

    @property
    def is_baseline(self) -> bool:
        """Whether it is the blind or the most-frequent baseline."""
        return self.blind or self.model == MOST_FREQUENT

    def is_part(self, items: int) -> bool:
        """Whether less than the whole benchmark was asked for, by a run of so many items."""
        asked = self.config["items"]
        if not isinstance(asked, Mapping):
            raise RunError(f"{self.folder}: its configuration does not say what was asked")
        limit = asked["limit"]
        return bool(asked["kinds"]) or (isinstance(limit, int) and items >= limit)


def find_runs(folder: Path) -> tuple[Path, ...]:
    """Return a run's folder, or those below a folder, at most two levels down, by name.

    Raises:
        RunError: There is none.
    """
    if not folder.is_dir():
        raise RunError(f"{folder}: no such folder; give the folder that `run` wrote to")
    if (folder / CONFIG).is_file():
        return (folder,)
    found = sorted([*folder.glob(f"*/{CONFIG}"), *folder.glob(f"*/*/{CONFIG}")])
    if not found:
        read_config(folder)  # says what was expected
    return tuple(path.parent for path in found)


def read_result(folder: Path) -> Result:
    """Read a run.

    Raises:
        RunError: The folder is no run's, is damaged, or holds no record.
        ValueError: Its benchmark is not known here.
    """
    config = read_config(folder)
    benchmark = benchmark_named(str(config["benchmark"]))
    records = tuple(read_records(folder))
    if not records:
        raise RunError(f"{folder}: no item is answered yet")
    table = benchmark.aggregate(_scored(benchmark, records))
    return Result(folder=folder, config=config, benchmark=benchmark, records=records, table=table)


def intervals(result: Result, resamples: int = RESAMPLES) -> Mapping[str, Interval]:
    """Return the overall value, named `OVERALL`, and each row's, with their intervals."""
    scored = _scored(result.benchmark, result.records)

    def measure(places: Sequence[int]) -> Mapping[str, float]:
        table = result.benchmark.aggregate([scored[place] for place in places])
        rows = {row.name: row.value for row in table.rows}
        return {OVERALL: table.overall, **rows}

    clusters = [record.cluster for record in result.records]
    return bootstrap(measure, clusters, resamples=resamples)


def compare_results(first: Result, second: Result, resamples: int = RESAMPLES) -> Comparison:
    """Compare two runs of one benchmark, item by item.

    Raises:
        RunError: They are not of the same benchmark and items.
    """
    sides, clusters = _paired(first, second)

    def measure(places: Sequence[tuple[int, int]]) -> float:
        return first.benchmark.aggregate([sides[side][place] for side, place in places]).overall

    before, after = ([score.value for _, score in side] for side in sides)
    return compare(measure, (before, after), clusters, resamples=resamples)


def differences(
    first: Result, second: Result, resamples: int = RESAMPLES
) -> Mapping[str, Interval]:
    """Return how much each row of the table differs, second minus first, paired.

    Raises:
        RunError: They are not of the same benchmark and items.
    """
    sides, clusters = _paired(first, second)

    def measure(places: Sequence[int]) -> Mapping[str, float]:
        before, after = (
            first.benchmark.aggregate([side[place] for place in places]).rows for side in sides
        )
        old = {row.name: row.value for row in before}
        return {row.name: row.value - old[row.name] for row in after if row.name in old}

    return bootstrap(measure, clusters, resamples=resamples)


def _paired(first: Result, second: Result) -> tuple[tuple[list[Scored], list[Scored]], list[str]]:
    """Return the items of both runs in one order, and the cluster of each."""
    if first.benchmark.id != second.benchmark.id:
        raise RunError(
            f"{second.folder}: a run of {second.benchmark.id}, and {first.folder} is one of "
            f"{first.benchmark.id}"
        )
    _check_same_items(first, second)
    by_id = {record.item: record for record in second.records}
    other = [by_id[record.item] for record in first.records]
    sides = _scored(first.benchmark, first.records), _scored(first.benchmark, other)
    return sides, [record.cluster for record in first.records]


def _check_same_items(first: Result, second: Result) -> None:
    ours = {record.item for record in first.records}
    theirs = {record.item for record in second.records}
    if ours != theirs:
        only = f"{len(ours - theirs)} items only in {first.folder}"
        raise RunError(
            f"not the same items: {only}, {len(theirs - ours)} only in {second.folder}; "
            "finish both runs, or run both with the same limit"
        )
    scoring = first.config["scoring"], second.config["scoring"]
    if scoring[0] != scoring[1]:
        raise RunError(f"not scored alike: {scoring[0] or 'own'!r} and {scoring[1] or 'own'!r}")


def _scored(benchmark: Benchmark, records: Sequence[ItemRecord]) -> list[Scored]:
    return [(record.as_item(benchmark.id), record.score) for record in records]
