# SPDX-License-Identifier: Apache-2.0
"""Visible fractions of patches whose visibility is known by construction."""

import numpy as np
import pytest

from spatialevo_geometry.depth import Intrinsics, z_buffer
from spatialevo_geometry.visibility import (
    DepthBand,
    PosedCamera,
    SurfaceSamples,
    visible_fraction,
)

IMAGE = Intrinsics(fx=500.0, fy=500.0, cx=319.5, cy=239.5, width=640, height=480)
# World z up, camera at 1.5 m height looking along +y.
POSE = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 1.5], [0, 0, 0, 1]])
CAMERA = PosedCamera(world_from_camera=POSE, intrinsics=IMAGE)
EXACT = DepthBand()
WALL = np.array([[-9.0, 0.0, -9.0], [9.0, 0.0, -9.0], [9.0, 0.0, 9.0], [-9.0, 0.0, 9.0]])
QUAD = [[0, 1, 2], [0, 2, 3]]


def patch(tilt=0.0, distance=2.0, size=0.6, count=40, centre=(0.0, 1.5)):
    """Samples of a square that faces the camera, turned by `tilt` degrees about the vertical."""
    a = np.linspace(-size / 2, size / 2, count)
    x, z = (g.ravel() for g in np.meshgrid(a, a))
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    points = np.column_stack((c * x + centre[0], s * x + distance, z + centre[1]))
    normals = np.tile((s, -c, 0.0), (len(points), 1))
    return points, normals


def samples(points, normals=None, weights=None):
    weights = np.ones(len(points)) if weights is None else weights
    return SurfaceSamples(points_in_world=points, normals_in_world=normals, weights=weights)


def in_camera(points):
    return (points - POSE[:3, 3]) @ POSE[:3, :3]


def plane_depth(tilt=0.0, distance=2.0, image=IMAGE):
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    wall = WALL[:, :1] * (c, s, 0.0) + WALL[:, 2:] * (0.0, 0.0, 1.0) + (0.0, distance, 0.0)
    return z_buffer(in_camera(wall), image, QUAD)


@pytest.mark.parametrize("sigma", [0.0, 0.001, 0.005, 0.010, 0.020])
@pytest.mark.parametrize("tilt", [0, 20, 45, 60, 70])
@pytest.mark.parametrize("with_normals", [True, False])
def test_fully_visible_patch_under_depth_noise(sigma, tilt, with_normals):
    points, normals = patch(tilt)
    noise = np.random.default_rng(tilt).normal(size=(480, 640))
    depth = plane_depth(tilt) + sigma * noise
    surface = samples(points, normals if with_normals else None)
    found = visible_fraction(surface, CAMERA, depth, DepthBand(depth_sigma_constant=sigma))
    assert found.of_facing >= 0.95
    assert found.of_total == found.of_facing
    assert not found.truncated


@pytest.mark.parametrize(
    ("sigma", "tilt"),
    [(s, t) for s in (0.005, 0.010) for t in (0, 30, 50, 70)] + [(0.020, 0), (0.020, 30)],
)
def test_fully_visible_patch_under_point_noise(sigma, tilt):
    points, normals = patch(tilt)
    noisy = points + sigma * np.random.default_rng(tilt).normal(size=points.shape)
    surface = samples(noisy, normals)
    found = visible_fraction(surface, CAMERA, plane_depth(tilt), DepthBand(point_sigma=sigma))
    assert found.of_facing >= 0.95


