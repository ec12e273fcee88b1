# SPDX-License-Identifier: Apache-2.0
"""Where is a functional region from a camera? Decision 14."""

import math
from dataclasses import replace

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import (
    FIRST_IMAGE,
    SECOND_IMAGE,
    FrameRef,
    Noun,
    RegionFromCamera,
    SectorForm,
)
from spatialevo_dge.scene import NoiseModel, SceneObject
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene, table
from support.ruled import illegal, legal, measured, outcome, rules, value

TASK = "position_cam_reg"
FRAMES = ("a", "b")


def region(
    name: str = "dining area",
    form: SectorForm = SectorForm.EIGHT,
    reference: FrameRef = FIRST_IMAGE,
    object: Noun | None = None,  # noqa: A002  (the field's name)
) -> RegionFromCamera:
    return RegionFromCamera(region=name, reference=reference, form=form, object=object)


def room(
    *objects: SceneObject,
    noise: NoiseModel | None = None,
    camera: tuple[float, float, float] = (0, 0, 1),
    heading: float = 0.0,
    pitch: float = 0.0,
) -> Scene:
    """Camera a stands at the origin and looks along +x; camera b shows everything."""
    return scene(
        objects,
        [frame("a", pose(camera, heading, pitch)), frame("b", pose((0, -9, 1), 90))],
        {(1, each.id): Sighting() for each in objects},
        noise=noise or NoiseModel(),
    )


def dining(x: float, y: float) -> tuple[SceneObject, SceneObject]:
    """A table of 1 m by 1 m and a chair 0.5 m to its left: together 2 m along y."""
    return (
        item(1, "dining table", (x, y - 0.5, 0.4), (1, 1, 0.8)),
        item(2, "chair", (x, y + 0.75, 0.5), (1, 0.5, 1.0)),
    )


def test_the_centroid_of_the_hull_decides() -> None:
    """The hull is 1 m by 2 m about (3, 3); its members' mean height is 0.45 m."""
    truth = legal(TASK, region(), room(*dining(3, 3)), *FRAMES).truth
    assert truth.answer.value == "front-left"
    assert truth.trace["region"] == "dining area"
    assert truth.trace["object_ids"] == [1, 2]
    assert truth.trace["target_in_world"] == pytest.approx([3, 3, 0.45])
    assert truth.trace["azimuth_deg"] == pytest.approx(45.0)
    assert truth.trace["share_in_sector"] == pytest.approx(1.0)
    corners = sorted(map(tuple, truth.trace["hull_in_world"]))
    assert corners == [(2.5, 2.0), (2.5, 4.0), (3.5, 2.0), (3.5, 4.0)]
    assert (truth.margin.kind, truth.margin.value) == (MarginKind.BOUNDARY, pytest.approx(22.5))


def test_from_the_other_camera() -> None:
    """Camera b at (0, -9) looks along +y: (0, 3) is straight ahead, 12 m away."""
    seen = room(*dining(0, 3))
    assert value(TASK, region(reference=SECOND_IMAGE), seen, *FRAMES) == "front"
    assert value(TASK, region(), seen, *FRAMES) == "left"


@pytest.mark.parametrize(
    "name", ["dining area", "eating area", "dining room area", "Dining-Area", "the dining area"]
)
def test_exact_names(name: str) -> None:
    assert value(TASK, region(name), room(*dining(3, 3)), *FRAMES) == "front-left"


@pytest.mark.parametrize("name", ["dinning area", "dining areas", "diner", "party area"])
def test_names_that_are_only_alike_are_unknown(name: str) -> None:
    broken = illegal(TASK, region(name), room(*dining(3, 3)), *FRAMES).violation
    assert (broken.rule, broken.entity) == (Rule.UNKNOWN_OBJECT, name)


def test_a_region_needs_a_primary_object() -> None:
    chairs = room(item(1, "chair", (3, 3, 0.5), (1, 1, 1)))
    assert rules(TASK, region(), chairs, *FRAMES) == (Rule.UNKNOWN_OBJECT,)


@pytest.mark.parametrize(("gap", "expected"), [(1.0, "front"), (1.001, Rule.AMBIGUOUS_OBJECT)])
def test_one_metre_between_footprints_joins(gap: float, expected: object) -> None:
    two = room(
        item(1, "dining table", (3, 0, 0.4), (1, 1, 0.8)),
        item(2, "dining table", (4 + gap, 0, 2.4), (1, 1, 0.8)),
    )
    assert outcome(TASK, region(), two, *FRAMES) == expected


