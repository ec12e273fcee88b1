# SPDX-License-Identifier: Apache-2.0
"""What the questioner earns.

    r_Q = alpha * f_fmt + (1 - alpha) * f_valid * f_obs * nov        where f_fmt = 1
    r_Q = 0                                                          where f_fmt = 0

f_valid is 0 for an illegal question, 0.5 for one whose answer says little (a count of one, "same",
"neither"), else 1. An illegal question's penalty, if the recipe has one, is subtracted.
"""

from __future__ import annotations

from typing import Final

from spatialevo_dge import Answer, Choice, Count, Legal, Rule, Ruling
from spatialevo_rl.records import QuestionerTerms
from spatialevo_rl.settings import EpisodeSettings, LabelSource

UNINFORMATIVE: Final = 0.5
"""f_valid of a legal question whose answer says little (decision of the method's authors)."""

_SAYS_LITTLE: Final = frozenset({"same", "neither"})

MALFORMED: Final = QuestionerTerms(format=0.0, valid=0.0, observation=0.0, novelty=0.0, reward=0.0)
"""Terms of a malformed completion: the format gates everything else."""


def validity(ruling: Ruling, refused: bool, settings: EpisodeSettings) -> float:
    """Return f_valid: 0, 0.5 or 1.

    Args:
        ruling: What the oracle said.
        refused: Whether training refuses the question whatever the oracle says.
        settings: `validity` off: 1 for every question that can be read (ablation). The same where
            votes stand in for the oracle, until they are counted (`episode.revote`).
    """
    if refused:
        return 0.0
    if not settings.validity or settings.label_source is LabelSource.CONSENSUS_FULL:
        return float(isinstance(ruling, Legal) or ruling.rule is not Rule.UNPARSED)
    if not isinstance(ruling, Legal):
        return 0.0
    return UNINFORMATIVE if says_little(ruling.answer) else 1.0


def says_little(answer: Answer) -> bool:
    """Whether an answer is a count of one, "same" or "neither"."""
    if isinstance(answer, Count):
        return answer.value == 1
    return isinstance(answer, Choice) and answer.value in _SAYS_LITTLE


def questioner_terms(
    valid: float, observation: float | None, novelty: float, settings: EpisodeSettings
) -> QuestionerTerms:
    """Combine the terms of a well-formed completion: the formula of this module with f_fmt = 1.

    Args:
        valid: f_valid in [0, 1].
        observation: f_obs in [0, 1]; None where a judge did not answer: then there is no reward,
            unless the question is worth nothing whatever it says.
        novelty: nov in (0, 1].
        settings: alpha and the penalty.
    """
    reward: float | None = None
    if valid == 0.0:
        reward = settings.alpha - settings.illegal_penalty
    elif observation is not None:
        reward = settings.alpha + (1.0 - settings.alpha) * valid * observation * novelty
    return QuestionerTerms(
        format=1.0, valid=valid, observation=observation, novelty=novelty, reward=reward
    )
