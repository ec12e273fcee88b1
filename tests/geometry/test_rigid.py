# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms against numpy, the laws of a group, and cameras whose angles are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_geometry import (
    apply,
    azimuth_in_levelled,
    compose,
    heading,
    invert,
    levelled,
    pitch,
    relative_pose,
    roll,
    rotation_error,
    wrap_angle,
)

TIGHT = {"rtol": 0, "atol": 1e-13}


def rotation_about(axis, angle):
    """Rodrigues' formula."""
    x, y, z = np.asarray(axis) / np.linalg.norm(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * k + (1 - math.cos(angle)) * k @ k


def as_transform(rotation, translation=(0, 0, 0)):
    transform = np.eye(4)
    transform[:3, :3] = rotation
    transform[:3, 3] = translation
    return transform


def camera(yaw, up, turn=0.0, centre=(1.0, -2.0, 1.6)):
    """A camera that looks at azimuth `yaw` and elevation `up`, turned about its optical axis."""
    forward = [math.cos(yaw) * math.cos(up), math.sin(yaw) * math.cos(up), math.sin(up)]
    right = [math.sin(yaw), -math.cos(yaw), 0.0]
    level = np.stack([right, np.cross(forward, right), forward], axis=1)
    return as_transform(level @ rotation_about([0, 0, 1], turn), centre)


@st.composite
def poses(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # Turns from 1e-12 up: near the identity the angles of a rotation are hardest to get right.
    turn = draw(st.sampled_from([1e-12, 1e-8, 1e-4, 0.1, 1.0, math.pi]))
    return as_transform(rotation_about(rng.normal(size=3), turn), rng.uniform(-20, 20, 3))


yaws = st.floats(-math.pi, math.pi, exclude_max=True)
ups = st.floats(-1.5, 1.5)
turns = st.floats(-3.0, 3.0)
clouds = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).uniform(-20, 20, (seed % 5, 3))
)


@given(poses(), poses(), clouds)
def test_transforms_agree_with_numpy(c_from_b, b_from_a, points_in_a):
    np.testing.assert_allclose(compose(c_from_b, b_from_a), c_from_b @ b_from_a, **TIGHT)
    np.testing.assert_allclose(invert(c_from_b), np.linalg.inv(c_from_b), **TIGHT)
    np.testing.assert_allclose(
        relative_pose(c_from_b, b_from_a), np.linalg.inv(c_from_b) @ b_from_a, **TIGHT
    )
    points_in_b = points_in_a @ b_from_a[:3, :3].T + b_from_a[:3, 3]
    np.testing.assert_allclose(apply(b_from_a, points_in_a), points_in_b, **TIGHT)


@given(poses(), poses(), poses())
def test_poses_are_a_group(a, b, c):
    np.testing.assert_allclose(compose(compose(a, b), c), compose(a, compose(b, c)), **TIGHT)
    np.testing.assert_allclose(compose(a, invert(a)), np.eye(4), **TIGHT)
    np.testing.assert_allclose(invert(compose(a, b)), compose(invert(b), invert(a)), **TIGHT)
    np.testing.assert_allclose(relative_pose(a, b), invert(relative_pose(b, a)), **TIGHT)
    assert rotation_error(compose(a, b)) < 1e-14


def test_relative_pose_keeps_digits_far_from_the_origin():
    far = as_transform(np.eye(3), [1e9, 0, 0])
    near_it = as_transform(np.eye(3), [1e9 + 2.0**-10, 0, 0])
    assert relative_pose(far, near_it)[0, 3] == 2.0**-10


@given(yaws, ups, turns)
def test_angles_of_a_camera_are_those_it_was_built_from(yaw, up, turn):
    pose = camera(yaw, up, turn)
    assert abs(wrap_angle(heading(pose) - yaw)) < 1e-13
    assert pitch(pose) == pytest.approx(up, abs=1e-13)
    assert roll(pose) == pytest.approx(turn, abs=1e-13)


@given(yaws, ups, turns)
def test_levelled_is_right_forward_up(yaw, up, turn):
    world_from_camera = camera(yaw, up, turn)
    world_from_levelled = levelled(world_from_camera)
    axes = [[math.sin(yaw), -math.cos(yaw), 0], [math.cos(yaw), math.sin(yaw), 0], [0, 0, 1]]
    np.testing.assert_allclose(world_from_levelled[:3, :3].T, axes, **TIGHT)
    np.testing.assert_array_equal(world_from_levelled[:, 3], world_from_camera[:, 3])


