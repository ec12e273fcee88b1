# SPDX-License-Identifier: Apache-2.0
"""Sizes of shown images: whole patches, a bounded number of them, the picture's own shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_rl.scenes.pictures import PATCH, shown_size

sides = st.integers(1, 5000)


@given(sides, sides, st.integers(PATCH, 1200))
def test_sides_are_whole_patches_within_the_budget(width: int, height: int, side: int) -> None:
    across, down = shown_size(width, height, side)
    assert across % PATCH == down % PATCH == 0
    assert min(across, down) >= PATCH
    assert (across // PATCH) * (down // PATCH) <= (side // PATCH) ** 2


@given(st.integers(200, 4000), st.floats(0.5, 2.0), st.sampled_from((448, 784, 1008)))
def test_the_shape_is_kept(width: int, ratio: float, side: int) -> None:
    height = round(width / ratio)
    across, down = shown_size(width, height, side)
    assert across / down == pytest.approx(width / height, rel=0.15)
    assert across * down > 0.8 * (side // PATCH * PATCH) ** 2, "the budget is used"


@pytest.mark.parametrize(
    ("given_size", "side", "shown"),
    [
        ((640, 480), 448, (504, 392)),  # 18 by 14 of 256 patches
        ((480, 640), 448, (392, 504)),
        ((1000, 1000), 448, (448, 448)),
        ((1000, 1000), 460, (448, 448)),
        ((10000, 10), 56, (112, 28)),
        ((33, 77), 0, (33, 77)),
    ],
)
def test_sizes_by_hand(given_size: tuple[int, int], side: int, shown: tuple[int, int]) -> None:
    assert shown_size(*given_size, side) == shown


def test_bad_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="sides of at least 1 pixel"):
        shown_size(0, 5, 448)
    with pytest.raises(ValueError, match="expected 0 or at least 28, got 20"):
        shown_size(50, 50, 20)
