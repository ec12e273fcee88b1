# SPDX-License-Identifier: Apache-2.0
"""Which of two objects in an image is nearer? Decisions 10 and 11."""

import math

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import Comparator, Comparison, FrameRef, Noun
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import illegal, legal, outcome, rules, value

TASK = "depth_order_obj_obj"


def which(
    comparator: Comparator = Comparator.NEARER, *, same: bool = False, swap: bool = False
) -> Comparison:
    first, second = ("lamp", "sofa") if swap else ("sofa", "lamp")
    return Comparison(
        first=noun(first), second=noun(second), comparator=comparator, offers_same=same
    )


def depths(
    sofa: float, lamp: float, medians: tuple[float, float] | None = None, **kwargs: object
) -> Scene:
    """A sofa and a lamp whose near edges, and medians, are at given depths."""
    sofa_median, lamp_median = medians or (sofa + 0.2, lamp + 0.2)
    return scene(
        [item(1, "sofa", (9, 0, 0), (1, 1, 1)), item(2, "lamp", (5, 0, 0), (1, 1, 1))],
        [frame("a", pose((0, 0, 0)))],
        {
            (0, 1): Sighting(nearest=sofa, median=sofa_median),
            (0, 2): Sighting(nearest=lamp, median=lamp_median, box_2d=(101.0, 102.0, 163.0, 164.0)),
        },
        **kwargs,
    )


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("same", [False, True])
def test_the_end_that_is_asked_for(policy: Policy, swap: bool, same: bool) -> None:
    """What is visible decides: the boxes' centres say the opposite."""
    seen = depths(2.0, 3.0)
    nearer, farther = (
        which(word, same=same, swap=swap) for word in (Comparator.NEARER, Comparator.FARTHER)
    )
    assert value(TASK, nearer, seen, "a", policy=policy) == "sofa"
    assert value(TASK, farther, seen, "a", policy=policy) == "lamp"


def test_answer_margin_and_trace() -> None:
    ruling = legal(TASK, which(), depths(2.0, 3.0), "a")
    assert ruling.answer.options == ("sofa", "lamp")
    assert ruling.truth.margin.kind is MarginKind.BOUNDARY
    assert (ruling.truth.margin.value, ruling.truth.margin.unit) == (pytest.approx(0.85), "m")
    assert ruling.truth.trace == {
        "frame": "a",
        "object_ids": [1, 2],
        "nearest_depths_m": [2.0, 3.0],
        "median_depths_m": [2.2, 3.2],
        "boxes_2d_px": [[10.0, 10.0, 60.0, 60.0], [101.0, 102.0, 163.0, 164.0]],
        "points": "unchecked",
    }
    assert legal(TASK, which(same=True), depths(2.0, 3.0), "a").answer.options == (
        "sofa",
        "lamp",
        "same",
    )


@pytest.mark.parametrize(
    ("policy", "same", "difference", "expected"),
    [
        (DEFAULT, True, 0.1499, "same"),
        (DEFAULT, True, 0.1501, "sofa"),
        (DEFAULT, False, 0.1499, Rule.BORDERLINE),
        (DEFAULT, False, 0.1501, "sofa"),
        (DEFAULT, True, 0.0, "same"),
        (DEFAULT, False, 0.0, Rule.BORDERLINE),
        (PAPER, False, 0.1499, "same"),
        (PAPER, False, 0.1501, "sofa"),
        (PAPER, False, 0.0, "same"),
        (VSI, True, 0.1499, "same"),
        (VSI, False, 0.1499, "sofa"),
        (VSI, False, 0.0, Rule.BORDERLINE),
    ],
)
@pytest.mark.parametrize("swap", [False, True])
def test_fifteen_centimetres_are_the_same_where_same_is_offered(
    policy: Policy, same: bool, difference: float, expected: object, swap: bool
) -> None:
    seen = depths(2.0, 2.0 + difference)
    assert outcome(TASK, which(same=same, swap=swap), seen, "a", policy=policy) == expected


def test_inside_the_band_says_so() -> None:
    broken = illegal(TASK, which(), depths(2.0, 2.1), "a").violation
    assert (broken.measured, broken.threshold) == (pytest.approx(0.1), 0.15)


