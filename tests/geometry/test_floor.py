# SPDX-License-Identifier: Apache-2.0
"""Floor areas of rooms built point by point, whose area is that of the polygon they start from."""

import json

import numpy as np
import pytest

from known_floors import ROOMS, area_of, furnished_room, inside, patch, placed
from spatialevo_geometry.floor import floor_polygon
from spatialevo_geometry.plane import floor_height
from spatialevo_geometry.polygon import point_in_polygon, polygon_area


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("ceiling", [False, True])
def test_area_with_walls_is_within_two_per_cent(room, ceiling):
    points = furnished_room(ROOMS[room], ceiling=ceiling)
    truth = area_of(ROOMS[room])
    errors = [floor_polygon(placed(points, seed), 0.0).area / truth - 1.0 for seed in range(20)]
    assert np.abs(errors).max() <= 0.02


@pytest.mark.parametrize("room", ROOMS)
def test_area_with_one_wall_missing_is_within_five_per_cent(room):
    points = furnished_room(ROOMS[room], missing=(1,))
    truth = area_of(ROOMS[room])
    found = [floor_polygon(placed(points, seed), 0.0) for seed in range(20)]
    assert max(abs(f.area / truth - 1.0) for f in found) <= 0.05
    whole = floor_polygon(furnished_room(ROOMS[room]), 0.0)
    for f in found:
        assert f.walled < whole.walled
        assert f.half_width > whole.half_width
        assert abs(f.area - truth) <= f.half_width


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("noise", [0.005, 0.02])
def test_area_of_a_noisy_room_is_within_two_per_cent(room, noise):
    points = furnished_room(ROOMS[room])
    for seed in range(5):
        noisy = placed(points, seed)
        noisy = noisy + noise * np.random.default_rng(seed).normal(size=noisy.shape)
        assert floor_polygon(noisy, 0.0).area == pytest.approx(area_of(ROOMS[room]), rel=0.02)


@pytest.mark.parametrize("step", [0.02, 0.05, 0.08])
def test_area_does_not_depend_on_the_spacing(step):
    found = floor_polygon(furnished_room(ROOMS["L"], step=step), 0.0)
    assert found.area == pytest.approx(27.0, rel=0.02)


def test_order_of_the_points_does_not_change_a_byte():
    points = placed(furnished_room(ROOMS["L"]), 3)
    first = floor_polygon(points, 0.0)
    second = floor_polygon(np.random.default_rng(1).permutation(points), 0.0)
    assert [r.tobytes() for r in first.rings] == [r.tobytes() for r in second.rings]
    assert (first.area, first.half_width) == (second.area, second.half_width)


def test_rings_have_the_area_and_the_corners():
    found = floor_polygon(furnished_room(ROOMS["slanted"]), 0.0)
    assert len(found.rings) == 1
    assert found.area == pytest.approx(polygon_area(found.rings), rel=1e-12)
    for corner in ROOMS["slanted"]:
        assert np.linalg.norm(found.rings[0] - corner, axis=1).min() < 0.02
    assert found.walled == pytest.approx(1.0)
    assert not found.rings[0].flags.writeable


def test_a_scaled_room_has_the_scaled_area():
    points = furnished_room(ROOMS["4x5"], step=0.02) * (1.5, 1.5, 1.0)
    assert floor_polygon(points, 0.0).area == pytest.approx(45.0, rel=0.02)


def test_doorway_is_closed_at_the_wall_line():
    """A doorway of 0.9 m, without a lintel, shows 1.5 m of the corridor behind it."""
    points = furnished_room(ROOMS["4x5"])
    door = (points[:, 0] > 3.99) & (points[:, 1] > 2.0) & (points[:, 1] < 2.9)
    corridor = patch((4.0, 2.0, 0.0), (1.5, 0.0, 0.0), (0.0, 0.9, 0.0), 0.03)
    found = floor_polygon(np.vstack((points[~door | (points[:, 2] == 0.0)], corridor)), 0.0)
    assert found.area == pytest.approx(20.0, rel=0.01)
    assert not point_in_polygon([[4.5, 2.5]], found.rings)[0]