def test_two_places_are_ambiguous_and_named() -> None:
    two = room(*dining(3, 3), item(9, "dining table", (-5, -5, 0.4), (1, 1, 0.8)))
    broken = illegal(TASK, region(), two, *FRAMES).violation
    assert broken.rule is Rule.AMBIGUOUS_OBJECT
    assert (broken.measured, broken.threshold) == (2.0, 1.0)
    assert len(broken.alternatives) == 2


def test_an_objects_own_area_is_that_object() -> None:
    seen = room(*dining(3, 3), item(3, "desk", (0, -3, 0.4), (1, 1, 0.8)))
    own = region("desk area", object=noun("desk"))
    truth = legal(TASK, own, seen, *FRAMES).truth
    assert truth.answer.value == "right"
    assert truth.trace["object_ids"] == [3]
    two = replace(seen, objects=(*seen.objects, item(4, "desk", (0, -3.1, 2), (1, 1, 1))))
    assert rules(TASK, own, two, *FRAMES) == (Rule.AMBIGUOUS_OBJECT,)
    ghost = region("elf area", object=Noun(text="elf", label=None))
    assert rules(TASK, ghost, seen, *FRAMES) == (Rule.UNKNOWN_OBJECT,)
    head = region("table area", object=Noun(text="table", label=None, rivals=("dining table", "x")))
    assert rules(TASK, head, seen, *FRAMES) == (Rule.AMBIGUOUS_OBJECT,)


def test_an_objects_own_area_needs_the_objects_points() -> None:
    seen = room(item(3, "desk", (0, -3, 0.4), (1, 1, 0.8), points=(0, 49)))
    own = region("desk area", object=noun("desk"))
    assert rules(TASK, own, seen, *FRAMES) == (Rule.TOO_FEW_POINTS,)


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(("x", "defined"), [(0.501, True), (0.499, False)])
def test_half_a_metre_from_the_centre(x: float, defined: bool, policy: Policy) -> None:
    small = room(item(1, "dining table", (x, 0, 0.4), (0.2, 0.2, 0.8)))
    assert outcome(TASK, region(), small, *FRAMES, policy=policy) == (
        "front" if defined else Rule.DEGENERATE
    )
    if not defined:
        broken = illegal(TASK, region(), small, *FRAMES, policy=policy).violation
        assert (broken.measured, broken.threshold) == (pytest.approx(x), 0.50)


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(("reach", "inside"), [(1.99, False), (2.01, True)])
def test_a_camera_inside_the_region_has_no_direction_to_it(
    reach: float, inside: bool, policy: Policy
) -> None:
    """2 m from the centre of a table that reaches so far towards the camera."""
    big = room(item(1, "dining table", (2, 0, 0.4), (2 * reach, 0.5, 0.8)))
    assert (outcome(TASK, region(), big, *FRAMES, policy=policy) == Rule.DEGENERATE) is inside


def test_between_its_members_a_camera_is_inside_the_hull() -> None:
    """Tables at x = 0.6 and 6.6 joined by two at y = ±0.6: the camera touches none of them."""
    around = [
        item(k, "dining table", (x, y, 0.4), (1.9, 0.2, 0.8))
        for k, (x, y) in enumerate([(-0.2, 0.6), (2.6, 0.6), (-0.2, -0.6), (2.6, -0.6)], start=1)
    ]
    broken = illegal(TASK, region(), room(*around), *FRAMES).violation
    assert broken.rule is Rule.DEGENERATE
    assert "inside" in broken.why


@pytest.mark.parametrize(("right", "expected"), [(0.6, "left"), (0.65, Rule.BORDERLINE)])
def test_three_quarters_of_the_hull_in_the_answers_sector(right: float, expected: object) -> None:
    """A table from x = 2 to 4 that reaches 1.8 m to the left and `right` to the right."""
    wide = room(
        item(1, "dining table", (3, (1.8 - right) / 2, 0.4), (2, 1.8 + right, 0.8)),
    )
    asked = region(form=SectorForm.LEFT_RIGHT)
    assert outcome(TASK, asked, wide, *FRAMES) == expected
    share = 1.8 / (1.8 + right)
    truth = measured(TASK, asked, wide, *FRAMES)
    assert truth.trace["share_in_sector"] == pytest.approx(share)
    assert value(TASK, asked, wide, *FRAMES, policy=PAPER) == "left"


