# SPDX-License-Identifier: Apache-2.0
"""Fewer points and triangles: the same ones every time, and none too many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_dge.viewing.sampling import spread_rows
from spatialevo_dge.viewing.text import plain
from spatialevo_dge.viewing.wires import middle_of, triangulated


@given(count=st.integers(0, 5_000), limit=st.integers(1, 700))
def test_rows_are_one_from_each_stretch(count: int, limit: int) -> None:
    rows = spread_rows(count, limit)
    assert len(rows) == min(count, limit)
    stretches = [(k * count // limit, (k + 1) * count // limit) for k in range(limit)]
    if count > limit:
        assert all(
            low <= row < high for row, (low, high) in zip(rows.tolist(), stretches, strict=True)
        )
    else:
        assert rows.tolist() == list(range(count))


def test_rows_are_the_same_on_every_machine() -> None:
    assert spread_rows(1_000, 8).tolist() == EXPECTED


# By SplitMix64's definition in plain integers.
def _mixed(number: int) -> int:
    mask = 2**64 - 1
    mixed = (number + 0x9E3779B97F4A7C15) & mask
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
    return mixed ^ (mixed >> 31)


EXPECTED = [k * 125 + _mixed(k) % 125 for k in range(8)]


def area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y)) / 2.0


@given(
    radii=st.lists(st.floats(0.2, 3.0), min_size=3, max_size=24),
    clockwise=st.booleans(),
)
def test_triangles_cover_a_polygon_once(radii: list[float], clockwise: bool) -> None:
    angles = np.linspace(0.0, 2.0 * np.pi, len(radii), endpoint=False)
    ring = np.array(radii)[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ring = ring[::-1] if clockwise else ring
    pieces = [area(ring[list(triangle)]) for triangle in triangulated(ring)]
    assert len(pieces) == len(radii) - 2
    assert min(pieces) >= -1e-12
    assert sum(pieces) == pytest.approx(abs(area(ring)))


def test_a_polygon_that_crosses_itself_ends() -> None:
    ring = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert len(triangulated(ring)) <= 2


def test_the_middle_of_a_line_is_half_way_along_it() -> None:
    line = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [3.0, 1.0, 0.0]])
    assert middle_of(line).tolist() == [2.0, 0.0, 0.0]
    assert middle_of(line[[0, 0]]).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("chair", "chair"),
        (" two\n words ", "two words"),
        ("\u202eevil\x00", "evil"),
        ("\ud800x", "x"),
        ("日本", "日本"),
        ("x" * 81, "x" * 79 + "…"),
    ],
)
def test_text_is_one_line_of_signs(words: str, shown: str) -> None:
    assert plain(words) == shown
