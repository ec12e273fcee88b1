# SPDX-License-Identifier: Apache-2.0
"""Observations: what they claim, how good they are, and how true ones are written.

    text --read--> claims --judge_claim--> true | false | unknown --score--> 0 | 0.3 | 0.6 | 1

No model takes part: the grammar is closed and the oracle judges.
"""

from __future__ import annotations

from spatialevo_rl.observation.claims import Claim, ClaimKind, Thing, Verdict
from spatialevo_rl.observation.scoring import ObservationScore, score_observation
from spatialevo_rl.observation.spoiling import FLAWS, Flaw, spoil_observation
from spatialevo_rl.observation.verdicts import judge_claim
from spatialevo_rl.observation.writing import write_observation

__all__ = [
    "FLAWS",
    "Claim",
    "ClaimKind",
    "Flaw",
    "ObservationScore",
    "Thing",
    "Verdict",
    "judge_claim",
    "score_observation",
    "spoil_observation",
    "write_observation",
]
