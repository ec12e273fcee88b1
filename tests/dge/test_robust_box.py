# SPDX-License-Identifier: Apache-2.0
"""Boxes fitted to noisy points: where the surface ends, not where the noise does. Decision 1."""

import math

import numpy as np
import pytest

import box_bias
from spatialevo_dge import DEFAULT, Scene
from spatialevo_dge.importers.robust_box import far_ends, fit_robustly, measured_sigma, robust_box
from spatialevo_dge.importers.scene_builder import Instance, fitted
from spatialevo_dge.scene import EXACT, NoiseModel
from spatialevo_dge.surface import box_of
from spatialevo_dge.synthetic import RoomOptions, make_room
from spatialevo_dge.synthetic.rescan import rescan
from spatialevo_geometry import fit_gravity_aligned

OFFSETS = NoiseModel(object_offset_sigma=0.01)
POSES = NoiseModel(pose_translation_sigma=0.02, pose_rotation_sigma=math.radians(1.0))


def box_surface(
    generator: np.random.Generator, count: int, extents: tuple[float, float, float], yaw: float
) -> np.ndarray:
    """Draw points evenly from the surface of a box turned about the vertical."""
    size = np.array(extents)
    areas = np.array([size[1] * size[2], size[0] * size[2], size[0] * size[1]])
    axis = generator.choice(3, count, p=areas / areas.sum())
    local = generator.uniform(-0.5, 0.5, (count, 3))
    local[np.arange(count), axis] = generator.choice((-0.5, 0.5), count)
    c, s = math.cos(yaw), math.sin(yaw)
    return (local * size) @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


@pytest.mark.parametrize("sigma", [0.005, 0.01, 0.02])
@pytest.mark.parametrize("count", [200, 500, 1000])
def test_the_longest_side_of_furniture(count: int, sigma: float) -> None:
    """Decision 1: |bias| at most 1 cm, sd at most 2 cm, from 200 points and up to 2 cm."""
    shapes = list(box_bias.furniture().values())
    assert len(shapes) > 50
    found = box_bias.errors(shapes, count, sigma, sigma, 1)
    assert abs(found.robust.mean()) <= 0.01
    assert found.robust.std() <= 0.02
    assert found.raw.mean() > 3.0 * sigma  # what there is to correct


@pytest.mark.parametrize("count", [200, 1000])
def test_every_side_of_a_plain_box(count: int) -> None:
    generator = np.random.default_rng(4)
    size = (0.9, 0.5, 0.7)
    errors, yaws = [], []
    for _ in range(60):
        yaw = generator.uniform(-0.7, 0.7)
        noisy = box_surface(generator, count, size, yaw)
        noisy = noisy + 0.02 * generator.normal(size=noisy.shape)
        box = robust_box(noisy, fit_gravity_aligned(noisy), 0.02)
        ordered = sorted(box.extents[:2], reverse=True)
        errors.append(np.array([*ordered, box.extents[2]]) - size)
        long = box.axes[int(np.argmax(box.extents[:2]))]
        turn = math.atan2(long[1], long[0]) - yaw
        yaws.append((turn + math.pi / 2) % math.pi - math.pi / 2)
        assert np.abs(box.centre).max() < 0.04
    assert np.abs(np.mean(errors, axis=0)).max() <= 0.01
    assert np.std(errors, axis=0).max() <= 0.02
    assert math.degrees(np.abs(yaws).max()) < 5.0


def test_without_noise_the_box_is_the_raw_one() -> None:
    points = box_surface(np.random.default_rng(1), 300, (1.0, 0.5, 0.7), 0.3)
    raw = fit_gravity_aligned(points)
    assert robust_box(points, raw, 0.0) is raw
    for noise in (EXACT, POSES):
        fit = fit_robustly(points, raw, noise)
        assert fit.box is raw
        assert fit.slack == 0.0
    built = fitted(
        Instance(id=1, label="x", source_label="x", vertices=np.arange(300)), points, 300
    )
    assert built.obb is built.obb_raw
    assert built.box_slack == 0.0


def test_the_end_of_a_face_and_of_a_side() -> None:
    """All points on one plane, or evenly behind it: the same end."""
    generator = np.random.default_rng(2)
    ends = []
    for _ in range(80):
        face = 1.0 + 0.02 * generator.normal(size=60)
        side = generator.uniform(0.0, 1.0, 900) + 0.02 * generator.normal(size=900)
        ends.append((far_ends(face[:, None], 0.02)[0], far_ends(side[:, None], 0.02)[0]))
    bias, spread = np.mean(ends, axis=0) - 1.0, np.std(ends, axis=0)
    assert np.abs(bias).max() < 0.01
    assert spread.max() < 0.015


