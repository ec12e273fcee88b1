# SPDX-License-Identifier: Apache-2.0
"""A ruling as lines of text: the answer with its margin and evidence, or the rule and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, TypeAlias

from rich.text import Text

from spatialevo_dge.answer import Answer, Centimetres
from spatialevo_dge.cli.evidence import evidence
from spatialevo_dge.cli.quantities import quantity
from spatialevo_dge.ruling import Illegal, Legal, Ruling
from spatialevo_dge.scene import Scene
from spatialevo_dge.tasks import task_named
from spatialevo_dge.truth import Margin, MarginKind
from spatialevo_dge.verdict import Rule, Violation

_ALTERNATIVES: Final = defaultdict(
    lambda: "see",
    {
        Rule.UNPARSED: "readings",
        Rule.UNKNOWN_OBJECT: "labels spelt alike",
        Rule.AMBIGUOUS_OBJECT: "may be",
    },
)


Line: TypeAlias = tuple[Text, int]
"""A line and how far it is indented."""


def ruling_lines(ruling: Ruling, scene: Scene) -> Iterator[Line]:
    """Write a ruling for people, line by line."""
    if isinstance(ruling, Legal):
        yield from _legal(ruling, scene)
    else:
        yield from _illegal(ruling)
    for note in ruling.notes:
        yield Text(f"note: {note}", style="yellow"), 0


def _legal(ruling: Legal, scene: Scene) -> Iterator[Line]:
    option = f"  (option {ruling.option})" if ruling.option is not None else ""
    yield Text(f"{ruling.answer.render()}{option}", style="bold green"), 0
    yield Text(margin_words(ruling.truth.margin, ruling.answer)), 0
    yield Text(f"{ruling.task}: {task_named(ruling.task).title}", style="dim"), 0
    for line in evidence(ruling.truth.trace, scene):
        yield Text(line), 2


def margin_words(margin: Margin, answer: Answer) -> str:
    """Say how certain an answer is: ``"± 0.06 m (95 % interval)"``."""
    if margin.kind is MarginKind.EXACT:
        return "exact"
    if margin.kind is MarginKind.INTERVAL:
        if margin.value == 0.0:
            return "exact: the scene carries no noise"
        return f"± {_in_unit_of(answer, margin)} (95 % interval)"
    noise = f", {quantity(margin.sd, margin.unit)} standard deviation" if margin.sd else ""
    return f"{quantity(margin.value, margin.unit)} from another answer{noise}"


def short_margin(margin: Margin, answer: Answer) -> str:
    """Write a margin in a few characters, for a column of a table."""
    if margin.kind is MarginKind.BOUNDARY:
        return f"{quantity(margin.value, margin.unit)} to spare"
    return "exact" if margin.value == 0.0 else f"± {_in_unit_of(answer, margin)}"


def _in_unit_of(answer: Answer, margin: Margin) -> str:
    if isinstance(answer, Centimetres) and margin.unit == "m":
        return quantity(margin.value * 100.0, "cm")
    return quantity(margin.value, margin.unit)


def _illegal(ruling: Illegal) -> Iterator[Line]:
    yield Text(f"refused: {ruling.rule.value}", style="bold red"), 0
    yield Text(ruling.rule.sentence), 0
    if ruling.task is not None:
        yield Text(f"{ruling.task}: {task_named(ruling.task).title}", style="dim"), 0
    for line in _particulars(ruling.violation):
        yield Text(line), 2
    if ruling.also:
        yield Text("also broken:"), 0
    for other in ruling.also:
        yield Text(f"{other.rule.value}: {other.why}"), 2


def _particulars(violation: Violation) -> Iterator[str]:
    yield violation.why
    if violation.measured is not None:
        measured = f"measured: {quantity(violation.measured, violation.unit)}"
        limit = violation.threshold
        yield (
            measured
            if limit is None
            else (f"{measured}; threshold: {quantity(limit, violation.unit)}")
        )
    unsaid = [other for other in violation.alternatives if other not in violation.why]
    if unsaid:
        yield f"{_ALTERNATIVES[violation.rule]}: {'; '.join(unsaid)}"
