# SPDX-License-Identifier: Apache-2.0
"""What the oracle gets of a room: pictures, depth, visibility, bytes."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest

from dge.synthetic.oracles import Walls
from spatialevo_dge.observe import observe
from spatialevo_dge.scene import NoiseModel, VisibilitySource
from spatialevo_dge.synthetic import RoomOptions, make_room

SEEDS = range(30)
OPTIONS = RoomOptions(yaw=None, floor_height=-0.4)


@pytest.fixture(scope="module")
def rooms():
    return {seed: make_room(seed, OPTIONS) for seed in SEEDS}


def digest(room):
    scene, hasher = room.scene, hashlib.sha256()
    arrays = [scene.visibility.records, *(f.world_from_camera for f in scene.frames)]
    arrays += [getattr(scene.cloud, n) for n in ("points_in_world", "normals_in_world", "areas")]
    arrays += [scene.cloud.colours, scene.cloud.faces, scene.floor.rings[0]]
    for picture in room.pictures:
        arrays += [picture.rgb, picture.depth, picture.owners]
    for item in scene.objects:
        hasher.update(f"{item.id} {item.label} {item.point_range}".encode())
        arrays += [item.obb.centre, item.obb.axes, item.obb.extents]
    for array in arrays:
        hasher.update(np.ascontiguousarray(array).tobytes())
    return hasher.hexdigest()


@pytest.mark.parametrize("seed", [0, 7, 29])
def test_the_same_seed_gives_the_same_bytes(rooms, seed):
    assert digest(make_room(seed, OPTIONS)) == digest(rooms[seed])


def test_other_seeds_and_options_give_other_rooms(rooms):
    assert len({digest(room) for room in rooms.values()}) == len(SEEDS)
    other = make_room(0, RoomOptions(yaw=None, floor_height=-0.4, cameras=3))
    assert other.scene.id != rooms[0].scene.id
    # Streams are apart: fewer cameras leave the furniture where it was.
    assert [i.label for i in other.scene.objects] == [i.label for i in rooms[0].scene.objects]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_frame_sees_something(rooms, seed):
    room = rooms[seed]
    for index, picture in enumerate(room.pictures):
        seen = room.scene.visibility.in_frame(index)
        assert sum(record.of_facing >= 0.10 for record in seen.values()) >= 2
        assert (picture.depth > 0.0).all()  # a closed room
        assert len(np.unique(picture.rgb.reshape(-1, 3), axis=0)) > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_depth_agrees_with_rays(rooms, seed):
    """Each sampled pixel against every convex part and every wall, in plain numpy."""
    room, k = rooms[seed], rooms[seed].intrinsics
    random, walls = np.random.default_rng(seed), Walls(room.construction)
    checked = 0
    for index, picture in enumerate(room.pictures):
        pose = room.scene.frames[index].world_from_camera
        u, v = random.integers(0, k.width, 150), random.integers(0, k.height, 150)
        local = np.stack([(u - k.cx) / k.fx, (v - k.cy) / k.fy, np.ones(150)], axis=1)
        hits = walls.depths((pose[:3, 3], local @ pose[:3, :3].T))
        assert picture.depth[v, u] == pytest.approx(hits.min(axis=0), rel=1e-7)
        first, second = np.sort(hits, axis=0)[:2]
        clear = second > first + 1e-6
        expected, owners = hits.argmin(axis=0), picture.owners[v, u]
        count = len(room.construction.objects)
        assert np.array_equal(np.minimum(owners, count)[clear], expected[clear])
        checked += np.count_nonzero(clear & (expected < count))
    assert checked > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_visibility_agrees_with_rays(rooms, seed):
    """The visible share of the facing surface, by a ray to the middle of every triangle."""
    room, k = rooms[seed], rooms[seed].intrinsics
    cloud, walls = room.scene.cloud, Walls(room.construction)
    corners = cloud.points_in_world.astype(np.float64)[cloud.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas, middles = np.linalg.norm(normals, axis=1) / 2, corners.mean(axis=1)
    for index in (0, 4):
        pose, seen = (
            room.scene.frames[index].world_from_camera,
            room.scene.visibility.in_frame(index),
        )
        directions = middles - pose[:3, 3]
        cosine = np.einsum("ni,ni->n", normals, directions) / areas
        cosine /= 2 * np.linalg.norm(directions, axis=1)
        x, y, z = (directions @ pose[:3, :3]).T
        u, v = k.fx * x / z + k.cx, k.fy * y / z + k.cy
        inside = (z > 0) & (u >= -0.5) & (u < k.width - 0.5) & (v >= -0.5) & (v < k.height - 0.5)
        for item in room.scene.objects:
            start, stop = item.point_range
            own = (cloud.faces[:, 0] >= start) & (cloud.faces[:, 0] < stop)
            rows = np.flatnonzero(own & inside & (cosine < -1e-3))
            nearest = walls.depths((pose[:3, 3], directions[rows])).min(axis=0, initial=np.inf)
            visible = areas[rows][nearest > 1 - 1e-4].sum()
            # Rounding of the points decides whether a face seen edge-on faces the camera and shows.
            facing = areas[own & (cosine < -1e-3)].sum()
            edge_on = areas[own & (np.abs(cosine) <= 1e-3)].sum()
            grain = areas[own].max()
            bounds = np.array([visible - grain, visible + grain + edge_on])
            low, high = bounds / (facing + edge_on), bounds / facing
            record = seen[item.id] if item.id in seen else None
            assert low[0] <= (record.of_facing if record else 0.0) <= high[1], item.label
            low, high = bounds / areas[own].sum()
            assert low <= (record.of_total if record else 0.0) <= high, item.label


def test_visibility_agrees_with_the_operator_on_average(rooms):
    """The operator that serves scans, on fine depth images: no bias, few misses."""
    differences = []
    for room in list(rooms.values())[:10]:
        measured = observe(room.scene).visibility
        for index in range(len(room.scene.frames)):
            truth, found = room.scene.visibility.in_frame(index), measured.in_frame(index)
            for item in room.scene.objects:
                true = truth[item.id].of_facing if item.id in truth else 0.0
                differences.append((found[item.id].of_facing if item.id in found else 0.0) - true)
    assert abs(np.mean(differences)) < 0.01
    assert np.quantile(np.abs(differences), 0.95) < 0.10


def test_unoccluded_is_seen_whole_and_hidden_not_at_all():
    labels = {"box": 3, "wardrobe": 1, "picture frame": 2}
    whole, hidden = [], []
    for seed in range(12):
        room = make_room(seed, RoomOptions(labels=labels, cameras=8))
        for index, picture in enumerate(room.pictures):
            seen = room.scene.visibility.in_frame(index)
            for item in room.scene.objects:
                if item.label not in {"box", "wardrobe"}:
                    continue
                pixels = np.argwhere(picture.owners == item.id - 1)
                record = seen[item.id] if item.id in seen else None
                if len(pixels) == 0:
                    hidden.append(0.0 if record is None else record.of_facing)
                elif _stands_free(picture, item.id - 1, pixels) and not record.truncated:
                    whole.append(record.of_facing)
    assert len(whole) >= 10
    assert min(whole) >= 0.9
    assert len(hidden) >= 10
    assert max(hidden) <= 0.02


def _stands_free(picture, owner, pixels):
    """Whether the object's picture borders on nothing nearer, nor on the edge of the image."""
    low, high = pixels.min(axis=0), pixels.max(axis=0) + 1
    if (low < 1).any() or (high > np.array(picture.owners.shape) - 1).any() or len(pixels) < 60:
        return False
    for step in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        beside = tuple((pixels + step).T)
        other = picture.owners[beside] != owner
        if (picture.depth[beside] < picture.depth[tuple(pixels.T)] - 0.02)[other].any():
            return False
    return True


