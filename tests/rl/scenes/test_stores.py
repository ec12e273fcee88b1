# SPDX-License-Identifier: Apache-2.0
"""Stores: made rooms and folders of bundles, their caches, and what is wrong with a folder."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from spatialevo_dge import POLICIES, SceneError, enumerate_questions, judge
from spatialevo_dge.synthetic import make_room
from spatialevo_dge.tasks import TASKS
from spatialevo_rl.scenes import synthetic_store
from spatialevo_rl.scenes.bundle_store import EXCLUDED, BundleStore
from spatialevo_rl.scenes.filling import fill
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.scenes.synthetic_store import SyntheticStore
from spatialevo_rl.settings import SceneSettings
from support.rl_stores import SETTINGS, small_options, small_store, write_bundle

# The hash of scannet:0013 says test, of scannet:0024 validation, of the others train.
IDS = ("scene0000_00", "scene0000_01", "scene0001_00", "scene0013_00", "scene0024_00")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five imported scans, one of them in a sub-folder."""
    top = tmp_path_factory.mktemp("scans")
    for seed, scene_id in enumerate(IDS):
        place = top / "scannet" / scene_id if seed == 0 else top / scene_id
        write_bundle(place, scene_id, seed=seed)
    return top


@pytest.fixture
def scans(folder: Path) -> SceneStore:
    return open_store(SceneSettings(scenes=str(folder), image_size=56))


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Path:
    """The same scans, to be spoilt."""
    return Path(shutil.copytree(folder, tmp_path / "own"))


def same_images(one: SceneStore, other: SceneStore, scene_id: str) -> bool:
    frames = one.frames(scene_id)
    pairs = zip(one.images(scene_id, frames), other.images(scene_id, frames), strict=True)
    return all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs)


def test_made_rooms_are_split_by_seed(store: SyntheticStore) -> None:
    assert store.ids(Split.TRAIN) == tuple(f"small-{seed}" for seed in range(12))
    assert store.ids(Split.VALIDATION)[0] == "small-1000000"
    assert store.ids(Split.TEST)[0] == "small-2000000"
    assert store.ids(Split.SHIFTED)[0] == "small-3000000"
    spaces = [set(store.ids(split)) for split in Split]
    assert sum(map(len, spaces)) == len(set().union(*spaces))


def test_made_rooms_have_rgb_images_of_the_size_asked_for(store: SyntheticStore) -> None:
    frames = store.frames("small-0")
    images = store.images("small-0", frames[::-1])
    assert [(image.mode, image.size) for image in images] == [("RGB", (64, 64))] * 4
    assert np.array_equal(
        np.asarray(images[0]), np.asarray(store.images("small-0", frames[-1:])[0])
    )
    assert store.scene("small-0").id == "small-0"
    assert not np.array_equal(np.asarray(images[0]), np.asarray(images[1]))


def test_a_room_from_disk_is_the_room_that_was_made(tmp_path: Path) -> None:
    """Scenes, rulings and images are equal, and a second store makes nothing."""
    settings = replace(SETTINGS, scene_cache=str(tmp_path))
    made, first = small_store(), small_store(settings)
    first.scene("small-0")
    stored = small_store(settings)
    assert same_images(made, stored, "small-0")
    scene, loaded = made.scene("small-0"), stored.scene("small-0")
    frames = made.frames("small-0")
    for task in TASKS:
        shown = {"scene": frames, "frame": frames[:1], "pair": frames[:2]}[task.view]
        asked = list(enumerate_questions(scene, task.id, shown))
        assert asked == list(enumerate_questions(loaded, task.id, shown))
        assert all(judge(question, loaded) == judge(question, scene) for question, _ in asked[:3])


def test_what_a_room_leaves_out_changes_no_ruling(store: SyntheticStore) -> None:
    """The store drops the cloud's surface; the room as the generator made it rules the same."""
    kept, made = store.scene("small-3"), make_room(3, small_options(3)).scene
    assert kept.cloud is not None
    assert made.cloud is not None
    assert kept.cloud.faces is None
    assert made.cloud.faces is not None
    frames = store.frames("small-3")
    for task in TASKS:
        shown = {"scene": frames, "frame": frames[:1], "pair": frames[:2]}[task.view]
        for policy in POLICIES.values():
            asked = [
                list(islice(enumerate_questions(scene, task.id, shown, policy), 40))
                for scene in (kept, made)
            ]
            assert asked[0] == asked[1]


def test_a_second_store_makes_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(SETTINGS, scene_cache=str(tmp_path))
    assert list(fill(small_store(settings), ("small-0", "small-1"))) == ["small-0", "small-1"]
    monkeypatch.setattr(synthetic_store, "make_room", None)
    assert small_store(settings).scene("small-1").id == "small-1"
    assert not list((tmp_path / "rooms").glob(".*")), "no half-written folder is left"


