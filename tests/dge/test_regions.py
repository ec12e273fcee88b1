# SPDX-License-Identifier: Apache-2.0
"""Functional regions: the ontology, the clusters and their extent. Decision 14."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spatialevo_dge import DEFAULT, PAPER, Policy
from spatialevo_dge.entities import FIRST_IMAGE, RegionFromCamera, SectorForm
from spatialevo_dge.from_camera import Sight
from spatialevo_dge.labels import canonical
from spatialevo_dge.region_checks import share_in_sector
from spatialevo_dge.region_extent import Region, find_regions
from spatialevo_dge.regions import REGIONS, by_name, lookup
from spatialevo_dge.scene import SceneObject
from support.build import frame, item, noun, pose, scene, view

DINING = RegionFromCamera(region="dining area", reference=FIRST_IMAGE)


def found(*objects: SceneObject, policy: Policy = DEFAULT) -> tuple[Region, ...]:
    return find_regions(DINING, view(scene(objects)), policy)


def members(*objects: SceneObject, policy: Policy = DEFAULT) -> set[tuple[int, ...]]:
    return {tuple(each.id for each in region.members) for region in found(*objects, policy=policy)}


def table(number: int, x: float, y: float = 0.0, yaw: float = 0.0) -> SceneObject:
    return item(number, "dining table", (x, y, 0.4), (1, 1, 0.8), yaw)


def chair(number: int, x: float, y: float = 0.0) -> SceneObject:
    return item(number, "chair", (x, y, 0.5), (0.5, 0.5, 1.0))


class TestOntology:
    """What the data file has to be."""

    def test_names_are_canonical_and_mean_one_kind(self) -> None:
        names = [name for kind in REGIONS for name in kind.names]
        assert len(set(names)) == len(names) == len(by_name())
        assert all(canonical(name) == name for name in names)

    @pytest.mark.parametrize("kind", REGIONS, ids=lambda kind: kind.name)
    def test_every_kind_has_primaries_that_are_not_also_supporting(self, kind: object) -> None:
        assert kind.primary
        assert not kind.primary & kind.supporting
        assert all(canonical(label) == label for label in kind.primary | kind.supporting)

    def test_names_are_matched_exactly(self) -> None:
        assert lookup("sleeping area").name == "sleeping area"
        assert lookup("The  Sleeping-Area").name == "sleeping area"
        assert lookup("seating area").name == "sitting area"
        for near in ("sleeping areas", "sleep", "a sleeping", "unicorn area", "area", ""):
            assert lookup(near) is None


class TestClusters:
    """Which anchors stand together."""

    @pytest.mark.parametrize(("gap", "joined"), [(1.0, True), (1.0001, False)])
    def test_a_gap_of_up_to_a_metre_joins(self, gap: float, joined: bool) -> None:
        assert members(table(1, 0), table(2, 1 + gap)) == ({(1, 2)} if joined else {(1,), (2,)})

    def test_the_gap_is_between_footprints_and_not_in_height(self) -> None:
        high = item(2, "dining table", (1.5, 0, 9), (1, 1, 0.8))
        assert members(table(1, 0), high) == {(1, 2)}

    def test_corner_to_corner(self) -> None:
        """Offsets of 0.6 and 0.8 m between corners are 1 m."""
        assert members(table(1, 0, 0), table(2, 1.6 - 1e-9, 1.8 - 1e-9)) == {(1, 2)}
        assert members(table(1, 0, 0), table(2, 1.61, 1.81)) == {(1,), (2,)}

    def test_a_chain_joins_what_is_far_apart(self) -> None:
        chain = [table(1, 0), chair(2, 1.5), chair(3, 2.9), table(4, 4.5)]
        assert members(*chain) == {(1, 2, 3, 4)}

    @given(st.permutations(range(6)))
    def test_whatever_the_order_of_ids(self, order: list[int]) -> None:
        places = [(0, 0), (1.5, 0), (3, 0), (9, 0), (10.5, 0), (20, 0)]
        objects = [table(number + 1, *place) for number, place in zip(order, places, strict=True)]
        wanted = {tuple(sorted(order[k] + 1 for k in group)) for group in ((0, 1, 2), (3, 4), (5,))}
        assert members(*sorted(objects, key=lambda each: each.id)) == wanted

    def test_supporting_objects_alone_are_no_region(self) -> None:
        assert members(chair(1, 0), chair(2, 1)) == set()
        assert members(chair(1, 0), table(2, 9)) == {(2,)}

    def test_other_objects_neither_belong_nor_bridge(self) -> None:
        bridge = item(3, "sofa", (2, 0, 0.4), (2, 1, 1))
        assert members(table(1, 0), table(2, 4), bridge) == {(1,), (2,)}

    def test_only_primary_members_are_primary(self) -> None:
        (region,) = found(table(1, 0), chair(2, 1))
        assert [each.id for each in region.primary] == [1]

    def test_paper_measures_between_axis_aligned_footprints(self) -> None:
        """Two squares turned by 45 degrees, side by side along the diagonal."""
        step = (1 + 1.05) / math.sqrt(2)
        pair = (table(1, 0, 0, 45), table(2, step, step, 45))
        assert members(*pair) == {(1,), (2,)}
        assert members(*pair, policy=PAPER) == {(1, 2)}

    def test_an_objects_area_has_one_region_an_instance(self) -> None:
        asked = RegionFromCamera(region="chair area", reference=FIRST_IMAGE, object=noun("chair"))
        at = view(scene([chair(1, 0), chair(2, 1), table(3, 0)]))
        regions = find_regions(asked, at, DEFAULT)
        assert [[each.id for each in region.members] for region in regions] == [[1], [2]]
        assert all(region.primary == region.members for region in regions)


class TestExtent:
    """Hull and centre."""

    def test_the_centre_is_the_hulls_and_not_the_mean_of_boxes(self) -> None:
        """Three tables in an L: the hull of the 3 m by 3 m square without a corner triangle.

        Square [-0.5, 2.5]² of 9 m² with centroid (1, 1), less the triangle (0.5, 2.5), (2.5, 0.5),
        (2.5, 2.5) of 2 m² with centroid (11/6, 11/6): (9 - 2 x 11/6) / 7 = 16/21.
        """
        (region,) = found(table(1, 0, 0), table(2, 2, 0), table(3, 0, 2))
        assert region.centre_in_world == pytest.approx([16 / 21, 16 / 21, 0.4])
        assert sorted(map(tuple, region.hull.tolist())) == [
            (-0.5, -0.5),
            (-0.5, 2.5),
            (0.5, 2.5),
            (2.5, -0.5),
            (2.5, 0.5),
        ]

    def test_height_is_the_mean_of_the_members(self) -> None:
        (region,) = found(table(1, 0), chair(2, 0.8))
        assert region.centre_in_world[2] == pytest.approx((0.4 + 0.5) / 2)

    @pytest.mark.parametrize("extents", [(0.0, 1.0, 1.0), (0.0, 0.0, 1.0)])
    def test_a_flat_region_has_its_middle(self, extents: tuple[float, float, float]) -> None:
        (region,) = found(item(1, "dining table", (3, 2, 1), extents))
        assert region.centre_in_world == pytest.approx([3, 2, 1])


@given(
    x=st.floats(-4, 4),
    y=st.floats(-4, 4),
    heading=st.floats(-180, 180),
    sides=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)),
    yaw=st.floats(0, 90),
    form=st.sampled_from(SectorForm),
)
def test_the_share_in_a_sector_against_counting_points(
    x: float,
    y: float,
    heading: float,
    sides: tuple[float, float],
    yaw: float,
    form: SectorForm,
) -> None:
    """A grid of 60 by 60 over the table, each point named by its own angle."""
    assume(math.hypot(x, y) >= 0.5)
    at = view(scene([item(1, "dining table", (x, y, 0.4), (*sides, 0.8), yaw)]))
    (region,) = find_regions(DINING, at, DEFAULT)
    sight = Sight(
        entity="dining area",
        frame=frame("a", pose((0, 0, 1), heading)),
        target_in_world=region.centre_in_world,
        target_sd=0.0,
        min_range=0.5,
        form=form,
    )
    c, s = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    steps = (np.arange(60) + 0.5) / 60 - 0.5
    along, across = (each.ravel() for each in np.meshgrid(steps * sides[0], steps * sides[1]))
    px, py = x + c * along - s * across, y + s * along + c * across
    degrees = np.degrees(np.arctan2(py, px)) - heading
    centre = math.degrees(math.atan2(y, x)) - heading
    assume(abs((centre + 11.25) % 22.5 - 11.25) > 1e-6)  # every edge is a multiple of 22.5
    cells = cell(degrees, form)
    share = float(np.mean(cells == cell(np.array([centre]), form)))
    assert share_in_sector(region, sight) == pytest.approx(share, abs=0.04)


def cell(degrees: np.ndarray, form: SectorForm) -> np.ndarray:
    """Number the sectors of a form."""
    edges = {
        SectorForm.EIGHT: [22.5 + 45 * k for k in range(8)],
        SectorForm.QUADRANT: [0, 90, 180, 270],
        SectorForm.LEFT_RIGHT_BACK: [0, 135, 225],
        SectorForm.LEFT_RIGHT: [0, 180],
    }[form]
    return np.searchsorted(edges, degrees % 360, side="right") % len(edges)
