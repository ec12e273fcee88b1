# SPDX-License-Identifier: Apache-2.0
"""What a question breaks when it is illegal: a closed set of rules, each with its evidence.

An illegal question is data, not an exception: the solver is trained to explain it. The order of
`Rule` is the order of precedence when a question breaks several rules at once; within one rule the
order of the question's roles decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """A reason for which the oracle refuses a question, in order of precedence."""

    UNPARSED = "UNPARSED"
    WRONG_TASK = "WRONG_TASK"
    WRONG_VIEW = "WRONG_VIEW"
    VIEWPOINT_DEPENDENT = "VIEWPOINT_DEPENDENT"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    UNKNOWN_FRAME = "UNKNOWN_FRAME"
    SAME_FRAME = "SAME_FRAME"
    UNKNOWN_OBJECT = "UNKNOWN_OBJECT"
    SAME_OBJECT = "SAME_OBJECT"
    AMBIGUOUS_OBJECT = "AMBIGUOUS_OBJECT"
    TOO_FEW_CANDIDATES = "TOO_FEW_CANDIDATES"
    NOT_VISIBLE = "NOT_VISIBLE"
    TOO_FEW_POINTS = "TOO_FEW_POINTS"
    DEGENERATE = "DEGENERATE"
    BORDERLINE = "BORDERLINE"

    @property
    def precedence(self) -> int:
        """Position in the order of precedence; the smallest is reported first."""
        return _PRECEDENCE[self]

    @property
    def sentence(self) -> str:
        """The rule as a sentence a person can read."""
        return _SENTENCES[self]


_PRECEDENCE = {rule: place for place, rule in enumerate(Rule)}

_SENTENCES = {
    Rule.UNPARSED: "The text is not a question that the oracle can read in exactly one way.",
    Rule.WRONG_TASK: "The text asks for something other than the scheduled task.",
    Rule.WRONG_VIEW: "The question needs another number of images than it was asked with.",
    Rule.VIEWPOINT_DEPENDENT: (
        "The relation between two objects depends on the viewpoint, and none is given."
    ),
    Rule.NOT_AVAILABLE: "The scene does not hold what the question needs.",
    Rule.UNKNOWN_FRAME: "The question names an image that it was not asked with.",
    Rule.SAME_FRAME: "The question compares an image with itself.",
    Rule.UNKNOWN_OBJECT: "The question names an object that is not in the scene.",
    Rule.SAME_OBJECT: "Two roles of the question name the same object.",
    Rule.AMBIGUOUS_OBJECT: "The question names an object of which there are several.",
    Rule.TOO_FEW_CANDIDATES: "The question offers fewer than two candidates to choose from.",
    Rule.NOT_VISIBLE: "The question is about an object that the images do not show.",
    Rule.TOO_FEW_POINTS: "An object has too few scanned points for a reliable answer.",
    Rule.DEGENERATE: "The geometry does not define an answer.",
    Rule.BORDERLINE: "The answer lies too close to a decision boundary to be certain.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that a question breaks, with the entity and the measured value.

    Attributes:
        rule: The rule.
        entity: The offending phrase, label, image or quantity, as a person would name it.
        why: One sentence with the particulars.
        measured: The measured value, in `unit`, where the rule is a comparison.
        threshold: What `measured` was compared with, in `unit`.
        unit: Unit of both, such as ``"m"``, ``"deg"`` or ``"fraction"``.
        alternatives: Labels, images or readings that bear on it (close labels, rival instances).
    """

    rule: Rule
    entity: str
    why: str
    measured: float | None = None
    threshold: float | None = None
    unit: str = ""
    alternatives: tuple[str, ...] = ()


def in_precedence(violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """Sort violations by rule, keeping the order of roles within one rule."""
    return tuple(sorted(violations, key=lambda violation: violation.rule.precedence))
