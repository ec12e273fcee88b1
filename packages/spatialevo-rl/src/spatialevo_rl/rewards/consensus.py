# SPDX-License-Identifier: Apache-2.0
"""Votes in place of the oracle: the ablation whose collapse shows what the oracle is for.

`consensus` replaces the reference of f_acc alone: the most frequent answer of the group, numbers
counted by their value at two significant digits, ties to the reply of the lowest index.
`consensus-full` replaces legality too (legal iff at least half of all replies answer) and the rule
that an explanation must name. No votes, no reference: such rows have no reward.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from spatialevo_dge import Answer, Centimetres, Choice, Count, Direction, Metres, SquareMetres
from spatialevo_dge.labels import canonical
from spatialevo_dge.scoring import mean_relative_accuracy, read_reply
from spatialevo_rl.rewards.explanation import RULE_ONLY, Refusal, read_refusal

_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")

Ballot: TypeAlias = "float | str"
B = TypeVar("B", bound="float | str")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a group of replies decides.

    Attributes:
        legal: Whether at least half of all replies answer; None where none can be read.
        reference: The answer voted for: a number at two significant digits, or folded text.
        refusal: The rule voted for, with the entity that most of its voters name.
    """

    legal: bool | None
    reference: Ballot | None = None
    refusal: Refusal | None = None

    @property
    def text(self) -> str:
        """What was voted for, as text; empty where nothing was."""
        if self.refusal is not None:
            return f"{self.refusal.rule}: {self.refusal.entity}"
        return "" if self.reference is None else f"{self.reference}"


def voted_answer(replies: Sequence[str | None], form: Answer) -> Answer | None:
    """Return the most frequent answer, of the type of `form`; None where none can be read.

    Args:
        replies: Answers of the group, in order; None where malformed.
        form: Any answer to the question: its type and admitted words are used, its value is not.
    """
    read = [
        None if reply is None or read_refusal(reply) else read_reply(reply, form)
        for reply in replies
    ]
    ballot = _mode([None if answer is None else _ballot(answer) for answer in read])
    return None if ballot is None else _answer(form, ballot)


def verdict(replies: Sequence[str | None]) -> Verdict:
    """Return what a group decides without any oracle, not even the form of an answer.

    Args:
        replies: Answers of the group, in order; None where malformed.
    """
    refusals = [None if reply is None else read_refusal(reply) for reply in replies]
    texts: list[Ballot | None] = [
        None if reply is None or refusal is not None else _text_ballot(reply)
        for reply, refusal in zip(replies, refusals, strict=True)
    ]
    answered = sum(text is not None for text in texts)
    if not answered and not any(refusals):
        return Verdict(legal=None)
    if 2 * answered >= len(replies):
        return Verdict(legal=True, reference=_mode(texts))
    rule = _mode([None if refusal is None else refusal.rule for refusal in refusals])
    if rule is None:  # most replies say nothing that can be read
        return Verdict(legal=False)
    same = [refusal for refusal in refusals if refusal is not None and refusal.rule is rule]
    entity = _mode([refusal.entity for refusal in same])
    return Verdict(legal=False, refusal=Refusal(rule=rule, entity=entity or ""))


def agreement(reply: str, decided: Verdict) -> float | None:
    """Return the quality of a reply against what its group decided; None where it decided nothing.

    An answer is compared as a number by mean relative accuracy, else as text; an explanation as
    against the oracle: 1 for rule and entity, 0.3 for the rule alone.
    """
    refusal = read_refusal(reply)
    if decided.legal:
        return 0.0 if refusal is not None else _alike(_text_ballot(reply), decided.reference)
    if decided.refusal is None:
        return None
    if refusal is None or refusal.rule is not decided.refusal.rule:
        return 0.0
    return 1.0 if refusal.entity == decided.refusal.entity else RULE_ONLY


def significant(value: float, digits: int = 2) -> float:
    """Round to significant digits."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return float(f"{value:.{digits - 1}e}")


def _mode(ballots: Sequence[B | None]) -> B | None:
    """Return the most frequent ballot; of several the one cast first."""
    cast = [ballot for ballot in ballots if ballot is not None]
    return max(cast, key=cast.count) if cast else None


def _ballot(answer: Answer) -> Ballot:
    if isinstance(answer, Direction | Choice):
        return answer.value
    return significant(float(answer.value))


def _answer(form: Answer, ballot: Ballot) -> Answer:
    if isinstance(form, Direction):
        return Direction(str(ballot), form.options)
    if isinstance(form, Choice):
        return Choice(str(ballot), form.options)
    if isinstance(form, Count):
        return Count(round(float(ballot)))
    kinds: dict[type[Answer], Callable[[float], Answer]] = {
        Metres: Metres,
        Centimetres: Centimetres,
        SquareMetres: SquareMetres,
    }
    return kinds[type(form)](float(ballot))


def _text_ballot(reply: str) -> Ballot | None:
    number = _NUMBER.match(reply.strip())
    if number is not None:
        return significant(float(number[0]))
    words = canonical(reply.strip(" .!"))
    return words or None


def _alike(ballot: Ballot | None, voted: Ballot | None) -> float:
    if isinstance(ballot, float) and isinstance(voted, float):
        return mean_relative_accuracy(ballot, voted)
    return float(ballot is not None and ballot == voted)