@pytest.mark.parametrize("sigma", [0.0, 0.010, 0.020])
@pytest.mark.parametrize("tilt", [0, 20, 45, 60, 70])
@pytest.mark.parametrize("with_normals", [True, False])
def test_patch_twenty_centimetres_behind_a_plane_is_hidden(sigma, tilt, with_normals):
    points, normals = patch(tilt, distance=2.2)
    noise = np.random.default_rng(tilt).normal(size=(480, 640))
    depth = plane_depth(tilt, distance=2.0) + sigma * noise
    surface = samples(points, normals if with_normals else None)
    band = DepthBand(depth_sigma_constant=sigma, point_sigma=sigma)
    assert visible_fraction(surface, CAMERA, depth, band).of_facing <= 0.02


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("with_normals", [True, False])
def test_points_that_miss_their_own_silhouette_still_stand_free(shift, with_normals):
    """A patch of 0.6 m that a scan puts beside its place: what sticks out lies on the wall."""
    corners = patch(count=2)[0][[0, 1, 3, 2]]
    depth = z_buffer(
        in_camera(np.vstack((corners, WALL + np.array((0.0, 4.0, 0.0))))),
        IMAGE,
        [*QUAD, [4, 5, 6], [4, 6, 7]],
    )
    points, normals = patch(size=0.59)
    surface = samples(points + np.array((shift, 0.0, 0.0)), normals if with_normals else None)
    free = visible_fraction(surface, CAMERA, depth, DepthBand(point_sigma=0.01))
    assert free.of_facing == 1.0
    # Points that are exact must lie where the image shows them.
    exact = visible_fraction(surface, CAMERA, depth, EXACT)
    assert exact.of_facing == pytest.approx(1.0 - shift / 0.59, abs=0.03)
    # What stands before them hides them all the same.
    assert visible_fraction(surface, CAMERA, depth - 0.5, DepthBand(point_sigma=0.01)).of_facing < (
        0.02 if shift == 0.0 else 0.03 + shift / 0.59
    )


def test_half_hidden_patch_counts_half():
    points, normals = patch()
    depth = plane_depth()
    depth[:, :320] = 1.0
    found = visible_fraction(samples(points, normals), CAMERA, depth, EXACT)
    assert found.of_facing == pytest.approx(0.5, abs=1e-12)
    assert found.box_2d is not None
    u0, v0, u1, v1 = found.box_2d
    assert u0 >= 319.5
    assert (u1, v0, v1) == pytest.approx((319.5 + 75.0, 239.5 - 75.0, 239.5 + 75.0))
    assert found.nearest_depth == pytest.approx(2.0)
    assert found.median_depth == pytest.approx(2.0)
    # 40 columns and rows of samples, 150 pixels across: no two share a pixel.
    assert found.visible_pixels == 800


def test_missing_depth_is_unknown_in_both_shares():
    points, normals = patch()
    depth = plane_depth()
    depth[:240] = 0.0
    found = visible_fraction(samples(points, normals), CAMERA, depth, EXACT)
    assert found.unknown_of_facing == pytest.approx(0.5, abs=1e-12)
    assert found.of_facing == 1.0
    assert found.of_total == 1.0
    nothing = visible_fraction(samples(points, normals), CAMERA, np.zeros((480, 640)), EXACT)
    assert (nothing.of_facing, nothing.unknown_of_facing, nothing.box_2d) == (0.0, 1.0, None)
    assert (nothing.visible_pixels, nothing.nearest_depth, nothing.median_depth) == (0, 0.0, 0.0)


def test_back_faces_count_only_in_the_total():
    points, normals = patch()
    both = samples(np.vstack((points, points)), np.vstack((normals, -normals)))
    found = visible_fraction(both, CAMERA, plane_depth(), EXACT)
    assert found.of_facing == 1.0
    assert found.of_total == 0.5


def test_outside_the_image_counts_as_facing_and_truncates():
    points, normals = patch(centre=(-2.0 * 320 / 500, 1.5))  # centred on the left border
    found = visible_fraction(samples(points, normals), CAMERA, plane_depth(), EXACT)
    assert found.truncated
    assert found.of_facing == pytest.approx(0.5, abs=1e-12)
    behind = visible_fraction(samples(points - (0, 4.0, 0)), CAMERA, plane_depth(), EXACT)
    assert (behind.of_facing, behind.truncated) == (0.0, True)


def test_weights_are_areas():
    points, normals = patch()
    left = points[:, 0] < 0.0
    depth = plane_depth()
    depth[:, :320] = 1.0
    weighted = samples(points, normals, np.where(left, 3.0, 1.0))
    found = visible_fraction(weighted, CAMERA, depth, EXACT)
    assert found.of_facing == pytest.approx(0.25, abs=1e-12)


