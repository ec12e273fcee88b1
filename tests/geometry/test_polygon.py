# SPDX-License-Identifier: Apache-2.0
"""Polygons against exact rational arithmetic and areas known by construction."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_geometry.polygon import (
    convex_hull_2d,
    convex_intersection_area,
    point_in_polygon,
    polygon_area,
    polygon_distance,
)

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
# A few values, so that equal, collinear and touching cases are common.
GRID = st.integers(-4, 4).map(lambda i: i / 3)
POINTS = st.lists(st.tuples(GRID, GRID), min_size=1, max_size=30)
ANY = st.floats(-1e3, 1e3, allow_nan=False, width=64)


def side(a, b, p):
    """Exact sign of the triangle a, b, p."""
    (ax, ay), (bx, by), (px, py) = (tuple(map(Fraction, map(float, q))) for q in (a, b, p))
    area = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    return (area > 0) - (area < 0)


def gift_wrapped(points):
    """The hull's vertices as a set, by exact gift wrapping."""
    unique = sorted(set(points))
    if len(unique) < 3:
        return unique
    hull = [unique[0]]
    while True:
        tip = hull[-1]
        best = next(p for p in unique if p != tip)
        for p in unique:
            turn = side(tip, best, p)
            if turn < 0 or (turn == 0 and math.dist(tip, p) > math.dist(tip, best)):
                best = p
        if best == hull[0]:
            return hull
        hull.append(best)


@settings(max_examples=200)
@given(POINTS | st.lists(st.tuples(ANY, ANY), min_size=1, max_size=30))
def test_hull_is_the_exact_hull(points):
    points = [(x + 0.0, y + 0.0) for x, y in points]  # no -0.0, which equals 0.0 but sorts apart
    assert [tuple(p) for p in convex_hull_2d(points)] == gift_wrapped(points)


def test_hull_of_many_points_contains_them_and_keeps_only_corners():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(2000, 2)) * (3.0, 0.1)
    hull = convex_hull_2d(points)
    for a, b in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        assert all(side(a, b, p) >= 0 for p in points)
    assert len(hull) < 40


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_hull_of_nearly_collinear_points_is_decided_exactly(scale):
    x = np.linspace(0.1, 0.7, 50) * scale
    points = np.column_stack((x, x * (1.0 / 3.0)))
    points[::7, 1] = np.nextafter(points[::7, 1], np.inf)
    expected = gift_wrapped([tuple(p) for p in points.tolist()])
    assert [tuple(p) for p in convex_hull_2d(points)] == expected


def test_hull_does_not_depend_on_the_order():
    points = np.random.default_rng(2).integers(0, 6, size=(200, 2)).astype(float)
    shuffled = np.random.default_rng(3).permutation(points)
    assert convex_hull_2d(points).tobytes() == convex_hull_2d(shuffled).tobytes()


def test_area_subtracts_holes():
    hole = 0.5 * SQUARE[::-1] + 0.25
    assert polygon_area([SQUARE, hole]) == 0.75
    assert polygon_area([SQUARE[::-1]]) == -1.0
    assert polygon_area([]) == 0.0


def test_area_far_from_the_origin_keeps_its_digits():
    assert polygon_area([SQUARE + 2.0**30]) == 1.0


def even_odd(p, rings):
    """Exact even-odd rule with the boundary inside."""
    inside = False
    for ring in rings:
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            low, high = sorted((a, b), key=lambda q: q[1])
            turn = side(low, high, p)
            within = all(min(a[i], b[i]) <= p[i] <= max(a[i], b[i]) for i in range(2))
            if turn == 0 and within:
                return True
            if low[1] <= p[1] < high[1] and turn > 0:
                inside = not inside
    return inside


RING = st.lists(st.tuples(GRID, GRID), min_size=3, max_size=8)


@settings(max_examples=300)
@given(POINTS, st.lists(RING, min_size=1, max_size=3))
def test_containment_is_exact_for_any_rings(points, rings):
    expected = [even_odd(p, rings) for p in points]
    assert point_in_polygon(points, rings).tolist() == expected


def test_containment_of_points_by_a_hair():
    rng = np.random.default_rng(4)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 60))
    ring = np.column_stack((np.cos(angle), np.sin(angle)))
    middle = 0.5 * (ring + np.roll(ring, -1, axis=0))
    points = np.vstack((np.nextafter(middle, 2.0 * middle), np.nextafter(middle, 0.0), ring))
    expected = [even_odd(tuple(p), [[tuple(q) for q in ring]]) for p in points]
    assert point_in_polygon(points, [ring]).tolist() == expected
    assert point_in_polygon(ring, [ring]).all()


