# SPDX-License-Identifier: Apache-2.0
"""The loop on a run's page: difficulties and rejections by round, skill against samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from spatialevo_rl.evaluation_record import Evaluation
from spatialevo_rl.gains import gains
from spatialevo_rl.ouroboros.records import Difficulty, RoundRecord
from spatialevo_rl.report.chart import PALETTE, Chart, Series, coloured, finite
from spatialevo_rl.report.markup import text
from spatialevo_rl.report.svg import figure

_COLOURS: Final = {
    Difficulty.EASY: PALETTE[2],
    Difficulty.FRONTIER: PALETTE[0],
    Difficulty.HARD: PALETTE[1],
}


def summary_of_rounds(records: Sequence[RoundRecord]) -> Iterator[str]:
    """Yield a line a round."""
    for each in records:
        shares = ", ".join(f"{kind.value} {each.share(kind):.0%}" for kind in Difficulty)
        filters = each.filters
        rejected = ", ".join(f"{name} {count}" for name, count in filters.rejected.items())
        yield (
            f"round {each.round}: {filters.accepted:,} of {filters.asked:,} accepted "
            f"({rejected or 'none rejected'}); {each.trained:,} learnt: {shares}"
        )


def rounds_section(
    records: Sequence[RoundRecord], evaluations: Sequence[Evaluation]
) -> Iterator[str]:
    """Yield the section.

    Args:
        records: The finished rounds, in order.
        evaluations: Those of one split, in order of steps.
    """
    yield '<p class="quiet">A sample’s difficulty is the solver’s confidence in its answer when it '
    yield "first learnt from it: easy above 0.9, hard below 0.1, or as the settings say. The first "
    yield "filter that rejects a proposal counts it.</p>\n"
    yield from _table(records)
    yield '<div class="charts">\n'
    for chart in (*_charts(records), *skill_by_samples(records, evaluations)):
        yield figure(chart)
    yield "</div>\n"


def _table(records: Sequence[RoundRecord]) -> Iterator[str]:
    names = sorted({name for each in records for name in each.filters.rejected})
    verdicts = sorted({name for each in records for name in each.filters.verdicts})
    heads = [
        "round", "proposed", *(f"rejected: {name}" for name in names), "accepted", "learnt",
        *(each.value for each in Difficulty), *(f"oracle {name}" for name in verdicts),
        "samples shown", "processor seconds of learning",
    ]  # fmt: skip
    yield '<div class="scroll"><table class="rows"><thead><tr>'
    yield "".join(f"<th>{text(head)}</th>" for head in heads) + "</tr></thead><tbody>\n"
    for each in records:
        filters = each.filters
        cells = [
            f"{each.round}",
            f"{filters.asked:,}",
            *(_count(filters.rejected, name) for name in names),
            f"{filters.accepted:,}",
            f"{each.trained:,}",
            *(f"{each.share(kind):.1%}" for kind in Difficulty),
            *(_count(filters.verdicts, name) for name in verdicts),
            f"{each.shown:,}",
            f"{each.cpu_seconds:.0f}",
        ]
        yield "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in cells) + "</tr>\n"
    yield "</tbody></table></div>\n"


def _count(counts: Mapping[str, int], name: str) -> str:
    return f"{counts[name]:,}" if name in counts else "0"


def _charts(records: Sequence[RoundRecord]) -> tuple[Chart, ...]:
    rounds = tuple(each.round for each in records)
    names = sorted({name for each in records for name in each.filters.rejected})
    colours = coloured(names)
    return (
        Chart(
            title="Difficulty of what is learnt, by round",
            steps=rounds,
            series=tuple(
                Series(
                    name=kind.value,
                    values=finite(each.share(kind) for each in records),
                    colour=colour,
                )
                for kind, colour in _COLOURS.items()
            ),
            low=0.0,
            high=1.0,
            stacked=True,
            unit="share",
        ),
        Chart(
            title="Rejected, by round",
            steps=rounds,
            series=tuple(
                Series(
                    name=name,
                    values=finite(
                        float(each.filters.rejected[name]) if name in each.filters.rejected else 0.0
                        for each in records
                    ),
                    colour=colours[name],
                )
                for name in names
            ),
            stacked=True,
            unit="proposals",
        ),
    )


def skill_by_samples(
    records: Sequence[RoundRecord], evaluations: Sequence[Evaluation]
) -> tuple[Chart, ...]:
    """Return held-out skill against the samples learnt until then; none with one evaluation."""
    shown = {0: 0}
    for each in records:
        shown[each.steps] = shown[max(shown)] + each.shown
    found = [each for each in evaluations if each.step in shown]
    if len(found) < 2:
        return ()
    rows = [gains(found[0], each) for each in found[1:]]
    names = [row.task for row in rows[0]]
    colours = coloured(names)
    series = []
    for place, name in enumerate(names):
        later = [each[place].after for each in rows]
        values = [rows[0][place].before.value, *(each.value if each else None for each in later)]
        said = f"mean, {name}" if name in {"trained", "not trained"} else name
        series.append(Series(name=said, values=finite(values), colour=colours[name]))
    return (
        Chart(
            title="Held-out skill against samples",
            steps=tuple(shown[each.step] for each in found),
            series=tuple(series),
            note=f"Split “{found[0].split}”. 0 is the best constant reply, 1 is perfect.",
        ),
    )
