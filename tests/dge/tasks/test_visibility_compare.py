# SPDX-License-Identifier: Apache-2.0
"""Which image shows more of an object? Decisions 5, 11, 12 and 16."""

import math
from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, Comparator, FrameRef, Shown
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from spatialevo_dge.visibility import VISIBILITY_DTYPE, VisibilityTable
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import illegal, legal, outcome, rules, value

TASK = "visibility_compare"
MORE = Shown(object=noun("sofa"))
LESS = Shown(object=noun("sofa"), comparator=Comparator.LESS)


def shown(first: float | None, second: float | None, noise: NoiseModel | None = None) -> Scene:
    """A sofa of 2 m; two cameras 3 m from its centre show so much of it."""
    shares = enumerate((first, second))
    return scene(
        [item(5, "sofa", (3, 0, 0), (2, 1, 1))],
        [frame("a", pose((0, 0, 0))), frame("b", pose((3, -3, 0), 90))],
        {(index, 5): Sighting(share=share) for index, share in shares if share is not None},
        noise=noise or NoiseModel(),
    )


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(
    ("first", "second", "more", "less"),
    [(0.6, 0.3, "image 1", "image 2"), (None, 0.3, "image 2", "image 1")],
)
def test_more_and_less(
    first: float | None, second: float, more: str, less: str, policy: Policy
) -> None:
    seen = shown(first, second)
    assert value(TASK, MORE, seen, "a", "b", policy=policy) == more
    assert value(TASK, LESS, seen, "a", "b", policy=policy) == less


def test_swapping_the_images_renames_them() -> None:
    assert value(TASK, MORE, shown(0.6, 0.3), "b", "a") == "image 2"


def test_images_are_named_as_the_question_names_them() -> None:
    swapped = Shown(object=noun("sofa"), first=SECOND_IMAGE, second=FIRST_IMAGE)
    ruling = legal(TASK, swapped, shown(0.6, 0.3), "a", "b")
    assert ruling.answer.value == "image 1"
    assert ruling.answer.options == ("image 2", "image 1")
    named = Shown(object=noun("sofa"), first=FrameRef(frame_id="b"), second=FrameRef(frame_id="a"))
    assert value(TASK, named, shown(0.6, 0.3), "a", "b") == "frame a"


def test_answer_margin_and_trace() -> None:
    truth = legal(TASK, MORE, shown(0.6, 0.3), "a", "b").truth
    assert truth.trace == {
        "object_id": 5,
        "frames": ["a", "b"],
        "visible_shares": [0.6, 0.3],
        "points": "unchecked",
    }
    assert truth.margin.kind is MarginKind.BOUNDARY
    assert (truth.margin.value, truth.margin.unit) == (pytest.approx(0.2), "fraction")


def test_the_share_of_the_whole_surface_counts_and_not_of_the_facing_one() -> None:
    rows = [
        (0, 5, 0.9, 0.30, 0.0, 9, (0, 0, 1, 1), 1.0, 1.0, False),
        (1, 5, 0.5, 0.45, 0.0, 9, (0, 0, 1, 1), 1.0, 1.0, False),
    ]
    table = VisibilityTable(np.array(rows, dtype=VISIBILITY_DTYPE), 2)
    seen = replace(shown(1.0, 1.0), visibility=table)
    assert value(TASK, MORE, seen, "a", "b") == "image 2"


@pytest.mark.parametrize(
    ("policy", "same", "second", "expected"),
    [
        (DEFAULT, True, 0.401, "same"),
        (DEFAULT, True, 0.399, "image 1"),
        (DEFAULT, False, 0.401, Rule.BORDERLINE),
        (DEFAULT, False, 0.399, "image 1"),
        (DEFAULT, False, 0.5, Rule.BORDERLINE),
        (PAPER, False, 0.451, "same"),
        (PAPER, False, 0.449, "image 1"),
        (VSI, False, 0.401, "image 1"),
        (VSI, True, 0.401, "same"),
        (VSI, False, 0.5, Rule.BORDERLINE),
    ],
)
def test_the_band_in_which_they_are_the_same(
    policy: Policy, same: bool, second: float, expected: object
) -> None:
    """A tenth; for paper a twentieth, whether or not it is offered."""
    asked = Shown(object=noun("sofa"), offers_same=same)
    assert outcome(TASK, asked, shown(0.5, second), "a", "b", policy=policy) == expected


