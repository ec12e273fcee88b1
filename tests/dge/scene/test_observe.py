# SPDX-License-Identifier: Apache-2.0
"""Visibility from depth images, from the mesh and from bare points, on the room."""

from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge.arrays_cloud import InMemoryCloud
from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import image_size, read_depth
from spatialevo_dge.importers import import_scannet
from spatialevo_dge.observe import mesh_samples, observe, scaled
from spatialevo_dge.scene import VisibilitySource
from spatialevo_geometry import Intrinsics


def ray_depth(room, pose, matrix, size, offset=(0.0, 0.0, 0.0)):
    """Depth images of boxes by slabs, without any of the package's geometry."""
    width, height = size
    u, v = np.meshgrid(np.arange(width), np.arange(height))
    rays = np.stack([(u - matrix[0, 2]) / matrix[0, 0], (v - matrix[1, 2]) / matrix[1, 1]], -1)
    rays = np.concatenate([rays, np.ones((height, width, 1))], axis=-1) @ pose[:3, :3].T
    eye = pose[:3, 3] + pose[:3, :3] @ np.array(offset)
    nearest = np.full((height, width), np.inf)
    for part in room.parts:
        with np.errstate(divide="ignore"):
            one = (np.array(part.low) - eye) / rays
            two = (np.array(part.high) - eye) / rays
        enter, leave = np.minimum(one, two).max(axis=-1), np.maximum(one, two).min(axis=-1)
        hit = leave if part.inward else np.where((enter > 0) & (enter < leave), enter, np.inf)
        nearest = np.minimum(nearest, hit)
    return nearest


def millimetres(depth):
    return np.round(depth * 1000.0).astype(np.uint16)


