# SPDX-License-Identifier: Apache-2.0
"""Projection, back-projection, depth rendering and visibility beside Open3D, trimesh and numpy."""

import numpy as np
import pytest

from spatialevo_geometry.depth import (
    Intrinsics,
    depth_to_points,
    project,
    unproject,
    z_buffer,
)
from spatialevo_geometry.visibility import (
    DepthBand,
    PosedCamera,
    SurfaceSamples,
    visible_fraction,
)

CAMERA = Intrinsics(fx=525.0, fy=525.0, cx=319.5, cy=239.5, width=640, height=480)
RNG = np.random.default_rng(0)


def relief(count):
    """A wavy height field of 2 (count - 1)^2 triangles before the camera, as in a scan."""
    a = np.linspace(-2.2, 2.2, count)
    x, y = (g.ravel() for g in np.meshgrid(a, 0.8 * a))
    z = 2.5 + 0.2 * np.sin(3.0 * x) + 0.2 * np.cos(4.0 * y)
    i = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    quads = np.stack((i, i + 1, i + count + 1, i + count), axis=1)
    faces = np.vstack((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]))
    return np.column_stack((x, y, z)), faces.astype(np.int32)


VERTICES, FACES = relief(230)
DEPTH = z_buffer(VERTICES, CAMERA, FACES)
POINTS = RNG.uniform((-1.0, -1.0, 1.0), (1.0, 1.0, 4.0), size=(500_000, 3))


@pytest.mark.benchmark(group="projection of 500,000 points")
class TestProjection:
    def test_ours(self, benchmark):
        benchmark(project, POINTS, CAMERA)

    def test_numpy(self, benchmark):
        scale, centre = np.array([CAMERA.fx, CAMERA.fy]), np.array([CAMERA.cx, CAMERA.cy])
        found = benchmark(lambda: POINTS[:, :2] / POINTS[:, 2:] * scale + centre)
        assert np.allclose(found, project(POINTS, CAMERA)[0], rtol=1e-12)


@pytest.mark.benchmark(group="back-projection of 500,000 pixel positions")
class TestUnproject:
    PIXELS, DEPTHS = project(POINTS, CAMERA)

    def test_ours(self, benchmark):
        benchmark(unproject, self.PIXELS, self.DEPTHS, CAMERA)

    def test_numpy(self, benchmark):
        def back():
            x = (self.PIXELS[:, 0] - CAMERA.cx) / CAMERA.fx * self.DEPTHS
            y = (self.PIXELS[:, 1] - CAMERA.cy) / CAMERA.fy * self.DEPTHS
            return np.stack((x, y, self.DEPTHS), axis=1)

        assert np.allclose(benchmark(back), POINTS, rtol=1e-12)


@pytest.mark.benchmark(group="points of a 640 x 480 depth image")
class TestDepthToPoints:
    def test_ours(self, benchmark):
        benchmark(depth_to_points, DEPTH, CAMERA)

    def test_numpy(self, benchmark):
        def back():
            v, u = np.nonzero(DEPTH)
            z = DEPTH[v, u]
            return np.stack(
                ((u - CAMERA.cx) / CAMERA.fx * z, (v - CAMERA.cy) / CAMERA.fy * z, z), 1
            )

        assert np.allclose(benchmark(back), depth_to_points(DEPTH, CAMERA)[0], rtol=1e-12)

    def test_open3d(self, benchmark):
        o3d = pytest.importorskip("open3d", exc_type=ImportError)
        image = o3d.geometry.Image(DEPTH.astype(np.float32))
        pinhole = o3d.camera.PinholeCameraIntrinsic(640, 480, CAMERA.matrix)
        cloud = o3d.geometry.PointCloud
        found = benchmark(
            lambda: cloud.create_from_depth_image(image, pinhole, depth_scale=1.0, depth_trunc=99.0)
        )
        ours = depth_to_points(DEPTH, CAMERA)[0]
        assert np.allclose(np.asarray(found.points), ours, rtol=1e-5, atol=1e-5)


def assert_same_depth(found):
    """Float32 rays and our pixels differ by a hair on silhouettes only."""
    near = np.abs(found - DEPTH) <= 1e-4 * DEPTH
    assert near.mean() > 0.9999


