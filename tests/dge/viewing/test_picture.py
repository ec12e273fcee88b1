# SPDX-License-Identifier: Apache-2.0
"""The picture for papers, and its parts: the plan and the images."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from spatialevo_dge import Question, Scene
from spatialevo_dge.scene import Frame
from spatialevo_dge.viewing import subject_of, write_picture
from spatialevo_dge.viewing.pen import in_font
from spatialevo_dge.viewing.photo import photo, projected
from spatialevo_dge.viewing.plan import plan
from spatialevo_dge.viewing.shapes import COLOURS, Role
from spatialevo_dge.viewing.wires import EDGES, box_lines, frustum
from spatialevo_geometry import OrientedBox, apply, invert, project
from support import build

DISTANCE = Question("How far is the bed from the desk?")


def rgb(role: Role) -> np.ndarray:
    return np.array([int(COLOURS[role][k : k + 2], 16) for k in (1, 3, 5)])


def columns_of(image: PIL.Image.Image, role: Role) -> np.ndarray:
    """Return the columns that hold a pixel of a role's pure colour."""
    difference = np.abs(np.asarray(image.convert("RGB")).astype(int) - rgb(role))
    return np.flatnonzero((difference.max(axis=2) <= 3).any(axis=0))


def test_the_measured_line_is_drawn_to_scale(room: Scene) -> None:
    """Bed and desk are 2.116 m apart along x; each end has a dot of 4 pixels in 900."""
    shown = subject_of(room, DISTANCE)
    assert columns_of(plan(subject_of(room), 800), Role.MEASURED).size == 0
    columns = columns_of(plan(shown, 800), Role.MEASURED)
    corners = np.concatenate([item.obb.footprint for item in room.objects])
    assert room.floor is not None
    points = np.concatenate([corners, *room.floor.rings])
    metres = float(np.ptp(points[:, 0])) + 2 * 0.35
    (stroke,) = shown.drawing.strokes
    start, end = stroke.points_in_world[:, 0]
    line, dots = abs(end - start) / metres * 800, 2 * 4 * 800 / 900
    assert line <= columns[-1] - columns[0] <= line + dots


def test_a_plan_needs_neither_points_nor_floor() -> None:
    scene = build.scene([build.item(1, "desk", (0, 0, 0.5), (2.0, 0.5, 1.0), 30.0)])
    image = plan(subject_of(scene), 300)
    assert image.width == 300
    assert np.asarray(image).min() < 128


def test_points_alone_are_splatted(room: Scene) -> None:
    """Without faces the ground of the plan is made of the points themselves."""
    from spatialevo_dge.arrays_cloud import InMemoryCloud

    assert room.cloud is not None
    cloud = InMemoryCloud(points_in_world=room.cloud.points_in_world, colours=room.cloud.colours)
    meshed = np.asarray(plan(subject_of(room), 400)).astype(int)
    splatted = np.asarray(plan(subject_of(replace(room, cloud=cloud)), 400)).astype(int)
    blank = np.asarray(plan(subject_of(replace(room, cloud=None)), 400)).astype(int)
    covered = [(np.abs(image - blank).max(axis=2) > 10).mean() for image in (meshed, splatted)]
    assert covered[0] > 0.4
    assert 0.1 < covered[1] < covered[0]


def test_the_box_of_what_is_visible_is_where_the_table_has_it(room: Scene) -> None:
    shown = subject_of(room, Question("How far is the desk from the camera?", frames=("004",)))
    assert shown.ruling is not None
    assert shown.ruling.legal
    frame = room.frames_by_id["004"]
    assert frame.intrinsics is not None
    width = 8 * frame.intrinsics.width
    image = photo(shown, frame, width)
    (mark,) = shown.drawing.boxes
    assert room.visibility is not None
    record = room.visibility.in_frame(4)[mark.object_id]
    left, top, right, bottom = (round((edge + 0.5) * 8) for edge in record.box_2d)
    drawn = np.abs(np.asarray(image).astype(int) - rgb(mark.role)).max(axis=2) <= 3
    assert drawn[top - 3 : top + 4, left + 20 : right - 20].any(axis=0).mean() > 0.6
    assert drawn[top + 20 : bottom - 20, left - 3 : left + 4].any(axis=1).mean() > 0.6
    assert not drawn[:, right + 6 :].any()


def test_lines_are_projected_as_the_pinhole_says() -> None:
    frame = build.frame("a", build.pose((1.0, 2.0, 1.5), 30.0, -15.0, 5.0))
    assert frame.intrinsics is not None
    ends = apply(frame.world_from_camera, np.array([[0.2, -0.1, 1.0], [-0.6, 0.4, 3.0]]))
    line = projected(ends, frame, frame.intrinsics, 1.0)
    assert line is not None
    expected = project(apply(invert(frame.world_from_camera), ends), frame.intrinsics)
    uv = expected[0] if isinstance(expected, tuple) else expected
    assert np.allclose(np.array(line) - 0.5, uv)


def test_lines_are_cut_off_near_the_camera() -> None:
    frame = build.frame("a", np.eye(4))
    assert frame.intrinsics is not None
    behind = np.array([[0.0, 0.0, -1.0], [0.1, 0.0, -0.5]])
    assert projected(behind, frame, frame.intrinsics, 1.0) is None
    through = np.array([[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]])
    line = projected(through, frame, frame.intrinsics, 1.0)
    assert line is not None
    assert np.allclose(line, [[160.0, 120.0], [160.0, 120.0]])


def test_a_box_has_its_twelve_edges() -> None:
    box = OrientedBox(
        centre=np.array([1.0, 2.0, 3.0]), axes=np.eye(3), extents=np.array([1.0, 2.0, 4.0])
    )
    lengths = [float(np.linalg.norm(box.corners[a] - box.corners[b])) for a, b in EDGES]
    assert sorted(lengths) == [1.0] * 4 + [2.0] * 4 + [4.0] * 4
    assert len(box_lines(box)) == 36


def test_no_lens_is_invented_for_a_camera_without_one() -> None:
    frame = Frame(id="a", world_from_camera=np.eye(4))
    assert frustum(frame, 0.5).tolist() == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.5]]


def test_a_frustum_spans_the_image() -> None:
    frame = build.frame("a", build.pose((0.0, 0.0, 1.0), 70.0, 10.0))
    assert frame.intrinsics is not None
    corners = apply(invert(frame.world_from_camera), frustum(frame, 0.7)[1:])
    pixels = project(corners, frame.intrinsics)
    uv = pixels[0] if isinstance(pixels, tuple) else pixels
    assert np.allclose(uv, [[-0.5, -0.5], [319.5, -0.5], [319.5, 239.5], [-0.5, 239.5]], atol=1e-9)


@pytest.mark.parametrize("frames", [(), ("000", "001")])
def test_a_picture_is_one_png_and_always_the_same(
    room: Scene, tmp_path: Path, frames: tuple[str, ...]
) -> None:
    question = Question(DISTANCE.text, frames=frames)
    paths = [tmp_path / f"{name}.png" for name in "ab"]
    for path in paths:
        write_picture(subject_of(room, question), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == paths
    with PIL.Image.open(paths[0]) as image:
        assert image.format == "PNG"
        assert image.width == 2430
        assert image.height > 900


def test_signs_that_the_font_lacks_are_written_with_others() -> None:
    assert in_font("19.43 m² −…") == "19.43 m^2 -..."


def test_an_interrupted_write_leaves_the_old_file(room: Scene, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "a.png"
    with pytest.raises(FileNotFoundError):
        write_picture(subject_of(room), path)
    assert list(tmp_path.iterdir()) == []