MATRIX = np.array([[40.0, 0, 31.5, 0], [0, 40.0, 23.5, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
# The depth camera: five times the resolution, another focal length.
DEPTH_MATRIX = np.array([[210.0, 0, 159.5, 0], [0, 210.0, 119.5, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
DEPTH_SIZE = (320, 240)


def with_depth(room, folder, offset=(0.0, 0.0, 0.0)):
    room.write(folder)
    (folder / "depth").mkdir()
    np.savetxt(folder / "intrinsic" / "intrinsic_depth.txt", DEPTH_MATRIX)
    if any(offset):
        colour_from_depth = np.eye(4)
        colour_from_depth[:3, 3] = offset
        np.savetxt(folder / "intrinsic" / "extrinsic_depth.txt", colour_from_depth)
    for name, pose in zip(("0", "10", "20"), room.cameras, strict=True):
        depth = ray_depth(room, pose, DEPTH_MATRIX, DEPTH_SIZE, offset)
        room.write_png(folder / "depth" / f"{name}.png", millimetres(depth))
    return folder


def shares(scene):
    return {
        (frame.id, item.label): (
            record.of_facing if (record := scene.visibility.in_frame(index).get(item.id)) else 0.0
        )
        for index, frame in enumerate(scene.frames)
        for item in scene.objects
    }


def share_by_rays(room, index, part):
    """Visible share of the camera-facing faces: a segment from the eye to each, by slabs."""
    corners = part.vertices[part.faces]
    points = corners.mean(axis=1)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    weights = np.linalg.norm(normals, axis=1)
    pose = room.cameras[index]
    rays = points - pose[:3, 3]
    facing = np.einsum("ij,ij->i", rays, normals) < 0
    u, v, z = (rays @ pose[:3, :3]).T
    inside = (z > 0) & (abs(MATRIX[0, 0] * u) < 32 * z) & (abs(MATRIX[1, 1] * v) < 24 * z)
    free = np.ones(len(points), dtype=bool)
    for other in room.parts:
        if not other.inward:
            with np.errstate(divide="ignore", invalid="ignore"):
                one = (np.array(other.low) - pose[:3, 3]) / rays
                two = (np.array(other.high) - pose[:3, 3]) / rays
            enter, leave = np.minimum(one, two).max(axis=-1), np.maximum(one, two).min(axis=-1)
            free &= ~((enter > 0) & (enter < leave - 1e-3) & (enter < 1 - 1e-3))
    return weights[facing & inside & free].sum() / weights[facing].sum()


def test_the_rendered_mesh_shows_what_rays_reach(room, room_scene):
    expected = {
        (frame.id, item.label): share_by_rays(room, index, part)
        for index, frame in enumerate(room_scene.frames)
        for item, part in zip(room_scene.objects, room.parts, strict=False)
    }
    found = shares(room_scene)
    assert min(expected.values()) == 0.0
    assert max(expected.values()) > 0.9
    for key, share in expected.items():
        assert found[key] == pytest.approx(share, abs=0.025), key


def test_bare_points_stand_in_for_a_mesh(room_scene):
    points = room_scene.cloud.points_in_world
    bare = replace(room_scene, cloud=InMemoryCloud(points_in_world=points))
    seen = observe(bare)
    assert {frame.visibility_source for frame in seen.frames} == {VisibilitySource.Z_BUFFER}
    visible = {key for key, share in shares(room_scene).items() if share > 0.5}
    hidden = {key for key, share in shares(room_scene).items() if share < 0.01}
    assert visible
    for key in visible:
        assert shares(seen)[key] > 0.1
    for key in hidden:
        assert shares(seen)[key] < 0.05


def test_a_wall_in_between_hides_everything(room_scene):
    frame = room_scene.frames[0]
    pose = frame.world_from_camera
    # A square 30 cm in front of the lens, wider than the view.
    corners = np.array([[-1, -1, 0.3], [1, -1, 0.3], [1, 1, 0.3], [-1, 1, 0.3]], dtype=float)
    wall = corners @ pose[:3, :3].T + pose[:3, 3]
    cloud = room_scene.cloud
    count = len(cloud.points_in_world)
    faces = [[count, count + 1, count + 2], [count, count + 2, count + 3]]
    hidden = replace(
        room_scene,
        cloud=InMemoryCloud(
            points_in_world=np.concatenate([cloud.points_in_world, wall]),
            normals_in_world=np.concatenate([cloud.normals_in_world, np.zeros((4, 3))]),
            areas=np.concatenate([cloud.areas, np.zeros(4)]),
            faces=np.concatenate([cloud.faces, faces]),
        ),
    )
    assert room_scene.visibility.in_frame(0)[0].of_facing > 0.8
    assert dict(observe(hidden).visibility.in_frame(0)) == {}


def test_an_object_without_faces_is_its_points(room_scene):
    cloud = room_scene.cloud
    start, stop = room_scene.objects[0].point_range
    others = ((cloud.faces < start) | (cloud.faces >= stop)).all(axis=1)
    bare = InMemoryCloud(points_in_world=cloud.points_in_world, faces=cloud.faces[others])
    seen = observe(replace(room_scene, cloud=bare)).visibility.in_frame(0)
    assert 0 not in seen or seen[0].of_total < 0.3  # nothing of it is left to be rendered
    assert seen[1].of_facing > 0.5


def test_a_coarse_mesh_is_sampled_as_densely_as_a_fine_one():
    corners = np.array([[[0, 0, 0], [2, 0, 0], [0, 1, 0]]], dtype=float)
    samples = mesh_samples(corners)
    points = samples.points_in_world
    assert len(points) == 45**2  # the longest side, 2.236 m, in pieces of at most 5 cm
    assert samples.weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(points.mean(axis=0), [2 / 3, 1 / 3, 0])
    assert (points[:, 0] / 2 + points[:, 1] < 1).all()
    assert len(np.unique(points.round(9), axis=0)) == len(points)
    np.testing.assert_array_equal(np.unique(samples.normals_in_world, axis=0), [[0, 0, 1]])
    assert mesh_samples(np.zeros((3, 3, 3))) is None


def test_nothing_to_look_at(room_scene):
    bare = replace(room_scene, cloud=None, visibility=None)
    assert observe(bare) is bare


def test_a_camera_at_another_resolution_sees_the_same_rays():
    camera = Intrinsics(fx=1000, fy=900, cx=640, cy=400, width=1296, height=968)
    small = scaled(camera, 0.31)
    for u, v in ((-0.5, -0.5), (1295.5, 967.5), (100.0, 33.0)):
        ratio_u, ratio_v = small.width / camera.width, small.height / camera.height
        across = ((u + 0.5) * ratio_u - 0.5 - small.cx) / small.fx
        down = ((v + 0.5) * ratio_v - 0.5 - small.cy) / small.fy
        assert across == pytest.approx((u - camera.cx) / camera.fx)
        assert down == pytest.approx((v - camera.cy) / camera.fy)


def test_image_sizes_are_read_from_the_header(room, tmp_path):
    room.write_png(tmp_path / "x.png", np.zeros((5, 7), np.uint16))
    assert image_size(tmp_path / "x.png") == (7, 5)
    exif = b"\xff\xe1\x00\x08Exif\x00\x00"
    frame = b"\xff\xc2\x00\x11\x08" + (968).to_bytes(2, "big") + (1296).to_bytes(2, "big")
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8" + exif + frame)
    assert image_size(tmp_path / "x.jpg") == (1296, 968)


class TestDepthImages:
    def test_depth_agrees_with_the_mesh(self, room, room_scene, tmp_path):
        scene = import_scannet(with_depth(room, tmp_path / room.scene_id))
        assert {frame.visibility_source for frame in scene.frames} == {VisibilitySource.DEPTH}
        rendered, measured = shares(room_scene), shares(scene)
        assert max(rendered.values()) > 0.9
        for key, share in rendered.items():
            assert measured[key] == pytest.approx(share, abs=0.05), key

    def test_a_depth_camera_beside_the_colour_camera(self, room, room_scene, tmp_path):
        offset = (-0.04, 0.01, 0.02)
        scene = import_scannet(with_depth(room, tmp_path / room.scene_id, offset))
        for key, share in shares(room_scene).items():
            assert shares(scene)[key] == pytest.approx(share, abs=0.05), key

    def test_missing_depth_is_unknown_and_not_hidden(self, room, tmp_path):
        folder = with_depth(room, tmp_path / room.scene_id)
        depth = millimetres(ray_depth(room, room.cameras[0], DEPTH_MATRIX, DEPTH_SIZE))
        full = import_scannet(folder).visibility.in_frame(0)[0]
        depth[:, ::2] = 0
        room.write_png(folder / "depth" / "0.png", depth)
        half = import_scannet(folder).visibility.in_frame(0)[0]
        assert half.unknown == pytest.approx(0.5, abs=0.1)
        assert half.of_facing == pytest.approx(full.of_facing, abs=0.05)
        room.write_png(folder / "depth" / "0.png", depth * 0)
        none = import_scannet(folder).visibility.in_frame(0)[0]
        assert none.of_facing == 0.0
        assert none.unknown > 0.9

    def test_depth_is_in_metres(self, room, tmp_path):
        room.write_png(tmp_path / "x.png", np.array([[0, 1000, 2345]], np.uint16))
        np.testing.assert_allclose(read_depth(tmp_path / "x.png"), [[0.0, 1.0, 2.345]])

    def test_damage_is_named(self, room, tmp_path):
        folder = with_depth(room, tmp_path / room.scene_id)
        path = folder / "depth" / "10.png"
        good = path.read_bytes()
        for data in (b"", good[:-30], good[:60], good.replace(b"IDAT", b"IDAX")):
            path.write_bytes(data)
            with pytest.raises(SceneError) as caught:
                import_scannet(folder)
            assert caught.value.source == str(path)
        room.write_png(path, np.zeros((5, 7), np.uint16))
        with pytest.raises(SceneError, match="size"):
            import_scannet(folder)
