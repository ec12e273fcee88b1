# SPDX-License-Identifier: Apache-2.0
"""The page: what it holds, that it needs nothing else, and that no text gets out of its place."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from dge.viewing.html_page import numbers, read_page
from dge.viewing.subjects import DIRECTION, DISTANCE, PAIR, hostile_subject
from spatialevo_dge import POLICIES, Question, Scene, SceneError
from spatialevo_dge.arrays_cloud import InMemoryCloud
from spatialevo_dge.viewing import subject_of, write_page
from spatialevo_dge.viewing.cloud_trace import MOST_POINTS
from spatialevo_dge.viewing.figure import figure_of
from spatialevo_dge.viewing.page import page
from support import build

pytestmark = pytest.mark.extra("view")

LIMIT = 8_000_000


@pytest.mark.parametrize("question", [None, DISTANCE, DIRECTION, PAIR])
def test_a_page_needs_nothing_but_itself(room: Scene, question: Question | None) -> None:
    text = page(subject_of(room, question))
    read = read_page(text)
    assert read.faults() == []
    assert len(read.programs) == 2
    assert len(text.encode()) < LIMIT


def test_hostile_text_stays_text() -> None:
    text = page(hostile_subject())
    read = read_page(text)
    assert read.faults() == []
    assert len(read.programs) == 2
    assert "<script>alert(2)</script>" in read.text
    assert "<h1>id</h1>" in read.text
    assert len(text.encode()) < LIMIT
    labels = next(t for t in read.figure["data"] if t["name"].endswith("labels"))["text"]
    assert labels[0] == "&lt;img src=x onerror=alert(1)&gt;"  # plotly.js reads entities
    assert not any("<" in label for label in labels)
    assert max(map(len, labels)) < 200


def test_the_check_for_injection_can_fail() -> None:
    text = page(hostile_subject())
    injected = text.replace("&lt;script&gt;alert(2)&lt;/script&gt;", "<script>alert(2)</script>", 1)
    assert "scripts other than those allowed" in read_page(injected).faults()
    loaded = text.replace("<main>", '<main><img src="https://example.org/x.png" onload="x()">', 1)
    assert len(read_page(loaded).faults()) == 2


def test_the_answer_its_margin_and_its_trace_are_said(room: Scene) -> None:
    read = read_page(page(subject_of(room, DISTANCE)))
    assert "2.12 m" in read.text
    assert "exact: the scene carries no noise" in read.text
    assert "absolute_distance" in read.text
    rows = [e.text for e in read.elements if e.tag in {"th", "td"}]
    segment = rows[rows.index("segment") + 1]
    assert segment.startswith("gap 2.12 m from (")


def test_a_refusal_says_the_rule_and_why(room: Scene) -> None:
    read = read_page(page(subject_of(room, Question("How far is the unicorn from the bed?"))))
    assert "refused: UNKNOWN_OBJECT" in read.text
    assert "unicorn" in next(e.text for e in read.elements if e.tag == "td")


def test_the_policy_decides_the_boxes(room: Scene) -> None:
    turned = build.scene(
        [build.item(1, "desk", (0, 0, 0.5), (2.0, 0.5, 1.0), 45.0)],
    )
    spans = {}
    for name in ("default", "paper"):
        figure = figure_of(subject_of(turned, policy=POLICIES[name]))
        line = next(t for t in figure["data"] if t["name"].endswith("boxes"))
        xs = [x for x in line["x"] if x is not None]
        ys = [y for y in line["y"] if y is not None]
        spans[name] = {(x, y) for x, y in zip(xs, ys, strict=True)}
    assert len(spans["paper"]) == len(spans["default"]) == 4
    assert spans["paper"] != spans["default"]


def test_points_keep_their_places_and_colours(room: Scene) -> None:
    figure = read_page(page(subject_of(room))).figure
    clouds = [t for t in figure["data"] if t.get("mode") == "markers" and "bdata" in t["x"]]
    shown = np.concatenate([np.stack([numbers(t[axis]) for axis in "xyz"], axis=1) for t in clouds])
    assert room.cloud is not None
    assert len(shown) == len(room.cloud.points_in_world)
    assert {tuple(p) for p in shown.tolist()} == {
        tuple(p) for p in room.cloud.points_in_world.tolist()
    }
    colours = {colour for t in clouds for colour in t["marker"]["color"]}
    assert room.cloud.colours is not None
    assert colours == {"#" + bytes(c).hex() for c in room.cloud.colours.tolist()}
    hidden = [t["name"] for t in clouds if t["visible"] == "legendonly"]
    assert hidden == ["ceiling"]


def test_a_large_cloud_is_thinned_and_the_page_says_so(room: Scene) -> None:
    many = 400_000
    grid = np.random.default_rng(5).uniform(-4.0, 4.0, (many, 3)).astype(np.float32)
    cloud = InMemoryCloud(
        points_in_world=grid, colours=np.tile(np.arange(3, dtype=np.uint8), (many, 1))
    )
    items = tuple(replace(item, point_range=None) for item in room.objects)
    large = replace(room, objects=items, structure=(), cloud=cloud)
    text = page(subject_of(large, frames=tuple(frame.id for frame in room.frames)))
    read = read_page(text)
    (points,) = (t for t in read.figure["data"] if "bdata" in t.get("x", {}))
    assert len(numbers(points["x"])) == MOST_POINTS
    assert "60,000 of 400,000 points" in read.text
    assert len(read.images) == 1 + len(room.frames)
    assert len(text.encode()) < LIMIT


def test_the_page_stays_small_whatever_the_scene_holds(room: Scene, tmp_path: Path) -> None:
    """Noise is what images compress worst."""
    random = np.random.default_rng(3)
    noise = PIL.Image.fromarray(random.integers(0, 256, (968, 1296, 3), dtype=np.uint8))
    noise.save(tmp_path / "noise.jpg", quality=95)
    frames = tuple(replace(each, image_path=tmp_path / "noise.jpg") for each in room.frames)
    places = random.uniform(-5.0, 5.0, (3_000, 3))
    items = tuple(
        build.item(number, f"thing {number}", place, (0.3, 0.2, 0.1))
        for number, place in enumerate(places.tolist())
    )
    colours = random.integers(0, 256, (90_000, 3), dtype=np.uint8)
    points = random.uniform(-5.0, 5.0, (90_000, 3)).astype(np.float32)
    cloud = InMemoryCloud(points_in_world=points, colours=colours)
    crowded = replace(room, objects=items, structure=(), frames=frames, cloud=cloud)
    text = page(subject_of(crowded, frames=tuple(frame.id for frame in frames)))
    assert len(text.encode()) < LIMIT
    read = read_page(text)
    assert len(read.images) == 9
    assert "400 of 3,000 objects" in read.text


def test_images_of_the_question_stand_side_by_side(room: Scene) -> None:
    read = read_page(page(subject_of(room, PAIR)))
    assert len(read.images) == 3  # the plan, and two that it was asked with
    assert all(image.startswith(b"\xff\xd8\xff") for image in read.images)
    assert "image 1: frame 000" in read.text
    assert "image 2: frame 001" in read.text


def test_what_is_missing_is_said(room: Scene, tmp_path: Path) -> None:
    frames = (
        replace(room.frames[0], image_path=None),
        replace(room.frames[1], image_path=tmp_path / "gone.png"),
        *room.frames[2:],
    )
    bare = replace(room, frames=frames, cloud=None)
    read = read_page(page(subject_of(bare, PAIR)))
    assert "the scene holds no image of this frame" in read.text
    assert "the image file is missing: gone.png" in read.text
    assert "The scene holds no points: boxes alone are drawn." in read.text


def test_a_damaged_image_is_an_error_that_names_it(room: Scene, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    frames = (replace(room.frames[0], image_path=damaged), *room.frames[1:])
    with pytest.raises(SceneError, match=r"damaged\.png"):
        page(subject_of(replace(room, frames=frames), PAIR))


def test_a_scene_of_nothing_has_a_page() -> None:
    empty = Scene(id="empty", source="test", objects=())
    assert read_page(page(subject_of(empty))).faults() == []


def test_the_same_subject_gives_the_same_bytes(room_folder: Path, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.html" for name in "ab"]
    for path in paths:
        write_page(subject_of(Scene.load(room_folder), DIRECTION), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == paths


def test_plotly_knows_everything_that_the_figure_says(room: Scene) -> None:
    """The figure is written by hand; plotly's own schema reads it."""
    from plotly import graph_objects

    for question in (None, DISTANCE, DIRECTION, PAIR, Question("How large is this room?")):
        figure = figure_of(subject_of(room, question))
        graph_objects.Figure(data=figure["data"], layout=figure["layout"])
    with pytest.raises(ValueError, match="Invalid property"):
        graph_objects.Figure(data=[{"type": "scatter3d", "colour": "red"}])
