# SPDX-License-Identifier: Apache-2.0
"""The table of benchmarks.

One file each. A benchmark in another package is an entry point in the group
`spatialevo_eval.benchmarks` whose value is a `Benchmark`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from types import MappingProxyType
from typing import Final

from spatialevo_eval.benchmark import Benchmark
from spatialevo_eval.benchmarks import mindcube, vsi_bench
from spatialevo_eval.benchmarks.corecognition import CORECOGNITION
from spatialevo_eval.benchmarks.dge import DGE, DGE_PAINTED
from spatialevo_eval.benchmarks.dge_questions import DGE_QUESTIONS, DGE_QUESTIONS_PAINTED
from spatialevo_eval.benchmarks.embspatial import EMBSPATIAL
from spatialevo_eval.benchmarks.erqa import ERQA
from spatialevo_eval.benchmarks.mmsi_bench import MMSI_BENCH
from spatialevo_eval.benchmarks.mmstar import MMSTAR
from spatialevo_eval.benchmarks.realworldqa import REALWORLDQA
from spatialevo_eval.benchmarks.revsi import REVSI
from spatialevo_eval.benchmarks.spatialviz import SPATIALVIZ
from spatialevo_eval.benchmarks.stare import STARE
from spatialevo_eval.benchmarks.viewspatial import VIEWSPATIAL
from spatialevo_eval.benchmarks.vstar import VSTAR

__all__ = ["BENCHMARKS", "GROUP", "all_benchmarks", "benchmark_named"]

GROUP: Final = "spatialevo_eval.benchmarks"

_OURS: Final[tuple[Benchmark, ...]] = (
    vsi_bench.FULL,
    vsi_bench.DEBIASED,
    vsi_bench.PRUNED,
    REALWORLDQA,
    EMBSPATIAL,
    SPATIALVIZ,
    STARE,
    CORECOGNITION,
    VIEWSPATIAL,
    VSTAR,
    MMSTAR,
    mindcube.FULL,
    mindcube.TINY,
    ERQA,
    MMSI_BENCH,
    *REVSI,
    DGE,
    DGE_PAINTED,
    DGE_QUESTIONS,
    DGE_QUESTIONS_PAINTED,
)

BENCHMARKS: Final[Mapping[str, Benchmark]] = MappingProxyType({each.id: each for each in _OURS})


def all_benchmarks() -> tuple[Benchmark, ...]:
    """Return this package's benchmarks, then those of other packages by name.

    Raises:
        TypeError: An entry point is no `Benchmark`.
        ValueError: Two benchmarks have one id.
    """
    found = dict(BENCHMARKS)
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda point: point.name):
        benchmark = point.load()
        if not isinstance(benchmark, Benchmark):
            raise TypeError(f"{point.value}: expected a Benchmark, got {type(benchmark).__name__}")
        if benchmark.id in found:
            raise ValueError(f"{point.value}: there is a benchmark {benchmark.id!r} already")
        found[benchmark.id] = benchmark
    return tuple(found.values())


def benchmark_named(name: str) -> Benchmark:
    """Return a benchmark by its id.

    Raises:
        ValueError: There is none; the message lists those there are.
    """
    known = {benchmark.id: benchmark for benchmark in all_benchmarks()}
    if name not in known:
        raise ValueError(f"benchmark: no {name!r}; there are {', '.join(known)}")
    return known[name]
