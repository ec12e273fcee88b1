# SPDX-License-Identifier: Apache-2.0
"""Bundles: what is saved comes back, and nothing that was damaged does."""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spatialevo_dge import bundle
from spatialevo_dge.arrays_cloud import CLOUD_ARRAYS, InMemoryCloud
from spatialevo_dge.atomic_folder import new_folder
from spatialevo_dge.errors import SceneError
from spatialevo_dge.scene import FloorPlan, FloorSource, Scene


def assert_same(one: Scene, other: Scene) -> None:
    for name in (
        "id", "source", "objects", "structure", "noise", "skipped_frames", "annotated_counts",
        "provenance",
    ):  # fmt: skip
        assert getattr(one, name) == getattr(other, name), name
    assert len(one.frames) == len(other.frames)
    for first, second in zip(one.frames, other.frames, strict=True):
        np.testing.assert_array_equal(first.world_from_camera, second.world_from_camera)
        pose = first.world_from_camera
        assert replace(second, world_from_camera=pose) == first
    assert (one.visibility is None) == (other.visibility is None)
    if one.visibility is not None:
        np.testing.assert_array_equal(one.visibility.records, other.visibility.records)
    assert (one.cloud is None) == (other.cloud is None)
    for name in CLOUD_ARRAYS if one.cloud is not None else ():
        first, second = getattr(one.cloud, name), getattr(other.cloud, name)
        assert (first is None) == (second is None)
        if first is not None:
            np.testing.assert_array_equal(first, second)
            assert first.dtype == second.dtype
    assert (one.floor is None) == (other.floor is None)
    if one.floor is not None:
        assert replace(one.floor, rings=()) == replace(other.floor, rings=())
        for first, second in zip(one.floor.rings, other.floor.rings, strict=True):
            np.testing.assert_array_equal(first, second)


def everything(folder: Path) -> None:
    """Touch every byte that a bundle holds."""
    scene = bundle.load(folder)
    if scene.cloud is not None:
        for name in CLOUD_ARRAYS:
            getattr(scene.cloud, name)
    bundle.verify(folder)


def write_half(target: Path) -> None:
    with new_folder(target, overwrite=True) as folder:
        (folder / "scene.json").write_text("half")
        raise KeyboardInterrupt


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def saved(room_scene, tmp_path) -> Path:
    path = tmp_path / "scene"
    images = {"images/0.png": b"first", "images/10.png": b"second"}
    frames = tuple(
        replace(frame, image_path=path / f"images/{frame.id}.png") if frame.id != "20" else frame
        for frame in room_scene.frames
    )
    bundle.save(replace(room_scene, frames=frames), path, attachments=images)
    return path


class TestRoundTrip:
    def test_a_scan(self, room_scene, tmp_path):
        room_scene.save(tmp_path / "scene")
        assert_same(room_scene, Scene.load(tmp_path / "scene"))

    def test_a_scene_of_boxes_alone(self, room_scene, tmp_path):
        objects = tuple(replace(item, point_range=None) for item in room_scene.objects)
        scene = Scene(
            id='größe "x"\n',
            source="test",
            objects=objects,
            floor=FloorPlan(area=1 / 3, source=FloorSource.READ),
            annotated_counts={"b": 2, "a": 1},
            skipped_frames={"7": "pose is not finite"},
            provenance={"nested": {"list": (1, 2.5, None, "é"), "flag": True}},
        )
        bundle.save(scene, tmp_path / "scene")
        again = bundle.load(tmp_path / "scene")
        assert_same(scene, again)
        assert again.cloud is None
        assert again.visibility is None
        assert list(again.annotated_counts) == ["b", "a"]

    def test_an_empty_scene(self, tmp_path):
        bundle.save(Scene(id="", source="", objects=()), tmp_path / "scene")
        assert bundle.load(tmp_path / "scene").objects == ()

    def test_points_alone(self, room_scene, tmp_path):
        cloud = InMemoryCloud(points_in_world=room_scene.cloud.points_in_world)
        scene = replace(room_scene, cloud=cloud)
        bundle.save(scene, tmp_path / "scene")
        assert_same(scene, bundle.load(tmp_path / "scene"))

    def test_a_loaded_scene_saves_to_the_same_bytes(self, saved, tmp_path):
        bundle.save(bundle.load(saved), tmp_path / "again", attachments={})
        first, second = contents(saved), contents(tmp_path / "again")
        assert {name for name in first if name.endswith(".npy")} <= set(second)
        assert all(first[name] == second[name] for name in second if name.endswith(".npy"))

    def test_the_same_scene_gives_the_same_bytes(self, room_scene, tmp_path):
        for name in ("one", "two"):
            bundle.save(room_scene, tmp_path / name)
        assert contents(tmp_path / "one") == contents(tmp_path / "two")

    def test_numpy_reads_the_arrays(self, room_scene, saved):
        for name in CLOUD_ARRAYS:
            expected = getattr(room_scene.cloud, name)
            np.testing.assert_array_equal(np.load(saved / f"{name}.npy"), expected)
        records = np.load(saved / "visibility.npy")
        np.testing.assert_array_equal(records, room_scene.visibility.records)

    def test_it_may_be_moved(self, saved, tmp_path):
        shutil.move(saved, tmp_path / "elsewhere")
        scene = bundle.load(tmp_path / "elsewhere")
        assert scene.frames[0].image_path == tmp_path / "elsewhere" / "images" / "0.png"
        assert scene.frames[0].image_path.read_bytes() == b"first"
        bundle.verify(tmp_path / "elsewhere")

    def test_images_elsewhere_keep_their_place(self, room_scene, tmp_path):
        image = tmp_path / "images" / "0.png"
        frames = (replace(room_scene.frames[0], image_path=image), *room_scene.frames[1:])
        bundle.save(replace(room_scene, frames=frames), tmp_path / "scene")
        assert bundle.load(tmp_path / "scene").frames[0].image_path == image

    def test_arrays_are_read_only(self, saved):
        cloud = bundle.load(saved).cloud
        with pytest.raises(ValueError, match="read-only"):
            cloud.points_in_world[0] = 0