def test_depths_are_weighted_quantiles():
    points, normals = patch(tilt=60)
    weights = np.random.default_rng(0).uniform(size=len(points))
    surface = samples(points, normals, weights)
    found = visible_fraction(surface, CAMERA, plane_depth(60), EXACT)
    assert found.of_facing == 1.0
    z = in_camera(points)[:, 2]
    order = np.argsort(z, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    assert found.nearest_depth == pytest.approx(z[order][np.searchsorted(share, 0.05)], abs=1e-12)
    assert found.median_depth == pytest.approx(z[order][np.searchsorted(share, 0.5)], abs=1e-12)


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_depth_of_another_resolution(scale):
    points, normals = patch(tilt=30)
    small = Intrinsics(
        fx=500.0 * scale,
        fy=500.0 * scale,
        cx=320.0 * scale - 0.5,
        cy=240.0 * scale - 0.5,
        width=int(640 * scale),
        height=int(480 * scale),
    )
    depth = plane_depth(30, image=small)
    surface = samples(points, normals)
    found = visible_fraction(surface, CAMERA, depth, EXACT, depth_intrinsics=small)
    same = visible_fraction(surface, CAMERA, plane_depth(30), EXACT)
    assert found.of_facing == 1.0
    assert (found.box_2d, found.visible_pixels) == (same.box_2d, same.visible_pixels)


def test_rigid_motion_of_everything_changes_nothing():
    points, normals = patch(tilt=40)
    depth = plane_depth(40)
    depth[:, :300] = 1.0
    rotation = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    rotation *= np.sign(np.linalg.det(rotation))
    motion = np.eye(4)
    motion[:3, :3], motion[:3, 3] = rotation, (3.0, -2.0, 1.0)
    moved = samples(points @ rotation.T + motion[:3, 3], normals @ rotation.T)
    camera = PosedCamera(world_from_camera=motion @ POSE, intrinsics=IMAGE)
    first = visible_fraction(samples(points, normals), CAMERA, depth, EXACT)
    second = visible_fraction(moved, camera, depth, EXACT)
    assert second.of_facing == first.of_facing
    assert second.visible_pixels == first.visible_pixels
    assert second.median_depth == pytest.approx(first.median_depth, abs=1e-12)


def test_values_are_copied_and_read_only():
    points, normals = patch()
    surface = samples(points, normals)
    points[:] = 0.0
    assert visible_fraction(surface, CAMERA, plane_depth(), EXACT).of_facing == 1.0
    assert not surface.points_in_world.flags.writeable
    assert not CAMERA.world_from_camera.flags.writeable


POINT = np.array([[0.0, 2.0, 1.5]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: samples(np.zeros((0, 3))), "points_in_world: expected at least 1"),
        (lambda: samples(POINT, np.zeros((1, 3))), r"normals_in_world\[0\] is zero"),
        (lambda: samples(POINT, np.ones((2, 3))), r"normals_in_world: expected \(1, 3\)"),
        (lambda: samples(POINT, None, np.array([-1.0])), r"weights\[0\] is negative"),
        (lambda: samples(POINT, None, np.array([0.0])), "none is positive"),
        (lambda: PosedCamera(world_from_camera=2.0 * POSE, intrinsics=IMAGE), "not a rigid"),
        (lambda: DepthBand(point_sigma=-1.0), "DepthBand: .*-1.0"),
        (
            lambda: visible_fraction(samples(POINT), CAMERA, np.zeros((10, 10)), EXACT),
            r"depth: expected \(height, width\) = \(480, 640\), got \(10, 10\)",
        ),
        (
            lambda: visible_fraction(samples(POINT), CAMERA, np.full((480, 640), np.nan), EXACT),
            "depth: -?nan is not a depth",
        ),
    ],
)
def test_messages(call, message):
    with pytest.raises(ValueError, match=message):
        call()
