# SPDX-License-Identifier: Apache-2.0
"""Hull, containment and intersection beside SciPy, shapely and trimesh."""

import numpy as np
import pytest

from spatialevo_geometry.polygon import (
    convex_hull_2d,
    convex_intersection_area,
    point_in_polygon,
    polygon_distance,
)

POINTS = np.random.default_rng(0).normal(size=(100_000, 2))
HULL = convex_hull_2d(POINTS)
ANGLES = np.linspace(0.0, 2.0 * np.pi, 200, endpoint=False)
STAR = np.column_stack((np.cos(ANGLES), np.sin(ANGLES))) * (1.0 + 0.3 * np.sin(9 * ANGLES))[:, None]
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
TURNED = SQUARE @ np.array([[0.8, 0.6], [-0.6, 0.8]]) + (0.4, 0.1)
APART = TURNED + np.array([3.0, 1.0])


@pytest.mark.benchmark(group="convex hull of 100,000 points in 2D")
class TestHull:
    def test_ours(self, benchmark):
        benchmark(convex_hull_2d, POINTS)

    def test_scipy(self, benchmark):
        spatial = pytest.importorskip("scipy.spatial")
        found = benchmark(lambda: spatial.ConvexHull(POINTS))
        ring = POINTS[found.vertices]
        start = np.lexsort((ring[:, 1], ring[:, 0]))[0]
        assert np.array_equal(np.roll(ring, -start, axis=0), HULL)

    def test_shapely(self, benchmark):
        shapely = pytest.importorskip("shapely")
        cloud = shapely.multipoints(POINTS)
        found = benchmark(lambda: shapely.convex_hull(cloud))
        assert set(map(tuple, found.exterior.coords)) == set(map(tuple, HULL))


@pytest.mark.benchmark(group="100,000 points in a polygon of 200 vertices")
class TestContainment:
    def test_ours(self, benchmark):
        benchmark(point_in_polygon, POINTS, [STAR])

    def test_shapely(self, benchmark):
        shapely = pytest.importorskip("shapely")
        polygon = shapely.polygons(STAR)
        shapely.prepare(polygon)
        x, y = POINTS.T.copy()
        found = benchmark(lambda: shapely.intersects_xy(polygon, x, y))
        assert np.array_equal(found, point_in_polygon(POINTS, [STAR]))


@pytest.mark.benchmark(group="area common to two convex quadrilaterals")
class TestIntersection:
    def test_ours(self, benchmark):
        benchmark(convex_intersection_area, SQUARE, TURNED)

    def test_shapely(self, benchmark):
        shapely = pytest.importorskip("shapely")
        a, b = shapely.polygons(SQUARE), shapely.polygons(TURNED)
        found = benchmark(lambda: shapely.area(shapely.intersection(a, b)))
        assert found == pytest.approx(convex_intersection_area(SQUARE, TURNED), rel=1e-12)


@pytest.mark.benchmark(group="distance of two convex quadrilaterals")
class TestDistance:
    def test_ours(self, benchmark):
        benchmark(polygon_distance, SQUARE, APART)

    def test_shapely(self, benchmark):
        shapely = pytest.importorskip("shapely")
        a, b = shapely.polygons(SQUARE), shapely.polygons(APART)
        found = benchmark(lambda: shapely.distance(a, b))
        assert found == pytest.approx(polygon_distance(SQUARE, APART), rel=1e-12)
