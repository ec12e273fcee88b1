# SPDX-License-Identifier: Apache-2.0
"""Eighteen cases that an earlier public oracle gets wrong, each with the right answer.

The released code of SpatialEvo (commit 465546a) was run on these; its answers are in the test names
or comments. Every case asserts what the geometry says (`measure`) and then the ruling.
"""

from pathlib import Path

import numpy as np
import pytest

from spatialevo_dge import DEFAULT, Illegal, Legal, Rule, Scene, rule_on
from spatialevo_dge.entities import (
    Among,
    Attribute,
    Cameras,
    Category,
    Comparator,
    Comparison,
    Gap,
    Motion,
    One,
    Relation,
    Room,
    Shown,
    Standing,
    Travel,
    Unit,
)
from spatialevo_dge.scene import FloorPlan, FloorSource
from spatialevo_dge.tasks import task_named
from spatialevo_dge.truth import Truth
from spatialevo_dge.view import View
from support.build import Sighting, frame, item, noun, pose, scene, view


def measured(task: str, entities: object, at: View) -> Truth:
    return task_named(task).measure(entities, at, DEFAULT)


def said(truth: Truth) -> object:
    assert truth.answer is not None
    return truth.answer.value


def legal(task: str, entities: object, of: Scene, *frames: str) -> object:
    ruling = rule_on(task, entities, of, frames)
    assert isinstance(ruling, Legal), ruling
    return ruling.answer.value


def refused(task: str, entities: object, of: Scene, *frames: str) -> Rule:
    ruling = rule_on(task, entities, of, frames)
    assert isinstance(ruling, Illegal), ruling
    return ruling.rule


def two_cameras(first: np.ndarray, second: np.ndarray) -> Scene:
    return scene([], [frame("a", first), frame("b", second)])


def test_01_a_step_forward_is_in_front_however_the_camera_is_pitched() -> None:
    """Released code: "back"."""
    pitched = two_cameras(pose((3, 2.5, 1.5), pitch=-15), pose((4, 2.5, 1.5), pitch=-15))
    assert said(measured("position_cam_cam", Cameras(), view(pitched, "a", "b"))) == "front"
    assert legal("position_cam_cam", Cameras(), pitched, "a", "b") == "front"


def test_01_a_step_up_has_no_horizontal_direction() -> None:
    """Released code: "back"."""
    risen = two_cameras(pose((3, 2.5, 1.5), pitch=-15), pose((3, 2.5, 2.5), pitch=-15))
    truth = measured("position_cam_cam", Cameras(), view(risen, "a", "b"))
    assert truth.trace["horizontal_range_m"] == 0.0
    assert truth.trace["rise_m"] == pytest.approx(1.0, abs=1e-12)
    assert refused("position_cam_cam", Cameras(), risen, "a", "b") is Rule.DEGENERATE


@pytest.mark.parametrize("heading", [0.0, 45.0, 90.0, 200.0, 315.0])
def test_02_a_left_turn_is_left_at_every_heading(heading: float) -> None:
    """Released code: "right" at heading 45, "same" at heading 0."""
    turned = two_cameras(
        pose((0, 0, 1.5), heading, pitch=-25), pose((0, 0, 1.5), heading + 30, pitch=-25)
    )
    entities = Travel(asks=Motion.TURN)
    truth = measured("motion_camera", entities, view(turned, "a", "b"))
    assert said(truth) == "left"
    assert truth.trace["turn_deg"] == pytest.approx(30.0, abs=1e-9)
    assert legal("motion_camera", entities, turned, "a", "b") == "left"
    assert legal("motion_camera", Travel(), turned, "a", "b") == "turn left"


def test_03_a_tilt_is_up_and_not_a_turn() -> None:
    """Released code: "left"."""
    tilted = two_cameras(pose((0, 0, 1.5), 45), pose((0, 0, 1.5), 45, pitch=20))
    assert legal("motion_camera", Travel(asks=Motion.TILT), tilted, "a", "b") == "up"
    assert legal("motion_camera", Travel(), tilted, "a", "b") == "tilt up"
    assert refused("motion_camera", Travel(asks=Motion.TURN), tilted, "a", "b") is Rule.DEGENERATE


def test_04_distance_is_between_the_nearest_surfaces() -> None:
    """Released code: 0.69 m, centre to centre."""
    desk = scene(
        [
            item(1, "table", (4.4, 2.4, 0.37), (1.4, 0.8, 0.74)),
            item(2, "monitor", (4.7, 2.5, 0.98), (0.1, 0.55, 0.45)),
        ]
    )
    entities = Gap(first=noun("table"), second=noun("monitor"))
    assert said(measured("absolute_distance", entities, view(desk))) == pytest.approx(0.015)
    assert legal("absolute_distance", entities, desk) == pytest.approx(0.015)