@given(yaws, st.floats(-math.pi, math.pi), st.floats(1e-3, 50.0), st.floats(-5.0, 5.0))
def test_azimuth_is_measured_from_the_heading(yaw, azimuth, distance, rise):
    angle = yaw + azimuth
    vector = [distance * math.cos(angle), distance * math.sin(angle), rise]
    assert abs(wrap_angle(azimuth_in_levelled(vector, yaw) - azimuth)) < 1e-13


def test_left_is_positive():
    facing_east = 0.0
    assert azimuth_in_levelled([0, 1, 0], facing_east) == pytest.approx(math.pi / 2)
    assert azimuth_in_levelled([0, -1, 0], facing_east) == pytest.approx(-math.pi / 2)
    assert azimuth_in_levelled([-1, 0, 0], facing_east) == -math.pi


@given(st.floats(-1e6, 1e6))
def test_wrapping_changes_an_angle_by_whole_turns_into_the_half_open_range(angle):
    wrapped = wrap_angle(angle)
    assert -math.pi <= wrapped < math.pi
    assert math.cos(wrapped) == pytest.approx(math.cos(angle), abs=1e-9)
    assert math.sin(wrapped) == pytest.approx(math.sin(angle), abs=1e-9)
    assert wrap_angle(wrapped) == wrapped


def test_wrapping_pi():
    assert wrap_angle(math.pi) == wrap_angle(-math.pi) == -math.pi
    assert wrap_angle(math.nextafter(math.pi, 0)) == math.nextafter(math.pi, 0)


@pytest.mark.parametrize(
    ("rotation", "error"),
    [
        (np.eye(3), 0.0),
        (np.diag([1.0, 1.0, -1.0]), 2.0),
        (np.diag([1.1, 1.0, 1.0]), 0.21),
        (np.array([[1, 0.5, 0], [0, 1, 0], [0, 0, 1]]), 0.5),
    ],
)
def test_rotation_error(rotation, error):
    assert rotation_error(as_transform(rotation)) == pytest.approx(error, abs=1e-15)


def test_rotation_error_of_what_is_no_transform_is_infinite():
    perspective = np.eye(4)
    perspective[3, 2] = 1e-9
    unset = np.eye(4)
    unset[0, 3] = np.nan
    assert rotation_error(perspective) == rotation_error(unset) == math.inf


@pytest.mark.parametrize("function", [heading, roll, levelled])
def test_a_vertical_axis_has_no_heading(function):
    with pytest.raises(ValueError, match="optical axis is vertical"):
        function(np.eye(4))
    function(camera(0.3, math.pi / 2 - 2e-9))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: compose(np.eye(3), np.eye(4)),
            ValueError,
            r"c_from_b: expected \(4, 4\), got \(3, 3\)",
        ),
        (lambda: compose(np.eye(4), 2 * np.eye(4)), ValueError, "b_from_a: the bottom row"),
        (lambda: invert(np.diag([2.0, 1, 1, 1])), ValueError, r"rotation error 3\)"),
        (lambda: invert(np.diag([1, 1, np.nan, 1])), ValueError, r"\[2, 2\] is not finite"),
        (
            lambda: apply(np.eye(4), np.zeros((5, 2))),
            ValueError,
            r"expected \(n, 3\), got \(5, 2\)",
        ),
        (
            lambda: apply(np.eye(4), [[0, 0, 0], [0, np.inf, 0]]),
            ValueError,
            r"source\[1\] is not fin",
        ),
        (lambda: apply(np.eye(4), [[0, 0, 0], [0, 0]]), ValueError, "rows of unequal length"),
        (
            lambda: apply(np.eye(4), [["a", "b", "c"]]),
            TypeError,
            "expected real numbers, got dtype",
        ),
        (lambda: azimuth_in_levelled([0, 0, 1], 0.0), ValueError, "no horizontal part"),
        (lambda: azimuth_in_levelled([1, 0, 0], math.nan), ValueError, "not finite"),
        (lambda: wrap_angle(math.inf), ValueError, "not finite"),
    ],
)
def test_misuse_says_what_was_given(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_other_layouts_and_dtypes_give_the_same_bytes():
    rng = np.random.default_rng(0)
    transform = camera(0.4, 0.2, 0.1)
    points = rng.integers(-5, 5, (20, 3))
    expected = apply(transform, points.astype(np.float64)).tobytes()
    assert apply(transform.copy(order="F"), points).tobytes() == expected
    assert (
        apply(transform, np.repeat(points, 2, axis=0)[::2].astype(np.float32)).tobytes() == expected
    )
    read_only = points.astype(np.float64)
    read_only.flags.writeable = False
    assert apply(transform, read_only).tobytes() == expected
