# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest

from spatialevo_geometry import (
    OrientedBox,
    box_box_distance,
    box_to_boxes_distance,
    boxes_overlap,
    fit_gravity_aligned,
    fit_minimum_volume,
)

RNG = np.random.default_rng(5)
CLOUD = (RNG.random((2_000, 3)) * [1.8, 0.7, 0.9]) @ np.linalg.qr(RNG.normal(size=(3, 3)))[0]


def random_box(centre):
    axes = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    return OrientedBox(centre=centre, axes=axes, extents=RNG.uniform(0.2, 1.0, 3))


A, B = random_box([0, 0, 0]), random_box([2.0, 0.5, 0.3])
MANY = [random_box(RNG.uniform(-5, 5, 3)) for _ in range(100)]


def tight_volume(points, rotation):
    """The volume along the given axes, made orthonormal: some libraries keep them in float32."""
    u, _, v = np.linalg.svd(np.asarray(rotation, np.float64))
    return np.ptp(points @ (u @ v), axis=0).prod()


def gap_by_quadratic_programme():
    """The distance by scipy's bounded least squares, exact to its tolerance."""
    optimize = pytest.importorskip("scipy.optimize")
    matrix = np.concatenate([A.axes.T * A.extents, -B.axes.T * B.extents], axis=1)
    offset = B.centre - A.centre
    solution = optimize.lsq_linear(matrix, offset, (-0.5, 0.5), method="bvls", tol=1e-15)
    return float(np.linalg.norm(matrix @ solution.x - offset))


def our_gap():
    return box_box_distance(A, B).distance


@pytest.mark.benchmark(group="box: gap of two boxes")
@pytest.mark.parametrize("run", [our_gap, gap_by_quadratic_programme], ids=["spatialevo", "scipy"])
def test_gap(benchmark, run):
    assert benchmark(run) == pytest.approx(gap_by_quadratic_programme(), abs=1e-9)


@pytest.mark.benchmark(group="box: gaps of one box to 100")
@pytest.mark.parametrize("batch", [True, False], ids=["batch", "loop"])
def test_gaps(benchmark, batch):
    def loop():
        return [box_box_distance(A, box).distance for box in MANY]

    result = benchmark(box_to_boxes_distance, A, MANY) if batch else benchmark(loop)
    np.testing.assert_array_equal(result, loop())


@pytest.mark.benchmark(group="box: overlap of two boxes")
@pytest.mark.parametrize("library", ["spatialevo", "numpy"])
def test_overlap(benchmark, library):
    def separating_axes():
        axes = [*A.axes, *B.axes]
        axes += [np.cross(a, b) for a, b in itertools.product(A.axes, B.axes)]
        a, b = A.corners @ np.transpose(axes), B.corners @ np.transpose(axes)
        apart = (a.max(axis=0) < b.min(axis=0)) | (b.max(axis=0) < a.min(axis=0))
        return not apart.any()

    result = (
        benchmark(boxes_overlap, A, B) if library == "spatialevo" else benchmark(separating_axes)
    )
    assert result is False


@pytest.mark.benchmark(group="box: a validated box object")
def test_construction(benchmark):
    box = benchmark(OrientedBox, centre=A.centre, axes=A.axes, extents=A.extents)
    assert box == A


def our_footprint():
    return float(fit_gravity_aligned(CLOUD).extents[:2].prod())


def trimesh_footprint():
    bounds = pytest.importorskip("trimesh").bounds
    return float(bounds.oriented_bounds_2D(CLOUD[:, :2])[1].prod())


@pytest.mark.benchmark(group="box: smallest footprint of 2,000 points")
@pytest.mark.parametrize("run", [our_footprint, trimesh_footprint], ids=["spatialevo", "trimesh"])
def test_fit_gravity_aligned(benchmark, run):
    assert benchmark(run) == pytest.approx(trimesh_footprint(), rel=1e-12)


def our_volume():
    return fit_minimum_volume(CLOUD).volume


def open3d_volume():
    o3d = pytest.importorskip("open3d", exc_type=ImportError)
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(CLOUD))
    return tight_volume(CLOUD, cloud.get_minimal_oriented_bounding_box().R)


def trimesh_volume():
    bounds = pytest.importorskip("trimesh").bounds
    return float(bounds.oriented_bounds(CLOUD)[1].prod())


@pytest.mark.benchmark(group="box: smallest volume of 2,000 points")
@pytest.mark.parametrize(
    "run", [our_volume, open3d_volume, trimesh_volume], ids=["spatialevo", "open3d", "trimesh"]
)
def test_fit_minimum_volume(benchmark, run):
    assert our_volume() <= benchmark(run) * (1 + 1e-9)


@pytest.mark.parametrize("yardstick", ["open3d", "trimesh"])
def test_no_yardstick_finds_a_smaller_volume(yardstick):
    """Not timed: 200 clouds of four kinds, in general position and on grids."""
    rng = np.random.default_rng(6)
    for i in range(200):
        points = rng.normal(size=(int(rng.integers(4, 60)), 3))
        if i % 4 == 1:
            points /= np.linalg.norm(points, axis=1)[:, None]
        if i % 4 == 2:
            points = np.round(points)
        points = points @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
        assert (
            fit_minimum_volume(points).volume <= volume_by(yardstick, points) * (1 + 1e-9) + 1e-12
        )


def volume_by(yardstick, points):
    if yardstick == "trimesh":
        return pytest.importorskip("trimesh").bounds.oriented_bounds(points)[1].prod()
    o3d = pytest.importorskip("open3d", exc_type=ImportError)
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    return tight_volume(points, cloud.get_minimal_oriented_bounding_box().R)
