# SPDX-License-Identifier: Apache-2.0
"""Planes against numpy's SVD and against planes that made the points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_geometry.plane import estimate_normals, fit_plane, fit_plane_robust, floor_height


def random_plane(rng):
    normal = rng.normal(size=3)
    normal /= np.linalg.norm(normal)
    return normal, rng.uniform(-5.0, 5.0)


def on_plane(rng, normal, offset, count, reach=3.0):
    points = rng.uniform(-reach, reach, size=(count, 3))
    return points + np.outer(offset - points @ normal, normal)


def svd_plane(points):
    mean = points.mean(axis=0)
    normal = np.linalg.svd(points - mean, full_matrices=False)[2][2]
    normal *= np.sign(normal[np.abs(normal).argmax()])
    return normal, normal @ mean


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1), st.integers(3, 200), st.sampled_from([0.0, 1e-6, 0.01, 0.5]))
def test_fit_is_the_smallest_singular_vector(seed, count, noise):
    rng = np.random.default_rng(seed)
    points = on_plane(rng, *random_plane(rng), count) + noise * rng.normal(size=(count, 3))
    plane = fit_plane(points)
    normal, offset = svd_plane(points)
    residuals = points @ plane.normal - plane.offset
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    # Where two spreads nearly agree the normal itself is undetermined: compare what it minimises.
    assert plane.rms == pytest.approx(np.sqrt(np.mean((points @ normal - offset) ** 2)), abs=1e-12)
    assert plane.rms == pytest.approx(np.sqrt(np.mean(residuals**2)), abs=1e-12)
    assert np.linalg.norm(plane.normal) == pytest.approx(1.0, abs=1e-14)
    assert plane.normal[np.abs(plane.normal).argmax()] > 0.0
    if spread[2] < 0.5 * spread[1]:
        sign = np.sign(plane.normal @ normal)
        assert sign * plane.normal == pytest.approx(normal, abs=1e-12)
        assert sign * plane.offset == pytest.approx(offset, abs=1e-11)


def test_fit_far_from_the_origin():
    rng = np.random.default_rng(0)
    normal = np.array([0.0, 0.6, 0.8])
    points = on_plane(rng, normal, 0.0, 500) + 1e5
    assert fit_plane(points).normal == pytest.approx(normal, abs=1e-10)


@pytest.mark.parametrize("count", [3, 50])
def test_collinear_points_have_no_plane(count):
    points = np.outer(np.linspace(0.0, 1.0, count), [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="on one line"):
        fit_plane(points)
    with pytest.raises(ValueError, match="span a plane"):
        fit_plane_robust(points, 0.01)
    with pytest.raises(ValueError, match="on one line"):
        fit_plane(np.ones((count, 3)))


@pytest.mark.parametrize("outliers", [0, 500, 1500])
def test_robust_fit_ignores_outliers(outliers):
    rng = np.random.default_rng(outliers)
    normal, offset = random_plane(rng)
    good = on_plane(rng, normal, offset, 1000) + 0.002 * rng.normal(size=(1000, 3))
    points = np.vstack((good, rng.uniform(-6.0, 6.0, size=(outliers, 3))))
    found = fit_plane_robust(points, 0.01)
    assert abs(found.plane.normal @ normal) > 1.0 - 1e-6
    assert found.inliers.shape == (len(points),)
    assert found.inliers[:1000].mean() > 0.999
    # The plane is the least-squares plane of exactly these inliers, and they are its inliers.
    refit = fit_plane(points[found.inliers])
    assert found.plane.normal == pytest.approx(refit.normal, abs=1e-13)
    distances = np.abs(points @ found.plane.normal - found.plane.offset)
    assert np.array_equal(found.inliers, distances <= 0.01)


def test_robust_fit_gives_the_same_bytes_for_a_seed():
    points = np.random.default_rng(5).uniform(size=(300, 3))
    first, second = (fit_plane_robust(points, 0.05, seed=7) for _ in range(2))
    assert first.plane.normal.tobytes() == second.plane.normal.tobytes()
    assert first.inliers.tobytes() == second.inliers.tobytes()


def test_normals_are_those_of_the_nearest_points():
    rng = np.random.default_rng(6)
    points = rng.normal(size=(200, 3))
    normals = estimate_normals(points, 8)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    for i, nearest in enumerate(np.argsort(distances, axis=1)[:, :8]):
        expected = svd_plane(points[nearest])[0]
        assert normals[i] == pytest.approx(expected, abs=1e-8)


def test_normals_turn_towards_the_viewpoint():
    rng = np.random.default_rng(7)
    sphere = rng.normal(size=(3000, 3))
    sphere /= np.linalg.norm(sphere, axis=1, keepdims=True)
    inward = estimate_normals(sphere, 12, towards=[0.0, 0.0, 0.0])
    assert (np.einsum("ij,ij->i", inward, sphere) < -0.98).all()


def room(rng, floor=0.0, noise=0.0, floor_share=1.0):
    """A room of 4 x 3 x 2.5 m with ceiling and a table of 1.2 x 0.8 m, 0.75 m high."""
    xy = rng.uniform((0.0, 0.0), (4.0, 3.0), size=(6000, 2))
    floor_xy = xy[xy[:, 0] < 4.0 * floor_share]
    table = rng.uniform((1.0, 1.0), (2.2, 1.8), size=(600, 2))
    walls = rng.uniform((0.0, 0.0), (14.0, 2.5), size=(9000, 2))
    x = np.clip(
        np.select(
            [walls[:, 0] < 4, walls[:, 0] < 7, walls[:, 0] < 11],
            [walls[:, 0], 4.0, 11.0 - walls[:, 0]],
            0.0,
        ),
        0.0,
        4.0,
    )
    y = np.select(
        [walls[:, 0] < 4, walls[:, 0] < 7, walls[:, 0] < 11],
        [0.0, walls[:, 0] - 4.0, 3.0],
        14.0 - walls[:, 0],
    )
    parts = [
        np.column_stack((floor_xy, np.zeros(len(floor_xy)))),
        np.column_stack((xy, np.full(len(xy), 2.5))),
        np.column_stack((table, np.full(len(table), 0.75))),
        np.column_stack((x, y, walls[:, 1])),
    ]
    points = np.add(np.vstack(parts), (0.0, 0.0, floor))
    return points + noise * rng.normal(size=points.shape)


@pytest.mark.parametrize("floor", [0.0, -1.37, 12.0])
@pytest.mark.parametrize("noise", [0.0, 0.005, 0.02])
@pytest.mark.parametrize("share", [1.0, 0.4])
def test_floor_is_found_in_a_furnished_room(floor, noise, share):
    points = room(np.random.default_rng(8), floor, noise, share)
    found = floor_height(points)
    assert found.height == pytest.approx(floor, abs=1e-12 if noise == 0.0 else 0.25 * noise)
    assert found.spread == pytest.approx(noise, rel=0.15, abs=1e-12)


def test_floor_ignores_the_few_points_below_it():
    rng = np.random.default_rng(9)
    below = rng.uniform((0, 0, -2.0), (4, 3, -0.3), size=(150, 3))
    assert floor_height(np.vstack((room(rng), below))).height == pytest.approx(0.0, abs=1e-12)


def test_floor_does_not_depend_on_the_order_and_follows_weights():
    rng = np.random.default_rng(10)
    points = room(rng, noise=0.01)
    assert floor_height(points) == floor_height(rng.permutation(points))
    two = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.004], [1.0, 0.0, 0.008]])
    assert floor_height(two, [1.0, 1.0, 5.0]).height == 0.008
    assert floor_height(two).height == 0.004


def test_floor_of_the_real_scan(test_data):
    import json

    folder = test_data("scannet_scene0000_00")
    raw = (folder / "scene0000_00_vh_clean_2.ply").read_bytes()
    start = raw.index(b"end_header\n") + len(b"end_header\n")
    vertex = np.dtype([("xyz", "<f4", 3), ("rgba", "u1", 4)])
    points = np.frombuffer(raw, vertex, count=81369, offset=start)["xyz"].astype(float)
    matrix = json.loads((folder / "axis_alignment.json").read_text())["scene0000_00"]
    aligned = points @ np.reshape(matrix, (4, 4))[:3, :3].T + np.reshape(matrix, (4, 4))[:3, 3]
    found = floor_height(aligned)
    # The alignment puts the floor at z = 0 as well as a 5 cm histogram of the scan can tell.
    assert abs(found.height) < 0.02
    assert found.spread < 0.03
    assert found.inliers > 9000


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_plane(np.zeros((2, 3))), "points: expected at least 3 rows, got 2"),
        (lambda: fit_plane(np.zeros((5, 2))), r"points: expected \(n, 3\), got \(5, 2\)"),
        (lambda: fit_plane_robust(np.eye(3), 0.0), "threshold: .* got 0.0"),
        (lambda: fit_plane_robust(np.eye(3), 0.1, iterations=0), "iterations: .* got 0"),
        (lambda: fit_plane_robust(np.eye(3), 0.1, seed=-1), "seed: .* got -1"),
        (lambda: estimate_normals(np.eye(3), 4), r"k: expected 3 to 3 .* got 4"),
        (lambda: floor_height(np.zeros((0, 3))), "points_in_world: expected at least 1"),
        (lambda: floor_height(np.eye(3), [1.0]), r"weights: expected \(3,\), got \(1,\)"),
        (lambda: floor_height(np.eye(3), [1.0, -1.0, 0.0]), r"weights\[1\] is negative"),
        (lambda: floor_height([[0, 0, 0], [0, 0, np.nan]]), r"points_in_world\[1\] is not finite"),
        (lambda: floor_height([[0, 0, 0], [0, 0, 1e5]]), "extent of more than 10 km"),
    ],
)
def test_messages(call, message):
    with pytest.raises(ValueError, match=message):
        call()
