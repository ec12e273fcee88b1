# SPDX-License-Identifier: Apache-2.0
"""What the solver earns.

    r_A = alpha * f_fmt + (1 - alpha) * quality        where f_fmt = 1
    r_A = 0                                            where f_fmt = 0

quality is f_acc (the task's own scorer, 0 to 1) on a legal question and f_explain on an illegal
one. Refusing a legal question is worth 0, whatever words the refusal holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spatialevo_dge import Answer, Truth, score
from spatialevo_rl.records import SolverTerms
from spatialevo_rl.rewards.explanation import read_refusal
from spatialevo_rl.settings import EpisodeSettings

MALFORMED: Final = SolverTerms(format=0.0, quality=0.0, reward=0.0, true_quality=0.0)
"""Terms of a malformed completion: the format gates everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A quality from 0 to 1 (None: nobody could tell), and why in one sentence."""

    value: float | None
    why: str


def accuracy(answer: str, truth: Truth | Answer, settings: EpisodeSettings) -> Marked:
    """Return f_acc of an answer to a legal question.

    Args:
        answer: Text inside the answer tags.
        truth: The oracle's truth, or the answer that a vote put in its place.
        settings: With the scorer of numbers.
    """
    if read_refusal(answer) is not None:
        return Marked(value=0.0, why="A legal question was refused.")
    mark = score(answer, truth, scorer=settings.scorer)
    return Marked(value=mark.value, why=mark.why)


def solver_terms(
    quality: float | None, true_quality: float, settings: EpisodeSettings
) -> SolverTerms:
    """Combine the terms of a well-formed completion: the formula of this module with f_fmt = 1.

    Args:
        quality: What the update goes by, in [0, 1]; None leaves the row out of it.
        true_quality: The same against the oracle.
        settings: alpha.
    """
    reward = None if quality is None else settings.alpha + (1.0 - settings.alpha) * quality
    return SolverTerms(format=1.0, quality=quality, reward=reward, true_quality=true_quality)
