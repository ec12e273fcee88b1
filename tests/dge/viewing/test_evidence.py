# SPDX-License-Identifier: Apache-2.0
"""Evidence as shapes: they lie where the geometry says, whatever task they come from."""

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest

from spatialevo_dge import (
    DEFAULT,
    TASKS,
    Legal,
    Metres,
    Question,
    Scene,
    enumerate_questions,
    judge,
)
from spatialevo_dge.answer import Direction
from spatialevo_dge.directions import EIGHT_WORDS
from spatialevo_dge.truth import Trace
from spatialevo_dge.viewing.evidence import Evidence, drawing_of
from spatialevo_dge.viewing.shapes import Area, BoxMark, CameraMark, Drawing, Role, Style
from spatialevo_dge.viewing.subject import subject_of
from spatialevo_geometry import apply, invert, point_in_polygon, project


def drawn(ruling: Legal, scene: Scene) -> Drawing:
    return drawing_of(
        Evidence(trace=ruling.truth.trace, answer=ruling.answer, scene=scene, policy=DEFAULT)
    )


def of_trace(trace: Trace, scene: Scene) -> Drawing:
    return drawing_of(Evidence(trace=trace, answer=None, scene=scene, policy=DEFAULT))


def rulings(scene: Scene, task: str, count: int) -> Iterator[Legal]:
    """Yield legal questions of a task, spread over the many there are."""
    step = {"scene": 7, "frame": 5, "pair": 11}[
        next(each.view.value for each in TASKS if each.id == task)
    ]
    for _, ruling in islice(enumerate_questions(scene, task), 0, count * step, step):
        yield ruling


@pytest.mark.parametrize("task", [task.id for task in TASKS])
def test_every_task_has_evidence_that_can_be_drawn(room: Scene, task: str) -> None:
    found = list(rulings(room, task, 6))
    assert found
    for ruling in found:
        drawing = drawn(ruling, room)
        assert drawing.shapes
        assert np.isfinite(drawing.points_in_world).all()
        assert {mark.object_id for mark in drawing.boxes} <= room.objects_by_id.keys()
        assert {mark.frame_id for mark in drawing.cameras} <= room.frames_by_id.keys()


@pytest.mark.parametrize("task", ["absolute_distance", "distance_cam_obj", "object_size"])
def test_the_measured_segment_is_as_long_as_the_answer(room: Scene, task: str) -> None:
    for ruling in rulings(room, task, 20):
        (stroke,) = (s for s in drawn(ruling, room).strokes if s.role is Role.MEASURED)
        start, end = stroke.points_in_world
        metres = ruling.answer.value / (1.0 if isinstance(ruling.answer, Metres) else 100.0)  # type: ignore[operator]
        assert np.linalg.norm(end - start) == pytest.approx(metres, abs=1e-9)
        assert stroke.caption == f"{metres:.2f} m"


@pytest.mark.parametrize(
    "task",
    [
        "relative_direction_hard",
        "position_cam_cam",
        "position_cam_obj",
        "position_cam_reg",
        "single_image_relative_direction",
    ],
)
def test_the_line_to_the_target_runs_inside_the_sector(room: Scene, task: str) -> None:
    checked = 0
    for ruling in rulings(room, task, 25):
        drawing = drawn(ruling, room)
        wedges = [area for area in drawing.areas if area.role is Role.SECTOR]
        if not wedges:
            assert ruling.answer.value not in EIGHT_WORDS  # up or down
            continue
        (wedge,) = wedges
        (sight,) = (s for s in drawing.strokes if s.role is Role.MEASURED)
        station, target = sight.points_in_world[:, :2]
        step = (target - station) / np.linalg.norm(target - station) * 0.3
        inside = point_in_polygon((station + step)[None], [wedge.ring_in_world[:, :2]])
        assert bool(inside[0]), ruling
        assert np.allclose(wedge.ring_in_world[0, :2], station)
        checked += 1
    assert checked > 5


