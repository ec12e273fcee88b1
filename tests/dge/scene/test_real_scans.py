# SPDX-License-Identifier: Apache-2.0
"""Real scans, where the test data are there (decision page: real data, expected)."""

import json

import numpy as np
import pytest

from spatialevo_dge import bundle
from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import read_depth
from spatialevo_dge.importers import import_scannet
from spatialevo_dge.importers.scannet import SCANNET_NOISE
from spatialevo_dge.scene import VisibilitySource
from spatialevo_dge.selfcheck import reproject
from spatialevo_geometry import Intrinsics, depth_to_points
from spatialevo_geometry.rigid import apply


@pytest.fixture(scope="module")
def boxes(test_data):
    """(27, 6) centre and size of boxes that others computed on this scan, in aligned axes."""
    infos = json.loads((test_data("posed_frames") / "infos.json").read_text())
    return np.array(infos["annos"]["gt_boxes_upright_depth"])


def test_all_instances_are_there(photographed_scene):
    scene = photographed_scene
    assert len(scene.objects) + len(scene.structure) == 55
    assert sorted({item.label for item in scene.structure}) == ["floor", "wall"]
    assert len(scene.structure) == 10
    assert all(item.point_count >= 1 for item in scene.objects)


def test_boxes_of_the_same_points_are_the_same(photographed_scene, boxes):
    """Ten of the 27 boxes are of instances with the same points, and agree to 2 mm.

    The others belong to another edition of the annotation (three doors where this one has one,
    refrigerator and cabinets cut differently), see the next test.
    """
    ours = np.array(
        [[*item.aabb.centre, *item.aabb.extents] for item in photographed_scene.objects]
    )
    nearest = [np.abs(ours - box).max(axis=1).min() for box in boxes]
    assert sum(error <= 0.01 for error in nearest) == 10
    assert sorted(nearest)[9] <= 0.002


def test_every_box_has_its_six_faces_on_our_points(photographed_scene, boxes):
    """Whoever's annotation: all 27 boxes are spanned by vertices exactly where we have them."""
    points = np.asarray(photographed_scene.cloud.points_in_world, dtype=float)
    for box in boxes:
        low, high = box[:3] - box[3:] / 2, box[:3] + box[3:] / 2
        inside = points[((points > low - 1e-5) & (points < high + 1e-5)).all(axis=1)]
        np.testing.assert_allclose(inside.min(axis=0), low, atol=1e-5)
        np.testing.assert_allclose(inside.max(axis=0), high, atol=1e-5)


def test_the_floor_area_is_between_hull_and_box(photographed_scene):
    assert 41.5 <= photographed_scene.floor.area <= 51.0
    assert photographed_scene.floor.height == pytest.approx(0.0, abs=0.03)


def test_the_mesh_faces_into_the_room(photographed_scene):
    floor = next(item for item in photographed_scene.structure if item.label == "floor")
    rows, cloud = slice(*floor.point_range), photographed_scene.cloud
    mean = np.average(cloud.normals_in_world[rows], axis=0, weights=cloud.areas[rows])
    np.testing.assert_allclose(mean, (0, 0, 1), atol=0.1)


def test_without_an_alignment_the_official_files_are_refused(test_data):
    with pytest.raises(SceneError, match=r"scene0000_00\.txt: axisAlignment: missing"):
        import_scannet(test_data("scannet_scene0000_00"))


def test_the_photographs_show_what_one_sees_in_them(photographed_scene):
    """Looked at by eye with the boxes drawn into the photographs."""
    scene = photographed_scene
    assert {frame.visibility_source for frame in scene.frames} == {VisibilitySource.Z_BUFFER}
    seen = {
        frame.id: {
            scene.objects_by_id[number].label
            for number, record in scene.visibility.in_frame(index).items()
            if record.of_facing >= 0.3
        }
        for index, frame in enumerate(scene.frames)
    }
    assert seen["00000"] == {"table", "desk", "cabinet"}
    assert seen["00011"] == {"desk", "trash can", "cabinet", "nightstand", "tissue box"}
    assert {"sofa", "tv", "bookshelf"} <= seen["00102"]
    assert not {"bed", "toilet", "desk", "trash can"} & seen["00102"]


def test_a_real_scene_round_trips(photographed_scene, tmp_path):
    bundle.save(photographed_scene, tmp_path / "scene")
    again = bundle.load(tmp_path / "scene")
    assert again.objects == photographed_scene.objects
    assert again.provenance == photographed_scene.provenance
    bundle.verify(tmp_path / "scene")


def test_depth_frames_agree_with_each_other(test_data):
    """Five real depth images: back-projected from one, measured in the next."""
    folder = test_data("rgbd_open3d")
    camera = json.loads((folder / "camera_primesense.json").read_text())
    matrix = np.array(camera["intrinsic_matrix"]).reshape(3, 3).T  # written column by column
    intrinsics = Intrinsics(
        fx=matrix[0, 0],
        fy=matrix[1, 1],
        cx=matrix[0, 2],
        cy=matrix[1, 2],
        width=camera["width"],
        height=camera["height"],
    )
    lines = (folder / "trajectory.log").read_text().splitlines()
    poses = [
        np.array([line.split() for line in lines[start + 1 : start + 5]], dtype=float)
        for start in range(0, len(lines), 5)
    ]
    depths = [read_depth(path) for path in sorted((folder / "depth").glob("*.png"))]
    assert len(poses) == len(depths) == 5
    for source in range(5):
        points, _ = depth_to_points(depths[source], intrinsics)
        in_world = apply(poses[source], points)
        for target in range(5):
            found = reproject(in_world, poses[target], depths[target], intrinsics, SCANNET_NOISE)
            assert found.overlapping > 100_000
            assert found.median_error <= 0.02
            assert found.within_band >= 0.70
