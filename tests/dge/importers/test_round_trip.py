# SPDX-License-Identifier: Apache-2.0
"""Room → official files → importer → the same room: poses, boxes, pixels, answers."""

import numpy as np
import pytest

from support.exporters.judged import (
    Comparison,
    compare,
    corner_distance,
    largest_reprojection,
    mapping_of,
    with_fitted_boxes,
)

SCANS = ["scannet", "scannet-sens", "scannetpp-nerfstudio", "scannetpp-colmap",
         "scannetpp-iphone", "arkitscenes"]  # fmt: skip
BOX_ERROR = 1e-6  # metres; where a format carries no box, vertices are 32-bit floats
SIGHT = {
    "attribute_measurement",
    "depth_order_obj_obj",
    "distance_cam_obj",
    "position_cam_obj",
    "position_cam_reg",
    "single_image_relative_direction",
    "visibility_compare",
}
"""Tasks whose legality hangs on what images show: the room knows it exactly, the import through
depth images of millimetres, or a mesh of points 10 cm apart."""
RULES_OF_SIGHT = {"NOT_VISIBLE", "BORDERLINE", "AMBIGUOUS_OBJECT"}


def rounds(formats, name, options, seeds, folder) -> Comparison:
    """Round trips of some rooms; everything but answers is asserted here."""
    kind, found = formats[name], Comparison()
    for seed in seeds:
        room = kind.room(seed, options)
        scene = kind.imported(room, folder / str(seed))
        original = room.scene if kind.carries_boxes else with_fitted_boxes(room.scene, scene)
        assert [item.label for item in scene.objects] == [item.label for item in original.objects]
        for ours, theirs in zip(original.frames, scene.frames, strict=True):
            error = np.abs(ours.world_from_camera - theirs.world_from_camera).max()
            assert error <= kind.pose_error
        for ours, theirs in zip(original.objects, scene.objects, strict=True):
            assert corner_distance(ours.obb, theirs.obb) <= BOX_ERROR
        points = np.asarray(room.scene.cloud.points_in_world[::40], dtype=float)
        assert largest_reprojection(original, scene, points) < 1.0
        checks = scene.provenance["checks"]
        assert checks["reprojection_error"] < 0.01 if "reprojection_error" in checks else True
        found.add(compare(original, scene))
    return found


def assert_answers(found: Comparison, rooms: int) -> None:
    assert found.wrong == [], mapping_of(found.refused)
    assert len(found.same) == 16, "every task was asked"
    assert sum(found.same.values()) > 100 * rooms
    assert {task for task, _ in found.refused} <= SIGHT
    assert {rule for _, rule in found.refused} <= RULES_OF_SIGHT
    asked = sum(found.same.values()) + sum(found.refused.values()) + sum(found.near.values())
    assert sum(found.refused.values()) <= 0.02 * asked, mapping_of(found.refused)
    assert set(found.near) <= {"visibility_compare", "depth_order_obj_obj"}
    assert sum(found.near.values()) <= 0.01 * asked


@pytest.mark.parametrize("name", SCANS)
def test_three_rooms(formats, room_options, tmp_path, name):
    assert_answers(rounds(formats, name, room_options, (3, 5, 8), tmp_path), 3)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCANS)
def test_fifty_rooms(formats, room_options, tmp_path, name, capsys):
    found = rounds(formats, name, room_options, range(50), tmp_path)
    with capsys.disabled():
        print(f"\n{name}: same {sum(found.same.values())}, refused {mapping_of(found.refused)}, "
              f"near {mapping_of(found.near)}, wrong {len(found.wrong)}")  # fmt: skip
    assert_answers(found, 50)
