# SPDX-License-Identifier: Apache-2.0
"""Fitted boxes against a search in numpy, and on points that lie in a plane, a line or a spot."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spatialevo_geometry import (
    fit_axis_aligned,
    fit_gravity_aligned,
    fit_minimum_volume,
    point_box_distance,
)

FITS = [fit_axis_aligned, fit_gravity_aligned, fit_minimum_volume]


def rotation(rng):
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.linalg.det(q)


def yaw(angle):
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


@st.composite
def clouds(draw, minimum=1):
    """Scattered points, or points on a coarse grid: coplanar ones, ties and repetitions."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    points = rng.uniform(-2, 2, (draw(st.integers(minimum, 40)), 3))
    return np.round(points) if draw(st.booleans()) else points


rngs = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def footprint_area_by_sampling(points):
    """The smallest footprint over 4,000 azimuths: an upper bound, near the minimum."""
    angles = np.linspace(0, math.pi / 2, 4000, endpoint=False)
    along = points[:, 0, None] * np.cos(angles) + points[:, 1, None] * np.sin(angles)
    across = points[:, 1, None] * np.cos(angles) - points[:, 0, None] * np.sin(angles)
    return (np.ptp(along, axis=0) * np.ptp(across, axis=0)).min()


@pytest.mark.parametrize("fit", FITS)
@given(points=clouds())
def test_the_box_is_tight_and_right_handed(fit, points):
    box = fit(points)
    assert point_box_distance(points, box).max() < 1e-14
    local = (points - box.centre) @ box.axes.T
    np.testing.assert_allclose(local.max(axis=0), box.extents / 2, rtol=0, atol=1e-13)
    np.testing.assert_allclose(local.min(axis=0), -box.extents / 2, rtol=0, atol=1e-13)
    np.testing.assert_allclose(box.axes @ box.axes.T, np.eye(3), rtol=0, atol=1e-14)
    assert np.linalg.det(box.axes) == pytest.approx(1.0)


@pytest.mark.parametrize("fit", FITS)
@given(points=clouds(), rng=rngs)
def test_order_and_repetition_of_points_do_not_count(fit, points, rng):
    shuffled = rng.permutation(np.concatenate([points, points[: len(points) // 2]]))
    assert fit(shuffled) == fit(points)


@given(clouds(minimum=3))
def test_no_sampled_azimuth_has_a_smaller_footprint(points):
    box = fit_gravity_aligned(points)
    area = box.extents[0] * box.extents[1]
    assert area <= footprint_area_by_sampling(points) * (1 + 1e-12)
    assert box.axes[2].tolist() == [0, 0, 1]
    assert box.axes[0, 0] >= 0
    assert box.axes[0, 1] >= 0


@given(st.floats(0.0, math.pi / 2, exclude_max=True))
def test_a_turned_cuboid_is_found(angle):
    rng = np.random.default_rng(7)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-0.5, 0.5) for z in (0, 0.7)])
    inside = rng.uniform([-1, -0.5, 0], [1, 0.5, 0.7], (50, 3))
    box = fit_gravity_aligned(np.concatenate([corners, inside]) @ yaw(angle))
    assert sorted(box.extents) == pytest.approx([0.7, 1.0, 2.0])
    # Up to a quarter turn, and from just below it to just above 0.
    assert math.sin(4 * (math.atan2(box.axes[0, 1], box.axes[0, 0]) - angle) / 2) == pytest.approx(
        0.0, abs=1e-12
    )


def test_of_equal_footprints_the_smallest_azimuth_wins():
    octagon = [[math.cos(a), math.sin(a), 0] for a in np.arange(8) * math.pi / 4]
    box = fit_gravity_aligned(octagon)
    assert math.atan2(box.axes[0, 1], box.axes[0, 0]) == pytest.approx(math.pi / 8)
    square = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    assert fit_gravity_aligned(square).axes.tolist() == np.eye(3).tolist()


@given(clouds(minimum=4), rngs)
def test_no_sampled_rotation_has_a_smaller_volume(points, rng):
    smallest = fit_minimum_volume(points).volume
    assert smallest <= fit_axis_aligned(points).volume * (1 + 1e-12) + 1e-12
    assert smallest <= fit_gravity_aligned(points).volume * (1 + 1e-12) + 1e-12
    for _ in range(100):
        assert smallest <= np.ptp(points @ rotation(rng), axis=0).prod() + 1e-12


@given(clouds(minimum=4), rngs)
def test_the_smallest_volume_does_not_depend_on_the_frame(points, rng):
    turned = points @ rotation(rng) + rng.uniform(-5, 5, 3)
    volume = fit_minimum_volume(points).volume
    assert fit_minimum_volume(turned).volume == pytest.approx(volume, rel=1e-9, abs=1e-12)


def test_the_box_of_a_regular_tetrahedron_is_a_cube():
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    turned = corners @ rotation(np.random.default_rng(1))
    assert fit_minimum_volume(turned).extents == pytest.approx([2.0, 2.0, 2.0])


@given(rngs)
@example(np.random.default_rng(22786))
@example(np.random.default_rng(791))
def test_flat_clouds_have_flat_boxes(rng):
    turn = rotation(rng)
    sheet = np.array([[x, y, 3.0] for x in (0, 0.4, 1.2) for y in (0, 0.5)]) @ turn
    line = np.linspace(0, 2, 7)[:, None] * turn[0] + turn[1]
    spot = np.repeat(turn[:1], 4, axis=0)
    assert sorted(fit_minimum_volume(sheet).extents) == pytest.approx([0, 0.5, 1.2], abs=1e-13)
    assert sorted(fit_minimum_volume(line).extents) == pytest.approx([0, 0, 2], abs=1e-13)
    assert fit_minimum_volume(spot).extents.tolist() == [0, 0, 0]


@given(rngs, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
@example(np.random.default_rng(78), [1 / 3])
def test_points_in_a_side_of_a_rectangle_change_nothing(rng, shares):
    """Rounding makes them corners of the footprint, with sides that are nearly in one line."""
    corners = np.array([[0, 0], [1.2, 0], [1.2, 0.5], [0, 0.5]])
    sides = [(1 - t) * corners + t * np.roll(corners, -1, axis=0) for t in shares]
    for turn in rng.uniform(0, 2 * math.pi, 20):
        c, s = math.cos(turn), math.sin(turn)
        plan = np.concatenate([corners, *sides]) @ [[c, s], [-s, c]] + rng.uniform(-3, 3, 2)
        points = np.concatenate([np.insert(plan, 2, height, axis=1) for height in (0.0, 0.3)])
        assert sorted(fit_gravity_aligned(points).extents[:2]) == pytest.approx([0.5, 1.2])


@pytest.mark.parametrize("fit", FITS)
def test_a_single_point_is_a_box_without_extent(fit):
    box = fit([[1.0, 2.0, 3.0]])
    assert box.centre.tolist() == [1.0, 2.0, 3.0]
    assert box.extents.tolist() == [0, 0, 0]
    assert box.axes.tolist() == np.eye(3).tolist()


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((0, 3)), "points: expected at least 1 rows, got 0"),
        (np.zeros((5, 2)), r"points: expected \(n, 3\), got \(5, 2\)"),
        ([[0, 0, 0], [0, math.nan, 0]], r"points\[1\] is not finite"),
    ],
)
def test_misuse_says_what_was_given(fit, points, message):
    with pytest.raises(ValueError, match=message):
        fit(points)
