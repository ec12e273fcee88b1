# SPDX-License-Identifier: Apache-2.0
"""The table as text: Markdown, which a terminal shows as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.ablation.published import SOURCES, published_words
from spatialevo_rl.ablation.records import Part, Training
from spatialevo_rl.ablation.statistics import Difference
from spatialevo_rl.ablation.summary import Needed, Row, Summary
from spatialevo_rl.gains import Interval

READING = (
    "Skill is (mean score − floor) / (1 − floor), the floor being the best constant reply; 8 "
    "samples a question at temperature 1. Brackets: 95 % bootstrap intervals that draw whole "
    "scenes, the same for every arm and seed. A change is called one (“>” or “<”) only where all "
    "seeds agree in sign and the pooled interval excludes 0; “?” says that none is shown."
)


def write_table(path: Path, summary: Summary) -> Path:
    """Write the table, whole or not at all; return where.

    Raises:
        OSError: The file cannot be written.
    """
    write_whole(path, "".join(f"{line}\n" for line in lines(summary)).encode("utf-8"))
    return path


def lines(summary: Summary) -> Iterator[str]:
    """Yield the table's lines."""
    yield "# Ablation"
    yield ""
    yield (
        f"{summary.questions:,} held-out questions in {summary.scenes:,} scenes, "
        f"{summary.samples} samples each. {READING}"
    )
    yield ""
    yield from _grid(HEAD, [cells(row) for row in summary.rows if row.core])
    extra = [cells(row) for row in summary.rows if not row.core]
    if extra:
        yield "## The method without one of its parts (descriptive)"
        yield ""
        yield from _grid(HEAD, extra)
    yield SOURCES
    yield ""
    yield "## Differences of mean skill"
    yield ""
    yield from _grid(
        ("pair", "difference", "each seed", "shown"),
        [difference_cells(each) for each in summary.differences],
    )
    yield "## Task by task: skill, and mean score"
    yield ""
    yield from _grid(
        ("arm", *(f"{task} (floor {floor:.2f})" for task, floor in summary.tasks.items())),
        [task_cells(row) for row in summary.rows],
    )
    yield "## What training said and took, mean over seeds"
    yield ""
    yield from _grid(TOOK, [took_cells(row, main_of(summary)) for row in summary.rows])
    if summary.needed:
        yield "## Samples that Ouroboros needs to be as good as static-sft"
        yield ""
        yield from (f"- {needed_words(each)}" for each in summary.needed)


HEAD = ("arm", "skill", "change from base", "", "each seed", "score", "greedy skill", "published")
TOOK = (
    "arm", "own reward", "true reward", "entropy", "top answer", "flat groups", "legal",
    "labels", "tokens", "of main's", "steps", "processor s",
)  # fmt: skip


def cells(row: Row) -> tuple[str, ...]:
    """Return a row of the first table."""
    change = ("", "") if row.change is None else (spread(row.change.pooled, "+"), row.change.sign)
    return (
        row.label,
        spread(row.skill),
        *change,
        " ".join(number(each) for each in row.seeds),
        spread(row.reward),
        spread(row.greedy),
        published_words(row.arm),
    )


def difference_cells(each: Difference) -> tuple[str, ...]:
    """Return a row of the differences."""
    return (
        f"{each.better} − {each.worse}",
        spread(each.pooled, "+"),
        " ".join(number(one, "+") for one in each.seeds),
        f"{each.better} {each.sign} {each.worse}" if each.sign != "?" else "no difference shown",
    )


def task_cells(row: Row) -> tuple[str, ...]:
    """Return a row of the tasks."""
    return (
        row.label,
        *(f"{spread(each.skill)}; {number(each.reward.value)}" for each in row.tasks),
    )


def main_of(summary: Summary) -> Row | None:
    """Return the method's row, if it was run."""
    return next((row for row in summary.rows if row.label == "main"), None)


def took_cells(row: Row, main: Row | None) -> tuple[str, ...]:
    """Return a row of what training said and took: first fifth → last fifth of the steps."""

    def way(read: Callable[[Part], float | None]) -> str:
        first = mean([read(each.first) for each in row.training])
        last = mean([read(each.last) for each in row.training])
        return "–" if first is None or last is None else f"{first:.3f} → {last:.3f}"

    return (
        row.label,
        way(lambda each: each.own_reward),
        way(lambda each: each.true_reward),
        way(lambda each: each.entropy),
        way(lambda each: each.top_answer),
        way(lambda each: each.flat),
        way(lambda each: each.validity),
        total(row, lambda each: each.labels),
        total(row, lambda each: each.trained_tokens),
        _share(row, main),
        total(row, lambda each: each.steps),
        total(row, lambda each: each.cpu_seconds),
    )


def _share(row: Row, main: Row | None) -> str:
    if main is None or not row.training or not main.training:
        return "–"
    ours = mean([each.trained_tokens for each in row.training])
    theirs = mean([each.trained_tokens for each in main.training])
    return "–" if not ours or not theirs else f"{ours / theirs:.2f}"


def total(row: Row, read: Callable[[Training], float]) -> str:
    """Return the mean over seeds of something that was taken."""
    found = mean([read(each) for each in row.training])
    return "–" if found is None else f"{found:,.0f}"


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that there are."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def needed_words(each: Needed) -> str:
    """Say how many samples an arm needs."""
    seeds = "; ".join(
        f"{number(aim)} reached after {samples:,}" if samples is not None else f"{number(aim)} not"
        for aim, samples in each.seeds
    )
    return f"{each.arm}, to {each.target}: {seeds}"


def number(value: float, sign: str = "") -> str:
    """Write a number with three decimals."""
    return f"{value:{sign}.3f}".replace("-", "−")


def spread(found: Interval, sign: str = "") -> str:
    """Write a number with its interval."""
    if found.low is None or found.high is None:
        return number(found.value, sign)
    ends = f"{number(found.low, sign)}, {number(found.high, sign)}"
    return f"{number(found.value, sign)} [{ends}]"


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
