# SPDX-License-Identifier: Apache-2.0
"""Nearest points against sorting all of them, ties and repeated points included."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_geometry import PointIndex, point_gap


@st.composite
def clouds(draw, maximum=60):
    """Points of any layout: scattered, on a coarse grid with ties and repetitions, or in a line."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    points = rng.uniform(-2, 2, (draw(st.integers(1, maximum)), 3))
    layout = draw(st.sampled_from(["scattered", "grid", "line"]))
    return {"scattered": points, "grid": np.round(points), "line": points[:, :1] * [1, 2, 3]}[
        layout
    ]


def squares(queries, points):
    """Squared distances, which decide ties: the square root makes some different ones equal."""
    x, y, z = np.moveaxis(queries[:, None] - points[None], 2, 0)
    return x * x + y * y + z * z  # np.sum may add in another order


@given(clouds(), clouds(), st.data())
def test_k_nearest_is_a_stable_sort(points, queries, data):
    k = data.draw(st.integers(1, len(points)))
    found, indices = PointIndex(points).k_nearest(queries, k)
    every = squares(queries, points)
    order = np.argsort(every, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(indices, order)
    np.testing.assert_array_equal(found, np.sqrt(np.take_along_axis(every, order, axis=1)))


@given(clouds(), clouds())
def test_nearest_is_the_first_minimum(points, queries):
    found, indices = PointIndex(points).nearest(queries)
    every = squares(queries, points)
    np.testing.assert_array_equal(indices, every.argmin(axis=1))
    np.testing.assert_array_equal(found, np.sqrt(every.min(axis=1)))


@given(clouds(), clouds(), st.floats(0.0, 4.0) | st.sampled_from([0.0, 1.0, 2.0]))
def test_within_is_a_threshold(points, queries, radius):
    expected = [np.flatnonzero(np.sqrt(row) <= radius) for row in squares(queries, points)]
    found = PointIndex(points).within(queries, radius)
    assert len(found) == len(expected)
    for actual, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(actual, wanted)


@given(clouds(), clouds())
def test_the_gap_is_the_first_minimum_of_all_pairs(points_a, points_b):
    every = squares(points_a, points_b)
    gap = point_gap(points_a, points_b)
    assert (gap.index_a, gap.index_b) == divmod(int(every.argmin()), len(points_b))
    assert gap.distance == math.sqrt(every.min()) == point_gap(points_b, points_a).distance


@pytest.mark.parametrize("layout", [np.asarray, np.round])
@pytest.mark.parametrize("k", [9, 100, 101, 500])
def test_a_large_cloud(k, layout):
    rng = np.random.default_rng(3)
    points, queries = layout(rng.normal(size=(20_000, 3))), rng.normal(size=(30, 3))
    found, indices = PointIndex(points).k_nearest(queries, k)
    every = squares(queries, points)
    order = np.argsort(every, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(indices, order)
    np.testing.assert_array_equal(found, np.sqrt(np.take_along_axis(every, order, axis=1)))


def test_many_copies_of_one_point():
    index = PointIndex(np.ones((1000, 3)))
    found, indices = index.k_nearest([[1.0, 1.0, 2.0]], 5)
    assert indices.tolist() == [[0, 1, 2, 3, 4]]
    assert found.tolist() == [[1.0] * 5]


def test_the_index_keeps_its_own_copy():
    points = np.zeros((1, 3))
    index = PointIndex(points)
    points[:] = 7.0
    assert index.nearest([[0.0, 0.0, 0.0]])[0].tolist() == [0.0]
    assert len(index) == 1


def test_no_queries():
    index = PointIndex(np.zeros((4, 3)))
    nothing = np.zeros((0, 3))
    assert [array.shape for array in index.k_nearest(nothing, 2)] == [(0, 2), (0, 2)]
    assert [array.shape for array in index.nearest(nothing)] == [(0,), (0,)]
    assert index.within(nothing, 1.0) == []


one = PointIndex(np.zeros((1, 3)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: PointIndex(np.zeros((0, 3))),
            ValueError,
            "points: expected at least 1 rows, got 0",
        ),
        (lambda: PointIndex(np.zeros(3)), ValueError, r"points: expected \(n, 3\), got \(3,\)"),
        (lambda: PointIndex([[0, 0, math.nan]]), ValueError, r"points\[0\] is not finite"),
        (lambda: one.k_nearest(np.zeros((1, 3)), 2), ValueError, "k: expected 1 to 1 .* got 2"),
        (lambda: one.k_nearest(np.zeros((1, 3)), 0), ValueError, "got 0"),
        (lambda: one.k_nearest(np.zeros((1, 3)), 1.5), TypeError, "integer"),
        (lambda: one.k_nearest(np.zeros((1, 2)), 1), ValueError, r"queries: .* got \(1, 2\)"),
        (lambda: one.within(np.zeros((1, 3)), -1.0), ValueError, "radius: .* got -1.0"),
        (lambda: one.within(np.zeros((1, 3)), math.inf), ValueError, "radius: .* got inf"),
        (
            lambda: point_gap(np.zeros((1, 3)), np.zeros((0, 3))),
            ValueError,
            "points_b: .* at least 1",
        ),
    ],
)
def test_misuse_says_what_was_given(call, error, message):
    with pytest.raises(error, match=message):
        call()
