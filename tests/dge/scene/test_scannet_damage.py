# SPDX-License-Identifier: Apache-2.0
"""A damaged ScanNet folder is a `SceneError` that names the file, and never anything else."""

import copy
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import ScanNetOptions, import_scannet
from spatialevo_dge.scene import Scene

FAST = ScanNetOptions(visibility=False)
PLY = "scene9999_00_vh_clean_2.ply"
SEGMENTS = "scene9999_00_vh_clean_2.0.010000.segs.json"
AGGREGATION = "scene9999_00.aggregation.json"
RECORD = "scene9999_00.txt"
INTRINSIC = "intrinsic/intrinsic_color.txt"
POSE = "pose/0.txt"
FILES = [PLY, SEGMENTS, AGGREGATION, RECORD, INTRINSIC, POSE]


@pytest.fixture(scope="module")
def folder(room, tmp_path_factory) -> Path:
    return room.write(tmp_path_factory.mktemp("damage") / room.scene_id)


@pytest.fixture
def damaged(folder):
    """Return a function that writes bad bytes into one file; the good ones come back at the end."""
    changed: dict[Path, bytes] = {}

    def write(name: str, data: bytes) -> Path:
        path = folder / name
        changed.setdefault(path, path.read_bytes())
        path.write_bytes(data)
        return path

    yield write
    for path, data in changed.items():
        path.write_bytes(data)


def refused(folder: Path, path: Path) -> SceneError:
    with pytest.raises(SceneError) as caught:
        import_scannet(folder, FAST)
    assert caught.value.source == str(path)
    assert "\n" not in str(caught.value)
    return caught.value


def survives(folder: Path) -> Scene | None:
    """Import what may be damaged beyond detection; only a SceneError may come of it."""
    try:
        scene = import_scannet(folder, FAST)
    except SceneError:
        return None
    for item in (*scene.objects, *scene.structure):
        assert np.isfinite(item.aabb.corners).all()
    return scene


@pytest.mark.parametrize("name", [PLY, SEGMENTS, AGGREGATION, INTRINSIC, POSE])
def test_every_truncation_is_named(folder, damaged, name):
    good = (folder / name).read_bytes().rstrip()
    dice = random.Random(name)
    for length in (0, 1, len(good) - 1, *(dice.randrange(len(good)) for _ in range(15))):
        if name == PLY or length < good.rfind(b" ") + 1 or name.endswith("json"):
            refused(folder, damaged(name, good[:length]))


def test_a_truncated_record_loses_its_alignment(folder, damaged):
    good = (folder / RECORD).read_bytes()
    end = good.index(b"\n") - len(b" 0.000000 1.000000")
    for length in range(0, end, 7):
        refused(folder, damaged(RECORD, good[:length]))


@pytest.mark.parametrize("name", FILES)
def test_flipped_bits_never_crash(folder, damaged, name):
    good = (folder / name).read_bytes()
    dice = random.Random(name)
    found = 0
    for _ in range(40):
        bad = bytearray(good)
        # The first bytes matter most: headers, keys, lengths.
        limit = dice.choice([400, len(good)])
        bad[dice.randrange(min(limit, len(good)))] ^= 1 << dice.randrange(8)
        damaged(name, bytes(bad))
        found += survives(folder) is None
    assert found > 0


@pytest.mark.parametrize("name", FILES)
def test_noise_never_crashes(folder, damaged, name):
    good = (folder / name).read_bytes()
    dice = random.Random(f"noise {name}")
    for _ in range(15):
        start = dice.randrange(len(good))
        noise = dice.randbytes(dice.randint(1, 64))
        damaged(name, good[:start] + noise + good[start + dice.choice([0, len(noise)]) :])
        survives(folder)


