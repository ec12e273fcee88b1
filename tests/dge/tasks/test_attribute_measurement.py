# SPDX-License-Identifier: Apache-2.0
"""Which of two objects is larger? Decisions 3, 5, 11 and 16."""

import math

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import Attribute, Comparator, Comparison
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import illegal, legal, outcome, rules, value

TASK = "attribute_measurement"
LARGER, SMALLER = Comparator.LARGER, Comparator.SMALLER


def which(
    comparator: Comparator = LARGER,
    attribute: Attribute | None = None,
    *,
    same: bool = False,
) -> Comparison:
    return Comparison(
        first=noun("sofa"),
        second=noun("lamp"),
        comparator=comparator,
        attribute=attribute,
        offers_same=same,
    )


def sizes(
    sofa: tuple[float, float, float],
    lamp: tuple[float, float, float],
    yaw: float = 0.0,
    noise: NoiseModel | None = None,
) -> Scene:
    """The sofa is seen in one image, the lamp in the other."""
    return scene(
        [item(1, "sofa", (3, 0, 0), sofa, yaw), item(2, "lamp", (3, 5, 0), lamp)],
        [frame("a", pose((0, 0, 0))), frame("b", pose((0, 5, 0)))],
        {(0, 1): Sighting(), (1, 2): Sighting()},
        noise=noise or NoiseModel(),
    )


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(
    ("attribute", "larger", "smaller"),
    [
        (None, "sofa", "lamp"),  # 2 m against 1.8 m
        (Attribute.LONGEST_SIDE, "sofa", "lamp"),
        (Attribute.HEIGHT, "lamp", "sofa"),  # 0.8 m against 1.8 m
        (Attribute.VOLUME, "sofa", "lamp"),  # 1.6 m³ against 0.45 m³
    ],
)
def test_what_is_compared_and_which_end(
    attribute: Attribute | None, larger: str, smaller: str, policy: Policy
) -> None:
    seen = sizes((2, 1, 0.8), (0.5, 0.5, 1.8))
    assert value(TASK, which(LARGER, attribute), seen, "a", "b", policy=policy) == larger
    assert value(TASK, which(SMALLER, attribute), seen, "a", "b", policy=policy) == smaller
    assert value(TASK, which(LARGER, attribute), seen, "b", "a", policy=policy) == larger


def test_answer_margin_and_trace() -> None:
    ruling = legal(TASK, which(), sizes((2, 1, 0.8), (0.5, 0.5, 1.5)), "a", "b")
    assert ruling.answer.options == ("sofa", "lamp")
    margin, trace = ruling.truth.margin, ruling.truth.trace
    # 0.5 m apart; 5 % of 2 m are the same.
    assert (margin.kind, margin.unit) == (MarginKind.BOUNDARY, "m")
    assert margin.value == pytest.approx(0.4)
    assert trace["object_ids"] == [1, 2]
    assert trace["attribute"] == "longest_side"
    assert trace["values"] == [2.0, 1.5]
    assert trace["unit"] == "m"
    assert trace["boxes"][1]["extents_m"] == [0.5, 0.5, 1.5]
    volume = legal(
        TASK, which(attribute=Attribute.VOLUME), sizes((2, 1, 1), (1, 1, 1)), "a", "b"
    ).truth
    assert volume.trace["unit"] == volume.margin.unit == "m3"
    assert volume.trace["values"] == [2.0, 1.0]
    assert volume.margin.value == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("policy", "same", "lamp", "expected"),
    [
        (DEFAULT, True, 1.901, "same"),
        (DEFAULT, True, 1.899, "sofa"),
        (DEFAULT, False, 1.901, Rule.BORDERLINE),
        (DEFAULT, False, 1.899, "sofa"),
        (DEFAULT, False, 2.0, Rule.BORDERLINE),
        (DEFAULT, True, 2.0, "same"),
        (PAPER, False, 1.999, "sofa"),
        (PAPER, False, 2.0, "same"),
        (VSI, False, 1.999, "sofa"),
        (VSI, False, 2.0, Rule.BORDERLINE),
    ],
)
def test_five_per_cent_of_the_larger_are_the_same_where_same_is_offered(
    policy: Policy, same: bool, lamp: float, expected: object
) -> None:
    seen = sizes((2, 1, 1), (lamp, 1, 1))
    assert outcome(TASK, which(same=same), seen, "a", "b", policy=policy) == expected
    mirrored = sizes((lamp, 1, 1), (2, 1, 1))
    swapped = {"sofa": "lamp"}.get(str(expected), expected)
    assert outcome(TASK, which(same=same), mirrored, "a", "b", policy=policy) == swapped


