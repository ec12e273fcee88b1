# SPDX-License-Identifier: Apache-2.0
"""Rooms made to order, and rooms on disk."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from dge.synthetic.oracles import box_corners, boxes_gap, inside_outline
from spatialevo_dge import bundle
from spatialevo_dge.images import read_depth
from spatialevo_dge.scene import Scene
from spatialevo_dge.synthetic import RoomOptions, make_labelled_room, make_room, picture, save_room

SCENES = json.loads((Path(__file__).parents[1] / "corpus" / "scenes.json").read_text())


@pytest.mark.parametrize("name", SCENES)
def test_every_label_is_visible_in_every_frame(name):
    wanted = SCENES[name]["objects"]
    room = make_labelled_room(wanted)
    assert {label: len(items) for label, items in room.scene.objects_by_label.items()} == wanted
    assert len(room.scene.frames) == 4
    for index in range(4):
        seen = room.scene.visibility.in_frame(index)
        assert all(seen[item.id].of_facing >= 0.10 for item in room.scene.objects)
    for a, b in itertools.combinations(room.construction.objects, 2):
        assert boxes_gap(a, b) > 0.0, (a.label, b.label)
    for item in room.construction.objects:
        assert inside_outline(room.construction.outline, box_corners(item)[:, :2], 1e-9)


def test_an_unknown_label_becomes_a_box():
    room = make_labelled_room({"flux capacitor": 2}, frames=2)
    assert [item.label for item in room.scene.objects] == ["flux capacitor"] * 2
    assert len(room.scene.frames) == 2


def test_a_room_survives_the_disk(tmp_path):
    room = make_room(11)
    save_room(room, tmp_path / "room")
    assert bundle.verify(tmp_path / "room").files > 2 * len(room.pictures)
    scene = Scene.load(tmp_path / "room")
    assert scene.id == room.scene.id
    assert np.array_equal(scene.visibility.records, room.scene.visibility.records)
    assert np.array_equal(scene.cloud.points_in_world, room.scene.cloud.points_in_world)
    from PIL import Image

    for frame, drawn in zip(scene.frames, room.pictures, strict=True):
        with Image.open(frame.image_path) as image:
            assert np.array_equal(np.asarray(image), drawn.rgb)
        assert np.abs(read_depth(frame.depth_path) - drawn.depth).max() <= 0.0005 + 1e-9
    with pytest.raises(FileExistsError):
        save_room(room, tmp_path / "room")
    save_room(room, tmp_path / "room", overwrite=True)


def test_the_picture_shows_views_and_plan(tmp_path):
    from PIL import Image

    room = make_room(1, RoomOptions(cameras=3))
    picture(room, tmp_path / "room.png")
    with Image.open(tmp_path / "room.png") as image:
        assert image.size == (2040, 1080)
        pixels = np.asarray(image)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 200
    assert (pixels[:, 960:] == (34, 38, 46)).all(axis=2).any()  # walls are drawn in ink


def test_the_picture_grows_with_its_views(tmp_path):
    from PIL import Image

    room = make_room(1, RoomOptions(cameras=9))
    picture(room, tmp_path / "some.png", frames=(8, 2))
    picture(room, tmp_path / "all.png", frames=range(8))
    with Image.open(tmp_path / "some.png") as some, Image.open(tmp_path / "all.png") as many:
        assert (some.size, many.size) == ((2040, 1080), (2400, 1440))
        (second, same) = (
            np.asarray(some)[40:300, 490:950], np.asarray(many)[400:660, 10:470],
        )  # fmt: skip
    assert np.array_equal(second, same)  # frame 2, second of two and third of eight
    with pytest.raises(ValueError, match="frames: expected 8 at most, got 9"):
        picture(room, tmp_path / "nine.png", frames=range(9))