class TestDamage:
    def test_every_bit_of_the_header_counts(self, saved):
        header = saved / bundle.HEADER
        good = header.read_bytes()
        dice = random.Random(0)
        for place in range(len(good)):
            bad = bytearray(good)
            bad[place] ^= 1 << dice.randrange(8)
            header.write_bytes(bad)
            with pytest.raises(SceneError, match="header_sha256") as caught:
                bundle.load(saved)
            assert caught.value.source == str(header)

    def test_flipped_bits_of_every_array_are_found_at_first_touch(self, saved):
        dice = random.Random(1)
        names = [path.name for path in saved.glob("*.npy")]
        assert len(names) == 3 + len(CLOUD_ARRAYS)
        for name in names:
            good = (saved / name).read_bytes()
            places = [0, 9, 127, 128, len(good) - 1, *(dice.randrange(len(good)) for _ in range(8))]
            for place in places:
                bad = bytearray(good)
                bad[place] ^= 1 << dice.randrange(8)
                (saved / name).write_bytes(bad)
                with pytest.raises(SceneError, match="sha256") as caught:
                    everything(saved)
                assert caught.value.source == str(saved / name)
            (saved / name).write_bytes(good)
        everything(saved)

    def test_damage_to_the_cloud_does_not_stop_questions_about_boxes(self, saved):
        path = saved / "points_in_world.npy"
        path.write_bytes(path.read_bytes()[:-1] + b"\xff")
        scene = bundle.load(saved)
        assert len(scene.objects) == 4
        with pytest.raises(SceneError, match=r"points_in_world\.npy: sha256"):
            _ = scene.cloud.points_in_world

    @pytest.mark.parametrize("cut", [0, 1, 64, -1])
    def test_a_truncated_array_is_found_by_load(self, saved, cut):
        for path in saved.glob("*.npy"):
            good = path.read_bytes()
            path.write_bytes(good[:cut])
            with pytest.raises(SceneError, match="size") as caught:
                bundle.load(saved)
            assert caught.value.source == str(path)
            path.write_bytes(good)

    def test_a_missing_or_renamed_file_is_named(self, saved):
        for path in [*saved.glob("*.npy"), saved / bundle.HEADER]:
            path.rename(path.with_suffix(".away"))
            with pytest.raises(SceneError) as caught:
                bundle.load(saved)
            assert caught.value.source == str(path)
            path.with_suffix(".away").rename(path)

    def test_two_files_that_changed_places_are_found(self, saved):
        points, normals = saved / "points_in_world.npy", saved / "normals_in_world.npy"
        points.rename(saved / "x")
        normals.rename(points)
        (saved / "x").rename(normals)
        with pytest.raises(SceneError, match=r"in_world\.npy: sha256"):
            everything(saved)

    def test_a_damaged_attachment_is_found_by_verify(self, saved):
        (saved / "images" / "10.png").write_bytes(b"secomd")
        with pytest.raises(SceneError, match=r"10\.png: sha256"):
            bundle.verify(saved)
        (saved / "images" / "10.png").unlink()
        with pytest.raises(SceneError, match=r"10\.png: file"):
            bundle.verify(saved)

    def test_verify_counts_what_it_read(self, saved):
        report = bundle.verify(saved)
        sizes = [len(content) for content in contents(saved).values()]
        assert (report.files, report.bytes) == (len(sizes), sum(sizes))

    def test_nothing_there(self, tmp_path):
        with pytest.raises(SceneError, match="no such bundle"):
            bundle.load(tmp_path / "nowhere")
        with pytest.raises(SceneError, match=r"scene\.json: file"):
            bundle.load(tmp_path)


