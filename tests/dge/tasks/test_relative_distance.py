# SPDX-License-Identifier: Apache-2.0
"""Which of several is nearest to an anchor? Decisions 3, 5 and 16; oracle section 4."""

import math
from dataclasses import replace
from types import MappingProxyType

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import Among, Comparator, Noun
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import illegal, legal, outcome, rules, value

TASK = "relative_distance"


def among(*labels: str, comparator: Comparator = Comparator.NEAREST) -> Among:
    return Among(
        anchor=noun("bed"), candidates=tuple(noun(each) for each in labels), comparator=comparator
    )


def room(**distances: float | tuple[float, ...]) -> Scene:
    """A bed of 2 m, and small cubes whose near faces are at given distances from it, along +x."""
    things = [item(1, "bed", (0, 0, 0), (2, 2, 2))]
    for label, given in distances.items():
        for distance in (given,) if isinstance(given, float) else given:
            things.append(item(len(things) + 1, label, (1.1 + distance, 0, 0), (0.2, 0.2, 0.2)))
    return scene(things)


THREE = room(sink=1.0, lamp=2.0, door=3.0)


@pytest.mark.parametrize(
    ("comparator", "expected"), [(Comparator.NEAREST, "sink"), (Comparator.FARTHEST, "door")]
)
@pytest.mark.parametrize("order", [("sink", "lamp", "door"), ("door", "sink", "lamp")])
def test_the_extreme_asked_for(
    comparator: Comparator, expected: str, order: tuple[str, ...]
) -> None:
    ruling = legal(TASK, among(*order, comparator=comparator), THREE)
    assert ruling.answer.value == expected
    assert ruling.answer.options == order


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
def test_margin_is_the_lead_over_the_runner_up(policy: Policy) -> None:
    close = room(sink=1.0, lamp=1.25, door=3.0)
    nearest = legal(TASK, among("sink", "lamp", "door"), close, policy=policy).truth
    assert nearest.margin.kind is MarginKind.BOUNDARY
    assert (nearest.margin.value, nearest.margin.unit) == (pytest.approx(0.25), "m")
    asked = among("sink", "lamp", "door", comparator=Comparator.FARTHEST)
    assert legal(TASK, asked, close, policy=policy).truth.margin.value == pytest.approx(1.75)


def test_trace() -> None:
    trace = legal(TASK, among("door", "sink"), THREE).truth.trace
    assert trace["anchor_id"] == 1
    assert trace["comparator"] == "nearest"
    assert trace["distances_m"] == {"sink": pytest.approx(1.0), "door": pytest.approx(3.0)}
    assert trace["instance_ids"] == {"sink": 2, "door": 4}


def test_surfaces_decide_and_not_centres() -> None:
    """The wardrobe's centre is farther than the stool's, its face nearer."""
    sizes = scene(
        [
            item(1, "bed", (0, 0, 0), (2, 2, 2)),
            item(2, "wardrobe", (3.5, 0, 0), (3, 1, 1)),
            item(3, "stool", (0, 2.5, 0), (0.2, 0.2, 0.2)),
        ]
    )
    assert value(TASK, among("wardrobe", "stool"), sizes) == "wardrobe"


def test_the_nearest_instance_of_a_candidate_counts_for_both_extremes() -> None:
    chairs = room(chair=(0.5, 4.0), lamp=2.0)
    assert value(TASK, among("chair", "lamp"), chairs) == "chair"
    assert value(TASK, among("chair", "lamp", comparator=Comparator.FARTHEST), chairs) == "lamp"
    trace = legal(TASK, among("chair", "lamp"), chairs).truth.trace
    assert trace["instance_ids"] == {"chair": 2, "lamp": 4}


def test_vsi_counts_as_many_first_boxes_as_are_annotated() -> None:
    chairs = replace(
        room(chair=(4.0, 0.5), lamp=2.0),
        annotated_counts=MappingProxyType({"bed": 1, "chair": 1, "lamp": 1}),
    )
    assert value(TASK, among("chair", "lamp"), chairs, policy=VSI) == "lamp"
    assert value(TASK, among("chair", "lamp"), chairs) == "chair"


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize("comparator", [Comparator.NEAREST, Comparator.FARTHEST])
def test_a_tie_has_no_answer(policy: Policy, comparator: Comparator) -> None:
    """Left and right of the bed at the same distance, whatever the order and the policy."""
    tied = scene(
        [
            item(1, "bed", (0, 0, 0), (2, 2, 2)),
            item(2, "sink", (2.1, 0, 0), (0.2, 0.2, 0.2)),
            item(3, "lamp", (-2.1, 0, 0), (0.2, 0.2, 0.2)),
        ]
    )
    for order in (("sink", "lamp"), ("lamp", "sink")):
        asked = among(*order, comparator=comparator)
        assert outcome(TASK, asked, tied, policy=policy) is Rule.DEGENERATE


