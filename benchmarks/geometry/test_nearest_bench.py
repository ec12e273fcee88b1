# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from spatialevo_geometry import PointIndex, point_gap

RNG = np.random.default_rng(4)
POINTS, QUERIES = RNG.normal(size=(50_000, 3)), RNG.normal(size=(2_000, 3))
CHAIR, TABLE = RNG.random((2_000, 3)), RNG.random((2_000, 3)) + np.array([1.2, 0.3, 0.0])
K = 8


def expected_distances():
    exact = [np.sort(np.linalg.norm(POINTS - query, axis=1))[:K] for query in QUERIES[:50]]
    return np.array(exact)


def ours():
    index = PointIndex(POINTS)
    return lambda: index.k_nearest(QUERIES, K)[0]


def scipys():
    spatial = pytest.importorskip("scipy.spatial")
    tree = spatial.cKDTree(POINTS)
    return lambda: tree.query(QUERIES, K)[0]


def open3ds():
    o3d = pytest.importorskip("open3d", exc_type=ImportError)
    search = o3d.core.nns.NearestNeighborSearch(o3d.core.Tensor(POINTS))
    search.knn_index()
    queries = o3d.core.Tensor(QUERIES)
    return lambda: np.sqrt(search.knn_search(queries, K)[1].numpy())


@pytest.mark.benchmark(group="nearest: 8 nearest of 50,000 for 2,000 queries")
@pytest.mark.parametrize("library", [ours, scipys, open3ds], ids=["spatialevo", "scipy", "open3d"])
def test_k_nearest(benchmark, library):
    distances = benchmark(library())
    np.testing.assert_allclose(distances[:50], expected_distances(), rtol=0, atol=1e-12)


@pytest.mark.benchmark(group="nearest: build an index of 50,000 points")
@pytest.mark.parametrize("library", ["spatialevo", "scipy"])
def test_build(benchmark, library):
    tree = pytest.importorskip("scipy.spatial").cKDTree if library == "scipy" else PointIndex
    index = benchmark(tree, POINTS)
    nearest = index.query(QUERIES)[0] if library == "scipy" else index.nearest(QUERIES)[0]
    np.testing.assert_allclose(nearest[:50], expected_distances()[:, 0], rtol=0, atol=1e-12)


def our_gap():
    return point_gap(CHAIR, TABLE).distance


def scipy_gap():
    return pytest.importorskip("scipy.spatial").cKDTree(TABLE).query(CHAIR)[0].min()


def numpy_gap():
    return np.sqrt(((CHAIR[:, None] - TABLE[None]) ** 2).sum(axis=2).min())


@pytest.mark.benchmark(group="nearest: gap of two clouds of 2,000 points")
@pytest.mark.parametrize(
    "run", [our_gap, scipy_gap, numpy_gap], ids=["spatialevo", "scipy", "numpy"]
)
def test_point_gap(benchmark, run):
    assert benchmark(run) == pytest.approx(np.linalg.norm(closest_pair(), axis=-1), abs=1e-15)


def closest_pair():
    gap = point_gap(CHAIR, TABLE)
    return TABLE[gap.index_b] - CHAIR[gap.index_a]
