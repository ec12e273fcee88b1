# SPDX-License-Identifier: Apache-2.0
"""How many chairs? Decisions 3 and 5."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.answer import Count
from spatialevo_dge.entities import Category, Noun
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import SCAN_NOISE, illegal, legal, outcome, value

TASK = "object_counting"
CHAIRS = Category(category=noun("chair"))


def room(count: int, **kwargs: object) -> Scene:
    chairs = [item(k, "chair", (k, 0, 0.5), (0.5, 0.5, 1)) for k in range(1, count + 1)]
    return scene([*chairs, item(99, "sofa", (0, 3, 0.5), (2, 1, 1))], **kwargs)


def seen(count: int, *shares: dict[int, float]) -> Scene:
    """A room of chairs; each dict says how much one frame shows of which chair."""
    frames = [frame(name, pose((0, 0, 1.5))) for name, _ in zip("ab", shares, strict=False)]
    sightings = {
        (index, number): Sighting(share=share)
        for index, shown in enumerate(shares)
        for number, share in shown.items()
    }
    return room(count, frames=frames, sightings=sightings)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_counts_the_instances_of_one_label(count: int) -> None:
    ruling = legal(TASK, CHAIRS, room(count))
    assert ruling.answer == Count(count)
    assert ruling.answer.render() == str(count)
    assert ruling.truth.margin.kind is MarginKind.EXACT
    assert ruling.truth.trace["label"] == "chair"
    assert list(ruling.truth.trace["object_ids"]) == list(range(1, count + 1))


@pytest.mark.parametrize(
    ("policy", "count", "expected"),
    [
        (DEFAULT, 1, 1),
        (VSI, 1, 1),
        (PAPER, 1, Rule.DEGENERATE),
        (PAPER, 2, 2),
        (replace(DEFAULT, min_count=4), 3, Rule.DEGENERATE),
        (replace(DEFAULT, min_count=4), 4, 4),
    ],
)
def test_the_least_count_is_the_policys(policy: Policy, count: int, expected: object) -> None:
    assert outcome(TASK, CHAIRS, room(count), policy=policy) == expected


def test_too_small_a_count_says_what_was_counted() -> None:
    broken = illegal(TASK, CHAIRS, room(1), policy=PAPER).violation
    assert (broken.measured, broken.threshold, broken.unit) == (1.0, 2.0, "instances")


def test_only_vsi_goes_by_the_annotated_count() -> None:
    annotated = replace(room(3), annotated_counts=MappingProxyType({"chair": 2}))
    assert value(TASK, CHAIRS, annotated, policy=VSI) == 2
    assert value(TASK, CHAIRS, annotated) == 3
    assert value(TASK, CHAIRS, annotated, policy=PAPER) == 3


def test_a_label_that_the_annotation_does_not_count_is_counted_by_boxes() -> None:
    annotated = replace(room(3), annotated_counts=MappingProxyType({"sofa": 1}))
    assert value(TASK, CHAIRS, annotated, policy=VSI) == 3


@pytest.mark.parametrize(("share", "expected"), [(0.10, 2), (0.0999, Rule.NOT_VISIBLE)])
def test_every_instance_has_to_be_shown(share: float, expected: object) -> None:
    assert outcome(TASK, CHAIRS, seen(2, {1: 1.0, 2: share}), "a") == expected


def test_instances_may_be_spread_over_the_images() -> None:
    spread = seen(2, {1: 0.3}, {2: 0.3})
    assert value(TASK, CHAIRS, spread, "a", "b") == 2
    hidden = illegal(TASK, CHAIRS, spread, "a").violation
    assert hidden.rule is Rule.NOT_VISIBLE
    assert (hidden.measured, hidden.threshold, hidden.unit) == (0.0, 0.10, "fraction")
    assert value(TASK, CHAIRS, spread) == 2


def test_vsi_asks_about_the_scene_whatever_is_shown() -> None:
    assert value(TASK, CHAIRS, seen(2, {1: 1.0}), "a", policy=VSI) == 2
    assert outcome(TASK, CHAIRS, seen(2, {1: 1.0}), "a", policy=PAPER) is Rule.NOT_VISIBLE


def test_images_whose_visibility_is_unknown_cannot_be_judged() -> None:
    shown = seen(2, {1: 1.0, 2: 1.0})
    blind = replace(shown, frames=(replace(shown.frames[0], visibility_source=None),))
    assert outcome(TASK, CHAIRS, blind, "a") is Rule.NOT_AVAILABLE
    assert value(TASK, CHAIRS, blind) == 2


def test_an_unknown_category_shows_what_is_spelt_alike() -> None:
    unknown = Category(category=Noun(text="chairlift", label=None, close=("chair",)))
    broken = illegal(TASK, unknown, room(2)).violation
    assert broken.rule is Rule.UNKNOWN_OBJECT
    assert broken.entity == "chairlift"
    assert broken.alternatives == ("chair",)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(DEFAULT, Rule.AMBIGUOUS_OBJECT), (PAPER, Rule.AMBIGUOUS_OBJECT), (VSI, 1)],
)
def test_a_head_noun_of_other_labels_is_ambiguous(policy: Policy, expected: object) -> None:
    tables = scene(
        [item(1, "table", (0, 0, 0.4), (1, 1, 0.8)), item(2, "table", (2, 0, 0.4), (1, 1, 0.8))]
        if policy is PAPER
        else [item(1, "table", (0, 0, 0.4), (1, 1, 0.8))]
    )
    head = Noun(text="table", label="table", rivals=("coffee table",))
    ruling = outcome(TASK, Category(category=head), tables, policy=policy)
    assert ruling == expected
    if expected is Rule.AMBIGUOUS_OBJECT:
        broken = illegal(TASK, Category(category=head), tables, policy=policy).violation
        assert broken.alternatives == ("table", "coffee table")


def test_noise_does_not_make_a_count_uncertain() -> None:
    assert value(TASK, CHAIRS, room(3, noise=SCAN_NOISE)) == 3