@pytest.mark.parametrize(
    ("same", "distance", "expected"),
    [
        (True, 0.190, "image 1"),
        (True, 0.188, Rule.BORDERLINE),
        (True, -0.099, Rule.BORDERLINE),
        (False, 0.190, "image 1"),
        (False, 0.188, Rule.BORDERLINE),
        (False, -0.079, Rule.BORDERLINE),
    ],
)
def test_four_sds_outside_the_band(same: bool, distance: float, expected: object) -> None:
    """An outline of 1 m across that moves by 2.98 cm: sd 3.34 % of the surface in an image."""
    noise = NoiseModel(pose_translation_sigma=0.0298)
    one = math.hypot(0.0298, 0.015)
    assert 0.188 < 4 * math.sqrt(2) * one < 0.190
    asked = Shown(object=noun("sofa"), offers_same=same)
    seen = shown(0.5, 0.5 - 0.10 - distance, noise)
    assert outcome(TASK, asked, seen, "a", "b") == expected


def test_rotation_moves_the_edge_by_the_distance() -> None:
    margin = legal(
        TASK, MORE, shown(0.9, 0.2, NoiseModel(pose_rotation_sigma=0.02)), "a", "b"
    ).truth.margin
    one = math.hypot(0.02 * 3, 0.015)
    assert margin.sd == pytest.approx(math.sqrt(2) * one)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(0.099, 0.05, Rule.NOT_VISIBLE), (0.25, None, "image 1"), (None, None, Rule.NOT_VISIBLE)],
)
def test_one_of_the_two_images_has_to_show_it(
    first: float | None, second: float | None, expected: object
) -> None:
    assert outcome(TASK, MORE, shown(first, second), "a", "b") == expected


def test_the_best_share_is_the_evidence() -> None:
    broken = illegal(TASK, MORE, shown(0.03, 0.07), "a", "b").violation
    assert (broken.measured, broken.threshold) == (0.07, 0.10)


@pytest.mark.parametrize(("unknown", "expected"), [(0.5, "image 1"), (0.51, Rule.NOT_AVAILABLE)])
def test_half_of_the_surface_without_depth_is_too_much(unknown: float, expected: object) -> None:
    seen = scene(
        [item(5, "sofa", (3, 0, 0), (2, 1, 1))],
        [frame("a", pose((0, 0, 0))), frame("b", pose((3, -3, 0), 90))],
        {(0, 5): Sighting(share=0.9), (1, 5): Sighting(share=0.2, unknown=unknown)},
    )
    assert outcome(TASK, MORE, seen, "a", "b") == expected
    if expected is Rule.NOT_AVAILABLE:
        broken = illegal(TASK, MORE, seen, "a", "b").violation
        assert (broken.measured, broken.threshold) == (0.51, 0.5)


def test_an_image_is_not_compared_with_itself() -> None:
    itself = Shown(object=noun("sofa"), first=FIRST_IMAGE, second=FIRST_IMAGE)
    assert rules(TASK, itself, shown(0.6, 0.3), "a", "b") == (Rule.SAME_FRAME,)
    assert rules(TASK, MORE, shown(0.6, 0.3), "a", "a") == (Rule.SAME_FRAME,)
    assert rules(TASK, MORE, shown(0.6, 0.3), "a") == (Rule.WRONG_VIEW,)


def test_two_sofas_one_in_each_image_are_ambiguous() -> None:
    seen = scene(
        [item(1, "sofa", (3, 0, 0), (2, 1, 1)), item(2, "sofa", (-3, 0, 0), (2, 1, 1))],
        [frame("a", pose((0, 0, 0))), frame("b", pose((0, 0, 0), 180))],
        {(0, 1): Sighting(), (1, 2): Sighting()},
    )
    assert rules(TASK, MORE, seen, "a", "b") == (Rule.AMBIGUOUS_OBJECT,)
