# SPDX-License-Identifier: Apache-2.0
"""The rooms as built: nothing overlaps, everything is inside, areas and poses are right."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from dge.synthetic.oracles import box_corners, boxes_gap, inside_outline, parts_gap
from spatialevo_dge.synthetic import FurnitureSet, RelationKind, RoomOptions, RoomShape, make_room
from spatialevo_geometry import rigid

SEEDS = range(30)
PLAIN = RoomOptions(cameras=1, image_size=(16, 12), yaw=None, clutter=6, spacing=0.3)


@pytest.fixture(scope="module")
def rooms():
    """Thirty rooms: every use in every shape."""
    kinds = itertools.cycle(itertools.product(RoomShape, FurnitureSet))
    return {
        seed: make_room(seed, replace(PLAIN, shape=shape, furniture=use))
        for seed, (shape, use) in zip(SEEDS, kinds, strict=False)
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_objects_share_space(rooms, seed):
    room = rooms[seed].construction
    hosts = {(r.item, r.host) for r in room.relations}
    for a, b in itertools.combinations(room.objects, 2):
        gap = boxes_gap(a, b)
        if (a.id, b.id) in hosts or (b.id, a.id) in hosts:
            if gap < -1e-9:
                for part_a, part_b in itertools.product(a.parts, b.parts):
                    assert parts_gap(a, part_a, b, part_b) >= -1e-9, (a.label, b.label)
        else:
            assert gap >= -1e-9, (a.label, b.label, gap)


@pytest.mark.parametrize("seed", SEEDS)
def test_objects_stay_in_the_room(rooms, seed):
    room = rooms[seed].construction
    for item in room.objects:
        corners = box_corners(item)
        assert corners[:, 2].min() >= room.floor_height - 1e-9
        assert corners[:, 2].max() <= room.floor_height + room.height + 1e-9
        # Sides too: a notch may reach between two corners.
        ring = corners[[0, 2, 6, 4]][:, :2]
        sides = np.linspace(ring, np.roll(ring, -1, axis=0), 9).reshape(-1, 2)
        assert inside_outline(room.outline, sides, 1e-9), item.label


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_stands_on_something(rooms, seed):
    """Floor, wall, ceiling, or the host that the relation names, in contact with its surface."""
    room = rooms[seed].construction
    host_of = {r.item: r for r in room.relations}
    for item in room.objects:
        bottom = item.centre[2] - item.size[2] / 2
        if item.id not in host_of:
            continue
        host = room.objects_by_id[host_of[item.id].host]
        tops = [host.centre[2] + part.centre[2] + part.size[2] / 2 for part in host.parts]
        assert min(abs(bottom - top) for top in tops) < 0.011, (item.label, host.label)
        if host_of[item.id].kind is RelationKind.INSIDE:
            gap = np.abs((item.centre - host.centre) @ host.axes.T) - host.size / 2
            assert gap.max() < 0


@pytest.mark.parametrize("seed", SEEDS)
def test_area_equals_sum_of_triangles(rooms, seed):
    room = rooms[seed]
    pieces = room.construction.pieces
    a, b, c, d = (pieces[:, k] for k in range(4))
    cross = lambda u, v: u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]  # noqa: E731
    tiles = 0.5 * np.sum(cross(b - a, c - a) + cross(c - a, d - a))
    assert room.construction.area == pytest.approx(tiles, rel=1e-12)
    assert room.scene.floor.area == room.construction.area
    floor = next(item for item in room.scene.structure if item.label == "floor")
    sampled = room.scene.cloud.areas[slice(*floor.point_range)].sum(dtype=np.float64)
    assert sampled == pytest.approx(room.construction.area, rel=1e-5)


@pytest.mark.parametrize(
    ("shape", "size", "notch", "area"),
    [
        (RoomShape.RECTANGLE, (3.0, 3.0), None, 9.0),
        (RoomShape.RECTANGLE, (4.0, 5.0), None, 20.0),
        (RoomShape.RECTANGLE, (6.0, 8.0), None, 48.0),
        (RoomShape.L, (6.0, 6.0), (3.0, 3.0), 27.0),
        (RoomShape.T, (6.0, 6.0), (2.0, 3.0), 24.0),
        (RoomShape.U, (6.0, 5.0), (2.0, 2.0), 26.0),
        (RoomShape.CUT_CORNER, (5.0, 4.0), (1.0, 2.0), 19.0),
    ],
)
def test_area_is_what_was_asked_for(shape, size, notch, area):
    options = RoomOptions(shape=shape, size=size, notch=notch, cameras=0, yaw=0.7, spacing=0.5)
    room = make_room(5, options)
    assert room.construction.area == pytest.approx(area, rel=1e-12)
    assert room.construction.shape is shape


def test_every_shape_and_set_occurs(rooms):
    constructions = [room.construction for room in rooms.values()]
    drawn = [make_room(seed, PLAIN).construction for seed in range(60)]
    assert {c.furniture for c in drawn} == set(FurnitureSet)
    assert {c.shape for c in drawn} == set(RoomShape)
    labels = {item.label for c in constructions for item in c.objects}
    assert len(labels) >= 45
    assert {"coffee table", "table lamp", "trash can", "washing machine"} <= labels
    counts = [sum(i.label == label for i in c.objects) for c in constructions for label in labels]
    assert max(counts) >= 3
    assert {r.kind for c in constructions for r in c.relations} == set(RelationKind)


def test_heights_are_in_range(rooms):
    assert all(2.4 <= room.construction.height <= 3.2 for room in rooms.values())


def test_poses_match_heading_pitch_and_roll():
    for seed in range(6):
        room = make_room(seed, RoomOptions(image_size=(32, 24), spacing=0.5))
        for frame, camera in zip(room.scene.frames, room.construction.cameras, strict=True):
            pose = frame.world_from_camera
            assert rigid.rotation_error(pose) < 1e-12
            assert rigid.heading(pose) == pytest.approx(camera.heading, abs=1e-12)
            assert rigid.pitch(pose) == pytest.approx(camera.pitch, abs=1e-12)
            assert rigid.roll(pose) == pytest.approx(camera.roll, abs=1e-12)
            assert 1.2 <= camera.position[2] <= 1.7
            assert math.radians(-35) <= camera.pitch <= math.radians(10)
            assert abs(camera.roll) <= math.radians(5)


def test_boxes_hold_exactly_their_points(rooms):
    for room in rooms.values():
        for item in room.scene.objects:
            start, stop = item.point_range
            local = (
                room.scene.cloud.points_in_world[start:stop] - item.obb.centre
            ) @ item.obb.axes.T
            assert np.abs(local).max(axis=0) == pytest.approx(item.obb.extents / 2, abs=2e-6)
            assert stop - start >= 50


def test_objects_can_be_counted_out_and_named():
    exact = make_room(3, RoomOptions(objects=12, cameras=2, image_size=(32, 24)))
    assert len(exact.scene.objects) == 12
    wanted = {"sofa": 1, "chair": 4, "cup": 2, "unheard of thing": 1}
    named = make_room(3, RoomOptions(labels=wanted, cameras=2, image_size=(32, 24)))
    assert {label: len(items) for label, items in named.scene.objects_by_label.items()} == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": (0.0, 3.0)}, {"cameras": -1}, {"labels": {}}, {"labels": {"cup": 0}},
        {"objects": 0}, {"spacing": 0.0}, {"horizontal_fov": 4.0}, {"height": float("nan")},
        {"size": (1e3, 3.0)}, {"size": (float("nan"), 3.0)}, {"cameras": 2001}, {"clutter": 1001},
        {"objects": 1001}, {"yaw": float("inf")}, {"floor_height": float("nan")},
        {"image_size": (0, 10)}, {"image_size": (10, 5000)}, {"height": 21.0},
    ],
)  # fmt: skip
def test_options_that_describe_no_room_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RoomOptions(**wrong)


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="seed"):
        make_room(-1)
    with pytest.raises(ValueError, match="notch"):
        make_room(0, RoomOptions(shape=RoomShape.L, size=(3.0, 3.0), notch=(2.9, 1.0)))
    with pytest.raises(ValueError, match="fits into no room"):
        make_room(0, RoomOptions(size=(2.0, 2.0), labels={"sofa": 6}, shape=RoomShape.RECTANGLE))