def test_pixels_are_those_of_the_picture(rooms):
    for room in rooms.values():
        for index, picture in enumerate(room.pictures):
            for number, record in room.scene.visibility.in_frame(index).items():
                drawn = np.count_nonzero(picture.owners == number - 1)
                assert record.pixels == pytest.approx(drawn, abs=0)


def test_normals_point_out_of_objects_and_into_the_room(rooms):
    for room in list(rooms.values())[:6]:
        cloud = room.scene.cloud
        points, normals = cloud.points_in_world, cloud.normals_in_world
        a, b, c = (points[cloud.faces[:, i]] for i in range(3))
        winding = np.cross(b - a, c - a)
        assert (np.einsum("ni,ni->n", winding, normals[cloud.faces[:, 0]]) > 0).all()
        assert np.allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-5)
        middle = np.array([*room.construction.outline.mean(axis=0), 0.0])
        floor, ceiling = room.scene.structure[-2:]
        assert (normals[slice(*floor.point_range), 2] > 0.99).all()
        assert (normals[slice(*ceiling.point_range), 2] < -0.99).all()
        for item in room.construction.objects:
            rows = slice(*room.scene.objects_by_id[item.id].point_range)
            # Divergence theorem: the flux of x through a closed surface is three times its volume.
            flux = np.einsum(
                "ni,ni,n->", points[rows] - item.centre, normals[rows], cloud.areas[rows]
            )
            assert flux > 0, item.label
        assert math.isfinite(middle.sum())