def test_a_changed_generator_makes_rooms_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(SETTINGS, scene_cache=str(tmp_path))
    small_store(settings).scene("small-0")
    monkeypatch.setattr(synthetic_store, "generator_fingerprint", lambda: "another")
    small_store(settings).scene("small-0")
    assert len(list((tmp_path / "rooms").iterdir())) == 2


def test_rooms_are_kept_nowhere_without_a_folder(store: SyntheticStore) -> None:
    with pytest.raises(ValueError, match="scene_cache: name a folder"):
        next(fill(store, ("small-0",)))


def test_common_labels_are_those_of_most_views(tmp_path: Path, store: SyntheticStore) -> None:
    """They are kept with the store, and are labels that its rooms have."""
    settings = replace(SETTINGS, scene_cache=str(tmp_path))
    labels = small_store(settings).common_labels
    assert labels
    assert labels <= set(store.vocabulary) - {"wardrobe"}
    assert len(list(tmp_path.glob("common-*.json"))) == 1
    assert small_store(settings).common_labels == labels == store.common_labels


def test_a_pickled_store_is_the_same_store(store: SyntheticStore, scans: SceneStore) -> None:
    for each, scene_id in ((store, "small-0"), (scans, "scene0001_00")):
        copy = pickle.loads(pickle.dumps(each))
        assert copy.ids(Split.TRAIN) == each.ids(Split.TRAIN)
        assert copy.fingerprint == each.fingerprint
        assert same_images(copy, each, scene_id)


def test_a_scene_that_is_not_there_is_named(store: SyntheticStore, scans: SceneStore) -> None:
    for scene_id in ("small-x", "small-1500000", "large-1", "scene0000_00"):
        with pytest.raises(SceneError, match=f"made rooms .*there is no scene '{scene_id}'"):
            store.scene(scene_id)
    with pytest.raises(SceneError, match="there is no scene 'scene0099_00'"):
        scans.scene("scene0099_00")
    with pytest.raises(SceneError, match="scene small-0: frames: it has no frame '9'"):
        store.images("small-0", ("9",))
    with pytest.raises(SceneError, match="scene scene0000_00: frames: it has no frame '9'"):
        scans.images("scene0000_00", ("9",))


def test_scans_are_split_by_room(scans: SceneStore) -> None:
    assert scans.ids(Split.TRAIN) == ("scene0000_00", "scene0000_01", "scene0001_00")
    assert scans.ids(Split.VALIDATION) == ("scene0024_00",)
    assert scans.ids(Split.TEST) == ("scene0013_00",)
    assert scans.ids(Split.SHIFTED) == ()
    assert scans.vocabulary == ("chair", "lamp", "plant", "sofa", "table", "tv")
    assert not scans.left_out


def test_an_excluded_scan_takes_its_room_with_it(folder: Path, tmp_path: Path) -> None:
    listed = tmp_path / "benchmark.txt"
    listed.write_text("scene0000_01\n41069021\n")
    settings = SceneSettings(scenes=str(folder), scene_exclude=str(listed))
    store = open_store(settings)
    assert store.ids(Split.TRAIN) == ("scene0001_00",)
    assert dict(store.left_out) == dict.fromkeys(("scene0000_00", "scene0000_01"), EXCLUDED)
    assert store.fingerprint != open_store(SceneSettings(scenes=str(folder))).fingerprint


def test_scans_are_shown_in_whole_patches(scans: SceneStore, folder: Path) -> None:
    """56 pixels are four patches: an image of 96 by 64 gets two by two of them."""
    frames = scans.frames("scene0000_00")
    assert [image.size for image in scans.images("scene0000_00", frames)] == [(56, 56)] * 3
    stored = open_store(SceneSettings(scenes=str(folder), image_size=0))
    assert stored.images("scene0000_00", frames[:1])[0].size == (96, 64)


def test_the_index_is_kept_and_read_again_when_a_scan_changes(own: Path, tmp_path: Path) -> None:
    settings = SceneSettings(scenes=str(own), scene_cache=str(tmp_path / "cache"))
    before = open_store(settings)
    assert len(list((tmp_path / "cache").glob("index-*.json"))) == 1
    assert open_store(settings).fingerprint == before.fingerprint
    write_bundle(own / "scene0002_00", "scene0002_00", seed=7)
    after = open_store(settings)
    assert "scene0002_00" in after.ids(Split.TRAIN)
    assert after.fingerprint != before.fingerprint


def test_a_missing_image_names_file_and_scene(own: Path) -> None:
    store = open_store(SceneSettings(scenes=str(own)))
    frame = store.frames("scene0001_00")[1]
    path = own / "scene0001_00" / "images" / f"{frame}.png"
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SceneError, match=r"damaged .*scene scene0001_00, frame 001 names it"):
        store.images("scene0001_00", (frame,))
    path.unlink()
    with pytest.raises(SceneError, match=r"no such file; scene scene0001_00, frame") as caught:
        store.images("scene0001_00", (frame,))
    assert caught.value.source == str(path)


