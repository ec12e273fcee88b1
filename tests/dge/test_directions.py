# SPDX-License-Identifier: Apache-2.0
"""Sectors and bearings. Decision 8."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spatialevo_dge import DEFAULT, Rule, bearings, directions
from spatialevo_dge.directions import EIGHT_WORDS, sector, span, words
from spatialevo_dge.entities import SectorForm
from support.build import frame, item, pose

EIGHT, QUADRANT = SectorForm.EIGHT, SectorForm.QUADRANT
SIDES_AND_BACK, SIDES = SectorForm.LEFT_RIGHT_BACK, SectorForm.LEFT_RIGHT

# Every sector once more: where it begins and ends, degrees, left positive, in the open interior.
SECTORS = {
    EIGHT: {
        "front": (-22.5, 22.5),
        "front-left": (22.5, 67.5),
        "left": (67.5, 112.5),
        "back-left": (112.5, 157.5),
        "back": (157.5, 202.5),
        "back-right": (202.5, 247.5),
        "right": (247.5, 292.5),
        "front-right": (292.5, 337.5),
    },
    QUADRANT: {
        "front-left": (0, 90),
        "back-left": (90, 180),
        "back-right": (180, 270),
        "front-right": (270, 360),
    },
    SIDES_AND_BACK: {"left": (0, 135), "back": (135, 225), "right": (225, 360)},
    SIDES: {"left": (0, 180), "right": (180, 360)},
}
ALL = [(form, word) for form, found in SECTORS.items() for word in found]


@pytest.mark.parametrize(("form", "word"), ALL)
@given(share=st.floats(0.001, 0.999), turns=st.integers(-2, 2))
def test_inside_a_sector_the_word_is_its_word(
    form: SectorForm, word: str, share: float, turns: int
) -> None:
    low, high = SECTORS[form][word]
    degrees = low + share * (high - low)
    found = sector(math.radians(degrees + 360 * turns), form)
    assert found.word == word
    assert found.edge_distance == pytest.approx(min(degrees - low, high - degrees), abs=1e-9)


@pytest.mark.parametrize(("form", "word"), ALL)
def test_spans(form: SectorForm, word: str) -> None:
    low, high = span(word, form)
    wanted = SECTORS[form][word]
    assert high - low == wanted[1] - wanted[0]
    assert (low - wanted[0]) % 360 == 0


def exactly(degrees: float) -> float:
    """Return radians whose `math.degrees` is the number itself."""
    for radians in (
        math.radians(degrees),
        *(math.nextafter(math.radians(degrees), way) for way in (9, -9)),
    ):
        if math.degrees(radians) == degrees:
            return radians
    raise AssertionError(degrees)


@pytest.mark.parametrize(
    ("form", "degrees", "word"),
    [
        # An edge belongs to the sector that begins there counter-clockwise.
        *((EIGHT, 22.5 + 45 * k, EIGHT_WORDS[(k + 1) % 8]) for k in range(-4, 4)),
        (QUADRANT, 0.0, "front-left"),
        (QUADRANT, 90.0, "back-left"),
        (QUADRANT, 180.0, "back-right"),
        (QUADRANT, -180.0, "back-right"),
        (QUADRANT, -90.0, "front-right"),
        # |a| >= 135 is back on either side.
        (SIDES_AND_BACK, 135.0, "back"),
        (SIDES_AND_BACK, -135.0, "back"),
        (SIDES_AND_BACK, 0.0, "left"),
    ],
)
def test_edges_are_half_open(form: SectorForm, degrees: float, word: str) -> None:
    found = sector(exactly(degrees), form)
    assert found.word == word
    assert found.edge_distance == 0.0


@given(st.floats(-math.pi, math.pi), st.sampled_from(SectorForm))
@example(-1e-17, QUADRANT)
@example(-1e-17, EIGHT)
def test_every_azimuth_has_a_word_of_its_form(azimuth: float, form: SectorForm) -> None:
    found = sector(azimuth, form)
    assert found.word in words(form)
    assert found.word in SECTORS[form]
    assert 0.0 <= found.edge_distance <= 90.0


@given(st.floats(-math.pi, math.pi))
def test_coarser_forms_agree_with_the_sign_of_the_sine_and_cosine(azimuth: float) -> None:
    side, depth = math.sin(azimuth), math.cos(azimuth)
    if min(abs(side), abs(depth)) < 1e-12:
        return
    left, front = "left" if side > 0 else "right", "front" if depth > 0 else "back"
    assert sector(azimuth, QUADRANT).word == f"{front}-{left}"
    assert sector(azimuth, SIDES).word == left
    if abs(depth + math.sqrt(0.5)) > 1e-12:
        back = depth < -math.sqrt(0.5)
        assert sector(azimuth, SIDES_AND_BACK).word == ("back" if back else left)


def test_words_as_answers() -> None:
    answer = directions.direction("back-left", QUADRANT)
    assert answer.value == answer.render() == "back-left"
    assert answer.options == words(QUADRANT)
    with pytest.raises(ValueError, match="'front' is not one of"):
        directions.direction("front", QUADRANT)


ANGLE = st.floats(-180, 180)


@given(ANGLE, ANGLE, st.floats(0.01, 20), st.floats(-5, 5))
def test_a_bearing_is_signed_from_ahead_and_blind_to_height(
    heading: float, azimuth: float, distance: float, rise: float
) -> None:
    angle = math.radians(heading + azimuth)
    station = np.array((3.0, -2.0, 1.0))
    target = station + np.array((distance * math.cos(angle), distance * math.sin(angle), rise))
    found = bearings.bearing(station, math.radians(heading), target)
    assert found.horizontal_range == pytest.approx(distance, abs=1e-12)
    assert found.rise == pytest.approx(rise, abs=1e-12)
    assert -math.pi <= found.azimuth < math.pi
    assert math.cos(found.azimuth - math.radians(azimuth)) == pytest.approx(1.0, abs=1e-12)


@given(ANGLE, st.floats(-79, 79), ANGLE)
def test_a_cameras_heading_is_free_of_pitch_and_roll(
    heading: float, pitch: float, roll: float
) -> None:
    shot = frame("a", pose((1, 2, 3), heading, pitch, roll))
    assert bearings.has_heading(shot)
    assert bearings.no_heading(shot, DEFAULT) == ()
    turn = bearings.camera_heading(shot) - math.radians(heading)
    assert math.cos(turn) == pytest.approx(1.0, abs=1e-12)
    assert bearings.camera_centre(shot).tolist() == [1, 2, 3]


@pytest.mark.parametrize(("pitch", "doubted"), [(79.99, False), (80.01, True), (-80.01, True)])
def test_eighty_degrees_of_pitch(pitch: float, doubted: bool) -> None:
    found = bearings.no_heading(frame("a", pose((0, 0, 0), 30, pitch, 10)), DEFAULT)
    assert bool(found) is doubted


def test_straight_down_there_is_no_heading() -> None:
    down = frame("a", pose((0, 0, 0), 30, -90))
    assert not bearings.has_heading(down)
    with pytest.raises(ValueError, match=r".+"):
        bearings.camera_heading(down)


@pytest.mark.parametrize(("reach", "stray"), [(0.82, 0), (0.84, 8)])
def test_stray_corners(reach: float, stray: int) -> None:
    """Two metres ahead, a thin board across: its ends leave "front" from 2 tan 22.5 = 0.8284 on."""
    board = item(1, "board", (2, 0, 0), (1e-6, 2 * reach, 1)).obb
    count = bearings.stray_corners(board, np.zeros(3), 0.0, "front", EIGHT)
    assert count == stray
    turned = bearings.stray_corners(board, np.zeros(3), math.radians(-90), "left", EIGHT)
    assert turned == stray


def test_two_stray_corners_are_accepted_and_three_are_not() -> None:
    assert bearings.spread_out("door", 2, DEFAULT) == ()
    (doubt,) = bearings.spread_out("door", 3, DEFAULT)
    assert doubt.rule is Rule.BORDERLINE
    assert (doubt.measured, doubt.threshold, doubt.unit) == (3.0, 2.0, "corners")