def test_two_candidates_that_both_touch_the_anchor_tie() -> None:
    assert outcome(TASK, among("sink", "lamp"), room(sink=0.0, lamp=-0.1)) is Rule.DEGENERATE
    assert value(TASK, among("sink", "lamp"), room(sink=0.0, lamp=0.001)) == "sink"


def test_a_tie_that_is_not_for_the_asked_end_is_no_tie() -> None:
    assert value(TASK, among("sink", "lamp", "door"), room(sink=1.0, lamp=2.0, door=2.0)) == "sink"


@pytest.mark.parametrize(("lead", "expected"), [(0.1605, "sink"), (0.1595, Rule.BORDERLINE)])
def test_four_sds_of_the_difference_certify(lead: float, expected: object) -> None:
    """Each gap has two faces, each offset by 2 cm: the difference of two gaps has an sd of 4 cm."""
    noisy = replace(room(sink=1.0, lamp=1.0 + lead), noise=NoiseModel(object_offset_sigma=0.02))
    assert outcome(TASK, among("sink", "lamp"), noisy) == expected
    assert outcome(TASK, among("sink", "lamp"), noisy, policy=PAPER) == "sink"
    assert outcome(TASK, among("sink", "lamp"), noisy, policy=VSI) == "sink"
    margin = legal(TASK, among("sink", "lamp"), noisy, policy=VSI).truth.margin
    assert margin.sd == pytest.approx(0.02 * math.sqrt(4))


def test_a_choice_needs_two_candidates() -> None:
    broken = illegal(TASK, among("sink"), THREE).violation
    assert broken.rule is Rule.TOO_FEW_CANDIDATES
    assert (broken.measured, broken.threshold, broken.unit) == (1.0, 2.0, "candidates")


def test_neither_the_anchor_nor_a_candidate_twice() -> None:
    assert rules(TASK, among("sink", "bed", "lamp"), THREE) == (Rule.SAME_OBJECT,)
    assert rules(TASK, among("sink", "lamp", "sink"), THREE) == (Rule.SAME_OBJECT,)
    assert rules(TASK, among("sink", "sink"), THREE) == (Rule.SAME_OBJECT, Rule.TOO_FEW_CANDIDATES)


def test_the_anchor_is_unique_and_candidates_need_not_be() -> None:
    beds = room(bed=5.0, sink=1.0, lamp=(2.0, 3.0))
    assert rules(TASK, among("sink", "lamp"), beds) == (Rule.AMBIGUOUS_OBJECT,)
    one_bed = room(sink=1.0, lamp=(2.0, 3.0))
    assert value(TASK, among("sink", "lamp"), one_bed) == "sink"


def test_precedence_with_everything_else_in_also() -> None:
    asked = Among(
        anchor=noun("bed"),
        candidates=(Noun(text="table", label="table", rivals=("coffee table",)), noun("ghost")),
    )
    things = scene(
        [
            item(1, "bed", (0, 0, 0), (2, 2, 2), points=(0, 49)),
            item(2, "table", (3, 0, 0), (1, 1, 1)),
        ]
    )
    assert rules(TASK, asked, things) == (
        Rule.UNKNOWN_OBJECT,
        Rule.AMBIGUOUS_OBJECT,
        Rule.TOO_FEW_POINTS,
    )


def test_every_instance_of_a_candidate_has_to_be_dense_and_shown() -> None:
    things = [
        item(1, "bed", (0, 0, 0), (2, 2, 2), points=(0, 50)),
        item(2, "chair", (3, 0, 0), (1, 1, 1), points=(50, 100)),
        item(3, "chair", (0, 3, 0), (1, 1, 1), points=(100, 149)),
        item(4, "lamp", (0, 5, 0), (0.5, 0.5, 0.5), points=(149, 249)),
    ]
    assert rules(TASK, among("chair", "lamp"), scene(things)) == (Rule.TOO_FEW_POINTS,)
    shown = scene(
        [replace(thing, point_range=None) for thing in things],
        [frame("a", pose((0, -4, 1), 90))],
        {(0, 1): Sighting(), (0, 2): Sighting(), (0, 4): Sighting(), (0, 3): Sighting(share=0.02)},
    )
    broken = illegal(TASK, among("chair", "lamp"), shown, "a").violation
    assert (broken.rule, broken.entity) == (Rule.NOT_VISIBLE, "chair")
    assert value(TASK, among("chair", "lamp"), shown, "a", policy=VSI) == "chair"


def test_a_candidate_that_is_counted_but_has_no_box_is_not_available() -> None:
    counted = replace(
        THREE, annotated_counts=MappingProxyType({"bed": 1, "sink": 1, "lamp": 1, "fan": 2})
    )
    for policy in (DEFAULT, VSI):
        assert rules(TASK, among("sink", "fan"), counted, policy=policy) == (Rule.NOT_AVAILABLE,)
