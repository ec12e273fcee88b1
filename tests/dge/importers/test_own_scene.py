# SPDX-License-Identifier: Apache-2.0
"""One's own scene: what the schema says is what the importer does."""

import copy
import json

import numpy as np
import pytest

from spatialevo_dge import Legal, Question, judge
from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import import_own
from spatialevo_dge.importers.own_scene import schema
from support.exporters import export_own
from support.exporters.judged import compare, corner_distance

LEAST = {
    "format": "spatialevo-own-scene", "version": 1, "id": "mine", "up": "z",
    "objects": [
        {"id": 1, "label": "chair", "centre": [0, 0, 0.5], "size": [0.5, 0.5, 1.0]},
        {"id": 2, "label": "Coffee_Table", "centre": [2, 0, 0.2], "size": [1, 0.6, 0.4],
         "yaw_degrees": 90},
    ],
}  # fmt: skip
FULL = {
    **LEAST,
    "floor": {"outline": [[-1, -1], [3, -1], [3, 2], [-1, 2]], "height": 0.0},
    "noise": {"point_sigma": 0.01},
    "frames": [
        {
            "id": "a", "axes": "opencv",
            "pose": [[1, 0, 0, 0], [0, 0, 1, -0.9], [0, -1, 0, 1.5], [0, 0, 0, 1]],
            "intrinsics": {"fx": 50, "fy": 50, "cx": 32, "cy": 24, "width": 64, "height": 48},
        }
    ],
}  # fmt: skip


@pytest.fixture
def load(tmp_path):
    def write_and_load(document):
        path = tmp_path / "scene.json"
        path.write_text(json.dumps(document))
        return import_own(path)

    return write_and_load


def test_the_least_scene_answers(load):
    scene = load(LEAST)
    assert scene.labels == ("chair", "coffee table")
    # From the chair's side at x = 0.25 to the table's at 2 - 0.3, turned by a right angle.
    ruling = judge(Question("What is the distance between the chair and the coffee table?"), scene)
    assert isinstance(ruling, Legal)
    assert ruling.answer.value == pytest.approx(1.45)


@pytest.mark.parametrize("up", ["z", "y"])
@pytest.mark.parametrize("axes", ["opencv", "opengl"])
def test_axes(formats, small_options, tmp_path, up, axes):
    room = formats["own"].room(2, small_options)
    scene = import_own(export_own(room, tmp_path, up=up, axes=axes))
    for ours, theirs in zip(room.scene.objects, scene.objects, strict=True):
        assert corner_distance(ours.obb, theirs.obb) < 1e-9
    for ours, theirs in zip(room.scene.frames, scene.frames, strict=True):
        np.testing.assert_allclose(theirs.world_from_camera, ours.world_from_camera, atol=1e-12)
    assert scene.floor.area == pytest.approx(room.construction.area)
    found = compare(room.scene, scene)
    assert found.wrong == []
    assert {"object_size", "absolute_distance", "room_size", "relative_distance"} <= set(found.same)


def test_a_box_may_give_its_axes(load):
    document = copy.deepcopy(LEAST)
    del document["objects"][1]["yaw_degrees"]
    document["objects"][1]["axes"] = [[0, 1, 0], [-1, 0, 0], [0, 0, 1]]
    assert corner_distance(load(document).objects[1].obb, load(LEAST).objects[1].obb) < 1e-12


def properties(node, document, path=()):
    """Yield (path, required, schema of the object) for every object of the schema and document."""
    if node.get("type") == "object":
        yield path, node
        for name, inner in node["properties"].items():
            if name in document:
                yield from properties(inner, document[name], (*path, name))
    elif node.get("type") == "array" and isinstance(document, list) and document:
        yield from properties(node.get("items", {}), document[0], (*path, 0))


OBJECTS = list(properties(json.loads(schema()), FULL))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def test_the_walk_finds_every_object():
    assert [path for path, _ in OBJECTS] == [
        (), ("objects", 0), ("floor",), ("frames", 0), ("frames", 0, "intrinsics"), ("noise",),
    ]  # fmt: skip


@pytest.mark.parametrize(("path", "node"), OBJECTS, ids=lambda value: str(value)[:20])
def test_what_is_required_is_missed(load, path, node):
    for name in node.get("required", []):
        document = copy.deepcopy(FULL)
        del at(document, path)[name]
        with pytest.raises(SceneError) as caught:
            load(document)
        assert caught.value.field.endswith(name)
        assert caught.value.problem == "missing"


@pytest.mark.parametrize(("path", "node"), OBJECTS, ids=lambda value: str(value)[:20])
def test_what_is_unknown_is_named(load, path, node):
    assert node["additionalProperties"] is False
    document = copy.deepcopy(FULL)
    at(document, path)["colour"] = 1
    with pytest.raises(SceneError, match="colour: unknown") as caught:
        load(document)
    assert set(node["properties"]) == set(caught.value.problem.split("are ")[1].split(", "))


@pytest.mark.parametrize(("path", "node"), OBJECTS, ids=lambda value: str(value)[:20])
def test_wrong_types_are_named(load, path, node):
    for name in node["properties"]:
        for wrong in (None, True, {"x": 1}, float("nan")):
            document = copy.deepcopy(FULL)
            if name not in at(document, path):
                continue
            at(document, path)[name] = wrong
            with pytest.raises(SceneError) as caught:
                load(document)
            assert name in caught.value.field or caught.value.field == "JSON" or "x" in str(wrong)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("version",), 2, "version"),
        (("format",), "other", "format"),
        (("up",), "x", "up"),
        (("objects", 1, "id"), 1, "id"),
        (("objects", 0, "label"), " ", "label"),
        (("objects", 0, "size"), [1, 1], "size"),
        (("objects", 0, "size"), [1, 1, -1], "size"),
        (("objects", 0, "centre"), [0, 0, 1e9], "centre"),
        (("objects", 0, "axes"), [[1, 0, 0], [0, 1, 0], [0, 1, 1]], "axes"),
        (("objects", 1, "axes"), [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "axes"),
        (("floor", "outline"), [[0, 0], [1, 1]], "outline"),
        (("floor", "outline"), [[0, 0], [1, 1], [2, 2]], "outline"),
        (("floor", "area"), 3, "area"),
        (("floor",), {"area": -3}, "area"),
        (("noise", "point_sigma"), 3, "point_sigma"),
        (("frames", 0, "axes"), "left", "axes"),
        (("frames", 0, "pose"), [[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], "pose"),
        (("frames", 0, "image"), "nowhere.png", "image"),
        (("frames", 0, "image"), "a\u0000b.png", "image"),
        (("frames", 0, "intrinsics", "fx"), -1, "frames"),
        (("frames", 0, "intrinsics", "width"), 1 << 40, "frames"),
    ],
)
def test_bad_values_are_named(load, path, value, field):
    document = copy.deepcopy(FULL)
    at(document, path[:-1])[path[-1]] = value
    with pytest.raises(SceneError) as caught:
        load(document)
    assert field in caught.value.field


def test_two_frames_of_one_id(load):
    document = copy.deepcopy(FULL)
    document["frames"] *= 2
    with pytest.raises(SceneError, match="'a' occurs twice"):
        load(document)


def test_the_area_alone(load):
    scene = load({**LEAST, "floor": {"area": 12.5}})
    assert (scene.floor.area, scene.floor.rings) == (12.5, ())


def test_an_outline_may_run_either_way(load):
    document = copy.deepcopy(FULL)
    document["floor"]["outline"].reverse()
    assert load(document).floor.area == load(FULL).floor.area == 12.0
