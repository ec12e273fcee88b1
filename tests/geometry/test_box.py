# SPDX-License-Identifier: Apache-2.0
"""Boxes against a quadratic programme solved by enumeration, and the laws of distance."""

import copy
import itertools
import math
import pickle

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spatialevo_geometry import (
    OrientedBox,
    box_box_distance,
    box_contains_box,
    box_contains_points,
    box_to_boxes_distance,
    boxes_overlap,
    closest_point_in_box,
    point_box_distance,
)


def rotation(rng):
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    return q * np.sign(np.diag(r))


def random_box(rng, spread=0.9):
    """A box of either handedness; one side in four has no length."""
    extents = rng.uniform(0.05, 1.5, 3) * (rng.random(3) >= 0.25)
    return OrientedBox(centre=rng.uniform(-spread, spread, 3), axes=rotation(rng), extents=extents)


def cube(centre=(0, 0, 0), side=1.0):
    return OrientedBox(centre=centre, axes=np.eye(3), extents=[side] * 3)


def distance_by_enumeration(a, b):
    """The least |A s - B t + c| over s, t in [-1/2, 1/2]^3, by trying all 3^6 active sets.

    Each unknown is at its lower end, at its upper end or free; the free ones solve a linear least
    squares problem. Every feasible solution bounds the minimum from above, and one attains it.
    """
    matrix = np.concatenate([a.axes.T * a.extents, -b.axes.T * b.extents], axis=1)
    constant = a.centre - b.centre
    sets = np.array(list(itertools.product([-0.5, 0.5, np.nan], repeat=6)))
    free = np.isnan(sets)
    fixed = np.where(free, 0.0, sets)
    reduced = matrix[None] * free[:, None, :]
    solution = -np.linalg.pinv(reduced, rcond=1e-12) @ (fixed @ matrix.T + constant)[..., None]
    unknowns = np.where(free, solution[..., 0], fixed)
    feasible = (np.abs(unknowns) <= 0.5 + 1e-12).all(axis=1)
    gaps = np.linalg.norm(unknowns[feasible] @ matrix.T + constant, axis=1)
    return gaps.min()


rngs = st.integers(0, 2**32 - 1).map(np.random.default_rng)
boxes = rngs.map(random_box)


@given(boxes, boxes)
def test_the_gap_is_the_minimum_of_the_quadratic_programme(a, b):
    gap = box_box_distance(a, b)
    assert gap.distance == pytest.approx(distance_by_enumeration(a, b), abs=1e-9)
    assert boxes_overlap(a, b) == (gap.distance == 0.0)


@given(boxes, boxes)
def test_the_ends_of_the_gap_are_points_of_the_boxes(a, b):
    gap = box_box_distance(a, b)
    assert point_box_distance(gap.point_on_a[None], a)[0] < 1e-11
    assert point_box_distance(gap.point_on_b[None], b)[0] < 1e-11
    assert np.linalg.norm(gap.point_on_b - gap.point_on_a) == pytest.approx(gap.distance, abs=1e-15)
    if gap.distance == 0.0:
        np.testing.assert_array_equal(gap.point_on_a, gap.point_on_b)


@given(boxes, boxes)
def test_the_gap_is_symmetric(a, b):
    there, back = box_box_distance(a, b), box_box_distance(b, a)
    assert there.distance == pytest.approx(back.distance, abs=1e-14)


@given(boxes, boxes, rngs)
def test_the_gap_does_not_depend_on_the_frame(a, b, rng):
    turn, shift = rotation(rng), rng.uniform(-5, 5, 3)

    def moved(box):
        return OrientedBox(
            centre=turn @ box.centre + shift, axes=box.axes @ turn.T, extents=box.extents
        )

    expected = box_box_distance(a, b).distance
    assert box_box_distance(moved(a), moved(b)).distance == pytest.approx(expected, abs=1e-12)


@given(boxes, boxes, st.floats(0.0, 2.0))
def test_growing_a_box_never_widens_the_gap(a, b, growth):
    grown = OrientedBox(centre=a.centre, axes=a.axes, extents=a.extents + growth)
    assert box_box_distance(grown, b).distance <= box_box_distance(a, b).distance + 1e-12
    assert box_contains_box(grown, a)


@given(boxes, st.lists(boxes, max_size=5))
def test_the_batch_gives_the_same_bytes(a, others):
    expected = [box_box_distance(a, b).distance for b in others]
    assert box_to_boxes_distance(a, others).tolist() == expected


