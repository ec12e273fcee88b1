# SPDX-License-Identifier: Apache-2.0
"""A ruling: the truth of a legal question, or the rule that an illegal one breaks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from spatialevo_dge.answer import Answer
from spatialevo_dge.entities import Entities
from spatialevo_dge.truth import JsonValue, Truth
from spatialevo_dge.verdict import Rule, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Legal:
    """A legal question and its truth.

    Attributes:
        task: The task that the question asks for.
        entities: What it names.
        answer: The answer; never None here.
        truth: Answer, margin and evidence.
        option: The label of the offered option that says the answer ("B"), where options were
            offered and one does.
        notes: What else should be known, such as a second reader that disagrees.
    """

    task: str
    entities: Entities
    answer: Answer
    truth: Truth
    option: str | None = None
    notes: tuple[str, ...] = ()
    legal: Literal[True] = True

    def to_json(self) -> dict[str, JsonValue]:
        """Write the ruling as JSON values; the contract of ``ask --json`` and ``ask --batch``."""
        answer: dict[str, JsonValue] = {
            "value": self.answer.value,
            "unit": self.answer.unit,
            "text": self.answer.render(),
        }
        if self.option is not None:
            answer["option"] = self.option
        margin = self.truth.margin
        return {
            "legal": True,
            "task": self.task,
            "answer": answer,
            "margin": {
                "kind": margin.kind.value,
                "value": margin.value,
                "unit": margin.unit,
                "sd": margin.sd,
            },
            "rule": None,
            "why": None,
            "trace": self.truth.trace,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Illegal:
    """An illegal question and what it breaks.

    Attributes:
        task: The task that the question asks for, where it could be read.
        violation: The rule of highest precedence, with its evidence.
        also: Every other violation found, in order of precedence.
        entities: What it names, where it could be read.
        notes: What else should be known.
    """

    task: str | None
    violation: Violation
    also: tuple[Violation, ...] = ()
    entities: Entities | None = None
    notes: tuple[str, ...] = ()
    legal: Literal[False] = False

    @property
    def rule(self) -> Rule:
        """The rule of highest precedence that the question breaks."""
        return self.violation.rule

    @property
    def why(self) -> str:
        """One sentence with the particulars."""
        return self.violation.why

    def to_json(self) -> dict[str, JsonValue]:
        """Write the ruling as JSON values; the contract of ``ask --json`` and ``ask --batch``."""
        return {
            "legal": False,
            "task": self.task,
            "answer": None,
            "margin": None,
            "rule": self.rule.value,
            "why": self.why,
            "trace": {
                "violation": _violation(self.violation),
                "also": [_violation(other) for other in self.also],
            },
            "notes": list(self.notes),
        }


Ruling: TypeAlias = Legal | Illegal


def _violation(violation: Violation) -> dict[str, JsonValue]:
    return {**asdict(violation), "rule": violation.rule.value}
