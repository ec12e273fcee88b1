# SPDX-License-Identifier: Apache-2.0
"""Questions of our own about a real scan, from their text alone.

Counts, nearest objects and directions were worked out by a person on the labelled top view; lengths
are held to what plain numpy finds on the same instance's vertices.
"""

import numpy as np
import pytest

from spatialevo_dge import Illegal, Legal, Question, Rule, Scene, judge
from spatialevo_dge.cloud import points_of

LABELS = {
    "How many stools are there?": 4,
    "How many cabinets are in this room?": 6,
    "Count the trash cans.": 3,
    "How many curtains can you see in the room?": 2,
    "What is the number of windows in the scene?": 2,
    "Which is closest to the bed: the sink, the refrigerator or the scale?": "scale",
    "Which of these objects (tv, toilet, guitar, stool) is farthest from the refrigerator?": "tv",
    "Among the desk, the sofa and the microwave, which one is nearest to the toaster?": "microwave",
    "Which is nearer to the toilet, the bed or the tv?": "bed",
    "If I am standing by the bed and facing the tv, is the refrigerator to my left, right, or back?"
    "": "right",
    "If I am standing by the toilet and facing the bed, is the desk to my front-left, front-right, "
    "back-left, or back-right?": "front-left",
    "Standing at the refrigerator and looking at the sofa, in which direction is the tv?": "front",
    "If I stand by the sofa and face the tv, is the bed to my left or right?": "left",
}
SIZES = {
    "How long is the longest side of the bed in centimeters?": ("bed", "cm"),
    "What is the length of the longest dimension of the sofa, measured in meters?": ("sofa", "m"),
    "How big is the guitar?": ("guitar", "cm"),
}
GAPS = {
    "How far is the bed from the desk in meters?": ("bed", "desk", "m"),
    "What is the distance between the guitar and the microwave?": ("guitar", "microwave", "m"),
    "Estimate the distance in centimetres from the toilet to the tv.": ("toilet", "tv", "cm"),
    "How far is the toaster oven from the scale?": ("toaster oven", "scale", "m"),
}
REFUSED = {
    "How far is the unicorn from the bed?": Rule.UNKNOWN_OBJECT,
    "How far is the table from the bed?": Rule.AMBIGUOUS_OBJECT,
    "How far is the bed from the bed?": Rule.SAME_OBJECT,
    "How heavy is the bed?": Rule.UNPARSED,
    "How far is the red bed from the desk?": Rule.UNPARSED,
    "Which is closest to the bed: the sink?": Rule.TOO_FEW_CANDIDATES,
    "How long is the clock?": Rule.TOO_FEW_POINTS,
    "Where is the bed relative to the desk?": Rule.VIEWPOINT_DEPENDENT,
    "Which is larger, the bed or the sofa?": Rule.WRONG_VIEW,
    "How far is the sofa from the bookshelf?": Rule.DEGENERATE,
}


def answered(text: str, scene: Scene) -> Legal:
    ruling = judge(Question(text), scene)
    assert isinstance(ruling, Legal), ruling
    return ruling


def points(scene: Scene, label: str) -> np.ndarray:
    (item,) = scene.objects_by_label[label]
    return points_of(scene.cloud, item)


@pytest.mark.parametrize(("text", "answer"), LABELS.items(), ids=lambda value: str(value)[:40])
def test_labels_and_counts(text: str, answer: object, photographed_scene: Scene) -> None:
    assert answered(text, photographed_scene).answer.value == answer


@pytest.mark.parametrize("text", SIZES)
def test_sizes_lie_between_the_points_width_and_diameter(
    text: str, photographed_scene: Scene
) -> None:
    label, unit = SIZES[text]
    answer = answered(text, photographed_scene).answer
    metres = answer.value / (100 if unit == "cm" else 1)
    assert answer.unit == unit
    cloud = points(photographed_scene, label)
    far = cloud[np.argmax(np.linalg.norm(cloud - cloud.mean(axis=0), axis=1))]
    diameter = np.linalg.norm(cloud - far, axis=1).max()
    tallest_or_widest = np.ptp(cloud, axis=0).max() / np.sqrt(2)
    # A few centimetres for what a scan's noise adds to its outermost points.
    assert tallest_or_widest - 0.05 <= metres <= diameter + 0.05


@pytest.mark.parametrize("text", GAPS)
def test_gaps_are_no_larger_than_between_the_points(text: str, photographed_scene: Scene) -> None:
    first, second, unit = GAPS[text]
    answer = answered(text, photographed_scene).answer
    metres = answer.value / (100 if unit == "cm" else 1)
    assert answer.unit == unit
    cloud, others = points(photographed_scene, first), points(photographed_scene, second)
    between_points = min(np.linalg.norm(others - point, axis=1).min() for point in cloud[::7])
    # Boxes hold their objects: the gap between them is a lower bound, and here a close one.
    assert between_points - 0.45 <= metres <= between_points + 0.05


def test_the_room(photographed_scene: Scene) -> None:
    ruling = answered("What is the floor area of the room in square meters?", photographed_scene)
    assert 41.5 <= ruling.answer.value <= 51.0


@pytest.mark.parametrize(("text", "rule"), REFUSED.items(), ids=lambda value: str(value)[:40])
def test_refused_with_the_right_rule(text: str, rule: Rule, photographed_scene: Scene) -> None:
    ruling = judge(Question(text), photographed_scene)
    assert isinstance(ruling, Illegal), ruling
    assert ruling.rule is rule
