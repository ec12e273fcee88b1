# SPDX-License-Identifier: Apache-2.0
"""A program's answer beside the oracle's, where the oracle can judge the same question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spatialevo_dge import DEFAULT, Answer, Policy, Question, Rule, Scene


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


def compare(
    answer: Answer, question: Question, scene: Scene, policy: Policy = DEFAULT
) -> Agreement:
    """Compare a program's answer with the oracle's, by the oracle's own scorer and tolerances.

    Words are compared exactly, counts exactly, lengths within four centimetres or the truth's
    interval where that is wider, areas within their interval.
    """
    raise NotImplementedError