def test_paper_compares_axis_aligned_boxes() -> None:
    """Turned by 45 degrees the sofa of 1.6 m spans 1.7 m along x."""
    seen = sizes((1.6, 0.8, 1), (1.65, 0.5, 0.5), yaw=45)
    spread = (1.6 + 0.8) / math.sqrt(2)
    assert spread > 1.65
    assert value(TASK, which(same=True), seen, "a", "b", policy=PAPER) == "sofa"
    assert value(TASK, which(same=True), seen, "a", "b") == "same"
    assert value(TASK, which(), seen, "a", "b", policy=VSI) == "lamp"


# A side has two independent faces of 1 cm each: sd sqrt(2) cm; the difference of two sides 2 cm.
@pytest.mark.parametrize(
    ("same", "difference", "expected"),
    [
        (True, 0.10 + 0.081, "sofa"),
        (True, 0.10 + 0.079, Rule.BORDERLINE),
        (True, 0.10 - 0.079, Rule.BORDERLINE),
        (True, 0.10 - 0.081, "same"),
        (False, 0.10 + 0.081, "sofa"),
        (False, 0.10 + 0.079, Rule.BORDERLINE),
        (False, 0.05, Rule.BORDERLINE),
    ],
)
@pytest.mark.parametrize("attribute", [Attribute.LONGEST_SIDE, Attribute.HEIGHT])
def test_four_sds_on_either_side_of_the_band(
    same: bool, difference: float, expected: object, attribute: Attribute
) -> None:
    seen = sizes((1, 1, 2), (1, 1, 2 - difference), noise=NoiseModel(point_sigma=0.02))
    assert outcome(TASK, which(attribute=attribute, same=same), seen, "a", "b") == expected


def test_the_objects_offset_does_not_change_its_size() -> None:
    seen = sizes((2, 1, 1), (1.89, 1, 1), noise=NoiseModel(object_offset_sigma=0.05))
    assert value(TASK, which(), seen, "a", "b") == "sofa"


def test_a_volume_varies_with_each_side() -> None:
    """sd² = s² ((bc)² + (ac)² + (ab)²) of either box, s the sd of a side."""
    seen = sizes((3, 2, 1), (1, 1, 1), noise=NoiseModel(point_sigma=0.02))
    margin = legal(TASK, which(attribute=Attribute.VOLUME), seen, "a", "b").truth.margin
    side = math.sqrt(2) * 0.01
    assert margin.sd == pytest.approx(side * math.sqrt((4 + 9 + 36) + 3))


def test_both_have_to_be_shown_once_over_the_two_images() -> None:
    seen = scene(
        [
            item(1, "sofa", (3, 0, 0), (2, 1, 1)),
            item(2, "lamp", (3, 5, 0), (1, 1, 1)),
            item(3, "lamp", (3, 9, 0), (1, 1, 1)),
        ],
        [frame("a", pose((0, 0, 0))), frame("b", pose((0, 5, 0)))],
        {(0, 1): Sighting(), (0, 2): Sighting(), (1, 3): Sighting(share=0.05)},
    )
    broken = illegal(TASK, which(), seen, "a", "b").violation
    assert (broken.rule, broken.entity, broken.measured) == (Rule.AMBIGUOUS_OBJECT, "lamp", 2.0)
    assert rules(TASK, which(), sizes((1, 1, 1), (2, 2, 2)), "a", "a") == (Rule.NOT_VISIBLE,)
    itself = Comparison(first=noun("sofa"), second=noun("sofa"), comparator=LARGER)
    assert rules(TASK, itself, seen, "a", "b") == (Rule.SAME_OBJECT,)
    assert rules(TASK, which(), seen, "a") == (Rule.WRONG_VIEW,)
