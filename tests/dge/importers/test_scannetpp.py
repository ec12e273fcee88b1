# SPDX-License-Identifier: Apache-2.0
"""What is particular to ScanNet++."""

import json

import numpy as np
import pytest

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import Capture, ScanNetPPOptions, import_scannetpp
from spatialevo_dge.scene import BoxKind
from support.exporters import export_scannetpp
from support.exporters.scannetpp import write_colmap, write_iphone
from support.exporters.shared import Faults


@pytest.fixture(scope="module")
def room(formats, small_options):
    return formats["scannetpp-nerfstudio"].room(3, small_options)


@pytest.fixture
def folder(room, tmp_path):
    return export_scannetpp(room, tmp_path)


def edit(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def transforms(folder):
    return folder / "dslr" / "nerfstudio" / "transforms_undistorted.json"


def test_bad_frames_are_skipped_and_said(folder):
    scene = import_scannetpp(folder)
    assert dict(scene.skipped_frames) == {"DSC09999": "marked as bad"}
    assert [frame.id for frame in scene.frames] == ["DSC01300", "DSC01301"]


def test_test_views_are_a_choice(folder):
    scene = import_scannetpp(folder, ScanNetPPOptions(test_frames=False))
    assert [frame.id for frame in scene.frames] == ["DSC01300"]


def test_a_pose_that_is_none_is_skipped(folder):
    edit(transforms(folder), lambda d: d["frames"][0]["transform_matrix"][0].__setitem__(0, 7.0))
    scene = import_scannetpp(folder)
    assert "pose is not rigid" in scene.skipped_frames["DSC01300"]


def test_fisheye_images_get_no_pinhole_camera(folder):
    """`transforms.json` of the fisheye images: their poses hold, their intrinsics do not."""

    def distort(document):
        document |= {"camera_model": "OPENCV_FISHEYE", "k1": 0.04}

    edit(transforms(folder), distort)
    transforms(folder).rename(transforms(folder).with_name("transforms.json"))
    scene = import_scannetpp(folder)
    assert len(scene.frames) == 2
    assert all(frame.intrinsics is None for frame in scene.frames)
    assert all(frame.image_path is None for frame in scene.frames)  # those there are undistorted


def test_notes_of_the_annotators_are_no_objects(room, folder):
    scene = import_scannetpp(folder)
    assert len(scene.objects) == len(room.scene.objects)
    assert "remove" not in scene.labels
    assert {item.label for item in scene.structure} == {"wall", "floor", "ceiling"}


def test_boxes_are_annotated_or_fitted(folder):
    given = import_scannetpp(folder)
    fitted = import_scannetpp(folder, ScanNetPPOptions(annotated_boxes=False))
    assert {item.box_kind for item in given.objects} == {BoxKind.GIVEN}
    assert {item.box_kind for item in fitted.objects} == {BoxKind.GRAVITY}
    path = folder / "scans" / "segments_anno.json"
    edit(path, lambda document: document["segGroups"][0].pop("obb"))
    mixed = import_scannetpp(folder)
    assert [item.box_kind for item in mixed.objects[:2]] == [BoxKind.GRAVITY, BoxKind.GIVEN]


def test_colmaps_poses_are_compared_with_nerfstudios(room, folder):
    write_colmap(room, folder, Faults())
    scene = import_scannetpp(folder)
    assert scene.provenance["frames"]["farthest_from_colmap_m"] < 1e-9
    edit(transforms(folder), lambda d: d["frames"][0]["transform_matrix"][1].__setitem__(3, 9.0))
    assert import_scannetpp(folder).provenance["frames"]["farthest_from_colmap_m"] > 1.0


def test_the_capture_is_a_choice(room, folder):
    write_iphone(room, folder, Faults())
    assert import_scannetpp(folder).frames[0].id == "DSC01300"
    scene = import_scannetpp(folder, ScanNetPPOptions(capture=Capture.IPHONE))
    assert [frame.id for frame in scene.frames] == ["frame_000000", "frame_000010"]
    assert all(frame.depth_path is not None for frame in scene.frames)


def test_an_absent_capture_is_named(folder):
    with pytest.raises(SceneError, match="iphone: cameras"):
        import_scannetpp(folder, ScanNetPPOptions(capture=Capture.IPHONE))


def test_frames_that_were_not_extracted_are_left_out(room, tmp_path):
    folder = export_scannetpp(room, tmp_path, cameras="iphone")
    (folder / "iphone" / "rgb" / "frame_000000.jpg").unlink()
    assert [frame.id for frame in import_scannetpp(folder).frames] == ["frame_000010"]


def test_low_resolution_depth_is_the_same_camera(room, tmp_path):
    """The iPhone's depth images have a seventh of the colour images' width."""
    folder = export_scannetpp(room, tmp_path, cameras="iphone")
    from PIL import Image

    for path in (folder / "iphone" / "rgb").iterdir():
        with Image.open(path) as image:
            image.resize((128, 96)).save(path)

    def enlarge(document):
        for record in document.values():
            k = np.array(record["intrinsic"])
            k[:2, :2] *= 2.0
            k[:2, 2] = (k[:2, 2] + 0.5) * 2.0 - 0.5
            record["intrinsic"] = k.tolist()

    edit(folder / "iphone" / "pose_intrinsic_imu.json", enlarge)
    scene = import_scannetpp(folder)
    assert scene.frames[0].intrinsics.width == 128
    assert scene.provenance["checks"]["reprojection_error"] < 0.01


def test_images_of_another_size_are_named(folder):
    edit(transforms(folder), lambda document: document.update(w=65))
    with pytest.raises(SceneError, match=r"DSC01300\.JPG: size"):
        import_scannetpp(folder)


def test_a_scene_without_cameras_is_a_scene(folder):
    transforms(folder).unlink()
    scene = import_scannetpp(folder)
    assert scene.frames == ()
    assert len(scene.objects) > 0