def moved(offset):
    return SQUARE + np.array(offset)


def turned(ring, angle, centre):
    c, s = math.cos(angle), math.sin(angle)
    return ring @ np.array([[c, s], [-s, c]]) + centre


def test_intersection_of_known_shapes():
    assert convex_intersection_area(SQUARE, SQUARE) == 1.0
    assert convex_intersection_area(SQUARE, moved((0.25, 0.5))) == 0.375
    assert convex_intersection_area(SQUARE, moved((1.0, 0.0))) == 0.0
    assert convex_intersection_area(SQUARE, moved((5.0, 0.0))) == 0.0
    assert convex_intersection_area(SQUARE, 0.5 * SQUARE + 0.2) == 0.25
    assert convex_intersection_area(SQUARE, SQUARE[:2]) == 0.0
    # Two unit squares about one centre at 45 degrees share a regular octagon.
    middle = SQUARE - 0.5
    octagon = convex_intersection_area(middle, turned(middle, math.pi / 4, (0.0, 0.0)))
    assert octagon == pytest.approx(2.0 * (math.sqrt(2.0) - 1.0), rel=1e-14)


@given(st.floats(0, 6.3), st.floats(-1, 1), st.floats(-1, 1))
def test_intersection_is_symmetric_and_bounded(angle, x, y):
    other = turned(0.7 * SQUARE, angle, (x, y))
    area = convex_intersection_area(SQUARE, other)
    assert area == pytest.approx(convex_intersection_area(other, SQUARE), abs=1e-12)
    assert 0.0 <= area <= 0.49 + 1e-12
    # By counting: a fine raster of the smaller shape.
    steps = (np.arange(60) + 0.5) / 60
    raster = turned(0.7 * np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2), angle, (x, y))
    share = np.all((raster >= 0.0) & (raster <= 1.0), axis=1).mean()
    assert area == pytest.approx(0.49 * share, abs=0.02)


@given(st.floats(0, 6.3), st.floats(-3, 3), st.floats(-3, 3))
def test_distance_is_that_of_the_nearest_points(angle, x, y):
    other = turned(SQUARE, angle, (x, y))
    distance = polygon_distance(SQUARE, other)
    t = np.linspace(0.0, 1.0, 400)[:, None]
    edges = zip(other, np.roll(other, -1, axis=0), strict=True)
    outline = np.vstack([a + t * (b - a) for a, b in edges])
    # The distance of a point to the unit square is in closed form.
    nearest = np.linalg.norm(np.maximum(np.abs(outline - 0.5) - 0.5, 0.0), axis=1).min()
    assert nearest - 1.0 / 400 <= distance + 1e-12
    if not convex_intersection_area(SQUARE, other) > 0.0:
        assert distance <= nearest + 1e-12
    else:
        assert distance == 0.0


def test_distance_of_known_shapes():
    assert polygon_distance(SQUARE, moved((3.0, 0.0))) == 2.0
    assert polygon_distance(SQUARE, moved((4.0, 5.0))) == 5.0
    assert polygon_distance(SQUARE, moved((1.0, 1.0))) == 0.0  # a shared corner
    assert polygon_distance(SQUARE, 0.2 * SQUARE + 0.4) == 0.0  # one inside the other
    assert polygon_distance([[2.0, 0.5]], SQUARE) == 1.0
    assert polygon_distance([[0.5, 0.5]], SQUARE) == 0.0
    assert polygon_distance([[-1.0, 0.5], [2.0, 0.5]], SQUARE) == 0.0
    assert polygon_distance([[0.0, 0.0]], [[3.0, 4.0]]) == 5.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convex_hull_2d(np.zeros((0, 2))), "points_xy: expected at least 1 rows, got 0"),
        (lambda: convex_hull_2d(np.zeros((5, 3))), r"points_xy: expected \(n, 2\), got \(5, 3\)"),
        (lambda: convex_hull_2d([[0, 0], [np.nan, 1]]), r"points_xy\[1\] is not finite"),
        (lambda: polygon_area([SQUARE, SQUARE[:2]]), r"rings\[1\]: expected at least 3 rows"),
        (lambda: polygon_area(SQUARE), r"rings\[0\]: expected \(n, 2\), got \(2,\)"),
        (lambda: point_in_polygon([[np.inf, 0]], [SQUARE]), r"points_xy\[0\] is not finite"),
        (lambda: convex_intersection_area(SQUARE, np.zeros((0, 2))), "b: expected at least 1"),
        (lambda: polygon_distance(np.zeros((0, 2)), SQUARE), "a: expected at least 1"),
    ],
)
def test_messages_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
