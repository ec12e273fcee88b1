# SPDX-License-Identifier: Apache-2.0
"""A program's answer beside the oracle's, where the oracle can judge the same question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from spatialevo_dge import DEFAULT, Answer, Illegal, Policy, Question, Rule, Scene, judge, score
from spatialevo_dge.scoring import Scorer


class Verdict(StrEnum):
    """How a program's answer stands to the oracle's."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    REFUSED = "refused"  # the oracle reads the question and refuses it
    UNREAD = "unread"  # the oracle cannot read the question: nothing to compare with


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A program's answer beside the oracle's.

    Attributes:
        verdict: How it stands.
        rule: The rule by which the oracle refuses; None where it does not.
        why: One line with both answers, or the oracle's reason.
    """

    verdict: Verdict
    rule: Rule | None
    why: str


_UNREAD: Final = frozenset({Rule.UNPARSED})


def compare(
    answer: Answer, question: Question, scene: Scene, policy: Policy = DEFAULT
) -> Agreement:
    """Compare a program's answer with the oracle's, by the oracle's own scorer and tolerances.

    Words are compared exactly, counts exactly, lengths within four centimetres or the truth's
    interval where that is wider, areas within their interval. An answer of another kind than the
    truth's disagrees; metres and centimetres are one kind.

    Raises:
        ValueError: `question.task` is no task's id.
    """
    ruling = judge(question, scene, policy)
    if isinstance(ruling, Illegal):
        verdict = Verdict.UNREAD if ruling.rule in _UNREAD else Verdict.REFUSED
        return Agreement(verdict=verdict, rule=ruling.rule, why=ruling.why)
    said, true = answer.render(), ruling.answer.render()
    if not _one_kind(answer, ruling.answer):
        why = f"The program says {said!r}, a {answer.unit}; the oracle {true!r}."
        return Agreement(verdict=Verdict.DISAGREES, rule=None, why=why)
    found = score(said, ruling.truth, scorer=Scorer.TOLERANCE)
    verdict = Verdict.AGREES if found.value == 1.0 else Verdict.DISAGREES
    return Agreement(
        verdict=verdict,
        rule=None,
        why=f"The program says {said!r}, the oracle {true!r}. {found.why}",
    )


def _one_kind(first: Answer, second: Answer) -> bool:
    lengths = {"m", "cm"}
    return first.unit == second.unit or {first.unit, second.unit} <= lengths