@pytest.mark.benchmark(group="640 x 480 depth of a mesh of 105,000 triangles, structure included")
class TestRasterise:
    def test_ours(self, benchmark):
        benchmark(z_buffer, VERTICES, CAMERA, FACES)

    def test_open3d_ray_casting(self, benchmark):
        o3d = pytest.importorskip("open3d", exc_type=ImportError)
        vertices, faces = VERTICES.astype(np.float32), FACES.astype(np.uint32)

        # Open3D puts pixel centres at half-integers.
        shifted = CAMERA.matrix + np.array([[0, 0, 0.5], [0, 0, 0.5], [0, 0, 0]])

        def cast():
            scene = o3d.t.geometry.RaycastingScene(nthreads=1)
            scene.add_triangles(vertices, faces)
            rays = scene.create_rays_pinhole(shifted, np.eye(4), 640, 480)
            return scene.cast_rays(rays, nthreads=1)["t_hit"].numpy()

        found = benchmark(cast)
        assert_same_depth(np.where(np.isfinite(found), found, 0.0))


@pytest.mark.benchmark(group="640 x 480 splats of 500,000 points")
class TestSplat:
    def test_ours(self, benchmark):
        benchmark(z_buffer, POINTS, CAMERA)

    def test_numpy(self, benchmark):
        def splat():
            u = np.floor(POINTS[:, 0] / POINTS[:, 2] * CAMERA.fx + CAMERA.cx + 0.5).astype(int)
            v = np.floor(POINTS[:, 1] / POINTS[:, 2] * CAMERA.fy + CAMERA.cy + 0.5).astype(int)
            inside = (u >= 0) & (u < 640) & (v >= 0) & (v < 480)
            depth = np.full(640 * 480, np.inf)
            np.minimum.at(depth, v[inside] * 640 + u[inside], POINTS[inside, 2])
            return np.where(np.isfinite(depth), depth, 0.0).reshape(480, 640)

        found = benchmark(splat)
        assert (found == z_buffer(POINTS, CAMERA)).mean() > 0.99999

    def test_open3d(self, benchmark):
        o3d = pytest.importorskip("open3d", exc_type=ImportError)
        cloud = o3d.t.geometry.PointCloud(POINTS.astype(np.float32))
        pinhole = o3d.core.Tensor(CAMERA.matrix)
        found = benchmark(
            lambda: cloud.project_to_depth_image(640, 480, pinhole, depth_scale=1.0, depth_max=99.0)
        )
        image = found.as_tensor().numpy()[..., 0]
        # Open3D rounds float32 positions: many land on a neighbouring pixel.
        assert (image > 0.0).mean() == pytest.approx(
            (z_buffer(POINTS, CAMERA) > 0.0).mean(), rel=0.02
        )


@pytest.mark.benchmark(group="visible fraction of 5,000 samples")
class TestVisibility:
    SAMPLES = VERTICES[RNG.integers(len(VERTICES), size=5000)]
    SURFACE = SurfaceSamples(
        points_in_world=SAMPLES, normals_in_world=None, weights=np.ones(len(SAMPLES))
    )
    POSED = PosedCamera(world_from_camera=np.eye(4), intrinsics=CAMERA)
    NOISE = DepthBand(point_sigma=0.02, depth_sigma_quadratic=0.0015, maximum=0.06)

    def test_ours(self, benchmark):
        benchmark(visible_fraction, self.SURFACE, self.POSED, DEPTH, self.NOISE)

    def test_numpy(self, benchmark):
        """The share alone, with a fixed band: less work than ours."""

        def share():
            z = self.SAMPLES[:, 2]
            u = np.floor(self.SAMPLES[:, 0] / z * CAMERA.fx + CAMERA.cx + 0.5).astype(int)
            v = np.floor(self.SAMPLES[:, 1] / z * CAMERA.fy + CAMERA.cy + 0.5).astype(int)
            inside = (z > 0) & (u >= 0) & (u < 640) & (v >= 0) & (v < 480)
            measured = DEPTH[v[inside], u[inside]]
            near = (measured > 0.0) & (np.abs(measured - z[inside]) <= 0.06)
            return near.sum() / len(z)

        found = visible_fraction(self.SURFACE, self.POSED, DEPTH, self.NOISE)
        assert benchmark(share) == pytest.approx(found.of_facing, abs=1e-12)