@pytest.mark.parametrize("order", [("lamp", "sink"), ("sink", "lamp")])
def test_05_three_millimetres_decide_whatever_the_order(order: tuple[str, str]) -> None:
    """Released code: the first named, because it compares after rounding."""
    room = scene(
        [
            item(1, "stove", (0, 0, 0), (0, 0, 0)),
            item(2, "lamp", (1.234, 0, 0), (0, 0, 0)),
            item(3, "sink", (0, 1.231, 0), (0, 0, 0)),
        ]
    )
    entities = Among(anchor=noun("stove"), candidates=tuple(noun(label) for label in order))
    assert said(measured("relative_distance", entities, view(room))) == "sink"
    assert legal("relative_distance", entities, room) == "sink"


def test_06_height_never_enters_a_horizontal_direction() -> None:
    """Released code: "right"."""
    room = scene(
        [
            item(1, "rug", (0, 0, 0), (0.1, 0.1, 0.1)),
            item(2, "clock", (0.5, 0, 2), (0.1, 0.1, 0.1)),
            item(3, "door", (2, 0, 0), (0.1, 0.1, 0.1)),
        ]
    )
    entities = Standing(stand=noun("rug"), face=noun("clock"), query=noun("door"))
    assert said(measured("relative_direction_hard", entities, view(room))) == "front"
    assert legal("relative_direction_hard", entities, room) == "front"


def test_07_target_and_reference_are_not_swapped() -> None:
    """Released code: the opposite, for every wording but one."""
    seen = scene(
        [item(1, "sofa", (3, 0, 0.5), (0.4, 0.4, 0.4)), item(2, "lamp", (3, 1, 0.5), (0.4,) * 3)],
        [frame("a", pose((0, 0, 1.5), pitch=-20))],
    )
    lamp_from_sofa = Relation(reference=noun("sofa"), target=noun("lamp"))
    sofa_from_lamp = Relation(reference=noun("lamp"), target=noun("sofa"))
    assert legal("single_image_relative_direction", lamp_from_sofa, seen, "a") == "left"
    assert legal("single_image_relative_direction", sofa_from_lamp, seen, "a") == "right"


def test_08_a_cupboard_is_not_a_cup() -> None:
    """Released code: the size of the cup."""
    from spatialevo_dge import Question, judge

    kitchen = scene(
        [
            item(1, "cup", (0, 0, 1), (0.08, 0.08, 0.1)),
            item(2, "cupboard", (2, 0, 1), (0.9, 0.4, 2.0)),
        ]
    )
    ruling = judge(Question("How long is the longest side of the cupboard in cm?"), kitchen)
    assert isinstance(ruling, Legal)
    assert ruling.answer.value == pytest.approx(200.0)


def test_09_a_frame_without_a_usable_pose_is_named_and_never_guessed() -> None:
    """Released code: a distance from an identity camera, or "nan meters"; both called valid."""
    built = scene([item(1, "sofa", (3, 0, 0.5), (1, 1, 1))], [frame("a", pose((0, 0, 1.5)))])
    skipped = Scene(
        id=built.id,
        source=built.source,
        objects=built.objects,
        frames=built.frames,
        visibility=built.visibility,
        skipped_frames={"b": "its pose is not finite"},
    )
    entities = One(object=noun("sofa"), unit=Unit.METRES)
    ruling = rule_on("distance_cam_obj", entities, skipped, ("b",))
    assert isinstance(ruling, Illegal)
    assert ruling.rule is Rule.NOT_AVAILABLE
    assert "not finite" in ruling.why


def test_10_a_camera_inside_the_box_has_no_distance() -> None:
    """Released code: "0.0 meters", valid."""
    inside = scene([item(1, "bed", (0, 0, 1), (2, 2, 2))], [frame("a", pose((0, 0, 1.5)))])
    entities = One(object=noun("bed"), unit=Unit.METRES)
    assert said(measured("distance_cam_obj", entities, view(inside, "a"))) == 0.0
    assert refused("distance_cam_obj", entities, inside, "a") is Rule.DEGENERATE