def test_columns_are_estimated_alone_and_move_along() -> None:
    points = np.random.default_rng(3).normal(size=(200, 3))
    together = far_ends(points, 0.1)
    assert [far_ends(points[:, [axis]], 0.1)[0] for axis in range(3)] == together.tolist()
    assert far_ends(points + 5.0, 0.1) == pytest.approx(together + 5.0, abs=1e-12)
    assert far_ends(2.0 * points, 0.2) == pytest.approx(2.0 * together, abs=1e-9)


def test_a_sheet_is_never_inside_out() -> None:
    generator = np.random.default_rng(5)
    sheet = np.column_stack(
        [generator.uniform(0, 2, 400), np.zeros(400), generator.uniform(0, 1, 400)]
    )
    noisy = sheet + 0.02 * generator.normal(size=sheet.shape)
    box = robust_box(noisy, fit_gravity_aligned(noisy), 0.02)
    assert box.extents.min() >= 0.0
    assert box.extents.min() < 0.03
    assert box.longest_side == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_a_handful_of_points_has_a_box(count: int) -> None:
    points = np.random.default_rng(6).normal(size=(count, 3)) * 0.1
    fit = fit_robustly(points, fit_gravity_aligned(points), NoiseModel(point_sigma=0.02))
    assert np.isfinite(fit.box.corners).all()
    assert fit.box.extents.min() >= 0.0


def test_a_smooth_scan_is_not_corrected_for_noise_it_has_not() -> None:
    generator = np.random.default_rng(7)
    smooth = box_surface(generator, 3000, (1.2, 0.6, 0.8), 0.4)
    rough = smooth + 0.02 * generator.normal(size=smooth.shape)
    assert measured_sigma(smooth, 0.02) < 0.005
    assert measured_sigma(rough, 0.02) == 0.02
    assert measured_sigma(rough, 0.0) == 0.0
    assert measured_sigma(smooth[:4], 0.02) == 0.02  # too few to tell
    raw = fit_gravity_aligned(smooth)
    fit = fit_robustly(smooth, raw, NoiseModel(point_sigma=0.02))
    assert fit.box.longest_side == pytest.approx(raw.longest_side, abs=0.01)


def test_slack_is_for_what_looks_alike_from_all_sides() -> None:
    """A regular prism has many best boxes, a long box one."""
    turns = np.arange(48) * math.tau / 48
    prism = np.column_stack(
        [
            np.tile(0.4 * np.cos(turns), 20),
            np.tile(0.4 * np.sin(turns), 20),
            np.repeat(np.arange(20), 48) * 0.05,
        ]
    )
    raw = fit_gravity_aligned(prism)
    slack = fit_robustly(prism, raw, OFFSETS).slack
    # From a corner to the middle of a side: 0.4 m (sqrt(2) - 1), of which two sds.
    assert slack == pytest.approx(0.4 * (math.sqrt(2) - 1) / 2, abs=0.005)
    box = box_surface(np.random.default_rng(8), 900, (1.6, 0.4, 0.6), 0.2)
    assert fit_robustly(box, fit_gravity_aligned(box), OFFSETS).slack == 0.0


def test_a_scene_keeps_its_slack_on_disk(tmp_path) -> None:
    options = RoomOptions(cameras=2, clutter=2, image_size=(64, 48))
    scene = rescan(make_room(3, options), options, NoiseModel(point_sigma=0.02), 5)
    assert any(item.box_slack > 0.0 for item in scene.objects)
    scene.save(tmp_path / "scan")
    loaded = Scene.load(tmp_path / "scan")
    assert [item.box_slack for item in loaded.objects] == [item.box_slack for item in scene.objects]
    assert [box_of(item, DEFAULT).extents.tolist() for item in loaded.objects] == [
        box_of(item, DEFAULT).extents.tolist() for item in scene.objects
    ]


def test_a_scan_without_noise_is_the_room() -> None:
    options = RoomOptions(cameras=2, clutter=2, image_size=(64, 48))
    room = make_room(4, options)
    scan = rescan(room, options, EXACT, 0)
    assert [item.label for item in scan.objects] == [item.label for item in room.scene.objects]
    assert np.array_equal(scan.visibility.records, room.scene.visibility.records)
    for scanned, built in zip(scan.objects, room.scene.objects, strict=True):
        assert scanned.obb is scanned.obb_raw
        assert scanned.obb.height == pytest.approx(built.obb.height, abs=1e-6)
