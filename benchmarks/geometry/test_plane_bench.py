# SPDX-License-Identifier: Apache-2.0
"""Planes and normals beside Open3D, trimesh and numpy."""

import numpy as np
import pytest

from spatialevo_geometry.plane import estimate_normals, fit_plane, fit_plane_robust

RNG = np.random.default_rng(0)
NORMAL = np.array([0.0, 0.6, 0.8])
FLAT = RNG.uniform(-3.0, 3.0, size=(100_000, 3))
FLAT += np.outer(1.0 - FLAT @ NORMAL, NORMAL) + 0.002 * RNG.normal(size=FLAT.shape)
MIXED = np.vstack((FLAT[:60_000], RNG.uniform(-3.0, 3.0, size=(40_000, 3))))
SPHERE = RNG.normal(size=(20_000, 3))
SPHERE /= np.linalg.norm(SPHERE, axis=1, keepdims=True)


@pytest.mark.benchmark(group="plane through 100,000 points")
class TestFit:
    def test_ours(self, benchmark):
        benchmark(fit_plane, FLAT)

    def test_numpy_covariance(self, benchmark):
        found = benchmark(lambda: np.linalg.eigh(np.cov(FLAT, rowvar=False))[1][:, 0])
        assert abs(found @ fit_plane(FLAT).normal) == pytest.approx(1.0, abs=1e-12)

    def test_trimesh(self, benchmark):
        trimesh = pytest.importorskip("trimesh")
        found = benchmark(trimesh.points.plane_fit, FLAT)
        assert abs(found[1] @ fit_plane(FLAT).normal) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.benchmark(group="plane through 60,000 of 100,000 points")
class TestRobust:
    def test_ours(self, benchmark):
        benchmark(fit_plane_robust, MIXED, 0.01)

    def test_open3d(self, benchmark):
        o3d = pytest.importorskip("open3d", exc_type=ImportError)
        cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(MIXED))
        model, _ = benchmark(
            lambda: cloud.segment_plane(0.01, ransac_n=3, num_iterations=1000, probability=1 - 1e-9)
        )
        assert abs(model[:3] @ fit_plane_robust(MIXED, 0.01).plane.normal) > 1.0 - 1e-6


@pytest.mark.benchmark(group="normals of 20,000 points from 16 neighbours")
class TestNormals:
    def test_ours(self, benchmark):
        benchmark(estimate_normals, SPHERE, 16)

    def test_open3d(self, benchmark):
        o3d = pytest.importorskip("open3d", exc_type=ImportError)
        cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(SPHERE))
        near = o3d.geometry.KDTreeSearchParamKNN(16)
        benchmark(cloud.estimate_normals, near, fast_normal_computation=False)
        cosine = np.einsum("ij,ij->i", np.asarray(cloud.normals), estimate_normals(SPHERE, 16))
        assert np.abs(cosine).min() > 1.0 - 1e-9

    def test_scipy_and_numpy(self, benchmark):
        spatial = pytest.importorskip("scipy.spatial")

        def normals():
            near = spatial.KDTree(SPHERE).query(SPHERE, k=16)[1]
            offsets = SPHERE[near] - SPHERE[near].mean(axis=1, keepdims=True)
            return np.linalg.eigh(np.einsum("nki,nkj->nij", offsets, offsets))[1][:, :, 0]

        cosine = np.einsum("ij,ij->i", benchmark(normals), estimate_normals(SPHERE, 16))
        assert np.abs(cosine).min() > 1.0 - 1e-9