def test_left_is_the_viewers_left_and_front_is_toward_the_viewer(room: Scene) -> None:
    """A word's sector lies where the camera's own axes have it."""
    seen = set()
    for ruling in rulings(room, "single_image_relative_direction", 60):
        wedges = [area for area in drawn(ruling, room).areas if area.role is Role.SECTOR]
        if not wedges:
            continue
        frame = room.frames_by_id[str(ruling.truth.trace["frame"])]
        across, _, along = frame.world_from_camera[:2, :3].T
        ring = wedges[0].ring_in_world[:, :2]
        middle = ring[1:].mean(axis=0) - ring[0]
        word = str(ruling.answer.value)
        seen.add(word)
        if "left" in word:
            assert middle @ across < 0.0
        if "right" in word:
            assert middle @ across > 0.0
        if "front" in word:
            assert middle @ along < 0.0
        if "back" in word:
            assert middle @ along > 0.0
    assert len(seen) >= 4


def test_a_near_edge_lies_at_its_depth_behind_the_middle_of_its_box(room: Scene) -> None:
    for ruling in rulings(room, "depth_order_obj_obj", 20):
        trace = ruling.truth.trace
        frame = room.frames_by_id[str(trace["frame"])]
        rays = [
            stroke
            for stroke in drawn(ruling, room).strokes
            if stroke.role in {Role.FIRST, Role.SECOND} and stroke.style is Style.SOLID
        ]
        near = np.stack([ray.points_in_world[1] for ray in rays])
        in_camera = apply(invert(frame.world_from_camera), near)
        assert in_camera[:, 2] == pytest.approx(trace["nearest_depths_m"])
        assert frame.intrinsics is not None
        pixels = project(in_camera, frame.intrinsics)
        boxes = np.array(trace["boxes_2d_px"])
        uv = pixels[0] if isinstance(pixels, tuple) else pixels
        assert np.allclose(uv, (boxes[:, :2] + boxes[:, 2:]) / 2.0)


def test_the_candidates_gaps_are_drawn_with_the_chosen_one_as_measured(room: Scene) -> None:
    for ruling in rulings(room, "relative_distance", 10):
        strokes = drawn(ruling, room).strokes
        distances = ruling.truth.trace["distances_m"]
        assert isinstance(distances, dict)
        lengths = [np.linalg.norm(np.diff(s.points_in_world, axis=0)) for s in strokes]
        assert lengths == pytest.approx(list(distances.values()))
        (measured,) = (s for s in strokes if s.role is Role.MEASURED)
        assert measured.caption.startswith(f"{ruling.answer.value}: ")


def test_the_rise_between_cameras_is_vertical(room: Scene) -> None:
    for ruling in rulings(room, "elevation_cam_cam", 5):
        (rise,) = (s for s in drawn(ruling, room).strokes if s.role is Role.MEASURED)
        step = rise.points_in_world[1] - rise.points_in_world[0]
        assert step[:2] == pytest.approx((0.0, 0.0))
        assert step[2] == pytest.approx(ruling.truth.trace["rise_m"])


def test_the_floor_is_drawn_at_its_height_with_its_area(room: Scene) -> None:
    (ruling,) = rulings(room, "room_size", 1)
    (area,) = drawn(ruling, room).areas
    x, y, z = area.ring_in_world.T
    doubled = float(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y))
    assert doubled / 2.0 == pytest.approx(ruling.answer.value)
    assert set(z) == {0.0}


def test_what_another_packages_task_traces_is_drawn_by_what_it_holds(room: Scene) -> None:
    first = room.objects[0]
    trace = {
        "door_handle_in_world": [1.0, 2.0, 1.1],
        "nearest_object_id": first.id,
        "best_frame": "003",
        "path_in_world": [[0.0, 0.0], [1.0, 1.0]],
        "object_ids": [10**9],
        "note": "nothing to draw",
    }
    drawing = of_trace(trace, room)
    (spot,) = drawing.spots
    assert spot.caption == "door handle"
    assert spot.point_in_world.tolist() == [1.0, 2.0, 1.1]
    assert [mark.object_id for mark in drawing.boxes] == [first.id]
    assert [mark.frame_id for mark in drawing.cameras] == ["003"]