class TestWriting:
    def test_an_existing_bundle_is_kept(self, room_scene, saved):
        before = contents(saved)
        with pytest.raises(FileExistsError, match="overwrite=True"):
            bundle.save(room_scene, saved)
        assert contents(saved) == before

    def test_overwriting_leaves_the_new_one_alone(self, room_scene, saved):
        bundle.save(replace(room_scene, id="new"), saved, overwrite=True)
        assert bundle.load(saved).id == "new"
        assert [path.name for path in saved.parent.iterdir()] == [saved.name]

    def test_a_scene_may_overwrite_the_bundle_it_was_loaded_from(self, saved):
        scene = bundle.load(saved)
        bundle.save(replace(scene, id="new"), saved, overwrite=True)
        assert bundle.load(saved).id == "new"
        bundle.load(saved).cloud.points_in_world.sum()

    def test_nothing_but_a_bundle_is_ever_replaced(self, room_scene, tmp_path):
        (tmp_path / "letters").mkdir()
        (tmp_path / "letters" / "mine.txt").write_text("precious")
        with pytest.raises(FileExistsError, match="not a scene bundle"):
            bundle.save(room_scene, tmp_path / "letters", overwrite=True)
        assert (tmp_path / "letters" / "mine.txt").read_text() == "precious"

    def test_a_failed_write_leaves_nothing(self, room_scene, tmp_path):
        scene = replace(room_scene, provenance={"bad": object()})
        with pytest.raises(ValueError, match="JSON cannot write"):
            bundle.save(scene, tmp_path / "scene")
        with pytest.raises(ValueError, match="not JSON compliant"):
            bundle.save(replace(room_scene, provenance={"x": float("nan")}), tmp_path / "scene")
        assert list(tmp_path.iterdir()) == []

    def test_an_interrupted_write_leaves_the_former_bundle(self, saved):
        before = contents(saved)
        with pytest.raises(KeyboardInterrupt):
            write_half(saved)
        assert contents(saved) == before
        assert [path.name for path in saved.parent.iterdir()] == [saved.name]

    def test_a_crash_between_the_renames_loses_nothing(self, room_scene, saved, monkeypatch):
        before = contents(saved)
        rename = Path.rename

        def crash(self: Path, target: Path) -> Path:
            if self.name.endswith(".partial"):
                raise SystemExit("the power failed")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", crash)
        with pytest.raises(SystemExit):
            bundle.save(room_scene, saved, overwrite=True)
        monkeypatch.undo()
        with pytest.raises(SceneError, match="left the former bundle at") as caught:
            bundle.load(saved)
        (former,) = saved.parent.iterdir()
        assert former.name in str(caught.value)
        assert contents(former) == before

    @pytest.mark.parametrize("name", ["../x", "/x", "", "scene.json", "boxes.npy", "a/../../x"])
    def test_attachments_stay_inside_and_take_no_name(self, room_scene, tmp_path, name):
        with pytest.raises(ValueError, match="attachments"):
            bundle.save(room_scene, tmp_path / "scene", attachments={name: b""})


class TestInMemoryCloud:
    POINTS = np.zeros((4, 3))

    @pytest.mark.parametrize(
        ("arrays", "message"),
        [
            ({"points_in_world": np.zeros((4, 2))}, r"points_in_world: expected \(4, 3\)"),
            ({"points_in_world": np.full((1, 3), np.nan)}, "not finite"),
            ({"normals_in_world": np.zeros((3, 3))}, r"expected \(4, 3\), got \(3, 3\)"),
            ({"areas": np.zeros((4, 1))}, r"areas: expected \(4,\)"),
            ({"colours": np.full((4, 3), 256)}, "colours: a value does not fit"),
            ({"colours": np.zeros((4, 3))}, "expected integers"),
            ({"faces": np.array([[0, 1, 4]])}, "outside the 4 points"),
            ({"faces": np.array([[0, 1, -1]])}, "outside the 4 points"),
            ({"faces": np.array([0, 1, 2])}, r"faces: expected \(3, 3\)"),
        ],
    )
    def test_misuse_says_what_was_given(self, arrays, message):
        with pytest.raises(ValueError, match=message):
            InMemoryCloud(**{"points_in_world": self.POINTS, **arrays})

    def test_arrays_are_converted_and_read_only(self):
        cloud = InMemoryCloud(points_in_world=self.POINTS, colours=np.zeros((4, 3), dtype=int))
        assert cloud.points_in_world.dtype == np.float32
        assert cloud.colours.dtype == np.uint8
        with pytest.raises(ValueError, match="read-only"):
            cloud.points_in_world[0] = 1
