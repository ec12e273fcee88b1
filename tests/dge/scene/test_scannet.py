# SPDX-License-Identifier: Apache-2.0
"""ScanNet's official files, on a small room whose truth is known."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import FrameSelection, ScanNetOptions, import_scannet
from spatialevo_dge.importers.labels import normalised, vocabulary
from spatialevo_dge.importers.scannet import SCANNET_NOISE, scene_folders
from spatialevo_dge.scene import FloorSource, VisibilitySource


@pytest.fixture
def folder(room, tmp_path) -> Path:
    return room.write(tmp_path / room.scene_id)


def test_objects_have_the_boxes_they_were_built_with(room, room_scene):
    assert [item.source_label for item in room_scene.objects] == [
        part.label for part in room.parts if part.label != "room"
    ]
    for item, part in zip(room_scene.objects, room.parts, strict=False):
        low, high = np.array(part.low), np.array(part.high)
        np.testing.assert_allclose(item.aabb.centre, (low + high) / 2, atol=1e-5)
        np.testing.assert_allclose(item.aabb.extents, high - low, atol=1e-5)
        np.testing.assert_allclose(sorted(item.obb.extents), sorted(high - low), atol=1e-5)


def test_labels_are_harmonised_and_never_dropped(room_scene):
    assert [item.label for item in room_scene.objects] == [
        "table", "office chair", "trash can", "zorblax"
    ]  # fmt: skip
    assert [item.label for item in room_scene.structure] == ["floor", "ceiling", "wall"]
    assert room_scene.labels == ("office chair", "table", "trash can", "zorblax")


def test_every_object_owns_its_rows_of_the_cloud(room, room_scene):
    cloud = room_scene.cloud
    stop = 0
    for item in (*room_scene.objects, *room_scene.structure):
        assert item.point_range[0] == stop
        stop = item.point_range[1]
        rows = cloud.points_in_world[slice(*item.point_range)]
        np.testing.assert_allclose(rows.min(axis=0), item.aabb.aabb_min, atol=1e-6)
        np.testing.assert_allclose(rows.max(axis=0), item.aabb.aabb_max, atol=1e-6)
    assert stop == len(cloud.points_in_world) == sum(len(part.vertices) for part in room.parts)


def test_areas_and_normals_are_those_of_the_built_faces(room, room_scene):
    cloud = room_scene.cloud
    for item, part in zip(room_scene.objects, room.parts, strict=False):
        x, y, z = np.subtract(part.high, part.low)
        rows = slice(*item.point_range)
        assert cloud.areas[rows].sum() == pytest.approx(2 * (x * y + y * z + z * x), rel=1e-4)
        outward = cloud.points_in_world[rows] - item.aabb.centre
        assert np.all(np.einsum("ij,ij->i", outward, cloud.normals_in_world[rows]) > 0)
    floor = room_scene.structure[0]
    np.testing.assert_allclose(
        cloud.normals_in_world[slice(*floor.point_range)].mean(axis=0), (0, 0, 1), atol=0.3
    )


def test_faces_join_the_same_points_as_before(room, room_scene):
    corners = room_scene.cloud.points_in_world[room_scene.cloud.faces]
    count, expected = 0, []
    for part in room.parts:
        expected.append(part.vertices[part.faces])
        count += len(part.faces)
    assert len(corners) == count
    np.testing.assert_allclose(corners, np.concatenate(expected), atol=1e-5)


def test_poses_are_taken_into_the_world_frame(room, room_scene):
    assert [frame.id for frame in room_scene.frames] == ["0", "10", "20"]
    for frame, world_from_camera in zip(room_scene.frames, room.cameras, strict=True):
        np.testing.assert_allclose(frame.world_from_camera, world_from_camera, atol=1e-9)
        assert (frame.intrinsics.width, frame.intrinsics.height) == (64, 48)
        assert frame.visibility_source is VisibilitySource.Z_BUFFER


def test_the_floor_is_measured(room_scene):
    assert room_scene.floor.source is FloorSource.MEASURED
    assert room_scene.floor.area == pytest.approx(12.0, rel=0.02)
    assert room_scene.floor.height == pytest.approx(0.0, abs=0.01)


def test_choices_are_in_the_provenance(room_scene, room):
    assert room_scene.noise == SCANNET_NOISE
    assert room_scene.provenance["alignment"] == f"record {room.scene_id}.txt"
    assert room_scene.provenance["files"]["mesh"] == f"{room.scene_id}_vh_clean_2.ply"


class TestAlignment:
    def test_without_any_the_scan_is_refused(self, room, folder):
        record = folder / f"{room.scene_id}.txt"
        record.write_text(record.read_text().split("\n", 1)[1])
        with pytest.raises(SceneError, match=r"scene9999_00.txt: axisAlignment: missing"):
            import_scannet(folder)

    @pytest.mark.parametrize(
        "text",
        [
            "{numbers}",
            "[{commas}]",
            '{{"scene9999_00": [{commas}]}}',
            '{{"scene9999_00": [{rows}], "other": 3}}',
        ],
    )
    def test_a_file_takes_its_place(self, room, folder, room_scene, text):
        record = folder / f"{room.scene_id}.txt"
        record.write_text(record.read_text().split("\n", 1)[1])
        values = room.world_from_scan.reshape(-1).tolist()
        rows = ", ".join(str(row) for row in room.world_from_scan.tolist())
        alignment = folder / "alignment"
        words = " ".join(map(str, values))
        alignment.write_text(text.format(numbers=words, commas=words.replace(" ", ", "), rows=rows))
        scene = import_scannet(folder, ScanNetOptions(alignment=alignment))
        assert scene.provenance["alignment"] == "file alignment"
        assert scene.objects[0].aabb == room_scene.objects[0].aabb

    @pytest.mark.parametrize(
        ("text", "field"),
        [
            ("1 2 3", "alignment"),
            ('{"another": [1]}', "scene9999_00"),
            ('{"scene9999_00": [1, 2]}', "scene9999_00"),
            (" ".join(["2"] * 16), "alignment"),
            ("nan " * 16, "alignment"),
        ],
    )
    def test_a_damaged_file_is_named(self, folder, text, field):
        alignment = folder / "alignment"
        alignment.write_text(text)
        with pytest.raises(SceneError, match=f"alignment: {field}"):
            import_scannet(folder, ScanNetOptions(alignment=alignment))

    def test_none_keeps_the_axes_of_the_scan_and_says_so(self, room, folder):
        scene = import_scannet(folder, ScanNetOptions(alignment="none"))
        corners = room.parts[0].vertices
        scan = (corners - room.world_from_scan[:3, 3]) @ room.world_from_scan[:3, :3]
        np.testing.assert_allclose(scene.objects[0].aabb.aabb_min, scan.min(axis=0), atol=1e-5)
        assert scene.provenance["alignment"].startswith("none")


class TestFrames:
    @pytest.mark.parametrize(
        ("damage", "reason"),
        [
            (lambda pose: pose * np.nan, "pose is not finite"),
            (lambda pose: np.full((4, 4), -np.inf), "pose is not finite"),
            (lambda pose: pose * 1.1, "pose is not rigid"),
            (lambda pose: np.diag([-1.0, 1.0, 1.0, 1.0]), "pose is not rigid"),
        ],
    )
    def test_a_bad_pose_skips_its_frame_and_says_why(self, folder, damage, reason):
        path = folder / "pose" / "10.txt"
        np.savetxt(path, damage(np.loadtxt(path)))
        scene = import_scannet(folder)
        assert [frame.id for frame in scene.frames] == ["0", "20"]
        assert list(scene.skipped_frames) == ["10"]
        assert reason in scene.skipped_frames["10"]

    def test_an_image_without_a_pose_is_skipped(self, room, folder):
        (folder / "color").mkdir()
        for name in ("0", "10", "15", "20"):
            room.write_png(folder / "color" / f"{name}.png", np.zeros((48, 64), np.uint16))
        scene = import_scannet(folder)
        assert dict(scene.skipped_frames) == {"15": "no pose file"}
        assert scene.frames[1].image_path == folder / "color" / "10.png"

    @pytest.mark.parametrize(
        ("selection", "expected"),
        [
            (FrameSelection(every=2), ["0", "20"]),
            (FrameSelection(at_most=2), ["0", "20"]),
            (FrameSelection(at_most=1), ["0"]),
            (FrameSelection(at_most=9), ["0", "10", "20"]),
        ],
    )
    def test_a_selection_is_even_and_in_capture_order(self, folder, selection, expected):
        scene = import_scannet(folder, ScanNetOptions(frames=selection))
        assert [frame.id for frame in scene.frames] == expected

    def test_names_sort_by_number(self, folder):
        shutil.copy(folder / "pose" / "10.txt", folder / "pose" / "9.txt")
        assert [frame.id for frame in import_scannet(folder).frames] == ["0", "9", "10", "20"]

    def test_intrinsics_come_from_the_flat_layout_or_the_record(self, room, folder):
        expected = import_scannet(folder).frames[0].intrinsics
        (folder / "intrinsic" / "intrinsic_color.txt").rename(folder / "intrinsic_color.txt")
        assert import_scannet(folder).frames[0].intrinsics == expected
        (folder / "intrinsic_color.txt").unlink()
        with (folder / f"{room.scene_id}.txt").open("a") as record:
            record.write("fx_color = 40\nfy_color = 40\nmx_color = 31.5\nmy_color = 23.5\n")
        assert import_scannet(folder).frames[0].intrinsics == expected

    def test_without_intrinsics_a_frame_has_a_pose_and_no_visibility(self, folder):
        shutil.rmtree(folder / "intrinsic")
        scene = import_scannet(folder)
        assert all(frame.intrinsics is None for frame in scene.frames)
        assert all(frame.visibility_source is None for frame in scene.frames)

    def test_a_colour_extrinsic_moves_the_camera(self, room, folder, room_scene):
        base_from_colour = np.eye(4)
        base_from_colour[0, 3] = 0.05
        np.savetxt(folder / "intrinsic" / "extrinsic_color.txt", base_from_colour)
        moved = import_scannet(folder).frames[0].world_from_camera
        expected = room.cameras[0] @ base_from_colour
        np.testing.assert_allclose(moved, expected, atol=1e-9)

    def test_image_size_wins_over_the_record(self, room, folder):
        (folder / "color").mkdir()
        room.write_png(folder / "color" / "0.png", np.zeros((24, 32), np.uint16))
        intrinsics = import_scannet(folder).frames[0].intrinsics
        assert (intrinsics.width, intrinsics.height) == (32, 24)


def test_the_full_resolution_mesh_is_read_where_there_is_no_other(room, folder, room_scene):
    stem = room.scene_id
    (folder / f"{stem}_vh_clean_2.ply").rename(folder / f"{stem}_vh_clean.ply")
    (folder / f"{stem}_vh_clean_2.0.010000.segs.json").rename(folder / f"{stem}_vh_clean.segs.json")
    (folder / f"{stem}.aggregation.json").rename(folder / f"{stem}_vh_clean.aggregation.json")
    scene = import_scannet(folder)
    assert scene.objects[0].aabb == room_scene.objects[0].aabb


def test_a_vertex_that_two_instances_claim_is_in_both(room, folder):
    path = folder / f"{room.scene_id}.aggregation.json"
    record = json.loads(path.read_text())
    record["segGroups"][1]["segments"] = [10, 0]
    path.write_text(json.dumps(record))
    scene = import_scannet(folder)
    table, chair = scene.objects[0], scene.objects[1]
    assert table.point_count == len(room.parts[0].vertices)
    assert chair.point_count == len(room.parts[0].vertices) + len(room.parts[1].vertices)
    corners = scene.cloud.points_in_world[scene.cloud.faces]
    expected = np.concatenate([part.vertices[part.faces] for part in room.parts])
    np.testing.assert_allclose(corners, expected, atol=1e-5)


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_folder_without_a_scan_is_named(tmp_path, name):
    with pytest.raises(SceneError, match=r"folder|mesh"):
        import_scannet(tmp_path / name)


def test_scene_folders_are_found_one_level_down(room, tmp_path):
    first, second = (room.write(tmp_path / name) for name in ("b", "a"))
    (tmp_path / "empty").mkdir()
    assert scene_folders([tmp_path]) == [second, first]
    assert scene_folders([first, second]) == [first, second]
    assert scene_folders([tmp_path / "empty"]) == []


def test_a_pose_outside_any_building_is_skipped(folder):
    path = folder / "pose" / "10.txt"
    pose = np.loadtxt(path)
    pose[0, 3] = 1e300
    np.savetxt(path, pose)
    assert "lies 1e+300 m away" in import_scannet(folder).skipped_frames["10"]


class TestLabels:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("trashcan", "trash can"),
            ("Trash Bin", "trash can"),
            ("refridgerator", "refrigerator"),
            (" night  stand ", "nightstand"),
            ("file_cabinet", "filing cabinet"),
            ("couch", "sofa"),
            ("Zorblax 9", "zorblax 9"),
        ],
    )
    def test_scannet(self, source, expected):
        assert vocabulary("scannet").label(source) == expected

    @pytest.mark.parametrize("name", ["scannet", "vsibench"])
    def test_a_table_maps_in_one_step(self, name):
        words = vocabulary(name)
        for source, label in words.canonical.items():
            assert source == normalised(source) != label
            assert label == normalised(label) == words.label(label)

    def test_what_bounds_a_room_is_listed(self):
        assert vocabulary("scannet").structure == {"wall", "floor", "ceiling"}
        assert vocabulary("scannet").label("Walls") == "wall"
