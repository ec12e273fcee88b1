# SPDX-License-Identifier: Apache-2.0
"""VSI-Bench's sampled distance, against the recipe written out in exact arithmetic. Decision 3."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from spatialevo_dge.vsi import fma, sampled_distance
from spatialevo_geometry import OrientedBox


def fused(factor: float, scale: float, addend: float) -> float:
    """Multiply and add exactly, round once: dividing integers rounds to nearest, ties to even."""
    return float(Fraction(factor) * Fraction(scale) + Fraction(addend))


def samples(box: OrientedBox) -> tuple[list[tuple[float, float, float]], int]:
    """Return the recipe's samples of a box, and how often the step was halved."""
    centre, axes, sides = box.centre.tolist(), box.axes.tolist(), box.extents.tolist()
    step, halved = 0.05, 0
    while True:
        grid = [np.linspace(-side / 2, side / 2, int(side / step) + 1).tolist() for side in sides]
        kept = []
        for q in product(*grid):
            if not any(abs(q[i]) > sides[i] / 4 for i in range(3)):
                continue
            p = [
                fused(q[2], axes[2][j], fused(q[1], axes[1][j], q[0] * axes[0][j])) + centre[j]
                for j in range(3)
            ]
            d = [p[j] - centre[j] for j in range(3)]
            if all(
                abs((d[0] * a[0] + d[1] * a[1]) + d[2] * a[2]) <= side / 2
                for a, side in zip(axes, sides, strict=True)
            ):
                kept.append((p[0], p[1], p[2]))
        if kept:
            return kept, halved
        step, halved = step / 2, halved + 1


def random_box(generator: np.random.Generator, largest: float) -> OrientedBox:
    axes, _ = np.linalg.qr(generator.normal(size=(3, 3)))
    return OrientedBox(
        centre=generator.uniform(-2, 2, 3), axes=axes, extents=generator.uniform(0.04, largest, 3)
    )


@pytest.mark.parametrize("seed", range(12))
def test_against_the_recipe_written_out(seed: int) -> None:
    generator = np.random.default_rng(seed)
    first, second = random_box(generator, 0.35), random_box(generator, 0.35)
    expected = min(math.dist(a, b) for a, b in product(samples(first)[0], samples(second)[0]))
    assert sampled_distance(first, second) == pytest.approx(expected, abs=1e-12)
    assert sampled_distance(second, first) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_small_boxes_whose_step_may_have_to_be_halved(seed: int) -> None:
    """A box of 4 cm has the one sample (-L/2, -L/2, -L/2), which rounding may put outside."""
    generator = np.random.default_rng(seed)
    first, second = random_box(generator, 0.05), random_box(generator, 0.05)
    expected = min(math.dist(a, b) for a, b in product(samples(first)[0], samples(second)[0]))
    assert sampled_distance(first, second) == pytest.approx(expected, abs=1e-12)


def test_among_those_boxes_are_halved_ones() -> None:
    boxes = [random_box(np.random.default_rng(seed), 0.05) for seed in range(40)]
    assert {samples(box)[1] for box in boxes} >= {0, 1}


def test_the_inner_half_is_dropped() -> None:
    """A small box in the middle of a large one: nothing of the large one is near it."""
    large = OrientedBox(centre=np.zeros(3), axes=np.eye(3), extents=np.full(3, 4.0))
    small = OrientedBox(centre=np.zeros(3), axes=np.eye(3), extents=np.full(3, 0.125))
    # Samples of the large box begin beyond 1 m; the grid has 81 of them a side, every 5 cm.
    assert sampled_distance(large, small) == pytest.approx(1.05 - 0.0625, abs=0.02)


NUMBER = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-60)
UNIT = st.floats(-1, 1).filter(lambda x: x == 0 or abs(x) > 1e-60)


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=8), UNIT)
def test_fma_rounds_once(pairs: list[tuple[float, float]], scale: float) -> None:
    factors, addends = (np.array(column) for column in zip(*pairs, strict=True))
    expected = [fused(a, scale, c) for a, c in pairs]
    assert fma(factors, scale, addends).tolist() == expected


@given(NUMBER, UNIT, st.integers(-3, 3), st.integers(-60, 2))
@example(1.0 + 2.0**-52, 1.0 + 2.0**-52, 1, -1)
@example(3.0, 1 / 3, 0, 0)
def test_fma_where_product_and_addend_nearly_cancel_or_tie(
    factor: float, scale: float, ulps: int, shift: int
) -> None:
    """The addend is minus the rounded product give or take some ulps, or far smaller or greater."""
    product_rounded = factor * scale
    assume(product_rounded != 0)
    near = -product_rounded + ulps * math.ulp(product_rounded)
    tiny = math.ldexp(product_rounded, shift) * 1.5
    for addend in (near, tiny, -tiny):
        got = fma(np.array([factor]), scale, np.array([addend]))
        assert got.tolist() == [fused(factor, scale, addend)]


def test_fma_differs_from_two_roundings() -> None:
    """The case that tells them apart: (1 + 2**-30)² - (1 + 2**-29) is 2**-60 and not 0."""
    factor = 1.0 + 2.0**-30
    addend = -(1.0 + 2.0**-29)
    assert factor * factor + addend == 0.0
    assert fma(np.array([factor]), factor, np.array([addend])).tolist() == [2.0**-60]


def test_fma_breaks_a_tie_by_what_was_rounded_away() -> None:
    """1 + 2**-53 is a tie to 1; a product just above it goes up, just below it goes down."""
    for delta, expected in ((2.0**-40, 1.0 + 2.0**-52), (-(2.0**-40), 1.0), (0.0, 1.0)):
        factor = 2.0**-53 * (1 + delta)
        assert fma(np.array([factor]), 1.0, np.array([1.0])).tolist() == [expected]
    up = fma(np.array([1 + 2.0**-52]), 2.0**-53 * (1 + 2.0**-52), np.array([1.0]))
    assert up.tolist() == [1.0 + 2.0**-52]