def test_some_frames_are_close_pairs(rooms):
    steps = [
        float(np.linalg.norm(a.position - b.position))
        for room in rooms.values()
        for a, b in zip(
            room.construction.cameras[::2], room.construction.cameras[1::2], strict=True
        )
    ]
    assert np.median(steps) < 0.8
    assert max(steps) > 0.2


def test_spacing_bounds_the_distance_of_neighbours():
    fine = make_room(2, RoomOptions(spacing=0.03, cameras=0))
    points, faces = fine.scene.cloud.points_in_world, fine.scene.cloud.faces
    sides = np.linalg.norm(points[faces] - points[np.roll(faces, 1, axis=1)], axis=2)
    # Two sides of a triangle lie along its cell, the third across it.
    assert np.sort(sides, axis=1)[:, 1].max() <= 0.03 + 1e-5


def test_noise_is_of_the_size_asked_for():
    noise = NoiseModel(
        point_sigma=0.02, object_offset_sigma=0.01, pose_translation_sigma=0.02,
        pose_rotation_sigma=math.radians(1.0), depth_sigma_quadratic=0.0015,
    )  # fmt: skip
    exact, noisy = make_room(4), make_room(4, RoomOptions(noise=noise))
    moved = noisy.scene.cloud.points_in_world - exact.scene.cloud.points_in_world
    walls = slice(noisy.scene.structure[0].point_range[0], None)
    assert moved[walls].std() == pytest.approx(0.02, rel=0.03)
    shifts = [
        b.obb.centre - a.obb.centre
        for a, b in zip(exact.scene.objects, noisy.scene.objects, strict=True)
    ]
    assert np.std(shifts) == pytest.approx(0.01, rel=0.35)
    for a, b, shift in zip(exact.scene.objects, noisy.scene.objects, shifts, strict=True):
        mean = moved[slice(*a.point_range)].mean(axis=0)
        assert np.abs(mean - shift).max() < 5 * 0.02 / math.sqrt(b.point_count)
    steps = [
        np.linalg.norm(b.world_from_camera[:3, 3] - a.world_from_camera[:3, 3])
        for a, b in zip(exact.scene.frames, noisy.scene.frames, strict=True)
    ]
    assert 0.005 < np.mean(steps) < 0.08
    truth, measured = exact.pictures[0].depth, noisy.pictures[0].depth
    assert ((measured - truth) / truth**2).std() == pytest.approx(0.0015, rel=0.05)
    assert exact.scene.noise.is_exact
    assert noisy.scene.noise == noise
    assert {f.visibility_source for f in exact.scene.frames} == {VisibilitySource.CONSTRUCTION}
    assert {f.visibility_source for f in noisy.scene.frames} == {VisibilitySource.DEPTH}
