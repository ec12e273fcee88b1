# SPDX-License-Identifier: Apache-2.0
"""VSI-Bench's scene metadata."""

import contextlib
import copy
import json
import random

import numpy as np
import pytest

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import import_vsibench
from spatialevo_dge.scene import BoxKind, FloorSource

# A box of 3 x 1 x 2 m, its first axis turned a quarter about z: rows are the axes.
BOX = {
    "centroid": [1.0, 2.0, 3.0],
    "axesLengths": [3.0, 1.0, 2.0],
    "normalizedAxes": [0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0],
    "min": [0.5, 0.5, 2.0],
    "max": [1.5, 3.5, 4.0],
}
SCENE = {
    "dataset": "made",
    "room_size": 20.5,
    "room_center": [0, 0, 0],
    "object_counts": {"Table": 1, "coat hanger": 2},
    "object_bbox": {"Table": [BOX], "coat hanger": [BOX, BOX, BOX]},
}


def write(folder, document):
    path = folder / "made_meta_info_val.json"
    path.write_text(json.dumps(document))
    return path


def test_boxes_are_given_and_their_axes_are_rows(tmp_path):
    (scene,) = import_vsibench(write(tmp_path, {"s1": SCENE}))
    table = scene.objects[0]
    assert (table.label, table.source_label, table.box_kind) == ("table", "Table", BoxKind.GIVEN)
    np.testing.assert_array_equal(table.obb.axes[0], [0, 1, 0])
    np.testing.assert_allclose(table.aabb.aabb_min, BOX["min"])
    np.testing.assert_allclose(table.aabb.aabb_max, BOX["max"])
    assert table.obb == table.obb_raw
    assert table.point_range is None


def test_counts_floor_and_what_is_not_there(tmp_path):
    (scene,) = import_vsibench(write(tmp_path, {"s1": SCENE}))
    assert dict(scene.annotated_counts) == {"table": 1, "coat rack": 2}
    assert [item.id for item in scene.objects_by_label["coat rack"]] == [1, 2, 3]
    assert (scene.floor.area, scene.floor.source) == (20.5, FloorSource.READ)
    assert scene.cloud is None
    assert scene.frames == ()


def test_scenes_come_one_by_one_in_order(tmp_path):
    document = {"b": SCENE, "a": SCENE, "c": {**SCENE, "room_size": -1}}
    scenes = import_vsibench([write(tmp_path, document)])
    assert [next(scenes).id, next(scenes).id] == ["b", "a"]
    with pytest.raises(SceneError, match=r"c\.room_size"):
        next(scenes)


def paths(value, prefix=()):
    """Every place in a JSON document."""
    yield prefix
    children = {dict: lambda v: v.items(), list: enumerate}
    for key, item in children.get(type(value), lambda _: ())(value):
        yield from paths(item, (*prefix, key))


def replaced(document, path, new):
    if not path:
        return new
    result = copy.deepcopy(document)
    holder = result
    for key in path[:-1]:
        holder = holder[key]
    if new is KeyError:
        del holder[path[-1]]
    else:
        holder[path[-1]] = new
    return result


# Not read: the bounds follow from the box, the centre from nothing.
UNREAD = {"min", "max", "room_center"}
PLACES = [path for path in paths({"s1": SCENE}) if not UNREAD & set(path)]


@pytest.mark.parametrize("new", [None, [], {"a": {}}, True, -7.5e400, KeyError])
def test_a_wrong_value_anywhere_is_named(tmp_path, new):
    for path in PLACES:
        if is_optional(path) and new in (KeyError, []):
            continue
        file = write(tmp_path, replaced({"s1": SCENE}, path, new))
        with pytest.raises(SceneError) as caught:
            list(import_vsibench(file))
        assert caught.value.source == str(file), path


@pytest.mark.parametrize("key", ["centroid", "axesLengths"])
def test_a_box_outside_any_building_is_named(tmp_path, key):
    box = {**BOX, key: [1e300, 1.0, 1.0]}
    file = write(tmp_path, {"s1": {**SCENE, "object_bbox": {"Table": [box]}}})
    with pytest.raises(SceneError, match=rf"s1\.object_bbox\.Table\[0\]\.{key}: beyond"):
        list(import_vsibench(file))


def is_optional(path):
    """No scene, no category, no box of a category: less, but not wrong."""
    kind = path[1:2]
    return len(path) < 2 or (kind in (("object_counts",), ("object_bbox",)) and len(path) in (3, 4))


def test_arbitrary_bytes_never_crash(tmp_path):
    dice = random.Random(0)
    good = json.dumps({"s1": SCENE}).encode()
    file = tmp_path / "x.json"
    for _ in range(300):
        bad = bytearray(good)
        for _ in range(dice.randint(1, 3)):
            bad[dice.randrange(len(bad))] = dice.randrange(256)
        file.write_bytes(bad[: dice.choice([len(bad), dice.randrange(len(bad))])])
        with contextlib.suppress(SceneError):
            scenes = list(import_vsibench(file))
            assert all(np.isfinite(item.aabb.centre).all() for s in scenes for item in s.objects)


@pytest.mark.parametrize(
    "text",
    ["[1]", "{", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100_000, '{"a": 1' + "0" * 5000 + "}"],
)
def test_what_is_not_json_is_named(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(SceneError, match=r"x\.json: (JSON|top level|a)"):
        list(import_vsibench(tmp_path / "x.json"))


def test_real_metadata(test_data):
    folder = test_data("vsibench")
    files = sorted(folder.glob("*_meta_info_val.json"))
    scenes = list(import_vsibench(files))
    assert len(scenes) == 165
    documents = [json.loads(path.read_text()) for path in files]
    entries = [entry for document in documents for entry in document.values()]
    for scene, entry in zip(scenes, entries, strict=True):
        boxes = [box for group in entry["object_bbox"].values() for box in group]
        for item, box in zip(scene.objects, boxes, strict=True):
            np.testing.assert_allclose(item.aabb.aabb_min, box["min"], atol=2e-3)
            np.testing.assert_allclose(item.aabb.aabb_max, box["max"], atol=2e-3)
    counted = {
        (scene.id, label)
        for scene in scenes
        for label, items in scene.objects_by_label.items()
        if scene.annotated_counts[label] != len(items)
    }
    assert counted == {
        (name, "printer")
        for name in ("scene0378_01", "scene0704_01", "scene0565_00", "scene0050_01", "scene0207_02")
    }