def test_11_more_of_an_object_is_more_of_its_surface_and_not_more_pixels() -> None:
    """Released code: image 1, whose box in the picture is larger."""
    sofa = item(1, "sofa", (3, 0, 0.5), (2, 1, 1))
    close_up = Sighting(share=0.30, box_2d=(0.0, 0.0, 1296.0, 700.0))
    overview = Sighting(share=0.85, box_2d=(500.0, 400.0, 760.0, 560.0))
    seen = scene(
        [sofa],
        [frame("a", pose((2, 0, 1.0))), frame("b", pose((0, 0, 1.5)))],
        {(0, 1): close_up, (1, 1): overview},
    )
    assert legal("visibility_compare", Shown(object=noun("sofa")), seen, "a", "b") == "image 2"


def test_12_shorter_is_shorter() -> None:
    """Released code: the longer one."""
    seen = scene(
        [item(1, "sofa", (3, 0, 0.5), (2, 1, 1)), item(2, "stool", (3, 2, 0.3), (0.4, 0.4, 0.6))],
        [frame("a", pose((0, 0, 1.5))), frame("b", pose((0, 1, 1.5)))],
    )
    entities = Comparison(
        first=noun("sofa"),
        second=noun("stool"),
        comparator=Comparator.SMALLER,
        attribute=Attribute.LONGEST_SIDE,
    )
    assert legal("attribute_measurement", entities, seen, "a", "b") == "stool"


def test_13_an_unknown_room_size_is_not_zero() -> None:
    """Released code: "0.0 square meters", valid."""
    assert refused("room_size", Room(), scene([])) is Rule.NOT_AVAILABLE


def test_14_two_bundles_of_one_name_are_two_scenes(tmp_path: Path) -> None:
    """Released code: the first folder's answer for both, from a cache that ignores the folder."""
    for name, area in (("first", 20.0), ("second", 99.0)):
        floor = FloorPlan(area=area, source=FloorSource.READ)
        scene([item(1, "sofa", (3, 0, 0.5), (1, 1, 1))], floor=floor).save(tmp_path / name)
    answers = [
        legal("room_size", Room(), Scene.load(tmp_path / name)) for name in ("first", "second")
    ]
    assert answers == [20.0, 99.0]


@pytest.mark.parametrize("yaw", [0.0, 15.0, 30.0, 45.0])
def test_15_a_turned_box_keeps_its_size(yaw: float) -> None:
    """Released code: 160, 175, 179 and 170 cm."""
    room = scene([item(1, "table", (1, 1, 0.4), (1.6, 0.8, 0.75), yaw)])
    entities = One(object=noun("table"), unit=Unit.CENTIMETRES)
    assert legal("object_size", entities, room) == pytest.approx(160.0, abs=1e-9)


def test_16_an_opengl_pose_is_not_taken_for_an_opencv_pose() -> None:
    """Released code: visibility 0 and a camera 1.5 m under the floor.

    The exporter of ScanNet++ negates the camera's y and z axes, swaps the first two world rows and
    negates the third; undoing it gives back the pose it started from.
    """
    from spatialevo_dge.importers.poses import world_from_opencv_of_nerfstudio

    truth = pose((3, 2.5, 1.5), heading=70, pitch=-15)
    exported = truth.copy()
    exported[:3, 1:3] *= -1
    exported = exported[[1, 0, 2, 3]]
    exported[2] *= -1
    assert exported[2, 3] == pytest.approx(-1.5)
    np.testing.assert_allclose(world_from_opencv_of_nerfstudio(exported), truth, atol=1e-12)


def test_17_an_instance_that_no_image_shows_makes_a_count_illegal() -> None:
    """Released code: two chairs were shown, three are in the scene, "3" is valid."""
    chairs = [item(number, "chair", (number, 0, 0.5), (0.5, 0.5, 1)) for number in (1, 2, 3)]
    seen = scene(chairs, [frame("a", pose((0, 0, 1.5)))], {(0, 1): Sighting(), (0, 2): Sighting()})
    entities = Category(category=noun("chair"))
    assert said(measured("object_counting", entities, view(seen, "a"))) == 3
    assert refused("object_counting", entities, seen, "a") is Rule.NOT_VISIBLE
    assert legal("object_counting", entities, seen) == 3


def test_18_two_cameras_in_one_place_have_no_relation() -> None:
    """Released code: "right" for the position, "same" for the motion; both called valid."""
    still = two_cameras(pose((1, 1, 1.5)), pose((1, 1, 1.5)))
    assert measured("position_cam_cam", Cameras(), view(still, "a", "b")).answer is None
    assert refused("position_cam_cam", Cameras(), still, "a", "b") is Rule.DEGENERATE
    assert refused("motion_camera", Travel(), still, "a", "b") is Rule.DEGENERATE
    assert refused("elevation_cam_cam", Cameras(), still, "a", "b") is Rule.DEGENERATE
