# SPDX-License-Identifier: Apache-2.0
"""The checks that tasks share: uniqueness, visibility, density, frames and precedence.

Decisions 4, 5, 6 and 12.
"""

from dataclasses import replace
from types import MappingProxyType

import pytest

from spatialevo_dge import (
    DEFAULT,
    PAPER,
    VSI,
    Policy,
    Rule,
    Scene,
    View,
    ViewKind,
    legality,
    rule_on,
)
from spatialevo_dge.entities import (
    FIRST_IMAGE,
    SECOND_IMAGE,
    Among,
    Cameras,
    Category,
    FrameRef,
    FromCamera,
    Gap,
    Noun,
    One,
    Room,
    Unit,
)
from spatialevo_dge.verdict import Violation, in_precedence
from support.build import Sighting, frame, item, noun, pose, scene, view
from support.ruled import illegal, outcome, rules

SOFA = noun("sofa")
SIZE = One(object=SOFA, unit=Unit.METRES)


def broken(at: View, scope: ViewKind, policy: Policy = DEFAULT, *nouns: Noun) -> tuple[Rule, ...]:
    found = legality.objects(at, policy, scope, *(nouns or (SOFA,)))
    return tuple(violation.rule for violation in in_precedence(found))


def sofas(*shares: dict[int, float], unknown: float = 0.0, points: int | None = None) -> Scene:
    """Three sofas; each dict says how much a frame shows of which."""
    span = None if points is None else (0, points)
    frames = [frame(name, pose((0, 0, 1))) for name, _ in zip("abc", shares, strict=False)]
    sightings = {
        (index, number): Sighting(share=share, unknown=unknown)
        for index, shown in enumerate(shares)
        for number, share in shown.items()
    }
    things = [item(k, "sofa", (3 * k, 0, 0), (1, 1, 1), points=span) for k in (1, 2, 3)]
    return scene(things, frames, sightings)


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({1: 1.0}, ()),
        ({1: 0.10}, ()),
        ({1: 0.0999}, (Rule.NOT_VISIBLE,)),
        ({}, (Rule.NOT_VISIBLE,)),
        ({1: 1.0, 2: 0.0199}, ()),
        ({1: 1.0, 2: 0.02}, (Rule.AMBIGUOUS_OBJECT,)),
        ({1: 1.0, 2: 0.0199, 3: 0.0199}, ()),
        ({1: 0.5, 2: 0.5}, (Rule.AMBIGUOUS_OBJECT,)),
        ({1: 0.09, 2: 0.09}, (Rule.NOT_VISIBLE,)),
        ({1: 0.09, 2: 0.10}, (Rule.AMBIGUOUS_OBJECT,)),
    ],
)
def test_unique_in_one_image(
    shares: dict[int, float], expected: tuple[Rule, ...], policy: Policy
) -> None:
    assert broken(view(sofas(shares), "a"), ViewKind.FRAME, policy) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({1: 0.5}, {1: 0.5}, ()),
        ({1: 0.5}, {}, ()),
        ({1: 0.05}, {1: 0.10}, ()),
        ({1: 0.09}, {1: 0.09}, (Rule.NOT_VISIBLE,)),
        ({1: 0.5}, {2: 0.5}, (Rule.AMBIGUOUS_OBJECT,)),
        ({1: 0.5}, {2: 0.02}, (Rule.AMBIGUOUS_OBJECT,)),
        ({1: 0.5}, {2: 0.0199}, ()),
        ({1: 0.5, 2: 0.0199}, {2: 0.0199}, ()),
    ],
)
def test_unique_over_both_images(
    first: dict[int, float], second: dict[int, float], expected: tuple[Rule, ...]
) -> None:
    assert broken(view(sofas(first, second), "a", "b"), ViewKind.PAIR) == expected


def test_the_count_of_rivals_is_the_evidence() -> None:
    at = view(sofas({1: 0.5, 2: 0.03, 3: 0.03}), "a")
    (violation,) = legality.objects(at, DEFAULT, ViewKind.FRAME, SOFA)
    assert (violation.measured, violation.threshold, violation.unit) == (3.0, 1.0, "instances")


def test_the_visible_instance_is_the_one_meant() -> None:
    seen = sofas({3: 0.5}, {3: 0.2})
    assert legality.resolve(view(seen, "a", "b"), DEFAULT, ViewKind.PAIR, SOFA).id == 3
    assert legality.resolve(view(seen, "b"), DEFAULT, ViewKind.FRAME, SOFA).id == 3
    with pytest.raises(ValueError, match="'sofa' stands for no object"):
        legality.resolve(view(sofas({}), "a"), DEFAULT, ViewKind.FRAME, SOFA)


def test_unique_in_the_scene_whatever_the_images_show() -> None:
    assert broken(view(sofas({1: 1.0}), "a"), ViewKind.SCENE) == (
        Rule.AMBIGUOUS_OBJECT,
        Rule.NOT_VISIBLE,
    )


