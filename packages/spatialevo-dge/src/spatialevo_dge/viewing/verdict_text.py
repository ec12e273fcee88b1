# SPDX-License-Identifier: Apache-2.0
"""A ruling in words: the answer and how certain it is, or the rule and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from spatialevo_dge.cli.evidence import evidence
from spatialevo_dge.cli.quantities import quantity
from spatialevo_dge.cli.ruling_text import margin_words
from spatialevo_dge.ruling import Illegal, Legal, Ruling
from spatialevo_dge.scene import Scene
from spatialevo_dge.tasks import task_named
from spatialevo_dge.truth import Trace
from spatialevo_dge.verdict import Violation

Row: TypeAlias = tuple[str, str]
"""What is said of something: the thing's name, and what is said."""


def headline(ruling: Ruling) -> str:
    """Write the answer, or the rule that is broken."""
    if isinstance(ruling, Illegal):
        return f"refused: {ruling.rule.value}"
    option = f" (option {ruling.option})" if ruling.option is not None else ""
    return f"{ruling.answer.render()}{option}"


def particulars(ruling: Ruling, scene: Scene) -> Iterator[str]:
    """Write how certain the answer is, or why the question is refused; then the task."""
    del scene
    if isinstance(ruling, Legal):
        yield margin_words(ruling.truth.margin, ruling.answer)
    else:
        yield ruling.rule.sentence
        yield ruling.why
    if ruling.task is not None:
        yield f"{ruling.task}: {task_named(ruling.task).title}"


def trace_rows(trace: Trace, scene: Scene) -> Iterator[Row]:
    """Write a trace key by key."""
    for key, value in trace.items():
        part: dict[str, Any] = {key: value}
        if key == "values" and "unit" in trace:
            part["unit"] = trace["unit"]
        yield key, "; ".join(evidence(part, scene))


def refusal_rows(ruling: Illegal) -> Iterator[Row]:
    """Write every rule broken, with what was measured."""
    for place, violation in enumerate((ruling.violation, *ruling.also)):
        yield ("refused for" if not place else "also broken"), _broken(violation)


def _broken(violation: Violation) -> str:
    text = f"{violation.rule.value}: {violation.why}"
    if violation.measured is not None:
        text += f" Measured: {quantity(violation.measured, violation.unit)}."
        if violation.threshold is not None:
            text += f" Threshold: {quantity(violation.threshold, violation.unit)}."
    if violation.alternatives:
        text += f" See: {', '.join(violation.alternatives)}."
    return text