WRONG = [None, True, "x", -1, 2.5, [], {}, [[1]], float("nan"), 10**30, [True], ["a"], [10**30]]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_wrong_types_are_named(folder, damaged, wrong):
    """Each key that is read, given each wrong value."""
    for name, places in (
        (SEGMENTS, [("segIndices",), ("sceneId",)]),
        (
            AGGREGATION,
            [
                ("sceneId",),
                ("segGroups",),
                ("segGroups", 0),
                ("segGroups", 0, "objectId"),
                ("segGroups", 0, "label"),
                ("segGroups", 0, "segments"),
            ],
        ),
    ):
        good = json.loads((folder / name).read_text())
        for place in places:
            if (place[-1], wrong) in [("label", "x"), ("objectId", -1), ("segGroups", [])]:
                continue  # these are right
            document = copy.deepcopy(good)
            holder = document
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = wrong
            error = refused(folder, damaged(name, json.dumps(document).encode()))
            assert error.field == "JSON" or str(place[0]) in error.field
            damaged(name, json.dumps(good).encode())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (SEGMENTS, "segIndices"),
        (SEGMENTS, "sceneId"),
        (AGGREGATION, "segGroups"),
        (AGGREGATION, "sceneId"),
    ],
)
def test_a_missing_key_is_named(folder, damaged, name, key):
    document = json.loads((folder / name).read_text())
    del document[key]
    error = refused(folder, damaged(name, json.dumps(document).encode()))
    assert (error.field, error.problem) == (key, "missing")


@pytest.mark.parametrize("key", ["objectId", "label", "segments"])
def test_a_missing_key_of_a_group_is_named(folder, damaged, key):
    document = json.loads((folder / AGGREGATION).read_text())
    del document["segGroups"][2][key]
    error = refused(folder, damaged(AGGREGATION, json.dumps(document).encode()))
    assert (error.field, error.problem) == (f"segGroups[2].{key}", "missing")


def contradictions(aggregation, segments):
    groups = aggregation["segGroups"]
    yield "two objects with one id", AGGREGATION, groups[0], "objectId", 1
    yield "a segment without vertices", AGGREGATION, groups[0], "segments", [0, 77]
    yield "another scene's annotation", AGGREGATION, aggregation, "sceneId", "scene0001_00"
    yield "another scene's segments", SEGMENTS, segments, "sceneId", "scene0001_00"
    yield "one vertex too few", SEGMENTS, segments, "segIndices", segments["segIndices"][1:]
    yield "an empty label", AGGREGATION, groups[0], "label", "  "
    yield "half a surrogate pair", AGGREGATION, groups[0], "label", "\ud800"


@pytest.mark.parametrize("number", range(7))
def test_a_contradiction_is_named(folder, damaged, number):
    aggregation = json.loads((folder / AGGREGATION).read_text())
    segments = json.loads((folder / SEGMENTS).read_text())
    _, name, holder, key, value = list(contradictions(aggregation, segments))[number]
    holder[key] = value
    document = aggregation if name == AGGREGATION else segments
    assert key in refused(folder, damaged(name, json.dumps(document).encode())).field


@pytest.mark.parametrize("name", [PLY, SEGMENTS, AGGREGATION, RECORD])
def test_a_missing_file_is_named(folder, name):
    path = folder / name
    path.rename(folder / "away")
    try:
        with pytest.raises(SceneError, match=r"scene9999_00"):
            import_scannet(folder, FAST)
    finally:
        (folder / "away").rename(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (RECORD, "axisAlignment = 1 0 0\n"),
        (RECORD, "axisAlignment = a b c d e f g h i j k l m n o p\n"),
        (RECORD, "axisAlignment = " + "3 " * 16),
        (RECORD, "axisAlignment = " + "nan " * 16),
        (RECORD, "just words"),
        (RECORD, "a = 1\na = 2\n"),
        (POSE, "1 0 0 0"),
        (POSE, "word " * 16),
        (POSE, "\ufeff" * 3),
        (INTRINSIC, "0 " * 16),
        (INTRINSIC, "nan " * 16),
        (INTRINSIC, "40 5 31.5 0 0 40 23.5 0 0 0 1 0 0 0 0 1"),
        (INTRINSIC, "-40 0 31.5 0 0 40 23.5 0 0 0 1 0 0 0 0 1"),
    ],
)
def test_damaged_text_is_named(folder, damaged, name, text):
    refused(folder, damaged(name, text.encode()))


def test_a_damaged_image_is_named(room, folder):
    (folder / "color").mkdir()
    path = folder / "color" / "0.png"
    room.write_png(path, np.zeros((48, 64), np.uint16))
    good = path.read_bytes()
    try:
        for data in (
            b"",
            b"GIF89a",
            good[:20],
            b"\xff\xd8\xff\xc0\x00",
            b"\xff\xd8\x00\x00\x00\x00",
        ):
            path.write_bytes(data)
            refused(folder, path)
    finally:
        shutil.rmtree(folder / "color")
