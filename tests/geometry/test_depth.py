# SPDX-License-Identifier: Apache-2.0
"""Projection against the pinhole formula, rasterised depth against ray casting in numpy."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_geometry.depth import (
    Intrinsics,
    depth_to_points,
    project,
    rasterise,
    unproject,
    z_buffer,
)

CAMERA = Intrinsics(fx=52.0, fy=50.0, cx=31.3, cy=23.7, width=64, height=48)


def rays(camera):
    """Directions with z = 1 through all pixel centres, (h * w, 3)."""
    v, u = np.mgrid[: camera.height, : camera.width].reshape(2, -1)
    return np.column_stack(
        ((u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, np.ones(u.size))
    )


def ray_cast(points, faces, camera, near=1e-3):
    """Depth, face and clearance of each pixel by Moeller and Trumbore's test, (h, w) each.

    The clearance is how far the pixel's barycentric coordinates stay from every triangle's edges.
    """
    directions = rays(camera)
    depth = np.full(len(directions), np.inf)
    face = np.full(len(directions), -1)
    clearance = np.full(len(directions), np.inf)
    for i, (a, b, c) in enumerate(points[faces]):
        normal = np.cross(b - a, c - a)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (normal @ a) / (directions @ normal)
            hit = directions * z[:, None]
            area = normal @ normal
            weights = np.column_stack(
                [np.cross(q - p, hit - p) @ normal / area for p, q in ((b, c), (c, a), (a, b))]
            )
        edge = np.abs(weights).min(axis=1)
        clearance = np.fmin(clearance, np.where(np.isfinite(edge), edge, 0.0))
        clearance = np.where(np.abs(z - near) < 1e-9, 0.0, clearance)
        seen = (weights.min(axis=1) >= 0.0) & (z >= near) & (z < depth)
        depth[seen], face[seen] = z[seen], i
    shape = (camera.height, camera.width)
    return (
        np.where(face < 0, 0.0, depth).reshape(shape),
        face.reshape(shape),
        clearance.reshape(shape),
    )


def test_projection_is_the_pinhole_formula():
    points = np.random.default_rng(0).normal(size=(500, 3)) * 3.0
    pixels, depths = project(points, CAMERA)
    front = points[:, 2] > 0.0
    homogeneous = points[front] @ CAMERA.matrix.T
    assert pixels[front] == pytest.approx(homogeneous[:, :2] / homogeneous[:, 2:], rel=1e-12)
    assert np.isnan(pixels[~front]).all()
    assert np.array_equal(depths, points[:, 2])
    assert np.isnan(project([[1.0, 2.0, 0.0]], CAMERA)[0]).all()
    assert project(np.zeros((0, 3)), CAMERA)[0].shape == (0, 2)


@given(st.floats(-0.5, 63.4), st.floats(-0.5, 47.4), st.floats(0.05, 20.0))
def test_unproject_inverts_project(u, v, depth):
    pixels, depths = project(unproject([[u, v]], [depth], CAMERA), CAMERA)
    assert pixels[0] == pytest.approx((u, v), abs=1e-10)
    assert depths[0] == depth


def test_depth_to_points_lists_valid_pixels_in_order():
    rng = np.random.default_rng(1)
    depth = rng.uniform(0.5, 4.0, size=(48, 64)) * (rng.uniform(size=(48, 64)) < 0.7)
    points, pixels = depth_to_points(depth, CAMERA)
    assert np.array_equal(pixels, np.argwhere(depth > 0.0))
    expected = rays(CAMERA).reshape(48, 64, 3) * depth[:, :, None]
    assert points == pytest.approx(expected[depth > 0.0], rel=1e-14)
    assert np.array_equal(z_buffer(points, CAMERA), depth)
    assert depth_to_points(np.zeros((48, 64)), CAMERA)[0].shape == (0, 3)


@pytest.mark.parametrize("radius", [0, 1, 3])
def test_splats_keep_the_nearest(radius):
    rng = np.random.default_rng(radius)
    points = rng.uniform((-2, -2, -1), (2, 2, 3), size=(300, 3))
    expected = np.full((48, 64), np.inf)
    for x, y, z in points:
        if z <= 0.0:
            continue
        u = int(np.floor(CAMERA.fx * x / z + CAMERA.cx + 0.5))
        v = int(np.floor(CAMERA.fy * y / z + CAMERA.cy + 0.5))
        if 0 <= u < 64 and 0 <= v < 48:
            square = expected[
                max(v - radius, 0) : v + radius + 1, max(u - radius, 0) : u + radius + 1
            ]
            np.minimum(square, z, out=square)
    found = z_buffer(points, CAMERA, splat_radius=radius)
    assert np.array_equal(found, np.where(np.isfinite(expected), expected, 0.0))


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_raster_is_the_ray_cast(seed):
    rng = np.random.default_rng(seed)
    # Around the camera: many triangles cross the near plane, the image border or each other.
    points = rng.uniform((-2, -2, -1), (2, 2, 3), size=(18, 3))
    faces = rng.permutation(18).reshape(6, 3)
    depth, face = rasterise(points, faces, CAMERA)
    expected_depth, expected_face, clearance = ray_cast(points, faces, CAMERA)
    sure = clearance > 1e-9
    assert sure.mean() > 0.98
    assert np.array_equal(face[sure], expected_face[sure])
    assert depth[sure] == pytest.approx(expected_depth[sure], rel=1e-8)
    assert np.array_equal(face < 0, depth == 0.0)


@pytest.mark.parametrize("seed", range(20))
def test_triangles_that_share_edges_leave_no_gap_and_no_overlap(seed):
    """A fan round a random centre, drawn face by face: each pixel belongs to exactly one."""
    rng = np.random.default_rng(seed)
    rim = np.array([[-9.0, -9.0], [9.0, -9.0], [9.0, 9.0], [-9.0, 9.0]])
    # Centres on pixel centres and on whole rows and columns are the hard ones.
    fraction = rng.choice([0.0, 0.25]), rng.choice([0.0, 0.5])
    pixel = np.add(rng.integers(5, 40, size=2), fraction)
    centre = (pixel - (CAMERA.cx, CAMERA.cy)) / (CAMERA.fx, CAMERA.fy)
    points = np.column_stack((np.vstack((rim, centre)), np.ones(5))) * rng.uniform(0.5, 3.0)
    points[:, 2] += 0.3 * rng.uniform(size=5) * (seed % 2)
    faces = [(i, (i + 1) % 4, 4) for i in range(4)]
    drawn = sum(z_buffer(points, CAMERA, [face]) > 0.0 for face in faces)
    assert np.array_equal(drawn, np.ones((48, 64)))
    # Both sides of a face are the same face.
    turned = [face[::-1] for face in faces]
    assert z_buffer(points, CAMERA, turned) == pytest.approx(z_buffer(points, CAMERA, faces), 1e-12)


def test_floor_that_starts_behind_the_camera_fills_the_lower_half():
    size = 1e3
    floor = np.array(
        [[-size, 1.2, -size], [size, 1.2, -size], [size, 1.2, size], [-size, 1.2, size]]
    )
    depth = z_buffer(floor, CAMERA, [[0, 1, 2], [0, 2, 3]])
    v = np.arange(48)
    below = v > CAMERA.cy
    expected = 1.2 * CAMERA.fy / (v[below] - CAMERA.cy)
    assert np.allclose(depth[below], expected[:, None], rtol=1e-12)
    assert (depth[~below] == 0.0).all()


def test_lower_face_wins_ties_and_nothing_behind_is_drawn():
    front = np.array([[-0.5, -0.5, 2.0], [0.5, -0.5, 2.0], [0.0, 0.5, 2.0]])
    points = np.vstack((front, -front))
    _, face = rasterise(points, [[3, 4, 5], [0, 1, 2], [2, 1, 0]], CAMERA)
    assert set(np.unique(face)) == {-1, 1}
    assert z_buffer(points, CAMERA, np.zeros((0, 3), int)).sum() == 0.0
    edge_on = [[0.0, -1, 1], [0, 1, 1], [0, 0, 3]]
    assert (z_buffer(edge_on, CAMERA, [[0, 0, 1], [1, 1, 1]]) == 0.0).all()


def test_intrinsics_are_values():
    same = Intrinsics(fx=52, fy=50, cx=31.3, cy=23.7, width=np.int64(64), height=48)
    assert same == CAMERA
    assert hash(same) == hash(CAMERA)
    for clone in (copy.deepcopy(CAMERA), pickle.loads(pickle.dumps(CAMERA))):
        assert clone == CAMERA
        assert np.array_equal(
            project([[0.1, 0.2, 1.0]], clone)[0], project([[0.1, 0.2, 1.0]], CAMERA)[0]
        )


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"fx": 0.0}, ValueError, "fx: .*got 0.0"),
        ({"cy": np.nan}, ValueError, "cy: .*got nan"),
        ({"width": 0}, ValueError, "width: .*got 0"),
        ({"height": 48.0}, TypeError, "float"),
        ({"height": 10**6}, ValueError, "height: .*got 1000000"),
    ],
)
def test_intrinsics_are_checked(changes, error, message):
    values = {"fx": 52.0, "fy": 50.0, "cx": 31.3, "cy": 23.7, "width": 64, "height": 48}
    with pytest.raises(error, match=message):
        Intrinsics(**(values | changes))


TRIANGLE = np.eye(3) + 1.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: project(np.zeros((4, 2)), CAMERA),
            ValueError,
            r"points_in_camera: expected \(n, 3\), got \(4, 2\)",
        ),
        (
            lambda: unproject(np.zeros((4, 2)), [1.0], CAMERA),
            ValueError,
            r"depths: expected \(4,\)",
        ),
        (
            lambda: depth_to_points(np.zeros((64, 48)), CAMERA),
            ValueError,
            r"depth: expected \(height, width\) = \(48, 64\), got \(64, 48\)",
        ),
        (lambda: depth_to_points(np.full((48, 64), -1.0), CAMERA), ValueError, "-1.0 is negative"),
        (
            lambda: depth_to_points(np.full((48, 64), np.nan), CAMERA),
            ValueError,
            r"depth\[0, 0\] is not finite",
        ),
        (lambda: rasterise(TRIANGLE, [[0, 1]], CAMERA), ValueError, r"expected \(m, 3\)"),
        (lambda: rasterise(TRIANGLE, [[0.0, 1.0, 2.0]], CAMERA), TypeError, "float64"),
        (
            lambda: rasterise(TRIANGLE, [[0, 1, 3]], CAMERA),
            ValueError,
            r"faces\[0\]: index 3 outside \[0, 3\)",
        ),
        (lambda: rasterise(TRIANGLE, [[0, 1, -1]], CAMERA), ValueError, "index -1"),
        (lambda: rasterise(TRIANGLE, [[0, 1, 2**40]], CAMERA), ValueError, "32 bits"),
        (
            lambda: z_buffer(TRIANGLE, CAMERA, splat_radius=-1),
            ValueError,
            "splat_radius: .* got -1",
        ),
        (lambda: z_buffer(TRIANGLE, CAMERA, [[0, 1, 2]], splat_radius=1), ValueError, "with faces"),
    ],
)
def test_messages(call, error, message):
    with pytest.raises(error, match=message):
        call()