@pytest.mark.parametrize(
    ("points", "expected"), [(49, (Rule.TOO_FEW_POINTS,)), (50, ()), (None, ())]
)
@pytest.mark.parametrize("scope", [ViewKind.FRAME, ViewKind.PAIR])
def test_fifty_points(points: int | None, expected: tuple[Rule, ...], scope: ViewKind) -> None:
    seen = sofas({1: 1.0}, {1: 1.0}, points=points)
    names = ("a",) if scope is ViewKind.FRAME else ("a", "b")
    assert broken(view(seen, *names), scope) == expected


def test_the_number_of_points_is_the_evidence() -> None:
    at = view(sofas({1: 1.0}, points=7), "a")
    (violation,) = legality.objects(at, DEFAULT, ViewKind.FRAME, SOFA)
    assert (violation.measured, violation.threshold, violation.unit) == (7.0, 50.0, "points")


@pytest.mark.parametrize(
    ("share", "unknown", "expected"),
    [
        (1.0, 0.50, ()),
        (1.0, 0.501, (Rule.NOT_AVAILABLE,)),
        (0.0, 1.0, (Rule.NOT_AVAILABLE, Rule.NOT_VISIBLE)),
        (0.0, 0.5, (Rule.NOT_VISIBLE,)),
    ],
)
def test_a_surface_without_depth_is_unknown_and_not_hidden(
    share: float, unknown: float, expected: tuple[Rule, ...]
) -> None:
    assert broken(view(sofas({1: share}, unknown=unknown), "a"), ViewKind.FRAME) == expected


def test_visibility_that_was_not_computed() -> None:
    seen = sofas({1: 1.0}, {1: 1.0})
    blind = replace(seen, visibility=None)
    half = replace(seen, frames=(seen.frames[0], replace(seen.frames[1], visibility_source=None)))
    assert broken(view(blind, "a"), ViewKind.FRAME) == (Rule.NOT_AVAILABLE,)
    assert broken(view(half, "a", "b"), ViewKind.PAIR) == (Rule.NOT_AVAILABLE,)
    assert broken(view(half, "a"), ViewKind.FRAME) == ()
    assert broken(view(half, "b"), ViewKind.FRAME) == (Rule.NOT_AVAILABLE,)


def test_an_unknown_noun_is_reported_even_where_visibility_is_unknown() -> None:
    blind = replace(sofas({1: 1.0}), visibility=None)
    ghost = Noun(text="elf", label=None)
    assert broken(view(blind, "a"), ViewKind.FRAME, DEFAULT, ghost) == (
        Rule.NOT_AVAILABLE,
        Rule.UNKNOWN_OBJECT,
    )


def test_a_label_of_another_scene_is_unknown() -> None:
    """Entities that were read for one scene and asked about another."""
    bare = scene([item(1, "lamp", (0, 0, 0), (1, 1, 1)), item(2, "bed", (3, 0, 0), (1, 1, 1))])
    cases = (
        ("object_size", SIZE),
        ("object_counting", Category(category=SOFA)),
        ("absolute_distance", Gap(first=noun("lamp"), second=SOFA)),
        ("relative_distance", Among(anchor=noun("lamp"), candidates=(noun("bed"), SOFA))),
    )
    for task, entities in cases:
        for policy in (DEFAULT, PAPER, VSI):
            ruling = illegal(task, entities, bare, policy=policy)
            assert (ruling.rule, ruling.violation.entity) == (Rule.UNKNOWN_OBJECT, "sofa")


def test_head_nouns() -> None:
    room = scene([item(1, "coffee table", (0, 0, 0), (1, 1, 1))])
    lone = Noun(text="table", label=None, rivals=("coffee table",))
    ruling = illegal("object_size", One(object=lone, unit=Unit.METRES), room)
    assert ruling.rule is Rule.AMBIGUOUS_OBJECT
    assert ruling.violation.alternatives == ("coffee table",)
    assert outcome("object_size", One(object=lone, unit=Unit.METRES), room, policy=VSI) is (
        Rule.UNKNOWN_OBJECT
    )


def test_frames_by_ordinal_and_by_id() -> None:
    at = view(sofas({}, {}), "b", "a")
    for ref, wanted in (
        (FIRST_IMAGE, "b"),
        (SECOND_IMAGE, "a"),
        (FrameRef(frame_id="a"), "a"),
    ):
        assert legality.resolve_frame(at, ref).id == wanted
    for ref in (FrameRef(ordinal=0), FrameRef(ordinal=3), FrameRef(frame_id="c")):
        assert legality.find_frame(at, ref) is None
        with pytest.raises(ValueError, match="not among the 2 images"):
            legality.resolve_frame(at, ref)
    assert legality.resolve_shown(at, None).id == "b"
    with pytest.raises(ValueError, match="no image"):
        legality.resolve_shown(view(sofas({})), None)