def test_a_broken_bundle_is_named(own: Path) -> None:
    poses = own / "scene0001_00" / "poses.npy"
    content = bytearray(poses.read_bytes())
    content[-1] ^= 1
    poses.write_bytes(bytes(content))
    store = open_store(SceneSettings(scenes=str(own)))
    with pytest.raises(SceneError, match=r"poses\.npy"):
        store.scene("scene0001_00")
    header = own / "scene0013_00" / "scene.json"
    header.write_text(header.read_text().replace("chair", "stool"))
    with pytest.raises(SceneError, match=r"scene0013_00.*header_sha256"):
        open_store(SceneSettings(scenes=str(own)))


def test_two_scans_of_one_id_are_named(own: Path) -> None:
    shutil.copytree(own / "scene0001_00", own / "again")
    with pytest.raises(SceneError, match="again and scene0001_00 are both scene0001_00"):
        open_store(SceneSettings(scenes=str(own)))


def test_scans_without_images_are_left_out(tmp_path: Path) -> None:
    scene = write_bundle(tmp_path / "whole" / "scene0001_00", "scene0001_00")
    bare = replace(scene, id="scene0002_00", frames=(), visibility=None)
    bare.save(tmp_path / "whole" / "scene0002_00")
    store = open_store(SceneSettings(scenes=str(tmp_path / "whole")))
    assert dict(store.left_out) == {"scene0002_00": "no frame of it has a colour image"}
    bare.save(tmp_path / "none" / "scene0002_00")
    with pytest.raises(SceneError, match="none of 1 can be used: no frame of it has"):
        open_store(SceneSettings(scenes=str(tmp_path / "none")))


def test_arkitscenes_wants_to_know_visits(tmp_path: Path) -> None:
    write_bundle(tmp_path / "scans" / "41069021", "41069021", source="arkitscenes")
    with pytest.raises(SceneError, match=r"name the data set's metadata\.csv"):
        open_store(SceneSettings(scenes=str(tmp_path / "scans")))
    visits = tmp_path / "metadata.csv"
    visits.write_text("video_id,visit_id\n41069021,421254\n")
    settings = SceneSettings(scenes=str(tmp_path / "scans"), scene_visits=str(visits))
    assert sum(len(open_store(settings).ids(split)) for split in Split) == 1


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="no scene bundle in it"):
        open_store(SceneSettings(scenes=str(tmp_path)))


def test_a_bundle_in_place_of_its_folder_is_named(folder: Path) -> None:
    with pytest.raises(SceneError, match="it is a bundle itself: name the folder that holds it"):
        open_store(SceneSettings(scenes=str(folder / "scene0001_00")))


@pytest.mark.parametrize(
    ("name", "hint"), [("syntetic", "synthetic"), ("Lab", "lab"), ("scanz", "scans")]
)
def test_a_mistyped_name_gets_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    (tmp_path / "scans").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SceneError, match=f"no such folder.*did you mean '{hint}'"):
        open_store(SceneSettings(scenes=name))


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(SceneError, match="there is no such folder"):
        open_store(SceneSettings(scenes=""))


def test_a_file_in_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "scans").touch()
    with pytest.raises(SceneError, match="scans: scenes: it is a file"):
        open_store(SceneSettings(scenes=str(tmp_path / "scans")))


def test_the_named_stores_open() -> None:
    furnished = open_store(SceneSettings(image_size=32, scene_count=2))
    assert furnished.ids(Split.TRAIN) == ("room-0", "room-1")
    lab = open_store(SceneSettings(scenes="lab", image_size=64, scene_count=2))
    assert isinstance(lab, SyntheticStore)
    assert lab.images("lab-0", lab.frames("lab-0"))[0].size == (64, 64)
    assert set(lab.scene("lab-0").labels) <= set(lab.vocabulary)
    shifted = lab.scene("lab-3000000").floor
    assert shifted is not None
    assert len(shifted.rings[0]) > 4, "the shifted test's rooms are no rectangles"
    with pytest.raises(ValueError, match="the lab's rooms are 64 pixels wide, got 448"):
        open_store(SceneSettings(scenes="lab"))
    with pytest.raises(ValueError, match="image_size: made rooms need one"):
        open_store(SceneSettings(image_size=0))
    with pytest.raises(ValueError, match="scene_count: expected 1 to 1000000"):
        open_store(SceneSettings(image_size=32, scene_count=0))


def test_stores_say_what_they_are(folder: Path, store: SyntheticStore) -> None:
    assert store.name == "made rooms 'synthetic'"
    assert isinstance(open_store(SceneSettings(scenes=str(folder))), BundleStore)
    assert open_store(SceneSettings(scenes=str(folder))).name == f"scenes in {folder}"
