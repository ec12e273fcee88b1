# SPDX-License-Identifier: Apache-2.0
"""Random draws that depend on what they are for and on nothing that happened before.

Every draw is keyed by (seed, step, purpose, slot), so a resumed run draws what the run without the
interruption would have drawn, and no generator's state has to be saved.
"""

from __future__ import annotations

import hashlib

import numpy as np


def dice(seed: int, step: int, purpose: str, slot: int = 0) -> np.random.Generator:
    """Return the generator of one draw (Philox, a counter-based generator; Salmon et al. 2011).

    Args:
        seed: Seed of the run.
        step: Optimizer step.
        purpose: What is drawn, such as ``"view"``.
        slot: Place in the step's batch.
    """
    text = f"{seed}\0{step}\0{purpose}\0{slot}".encode()
    key = int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))
