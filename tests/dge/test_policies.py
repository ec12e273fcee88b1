# SPDX-License-Identifier: Apache-2.0
"""The three policies are what the decisions say, and cannot be changed in place."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from spatialevo_dge import DEFAULT, PAPER, POLICIES, VSI, Policy, View
from spatialevo_dge.entities import Gap, One, Unit
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.thresholds import Surface
from spatialevo_dge.verdict import Rule
from support.build import frame, item, noun, pose, scene
from support.ruled import illegal, legal, outcome

# Every number of decisions 3, 5, 8 to 12, 14 and 15, once more.
DECIDED = {
    "surface": Surface.ORIENTED,
    "borderline": True,
    "min_points": 50,
    "min_visible": 0.10,
    "max_rival_visible": 0.02,
    "max_unknown": 0.50,
    "min_count": 1,
    "certainty": 4.0,
    "interval_sds": 1.96,
    "max_relative_half_width": 0.20,
    "min_range_objects": 0.30,
    "min_range_cameras": 0.10,
    "left_right_dead_zone": 10.0,
    "back_from": 135.0,
    "sector_margin_objects": 10.0,
    "sector_margin_cameras": 2.0,
    "max_corners_outside": 2,
    "vertical_ratio": 1.0,
    "vertical_band": 1.25,
    "front_is_deeper": False,
    "min_camera_distance": 0.10,
    "same_depth": 0.15,
    "same_visibility": 0.10,
    "same_size": 0.05,
    "same_always_allowed": False,
    "min_elevation": 0.15,
    "region_gap": 1.0,
    "region_min_range": 0.50,
    "region_share": 0.75,
    "min_turn": 10.0,
    "max_turn": 150.0,
    "min_tilt": 10.0,
    "min_move": 0.20,
    "open_turn": 15.0,
    "open_move": 0.30,
    "open_still": 8.0,
    "room_coverage": 0.70,
    "max_pitch": 80.0,
    "length_decimals": None,
    "size_decimals": None,
    "area_decimals": None,
    "head_noun_is_ambiguous": True,
    "annotated_counts": False,
}
PAPER_DIFFERS = {
    "surface": Surface.AXIS_ALIGNED,
    "borderline": False,
    "min_count": 2,
    "vertical_ratio": 0.5,
    "front_is_deeper": True,
    "same_visibility": 0.05,
    "same_size": 0.0,
    "same_always_allowed": True,
    "length_decimals": 2,
    "size_decimals": 2,
    "area_decimals": 2,
}
VSI_DIFFERS = {
    "borderline": False,
    "left_right_dead_zone": 0.0,
    "min_range_objects": 0.0,
    "head_noun_is_ambiguous": False,
    "length_decimals": 1,
    "size_decimals": 0,
    "area_decimals": 1,
    "annotated_counts": True,
}


def values(policy: Policy) -> dict[str, object]:
    return {each.name: getattr(policy, each.name) for each in fields(policy) if each.name != "name"}


@pytest.mark.parametrize(
    ("policy", "differs"), [(DEFAULT, {}), (PAPER, PAPER_DIFFERS), (VSI, VSI_DIFFERS)]
)
def test_every_number_is_the_decided_one(policy: Policy, differs: dict[str, object]) -> None:
    assert values(policy) == DECIDED | differs


def test_policies_by_name() -> None:
    assert dict(POLICIES) == {"default": DEFAULT, "paper": PAPER, "vsi": VSI}
    with pytest.raises(TypeError):
        POLICIES["mine"] = DEFAULT  # type: ignore[index]


def test_a_policy_of_ones_own_is_a_copy() -> None:
    mine = replace(DEFAULT, name="mine", min_points=10)
    sparse = scene([item(1, "sofa", (0, 0, 0), (1, 1, 1), points=(0, 20))])
    asked = One(object=noun("sofa"), unit=Unit.METRES)
    assert outcome("object_size", asked, sparse, policy=mine) == 1.0
    assert outcome("object_size", asked, sparse) is Rule.TOO_FEW_POINTS


def test_borderline_is_refused_or_not_and_nothing_else_changes() -> None:
    noisy = scene(
        [item(1, "sofa", (0, 0, 0), (1, 1, 1)), item(2, "lamp", (1.1, 0, 0), (1, 1, 1))],
        noise=NoiseModel(object_offset_sigma=0.05),
    )
    asked = Gap(first=noun("sofa"), second=noun("lamp"))
    assert illegal("absolute_distance", asked, noisy).rule is Rule.BORDERLINE
    accepted = legal("absolute_distance", asked, noisy, policy=replace(DEFAULT, borderline=False))
    assert accepted.answer.value == pytest.approx(0.1)
    assert [doubt.rule for doubt in accepted.truth.doubts] == [Rule.BORDERLINE]


def test_nothing_can_be_changed_in_place() -> None:
    built = scene([item(1, "sofa", (3, 0, 0), (1, 1, 1))], [frame("a", pose((0, 0, 0)))])
    asked = One(object=noun("sofa"), unit=Unit.METRES)
    ruling = legal("distance_cam_obj", asked, built, "a")
    refused = illegal("distance_cam_obj", asked, built)
    things = (
        (DEFAULT, "min_points"),
        (built, "objects"),
        (built.objects[0], "label"),
        (built.frames[0], "id"),
        (View(built), "frames"),
        (asked, "unit"),
        (asked.object, "label"),
        (ruling, "answer"),
        (ruling.answer, "value"),
        (ruling.truth, "margin"),
        (ruling.truth.margin, "value"),
        (refused, "violation"),
        (refused.violation, "rule"),
    )
    for thing, name in things:
        with pytest.raises(FrozenInstanceError):
            setattr(thing, name, None)
    for array in (built.objects[0].obb.centre, built.objects[0].obb.axes):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