def test_the_share_is_by_area_in_the_wedge() -> None:
    """x from 1 to 3, y from -1 to 1: the front sector cuts off two triangles.

    tan 22.5 = 0.41421. At x the sector is 2 x tan 22.5 wide, over [1, 3] below the table's 2 m up
    to x = 2.41421; the area within is the integral: (2.41421² - 1) tan 22.5 + 2 (3 - 2.41421).
    """
    tangent = math.tan(math.radians(22.5))
    within = (1 / tangent**2 - 1) * tangent + 2 * (3 - 1 / tangent)
    seen = room(item(1, "dining table", (2, 0, 0.4), (2, 2, 0.8)))
    truth = measured(TASK, region(), seen, *FRAMES)
    assert truth.trace["share_in_sector"] == pytest.approx(within / 4)
    assert outcome(TASK, region(), seen, *FRAMES) == (
        "front" if within / 4 >= 0.75 else Rule.BORDERLINE
    )


@pytest.mark.parametrize("extents", [(0.0, 1.0, 1.0), (0.0, 0.0, 1.0)])
def test_a_flat_region_is_judged_by_its_centre(extents: tuple[float, float, float]) -> None:
    """A door without thickness, and one that is a mere line, have no area to divide."""
    door = room(item(1, "door", (3, 0, 1), extents))
    assert value(TASK, region("entrance area"), door, *FRAMES) == "front"


@pytest.mark.parametrize(("share", "expected"), [(0.10, "front-left"), (0.0999, Rule.NOT_VISIBLE)])
def test_a_primary_object_has_to_be_shown(share: float, expected: object) -> None:
    seen = room(*dining(3, 3))
    shown = replace(seen, visibility=table({(0, 1): Sighting(share=share), (1, 2): Sighting()}, 2))
    assert outcome(TASK, region(), shown, *FRAMES) == expected
    if expected is Rule.NOT_VISIBLE:
        broken = illegal(TASK, region(), shown, *FRAMES).violation
        assert (broken.measured, broken.threshold) == (share, 0.10)


def test_the_edge_is_two_degrees_and_four_sds() -> None:
    """4 m away, 1 cm of pose and 3 cm of object: hypot 3.162 cm; four sds are 1.81 degrees."""

    def at(azimuth: float, noise: NoiseModel) -> Scene:
        angle = math.radians(azimuth)
        centre = (4 * math.cos(angle), 4 * math.sin(angle), 0.4)
        return room(item(1, "dining table", centre, (0.1, 0.1, 0.8)), noise=noise)

    small = NoiseModel(pose_translation_sigma=0.01, object_offset_sigma=0.03)
    large = NoiseModel(pose_translation_sigma=0.02, object_offset_sigma=0.06)
    four = 4 * math.degrees(math.hypot(0.02, 0.06) / 4)
    for noise, limit in ((small, 2.0), (large, four)):
        assert outcome(TASK, region(), at(22.5 - limit + 0.01, noise), *FRAMES) is Rule.BORDERLINE
        assert outcome(TASK, region(), at(22.5 - limit - 0.01, noise), *FRAMES) == "front"


def test_paper_uses_axis_aligned_footprints() -> None:
    """Two squares of 1 m turned by 45 degrees, corner to corner 0.98 m apart along the diagonal."""
    step = (1 + 1.05) / math.sqrt(2)
    two = room(
        item(1, "dining table", (3, 3, 0.4), (1, 1, 0.8), 45),
        item(2, "dining table", (3 + step, 3 + step, 0.4), (1, 1, 0.8), 45),
    )
    assert outcome(TASK, region(), two, *FRAMES) is Rule.AMBIGUOUS_OBJECT
    assert value(TASK, region(), two, *FRAMES, policy=PAPER) == "front-left"


def test_a_camera_that_looks_down_has_no_heading() -> None:
    for pitch in (-81.0, -90.0):
        assert outcome(TASK, region(), room(*dining(3, 3), pitch=pitch), *FRAMES) is Rule.DEGENERATE


def test_frames_and_region_are_both_checked() -> None:
    seen = room(*dining(3, 3))
    lost = FrameRef(ordinal=3)
    assert rules(TASK, region("elf area", reference=lost), seen, *FRAMES) == (
        Rule.UNKNOWN_FRAME,
        Rule.UNKNOWN_OBJECT,
    )
    assert rules(TASK, region(), replace(seen, visibility=None), *FRAMES) == (Rule.NOT_AVAILABLE,)
    assert rules(TASK, region(), seen, "a") == (Rule.WRONG_VIEW,)
