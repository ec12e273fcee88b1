# SPDX-License-Identifier: Apache-2.0
"""How sure a score is, and whether two runs differ: resampling by scene.

Questions about one scene stand or fall together, so scenes are resampled, not questions; an item
without a scene is a cluster of its own. What is resampled is the benchmark's own overall, with its
own aggregation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

__all__ = [
    "LEVEL",
    "RESAMPLES",
    "Clusters",
    "Comparison",
    "Interval",
    "bootstrap",
    "compare",
    "exact_mcnemar",
]

LEVEL: Final = 0.95
RESAMPLES: Final = 1000
FEWEST: Final = 2
"""Clusters below which there is no interval: one cannot vary."""
_SAME: Final = 1e-12
"""Differences that are equal but for the order in which their terms were added."""

Measure: TypeAlias = Callable[[Sequence[int]], Mapping[str, float]]
"""Numbers by name of the items at some places; a place may be there more than once."""
PairedMeasure: TypeAlias = Callable[[Sequence[tuple[int, int]]], float]
"""The overall of items, each given as the run it is taken from (0 or 1) and its place."""
Clusters: TypeAlias = Sequence[str]
"""The cluster of each item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A value with the range that resampling gives it.

    Attributes:
        value: As measured.
        low: Lower end of the percentile interval at `LEVEL`; NaN where there is none.
        high: Upper end.
        clusters: What was resampled.
    """

    value: float
    low: float
    high: float
    clusters: int

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return not math.isnan(self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs on the same items.

    Attributes:
        first: The first run's overall.
        second: The second's.
        difference: Second minus first, paired.
        p_value: Of the hypothesis that the two are exchangeable within each cluster (two-sided
            permutation test); NaN where there are too few clusters.
        better: Items on which the second scores more.
        worse: Items on which it scores less.
        mcnemar: Exact two-sided McNemar test of those two counts; it takes items as independent.
    """

    first: float
    second: float
    difference: Interval
    p_value: float
    better: int
    worse: int
    mcnemar: float


def bootstrap(
    measure: Measure, clusters: Clusters, *, resamples: int = RESAMPLES, seed: int = 0
) -> Mapping[str, Interval]:
    """Return measures with percentile bootstrap intervals (Efron and Tibshirani 1993, ch. 13).

    A measure that a resample does not have, since it drew no such item, is left out of it.

    Args:
        measure: Named numbers of the items at some places.
        clusters: The cluster of each item.
        resamples: How often.
        seed: Of the draws.

    Raises:
        ValueError: There is no item.
    """
    members = _members(clusters)
    values = measure(range(len(clusters)))
    found: dict[str, list[float]] = {name: [] for name in values}
    if len(members) >= FEWEST:
        for places in _draws(members, resamples, seed):
            for name, value in measure(places).items():
                found[name].append(value)
    return {name: _interval(values[name], found[name], len(members)) for name in values}


def compare(
    measure: PairedMeasure,
    values: tuple[Sequence[float], Sequence[float]],
    clusters: Clusters,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Compare two runs on the same items.

    Args:
        measure: The overall of items, each taken from the run that is named with it.
        values: The scores of the items in each run.
        clusters: The cluster of each item.
        resamples: Of the bootstrap and of the permutation test.
        seed: Of the draws.

    Raises:
        ValueError: There is no item.
    """

    def gain(places: Sequence[int]) -> Mapping[str, float]:
        first, second = ([(side, place) for place in places] for side in (0, 1))
        return {"": measure(second) - measure(first)}

    difference = bootstrap(gain, clusters, resamples=resamples, seed=seed)[""]
    better = sum(new > old for old, new in zip(*values, strict=True))
    worse = sum(new < old for old, new in zip(*values, strict=True))
    return Comparison(
        first=measure([(0, place) for place in range(len(clusters))]),
        second=measure([(1, place) for place in range(len(clusters))]),
        difference=difference,
        p_value=_permutation(measure, clusters, difference.value, (resamples, seed)),
        better=better,
        worse=worse,
        mcnemar=exact_mcnemar(better, worse),
    )


def exact_mcnemar(better: int, worse: int) -> float:
    """Return the two-sided probability of so uneven a split of fair coins (McNemar 1947, exact)."""
    count, rarer = better + worse, min(better, worse)
    if count == 0:
        return 1.0
    ways = sum(math.comb(count, k) for k in range(rarer + 1))
    return float(min(1.0, 2 * ways / 2**count))


def _members(clusters: Clusters) -> list[list[int]]:
    if not clusters:
        raise ValueError("clusters: no item to resample")
    members: dict[str, list[int]] = {}
    for place, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(place)
    return list(members.values())


def _draws(members: list[list[int]], resamples: int, seed: int) -> Iterator[list[int]]:
    dice = np.random.default_rng(seed)
    for _ in range(resamples):
        drawn = dice.integers(len(members), size=len(members)).tolist()
        yield [place for which in drawn for place in members[which]]


def _interval(value: float, values: Sequence[float], clusters: int) -> Interval:
    if not values:
        return Interval(value=value, low=math.nan, high=math.nan, clusters=clusters)
    outside = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(np.array(values), [outside, 1.0 - outside]).tolist()
    return Interval(value=value, low=low, high=high, clusters=clusters)


def _permutation(
    measure: PairedMeasure, clusters: Clusters, difference: float, draws: tuple[int, int]
) -> float:
    """Return the share of swaps, whole clusters at a time, that differ as much as was measured.

    Phipson and Smyth 2010: (1 + exceeding) / (1 + permutations) is never 0.
    """
    members = _members(clusters)
    if len(members) < FEWEST:
        return math.nan
    resamples, seed = draws
    dice = np.random.default_rng([seed, 1])
    exceeding = 0
    for _ in range(resamples):
        row = dice.integers(2, size=len(members)).tolist()
        sides = [
            (side, place) for side, places in zip(row, members, strict=True) for place in places
        ]
        other = measure(sides) - measure([(1 - side, place) for side, place in sides])
        exceeding += abs(other) >= abs(difference) - _SAME
    return (1 + exceeding) / (1 + resamples)