@pytest.mark.parametrize(
    ("medians", "expected"),
    [((2.2, 3.2), "sofa"), ((3.3, 3.2), Rule.BORDERLINE), ((3.2, 3.2), "sofa")],
)
def test_medians_that_disagree_in_order_are_borderline(
    medians: tuple[float, float], expected: object
) -> None:
    seen = depths(2.0, 3.0, medians)
    assert outcome(TASK, which(), seen, "a") == expected
    assert value(TASK, which(), seen, "a", policy=PAPER) == "sofa"


# A shift of the camera moves both depths alike; 2 cm of it remain, because it moves what is seen.
FOUR_SDS = 4 * 0.02


@pytest.mark.parametrize(
    ("same", "difference", "expected"),
    [
        (True, 0.15 - FOUR_SDS - 0.001, "same"),
        (True, 0.15 - FOUR_SDS + 0.001, Rule.BORDERLINE),
        (True, 0.15 + FOUR_SDS - 0.001, Rule.BORDERLINE),
        (True, 0.15 + FOUR_SDS + 0.001, "sofa"),
        (False, 0.15 + FOUR_SDS - 0.001, Rule.BORDERLINE),
        (False, 0.15 + FOUR_SDS + 0.001, "sofa"),
        (False, 0.01, Rule.BORDERLINE),
    ],
)
def test_four_sds_on_either_side_of_the_band(
    same: bool, difference: float, expected: object
) -> None:
    noisy = depths(2.0, 2.0 + difference, noise=NoiseModel(pose_translation_sigma=0.02))
    assert outcome(TASK, which(same=same), noisy, "a") == expected
    assert outcome(TASK, which(same=same), noisy, "a", policy=PAPER) != Rule.BORDERLINE


def test_a_depth_sensor_is_less_certain_of_what_is_far() -> None:
    """1.5 mm z²: 6 mm at 2 m and 96 mm at 8 m."""
    noise = NoiseModel(depth_sigma_quadratic=0.0015)
    near = legal(TASK, which(), depths(2.0, 3.0, noise=noise), "a").truth.margin
    assert near.sd == pytest.approx(math.hypot(0.0015 * 4, 0.0015 * 9))
    assert value(TASK, which(), depths(2.0, 2.3, noise=noise), "a") == "sofa"
    assert outcome(TASK, which(), depths(8.0, 8.3, noise=noise), "a") is Rule.BORDERLINE


def test_both_objects_have_to_be_shown_once_in_this_image() -> None:
    things = [
        item(1, "sofa", (2, 0, 0), (1, 1, 1)),
        item(2, "lamp", (3, 0, 0), (1, 1, 1)),
        item(3, "lamp", (4, 0, 0), (1, 1, 1)),
    ]
    frames = [frame("a", pose((0, 0, 0))), frame("b", pose((0, 0, 0)))]
    seen = scene(
        things,
        frames,
        {
            (0, 1): Sighting(nearest=1.5),
            (0, 2): Sighting(nearest=2.5),
            (1, 1): Sighting(),
            (1, 3): Sighting(share=0.05),
        },
    )
    assert value(TASK, which(), seen, "a") == "sofa"
    assert rules(TASK, which(), seen, "b") == (Rule.NOT_VISIBLE,)
    ghost = Comparison(
        first=Noun(text="elf", label=None), second=noun("lamp"), comparator=Comparator.NEARER
    )
    assert rules(TASK, ghost, seen, "b") == (Rule.UNKNOWN_OBJECT, Rule.NOT_VISIBLE)
    itself = Comparison(first=noun("sofa"), second=noun("sofa"), comparator=Comparator.NEARER)
    assert rules(TASK, itself, seen, "a") == (Rule.SAME_OBJECT,)
    elsewhere = Comparison(
        first=noun("sofa"),
        second=noun("lamp"),
        comparator=Comparator.NEARER,
        frame=FrameRef(frame_id="b"),
    )
    assert rules(TASK, elsewhere, seen, "a") == (Rule.UNKNOWN_FRAME,)
