# SPDX-License-Identifier: Apache-2.0
"""What is particular to ARKitScenes."""

import json
import math

import numpy as np
import pytest

from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import read_depth, read_pixels
from spatialevo_dge.importers import ARKitScenesOptions, import_arkitscenes
from spatialevo_dge.importers.pixels import turned_intrinsics, turned_pose
from spatialevo_dge.importers.trajectory import rotation_of
from spatialevo_geometry import Intrinsics, project
from spatialevo_geometry.rigid import apply, invert
from support.exporters import export_arkitscenes


@pytest.fixture(scope="module")
def exported(formats, small_options, tmp_path_factory):
    """Rooms taken with the sky up, left, down and right."""
    folder = tmp_path_factory.mktemp("arkit")
    rooms = [formats["arkitscenes"].room(seed, small_options) for seed in (4, 5, 6, 7)]
    return [(room, export_arkitscenes(room, folder)) for room in rooms]


def edit(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("place", range(4))
def test_images_are_turned_with_what_belongs_to_them(exported, tmp_path, place):
    room, folder = exported[place]
    scene = import_arkitscenes(folder, ARKitScenesOptions(images=tmp_path))
    notes = scene.provenance["frames"]
    assert notes["sky_direction"] == ("Up", "Left", "Down", "Right")[place]
    assert notes["sky_direction_in_metadata"] == notes["sky_direction"]
    assert notes["turned"] == place
    for frame, drawn in zip(scene.frames, room.pictures, strict=True):
        np.testing.assert_array_equal(read_pixels(frame.image_path), drawn.rgb)
        np.testing.assert_allclose(read_depth(frame.depth_path), drawn.depth, atol=0.00051)
        assert (frame.intrinsics.width, frame.intrinsics.height) == drawn.depth.shape[::-1]


@pytest.mark.parametrize("place", range(4))
def test_images_may_stay_as_they_were_taken(exported, place):
    """Nothing is made, and image, camera and pose still belong together."""
    _, folder = exported[place]
    scene = import_arkitscenes(folder, ARKitScenesOptions(upright=False))
    assert all(frame.image_path.is_relative_to(folder) for frame in scene.frames)
    assert {frame.intrinsics.width for frame in scene.frames} == {256}
    assert scene.provenance["checks"]["reprojection_error"] < 0.02


def test_turning_needs_a_folder(exported):
    with pytest.raises(ValueError, match="taken sideways"):
        import_arkitscenes(exported[1][1])


@pytest.mark.parametrize("quarters", range(-4, 5))
def test_a_turned_pixel_is_the_pixel_of_the_turned_image(quarters):
    """np.rot90 of an image of column and row numbers says where each pixel went."""
    k = Intrinsics(fx=50.0, fy=60.0, cx=20.0, cy=11.0, width=48, height=32)
    pose = np.eye(4)
    pose[:3, :3] = rotation_of(np.array([0.3, -0.9, 0.4]))
    pose[:3, 3] = (0.2, -1.0, 0.5)
    columns, rows = np.meshgrid(np.arange(48), np.arange(32))
    turned = np.rot90(np.stack([columns, rows], axis=-1), -quarters)
    camera = turned_intrinsics(k, quarters)
    assert (camera.height, camera.width) == turned.shape[:2]
    for u, v in ((3, 2), (20, 11), (47, 31)):
        local = np.array([[(u - 20.0) / 50.0, (v - 11.0) / 60.0, 1.0]]) * 2.5
        world = apply(pose, local)
        pixels, depths = project(apply(invert(turned_pose(pose, quarters)), world), camera)
        column, row = np.rint(pixels[0]).astype(int)
        np.testing.assert_allclose(pixels[0], (column, row), atol=1e-9)
        assert tuple(turned[row, column]) == (u, v)
        assert depths[0] == pytest.approx(2.5)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-4, 1.0, math.pi - 1e-9, math.pi, 6.0])
def test_angle_axis(angle):
    """Against the exponential series, term by term."""
    axis = np.array([2.0, -1.0, 2.0]) / 3.0
    x, y, z = axis * angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    expected, term = np.eye(3), np.eye(3)
    for order in range(1, 60):
        term = term @ cross / order
        expected = expected + term
    np.testing.assert_allclose(rotation_of(axis * angle), expected, atol=1e-12)


def test_images_between_poses_are_no_frames(exported):
    room, folder = exported[0]
    scene = import_arkitscenes(folder)
    assert len(scene.frames) == len(room.scene.frames)
    assert scene.provenance["frames"]["images_without_pose"] == 1


def test_a_pose_that_is_not_finite_is_skipped(exported):
    _, folder = exported[0]
    path = folder / f"{folder.name}_frames" / "lowres_wide.traj"
    good = path.read_text()
    try:
        lines = good.splitlines()
        lines[0] = " ".join([lines[0].split()[0], *["nan"] * 6])
        path.write_text("\n".join(lines))
        scene = import_arkitscenes(folder)
        assert dict(scene.skipped_frames) == {"6845.706": "pose is not finite"}
    finally:
        path.write_text(good)


@pytest.fixture
def annotation(exported):
    path = next(exported[0][1].glob("*_annotation.json"))
    good = path.read_bytes()
    yield path
    path.write_bytes(good)


def test_boxes_in_centimetres_where_there_are_no_others(exported, annotation):
    room, folder = exported[0]

    def drop(document):
        for record in document["data"]:
            del record["segments"]["obbAligned"]

    edit(annotation, drop)
    for ours, theirs in zip(room.scene.objects, import_arkitscenes(folder).objects, strict=True):
        np.testing.assert_allclose(theirs.obb.corners, ours.obb.corners, atol=1e-9)


def test_a_box_off_the_mesh_is_named(exported, annotation):
    """Centimetres taken for metres, for one."""

    def enlarge(document):
        box = document["data"][0]["segments"]["obbAligned"]
        box["centroid"] = [100 * value for value in box["centroid"]]

    edit(annotation, enlarge)
    with pytest.raises(SceneError, match=r"data\[0\]\.segments: .* off the mesh"):
        import_arkitscenes(exported[0][1])


def test_a_skipped_video_is_named(exported, annotation):
    edit(annotation, lambda document: document.update(skipped=True))
    with pytest.raises(SceneError, match="skipped: the annotators skipped this video"):
        import_arkitscenes(exported[0][1])


def test_points_belong_to_the_thing_itself(exported):
    """Nothing of the floor or the walls, and all but what rests on the floor of each thing."""
    room, folder = exported[0]
    scene = import_arkitscenes(folder)
    own, found = (np.asarray(s.cloud.points_in_world) for s in (room.scene, scene))
    floor = room.construction.floor_height + 0.02
    for ours, theirs in zip(room.scene.objects, scene.objects, strict=True):
        built = {tuple(p) for p in own[slice(*ours.point_range)].tolist() if p[2] > floor}
        taken = {tuple(p) for p in found[slice(*theirs.point_range)].tolist()}
        assert len(taken - built) <= 0.02 * len(taken), ours.label
        assert len(built & taken) >= 0.7 * len(built), ours.label