@given(boxes, rngs)
def test_points_against_clipping_in_the_frame_of_the_box(box, rng):
    points = rng.uniform(-2, 2, (20, 3))
    local = (points - box.centre) @ box.axes.T
    clipped = np.clip(local, -box.extents / 2, box.extents / 2)
    expected = np.linalg.norm(local - clipped, axis=1)
    np.testing.assert_allclose(point_box_distance(points, box), expected, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(box_contains_points(box, points), expected == 0)
    closest = closest_point_in_box(points[0], box)
    np.testing.assert_allclose(closest, clipped[0] @ box.axes + box.centre, rtol=0, atol=1e-14)


@given(boxes)
def test_corners_bound_the_box(box):
    corners = box.corners
    assert (point_box_distance(corners, box) < 1e-14).all()
    np.testing.assert_allclose(corners.min(axis=0), box.aabb_min, rtol=0, atol=1e-14)
    np.testing.assert_allclose(corners.max(axis=0), box.aabb_max, rtol=0, atol=1e-14)
    assert box.height == pytest.approx(np.ptp(corners[:, 2]), abs=1e-14)
    for k, j in itertools.product(range(8), range(3)):
        side = (corners[k] - box.centre) @ box.axes[j]
        assert side == pytest.approx((0.5 if k >> j & 1 else -0.5) * box.extents[j], abs=1e-14)


@given(boxes)
def test_the_footprint_is_the_shadow_of_the_corners(box):
    assume((box.extents > 0).all())
    ring = box.footprint
    edges = np.roll(ring, -1, axis=0) - ring
    away = box.corners[None, :, :2] - ring[:, None]
    left_of = edges[:, None, 0] * away[..., 1] - edges[:, None, 1] * away[..., 0]
    assert (left_of > -1e-13).all()
    # The shadow of a box is made of the shadows of the three faces that look up.
    x, y = ring.T
    area = 0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum()
    faces = box.volume / box.extents
    assert area == pytest.approx(np.abs(box.axes[:, 2]) @ faces, abs=1e-12)


def test_known_gaps():
    assert box_box_distance(cube(), cube((3, 0.25, 0))).distance == 2.0
    assert box_box_distance(cube(), cube((2, 2, 0))).distance == math.sqrt(2)
    assert box_box_distance(cube(), cube((2, 2, 2))).distance == math.sqrt(3)


@pytest.mark.parametrize("centre", [(1, 0, 0), (1, 1, 0), (1, 1, 1), (0, 0, 0), (0.2, 0.1, -0.3)])
def test_touching_is_overlapping(centre):
    assert boxes_overlap(cube(), cube(centre))
    assert box_box_distance(cube(), cube(centre)).distance == 0.0


@given(rngs)
def test_touching_is_overlapping_in_any_orientation(rng):
    axes = rotation(rng)
    a = OrientedBox(centre=rng.uniform(-5, 5, 3), axes=axes, extents=[1, 2, 3])
    beside = OrientedBox(centre=a.centre + axes[0], axes=axes, extents=[1, 0.4, 0.7])
    apart = OrientedBox(centre=a.centre + (1 + 1e-9) * axes[0], axes=axes, extents=[1, 0.4, 0.7])
    assert box_box_distance(a, beside).distance == 0.0
    assert not boxes_overlap(a, apart)
    assert box_box_distance(a, apart).distance == pytest.approx(1e-9, abs=1e-14)


def test_a_box_inside_another_overlaps_it():
    assert box_box_distance(cube(side=4), cube((0.5, 0.5, 0.5))).distance == 0.0
    assert box_contains_box(cube(side=4), cube((0.5, 0.5, 0.5)))
    assert not box_contains_box(cube(side=4), cube((1.6, 0, 0)))
    assert box_contains_box(cube(side=4), cube((1.6, 0, 0)), tolerance=0.11)


def test_no_boxes():
    assert box_to_boxes_distance(cube(), []).shape == (0,)


def test_a_box_is_a_value():
    box = random_box(np.random.default_rng(0))
    same = OrientedBox(centre=list(box.centre), axes=box.axes.tolist(), extents=box.extents.copy())
    assert box == same
    assert hash(box) == hash(same)
    assert box != cube()
    assert box != "box"
    assert cube((0.0, 0, 0)) == cube((-0.0, 0, 0))
    for clone in (copy.deepcopy(box), pickle.loads(pickle.dumps(box))):
        assert clone == box
        assert not clone.centre.flags.writeable


def test_a_box_does_not_share_memory_with_its_input():
    centre = np.zeros(3)
    box = OrientedBox(centre=centre, axes=np.eye(3), extents=np.ones(3))
    centre[0] = 5.0
    assert box.centre.tolist() == [0, 0, 0]
    for array in (box.centre, box.axes, box.extents):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


def test_sizes():
    box = OrientedBox(centre=[0, 0, 1], axes=np.eye(3)[[2, 0, 1]], extents=[3, 1, 2])
    assert box.longest_side == 3.0
    assert box.volume == 6.0
    assert box.height == 3.0
    assert box.aabb_min.tolist() == [-0.5, -1.0, -0.5]
    assert box.aabb_max.tolist() == [0.5, 1.0, 2.5]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"centre": [0, 0]}, r"centre: expected \(3,\), got \(2,\)"),
        ({"centre": [0, math.nan, 0]}, r"centre\[1\] is not finite"),
        ({"axes": np.eye(4)}, r"axes: expected \(3, 3\), got \(4, 4\)"),
        ({"axes": 1.001 * np.eye(3)}, r"axes: rows are not orthonormal \(error 0.002\)"),
        ({"axes": np.zeros((3, 3))}, r"axes: rows are not orthonormal \(error 1\)"),
        ({"extents": [1, -0.5, 1]}, r"extents: negative in \[1.0, -0.5, 1.0\]"),
        ({"extents": [1, math.inf, 1]}, r"extents\[1\] is not finite"),
    ],
)
def test_bad_boxes_are_refused(values, message):
    good = {"centre": [0, 0, 0], "axes": np.eye(3), "extents": [1, 1, 1]}
    with pytest.raises(ValueError, match=message):
        OrientedBox(**(good | values))


def test_misuse_says_what_was_given():
    with pytest.raises(ValueError, match=r"points: expected \(n, 3\), got \(5, 2\)"):
        point_box_distance(np.zeros((5, 2)), cube())
    with pytest.raises(ValueError, match=r"points\[3\] is not finite"):
        box_contains_points(cube(), [[0, 0, 0]] * 3 + [[0, 0, math.nan]])
    with pytest.raises(ValueError, match=r"point: expected \(3,\), got \(1, 3\)"):
        closest_point_in_box(np.zeros((1, 3)), cube())
    with pytest.raises(ValueError, match="tolerance: expected a finite number, got nan"):
        box_contains_box(cube(), cube(), math.nan)
