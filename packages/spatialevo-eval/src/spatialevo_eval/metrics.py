# SPDX-License-Identifier: Apache-2.0
"""Metrics of single replies, and the means that benchmarks make of them.

Mean relative accuracy has one implementation, the oracle's (`spatialevo_dge.scoring`): VSI-Bench's
code by default, its paper with `strict`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from spatialevo_dge.scoring import mean_relative_accuracy
from spatialevo_eval.benchmark import Item, ItemScore, Row, Scored, Table
from spatialevo_eval.replies import Reading

__all__ = ["by_item", "by_row", "choice_score", "grouped", "mean", "number_score", "rows_by"]


def choice_score(reading: Reading, reference: str | float) -> ItemScore:
    """Score what was read out of a reply: 1 where it is the reference, case apart."""
    if reading.value is None:
        return _scored(0.0, reading, "no answer could be read")
    right = str(reading.value).lower() == str(reference).lower()
    return _scored(float(right), reading, f"read {reading.value}; the answer is {reference}")


def number_score(reading: Reading, reference: str | float, *, strict: bool = False) -> ItemScore:
    """Score a number by mean relative accuracy; an unreadable one scores 0.

    Args:
        reading: What was read.
        reference: The true number, in the question's unit.
        strict: As VSI-Bench's paper writes it, not as its code does.

    Raises:
        ValueError: `reference` is no finite number.
    """
    if reading.value is None:
        return _scored(0.0, reading, "no number could be read")
    value = mean_relative_accuracy(float(reading.value), float(reference), strict=strict)
    return _scored(value, reading, f"read {reading.value:g}; the answer is {reference}")


def _scored(value: float, reading: Reading, why: str) -> ItemScore:
    sentence = f"{why[0].upper()}{why[1:]}."
    if reading.correction:
        sentence = f"{sentence} Corrected: {reading.correction}."
    return ItemScore(value=value, parsed=reading.value, why=sentence, correction=reading.correction)


def mean(values: Iterable[float]) -> float:
    """Return the mean; 0 of nothing, as an empty table scores."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def grouped(scored: Sequence[Scored], key: Callable[[Item], str]) -> dict[str, list[float]]:
    """Collect values by a key of their items, keys in order of appearance."""
    groups: dict[str, list[float]] = {}
    for item, score in scored:
        groups.setdefault(key(item), []).append(score.value)
    return groups


def rows_by(
    scored: Sequence[Scored],
    key: Callable[[Item], str],
    names: Sequence[str] = (),
    metrics: Mapping[str, str] | None = None,
) -> tuple[Row, ...]:
    """Return a row for each group: those of `names` first and in that order, others as they appear.

    Args:
        scored: Items and scores.
        key: Which row an item belongs to.
        names: The benchmark's own order; a name without items has no row.
        metrics: The metric of each row that is not accuracy.
    """
    groups = grouped(scored, key)
    order = [name for name in names if name in groups]
    order += [name for name in groups if name not in names]
    kinds = metrics or {}
    return tuple(
        Row(
            name=name,
            value=mean(groups[name]),
            count=len(groups[name]),
            metric=kinds[name] if name in kinds else "accuracy",
        )
        for name in order
    )


def by_item(scored: Sequence[Scored], rows: Sequence[Row]) -> Table:
    """Return a table whose overall value is the mean over items."""
    return Table(
        rows=tuple(rows),
        overall=mean(score.value for _, score in scored),
        count=len(scored),
        rule="mean over items",
    )


def by_row(rows: Sequence[Row], rule: str) -> Table:
    """Return a table whose overall value is the mean over its rows, each weighing the same."""
    return Table(
        rows=tuple(rows),
        overall=mean(row.value for row in rows),
        count=sum(row.count for row in rows),
        rule=rule,
    )