@pytest.mark.parametrize(("width", "closed"), [(0.4, True), (1.6, False)])
def test_niche_is_closed_if_narrow(width, closed):
    outline = [(0, 0), (4, 0), (4, 2), (4.6, 2), (4.6, 2 + width), (4, 2 + width), (4, 5), (0, 5)]
    truth = 20.0 if closed else 20.0 + 0.6 * width
    found = floor_polygon(furnished_room(outline), 0.0)
    assert found.area == pytest.approx(truth, rel=0.01)


def test_a_second_walled_room_counts():
    second = np.add(ROOMS["3x3"], (4.2, 0.0))
    points = np.vstack((furnished_room(ROOMS["4x5"]), furnished_room(second)))
    found = floor_polygon(points, 0.0)
    assert len(found.rings) == 2
    assert found.area == pytest.approx(29.0, rel=0.02)


def test_courtyard_is_a_hole():
    points = furnished_room(ROOMS["6x8"])
    court = np.array([(2.5, 3.0), (5.0, 3.0), (5.0, 6.0), (2.5, 6.0)])
    walls = zip(court, np.roll(court, -1, axis=0), strict=True)
    faces = [patch((*a, 0), (*(b - a), 0), (0, 0, 2.6), 0.03) for a, b in walls]
    found = floor_polygon(np.vstack([points[~inside(points, court)], *faces]), 0.0)
    assert len(found.rings) == 2
    assert found.area == pytest.approx(48.0 - 7.5, rel=0.02)
    assert not point_in_polygon([[3.7, 4.5]], found.rings)[0]


def read_scan(folder):
    raw = (folder / "scene0000_00_vh_clean_2.ply").read_bytes()
    start = raw.index(b"end_header\n") + len(b"end_header\n")
    vertex = np.dtype([("xyz", "<f4", 3), ("rgba", "u1", 4)])
    points = np.frombuffer(raw, vertex, count=81369, offset=start)["xyz"].astype(float)
    matrix = json.loads((folder / "axis_alignment.json").read_text())["scene0000_00"]
    pose = np.reshape(matrix, (4, 4))
    return points @ pose[:3, :3].T + pose[:3, 3]


def test_real_scan_lies_between_the_hull_of_its_floor_and_its_box(test_data):
    points = read_scan(test_data("scannet_scene0000_00"))
    found = floor_polygon(points, floor_height(points).height)
    assert 41.5 <= found.area <= 51.0
    assert found.walled > 0.8
    # The floor in the open lies inside: rug, walkway, kitchen, bathroom.
    seen = [[-2.0, 0.0], [0.0, -1.0], [2.0, 2.0], [2.0, -2.5]]
    assert point_in_polygon(seen, found.rings).all()
    assert not point_in_polygon([[-3.3, 3.3], [3.8, 0.0], [0.0, 4.0]], found.rings).any()


def test_real_scan_keeps_its_area_when_turned(test_data):
    """Which clutter counts as wall changes a little with the raster: 4 % at most."""
    points = read_scan(test_data("scannet_scene0000_00"))
    height = floor_height(points).height
    aligned = floor_polygon(points, height).area
    for yaw in np.linspace(0.0, np.pi, 24):
        c, s = np.cos(yaw), np.sin(yaw)
        turned = points @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        assert floor_polygon(turned, height).area == pytest.approx(aligned, rel=0.04)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: floor_polygon(np.zeros((0, 3)), 0.0), "points_in_world: expected at least 1"),
        (lambda: floor_polygon(np.zeros((4, 2)), 0.0), r"expected \(n, 3\), got \(4, 2\)"),
        (lambda: floor_polygon(np.zeros((4, 3)), np.nan), "floor_height: .* got nan"),
        (lambda: floor_polygon(np.zeros((4, 3)), 0.0, cell=0.0), "cell: .* got 0.0"),
        (lambda: floor_polygon([[0, 0, 0], [1e4, 1e4, 0]], 0.0), "too large"),
        (lambda: floor_polygon(np.zeros((4, 3)), 0.0), "no ground"),
        (lambda: floor_polygon(np.zeros((4, 3)), 5.0), "no ground"),
    ],
)
def test_messages(call, message):
    with pytest.raises(ValueError, match=message):
        call()
