# SPDX-License-Identifier: Apache-2.0
"""Seeded draws from counter-based streams, one stream for each purpose."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")


class Dice:
    """Draws that depend on the seed and the purpose alone.

    Streams are independent: one more draw for the furniture does not move a camera. All choices are
    made from plain uniforms, whose bit stream is stable across numpy versions.

    Attributes:
        seed: What the stream was opened with.
    """

    __slots__ = ("_generator", "seed")

    def __init__(self, seed: int, purpose: str) -> None:
        """Open the stream.

        Raises:
            ValueError: The seed is outside [0, 2**64).
        """
        if not 0 <= seed < 1 << 64:
            raise ValueError(f"seed: expected an integer in [0, 2**64), got {seed}")
        self.seed = seed
        digest = hashlib.sha256(purpose.encode()).digest()
        key = np.array([seed, int.from_bytes(digest[:8], "little")], dtype=np.uint64)
        self._generator = np.random.Generator(np.random.Philox(key=key))

    def uniform(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * float(self._generator.random())

    def jitter(self, width: float) -> float:
        """Return a number in [-width, width)."""
        return self.uniform(-width, width)

    def integer(self, low: int, high: int) -> int:
        """Return an integer in [low, high], both ends included."""
        return low + int(float(self._generator.random()) * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return float(self._generator.random()) < probability

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.integer(0, len(items) - 1)]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return the items in random order."""
        keys = self._generator.random(len(items))
        return [items[int(index)] for index in np.argsort(keys, kind="stable")]

    def normal(self, *shape: int) -> NDArray[np.float64]:
        """Return standard normal numbers."""
        return self._generator.standard_normal(shape)
