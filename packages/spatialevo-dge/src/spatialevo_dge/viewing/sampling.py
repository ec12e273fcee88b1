# SPDX-License-Identifier: Apache-2.0
"""Fewer points, the same ones every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spread_rows(count: int, limit: int) -> NDArray[np.int64]:
    """Choose at most `limit` of `count` rows: one from each of as many equal stretches.

    Where in its stretch a row is taken from is hashed, so that no pattern of the scan comes
    through; only integers are computed with, so that every machine chooses the same rows.

    Returns:
        (min(count, limit),) ascending row numbers.
    """
    if count <= limit:
        return np.arange(count, dtype=np.int64)
    edges = np.arange(limit + 1, dtype=np.int64) * count // limit
    widths = np.diff(edges).astype(np.uint64)
    offsets = _mixed(np.arange(limit, dtype=np.uint64)) % widths
    rows: NDArray[np.int64] = edges[:-1] + offsets.astype(np.int64)
    return rows


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter numbers over 64 bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