def test_an_empty_trace_draws_nothing(room: Scene) -> None:
    assert of_trace({}, room).shapes == ()


def test_a_doubted_answer_is_drawn_all_the_same(room: Scene) -> None:
    """A refusal for want of certainty shows what was measured."""
    item = room.objects_by_label["bed"][0]
    shown = subject_of(room, Question(f"How far is the {item.label} from the pillow?"))
    assert shown.ruling is not None
    assert not shown.ruling.legal
    touching = subject_of(room, Question("How far is the nightstand from the table lamp?"))
    assert touching.ruling is not None
    assert touching.ruling.to_json()["rule"] == "DEGENERATE"
    assert touching.truth is not None
    assert any(stroke.role is Role.MEASURED for stroke in touching.drawing.strokes)


def test_a_refused_question_shows_what_its_words_may_mean(room: Scene) -> None:
    shown = subject_of(room, Question("How far is the window from the bed?"))
    assert shown.truth is None
    labels = {room.objects_by_id[mark.object_id].label for mark in shown.drawing.boxes}
    assert labels == {"window", "bed"}
    assert len(shown.drawing.boxes) == 3


def test_no_question_shows_the_scene_alone(room: Scene) -> None:
    shown = subject_of(room, frames=("002",))
    assert [frame.id for frame in shown.frames] == ["002"]
    assert [type(shape) for shape in shown.drawing.shapes] == [CameraMark]
    with pytest.raises(ValueError, match="no frame 'nine'"):
        subject_of(room, frames=("nine",))


def test_images_are_chosen_that_show_the_objects(room: Scene) -> None:
    shown = subject_of(room, Question("How far is the plant from the suitcase?"))
    assert shown.frames
    assert not shown.asked_with_images
    assert room.visibility is not None
    ids = {mark.object_id for mark in shown.drawing.boxes}
    counts = [
        sum(record.of_facing >= DEFAULT.min_visible
            for number, record in room.visibility.in_frame(index).items() if number in ids)
        for index in range(len(room.frames))
    ]  # fmt: skip
    chosen = [counts[room.frame_index[frame.id]] for frame in shown.frames]
    assert min(chosen) >= sorted(counts)[-len(chosen)]


def test_marks_of_one_object_are_one_mark() -> None:
    mark = BoxMark(object_id=3, role=Role.FIRST, caption="chair")
    ring = np.zeros((3, 3))
    area = Area(ring_in_world=ring, role=Role.AREA, caption="zone")
    drawing = Drawing(shapes=(mark, mark, area, area))
    assert drawing.boxes == (mark,)
    assert drawing.key == ((Role.FIRST, "chair"), (Role.AREA, "zone"))


def test_a_turn_is_drawn_between_the_two_headings(room: Scene) -> None:
    for ruling in rulings(room, "motion_camera", 6):
        strokes = drawn(ruling, room).strokes
        arcs = [stroke for stroke in strokes if stroke.role is Role.SECTOR]
        turn = float(ruling.truth.trace["turn_deg"])  # type: ignore[arg-type]
        assert bool(arcs) == (abs(turn) >= 1.0)
        for arc in arcs:
            eye = next(s for s in strokes if s.role is Role.MEASURED).points_in_world[-1]
            angles = np.unwrap([math.atan2(*(p - eye)[1::-1]) for p in arc.points_in_world])
            assert math.degrees(angles[-1] - angles[0]) == pytest.approx(turn)


def test_judging_is_left_to_the_judge(room: Scene) -> None:
    question = Question("If I am standing by the bed and facing the desk, where is the wardrobe?")
    shown = subject_of(room, question)
    assert shown.ruling == judge(question, room)
    assert isinstance(shown.ruling, Legal)
    assert isinstance(shown.ruling.answer, Direction)
