# SPDX-License-Identifier: Apache-2.0
"""Questions with one and two photographs of a real room; the answers were read off the pictures.

00000: a desk on the left, a low table on the right, a curtained cabinet behind; of two curtains a
sliver each. 00011: the desk in the middle, a bin to its left, a corner of the low table at
the right edge. 00102: the back of a large sofa, a footrest ("table") beyond it, the television far
left, a counter close by on the right.
"""

import pytest

from spatialevo_dge import Illegal, Legal, Question, Rule, Scene, judge

SEEN = [
    ("Which is closer to the camera, the desk or the table?", ("00000",), "table"),
    ("Which is farther from the camera, the desk or the table?", ("00000",), "desk"),
    ("Which is closer to the camera, the sofa or the tv?", ("00102",), "sofa"),
    ("Which is closer to the viewer: the table or the tv?", ("00102",), "table"),
    ("Where is the cabinet relative to the table?", ("00000",), "back-left"),
    ("Where is the trash can relative to the desk?", ("00011",), "front-left"),
    ("Which image shows more of the table, image 1 or image 2?", ("00000", "00011"), "image 1"),
    ("Which image shows more of the trash can?", ("00000", "00011"), "image 2"),
    ("Which image shows less of the table, image 1 or image 2?", ("00000", "00011"), "image 2"),
    (
        "When you took image 1, was the desk to your left, right, or back?",
        ("00000", "00011"),
        "left",
    ),
    (
        "From the camera of image 2, in which direction is the desk?",
        ("00000", "00011"),
        "front",
    ),
    ("Which is longer, the desk or the trash can?", ("00000", "00011"), "desk"),
    ("Which is taller, the desk or the trash can?", ("00000", "00011"), "desk"),
    ("Which is shorter, the desk or the trash can?", ("00000", "00011"), "trash can"),
]
RANGES = [
    ("How far is the tv from the camera in meters?", ("00102",), (4.0, 5.5)),
    ("How far is the table from the camera in meters?", ("00000",), (1.0, 2.0)),
    ("How far is the trash can from the camera in meters?", ("00011",), (1.4, 2.4)),
]
REFUSED = [
    ("How far is the bed from the camera?", ("00000",), Rule.NOT_VISIBLE),
    ("How far is the giraffe from the camera?", ("00000",), Rule.UNKNOWN_OBJECT),
    # A sliver of 5 %: under the scan's noise it may be more than the tenth that counts as seen.
    ("Which is closer to the camera, the desk or the curtain?", ("00000",), Rule.BORDERLINE),
    ("How many stools are there?", ("00000", "00011"), Rule.NOT_VISIBLE),
    (
        "Is the camera of image 3 higher or lower than the camera of image 1?",
        ("00000", "00011"),
        Rule.UNKNOWN_FRAME,
    ),
    ("Where is the desk relative to the table?", ("00000", "00011"), Rule.VIEWPOINT_DEPENDENT),
]


@pytest.mark.parametrize(("text", "frames", "answer"), SEEN)
def test_what_a_person_sees(
    text: str, frames: tuple[str, ...], answer: str, photographed_scene: Scene
) -> None:
    ruling = judge(Question(text, frames=frames), photographed_scene)
    assert isinstance(ruling, Legal), ruling
    assert ruling.answer.value == answer


@pytest.mark.parametrize(("text", "frames", "between"), RANGES)
def test_distances_are_what_a_person_would_guess(
    text: str, frames: tuple[str, ...], between: tuple[float, float], photographed_scene: Scene
) -> None:
    ruling = judge(Question(text, frames=frames), photographed_scene)
    assert isinstance(ruling, Legal), ruling
    assert between[0] <= ruling.answer.value <= between[1]


@pytest.mark.parametrize(("text", "frames", "rule"), REFUSED)
def test_what_the_photographs_do_not_allow(
    text: str, frames: tuple[str, ...], rule: Rule, photographed_scene: Scene
) -> None:
    ruling = judge(Question(text, frames=frames), photographed_scene)
    assert isinstance(ruling, Illegal), ruling
    assert ruling.rule is rule