def test_an_ordinal_and_an_id_may_be_the_same_frame() -> None:
    at = view(sofas({}, {}), "a", "b")
    found = list(legality.frames(at, FIRST_IMAGE, FrameRef(frame_id="a"), SECOND_IMAGE))
    assert [violation.rule for violation in found] == [Rule.SAME_FRAME]


class TestPrecedence:
    """What `rule_on` reports first, and what beside it."""

    def test_the_order_of_rules(self) -> None:
        assert [rule.value for rule in Rule] == [
            "UNPARSED",
            "WRONG_TASK",
            "WRONG_VIEW",
            "VIEWPOINT_DEPENDENT",
            "NOT_AVAILABLE",
            "UNKNOWN_FRAME",
            "SAME_FRAME",
            "UNKNOWN_OBJECT",
            "SAME_OBJECT",
            "AMBIGUOUS_OBJECT",
            "TOO_FEW_CANDIDATES",
            "NOT_VISIBLE",
            "TOO_FEW_POINTS",
            "DEGENERATE",
            "BORDERLINE",
        ]
        assert [rule.precedence for rule in Rule] == list(range(15))
        assert all(rule.sentence.endswith(".") for rule in Rule)

    def test_within_a_rule_the_roles_keep_their_order(self) -> None:
        made = [
            Violation(rule=rule, entity=entity, why=".")
            for rule, entity in (
                (Rule.BORDERLINE, "1"),
                (Rule.NOT_VISIBLE, "2"),
                (Rule.BORDERLINE, "3"),
                (Rule.NOT_VISIBLE, "4"),
                (Rule.UNPARSED, "5"),
            )
        ]
        assert [each.entity for each in in_precedence(tuple(made))] == list("52413")

    def test_a_wrong_number_of_images_goes_before_a_wrong_image(self) -> None:
        seen = replace(
            sofas({1: 1.0}, {1: 1.0}), skipped_frames=MappingProxyType({"bad": "it has no pose"})
        )
        assert rules("distance_cam_obj", SIZE, seen, "a", "nowhere", "bad") == (
            Rule.WRONG_VIEW,
            Rule.NOT_AVAILABLE,
            Rule.UNKNOWN_FRAME,
        )
        assert rules("elevation_cam_cam", Cameras(), seen, "nowhere", "bad") == (
            Rule.NOT_AVAILABLE,
            Rule.UNKNOWN_FRAME,
        )

    def test_a_skipped_frame_says_why(self) -> None:
        seen = replace(
            sofas({1: 1.0}), skipped_frames=MappingProxyType({"bad": "its pose is not finite"})
        )
        ruling = illegal("distance_cam_obj", SIZE, seen, "bad")
        assert ruling.rule is Rule.NOT_AVAILABLE
        assert "its pose is not finite" in ruling.why

    def test_a_frame_that_is_not_there_is_refused_by_scene_tasks_too(self) -> None:
        assert rules("room_size", Room(), sofas({}), "nowhere") == (Rule.UNKNOWN_FRAME,)

    @pytest.mark.parametrize("frames", [(), ("a", "b"), ("a", "b", "c")])
    def test_a_single_image_task_takes_one(self, frames: tuple[str, ...]) -> None:
        seen = sofas({1: 1.0}, {}, {})
        violation = illegal("distance_cam_obj", SIZE, seen, *frames).violation
        assert violation.rule is Rule.WRONG_VIEW
        assert (violation.measured, violation.threshold) == (float(len(frames)), 1.0)
        assert violation.unit == "images"

    def test_everything_at_once(self) -> None:
        """An unseen frame, an unknown object, a double, an ambiguous one and a hidden one."""
        seen = sofas({1: 0.5, 2: 0.5})
        asked = Gap(first=Noun(text="elf", label=None), second=SOFA)
        assert rules("absolute_distance", asked, seen, "a") == (
            Rule.UNKNOWN_OBJECT,
            Rule.AMBIGUOUS_OBJECT,
            Rule.NOT_VISIBLE,
        )
        lost = FromCamera(object=Noun(text="elf", label=None), reference=FrameRef(ordinal=9))
        assert rules("position_cam_obj", lost, replace(seen, visibility=None), "a", "a") == (
            Rule.NOT_AVAILABLE,
            Rule.UNKNOWN_FRAME,
            Rule.UNKNOWN_OBJECT,
        )


def test_misuse_is_an_error_and_no_ruling() -> None:
    with pytest.raises(ValueError, match="'object_weight' is none of object_counting"):
        rule_on("object_weight", SIZE, sofas({}))
    with pytest.raises(TypeError, match="object_size expects One, got Room"):
        rule_on("object_size", Room(), sofas({}))
