# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from spatialevo_geometry import apply, compose


def pose(seed):
    rng = np.random.default_rng(seed)
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    transform = np.eye(4)
    transform[:3, :3] = q * np.linalg.det(q)
    transform[:3, 3] = rng.normal(size=3)
    return transform


C_FROM_B, B_FROM_A = pose(1), pose(2)
POINTS = np.random.default_rng(3).normal(size=(100_000, 3))


def with_numpy(transform, points):
    return points @ transform[:3, :3].T + transform[:3, 3]


def with_scipy():
    transform = pytest.importorskip("scipy.spatial.transform")
    return transform.RigidTransform.from_matrix(B_FROM_A).apply


@pytest.mark.benchmark(group="rigid: compose two transforms")
@pytest.mark.parametrize("run", [compose, np.matmul], ids=["spatialevo", "numpy"])
def test_compose(benchmark, run):
    result = benchmark(run, C_FROM_B, B_FROM_A)
    np.testing.assert_allclose(result, C_FROM_B @ B_FROM_A, rtol=0, atol=1e-14)


@pytest.mark.benchmark(group="rigid: apply to 100,000 points")
@pytest.mark.parametrize("library", ["spatialevo", "numpy", "scipy"])
def test_apply(benchmark, library):
    if library == "scipy":
        result = benchmark(with_scipy(), POINTS)
    else:
        run = apply if library == "spatialevo" else with_numpy
        result = benchmark(run, B_FROM_A, POINTS)
    np.testing.assert_allclose(result, with_numpy(B_FROM_A, POINTS), rtol=0, atol=1e-13)
