# SPDX-License-Identifier: Apache-2.0
"""Files with one convention broken: the importer cannot know, the numbers of its self-check do."""

import math
from dataclasses import replace

import pytest

from spatialevo_dge import bundle
from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.checks import PLAUSIBLE, ScanChecks, read_checks, suspects
from support.exporters import Faults

AXES, ROWS = Faults(axes=True), Faults(world_rows=True)
ALIGNMENT, CENTIMETRES = Faults(alignment=True), Faults(units=100.0)
MILLIMETRES, DEPTH = Faults(units=1000.0), Faults(depth_units=10.0)
SIDEWAYS = Faults(sideways=True)

# Format, fault, and a number that gives it away in every room.
BROKEN = [
    ("scannet", AXES, "camera_up"),
    ("scannet", AXES, "reprojection_error"),
    ("scannet", ALIGNMENT, "reprojection_error"),
    ("scannet", CENTIMETRES, "wall_height"),
    ("scannet", MILLIMETRES, "wall_height"),
    ("scannet", DEPTH, "reprojection_error"),
    ("scannet-sens", AXES, "camera_up"),
    ("scannet-sens", ALIGNMENT, "reprojection_error"),
    ("scannetpp-nerfstudio", AXES, "camera_up"),
    ("scannetpp-nerfstudio", ROWS, "camera_height"),
    ("scannetpp-nerfstudio", CENTIMETRES, "wall_height"),
    ("scannetpp-colmap", CENTIMETRES, "wall_height"),
    ("scannetpp-iphone", AXES, "camera_up"),
    ("scannetpp-iphone", AXES, "reprojection_error"),
    ("scannetpp-iphone", DEPTH, "reprojection_error"),
    ("arkitscenes", AXES, "reprojection_error"),
    ("arkitscenes", CENTIMETRES, "wall_height"),
    ("arkitscenes", DEPTH, "reprojection_error"),
]


@pytest.fixture(scope="module")
def options(room_options):
    return replace(room_options, image_size=(160, 120), spacing=0.2)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in BROKEN}))
def test_sound_files_raise_no_suspicion(formats, options, tmp_path, name):
    for seed in (1, 2):
        scene = formats[name].imported(formats[name].room(seed, options), tmp_path / str(seed))
        assert suspects(read_checks(scene)) == ()


@pytest.mark.parametrize(("name", "fault", "number"), BROKEN)
def test_a_broken_convention_gives_itself_away(formats, options, tmp_path, name, fault, number):
    room = formats[name].room(2, options)
    scene = formats[name].imported(room, tmp_path, fault)
    assert number in {item.name for item in suspects(read_checks(scene))}


def test_camera_to_world_in_place_of_colmaps_world_to_camera(formats, options, tmp_path):
    """Centre and heading are both wrong; which number says so depends on the room."""
    for seed in (1, 2):
        room = formats["scannetpp-colmap"].room(seed, options)
        scene = formats["scannetpp-colmap"].imported(room, tmp_path / str(seed), AXES)
        assert suspects(read_checks(scene))


def test_images_turned_without_their_poses(formats, options, tmp_path):
    """Seeds 1 and 3 were held sideways; the poses then say that nothing is to be turned."""
    for seed in (1, 3):
        room = formats["arkitscenes"].room(seed, options)
        scene = formats["arkitscenes"].imported(room, tmp_path / str(seed), SIDEWAYS)
        notes = scene.provenance["frames"]
        assert notes["sky_direction"] == "Up" != notes["sky_direction_in_metadata"]
        assert "reprojection_error" in {item.name for item in suspects(read_checks(scene))}


def test_the_numbers_survive_on_disk(formats, options, tmp_path):
    room = formats["scannet"].room(2, options)
    scene = formats["scannet"].imported(room, tmp_path / "files", ALIGNMENT)
    assert read_checks(scene).reprojection_error == math.inf
    bundle.save(scene, tmp_path / "bundle")
    assert read_checks(bundle.load(tmp_path / "bundle")) == read_checks(scene)


def test_damaged_numbers_are_named(formats, options, tmp_path):
    room = formats["scannet"].room(2, options)
    scene = formats["scannet"].imported(room, tmp_path / "files")
    for checks, field in ((3, "provenance.checks"), ({"camera_up": "x"}, "camera_up")):
        with pytest.raises(SceneError, match=field):
            read_checks(replace(scene, provenance={"checks": checks}))
    assert read_checks(replace(scene, provenance={})) is None


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_every_number_can_be_suspicious(name):
    limits = PLAUSIBLE[name]
    assert suspects(ScanChecks(**{name: limits.high})) == ()
    (found,) = suspects(ScanChecks(**{name: limits.high + 1e-6}))
    assert (found.name, found.plausible) == (name, limits)
