# SPDX-License-Identifier: Apache-2.0
"""Every threshold of the oracle, with its reason, grouped as named policies.

Lengths are metres, angles degrees (people compare them with the words of a question), the rest are
fractions. Nothing else in the package holds a literal that decides legality or truth.

Three policies:
    `DEFAULT`: certified answers; what training and the DGE benchmark use.
    `PAPER`: the plain rules of the SpatialEvo text: raw axis-aligned boxes, no margins.
    `VSI`: the conventions of VSI-Bench, so that its official answers come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

RESOLUTION: Final = 1e-9
"""Lengths closer than this are equal: a nanometre is far above the rounding of float64 in a room
and far below anything a scan can tell apart."""


class Surface(StrEnum):
    """What stands for the surface of an object."""

    ORIENTED = "oriented"  # SceneObject.obb
    AXIS_ALIGNED = "axis_aligned"  # SceneObject.aabb
    POINTS = "points"  # the scanned points themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Named thresholds and conventions.

    Attributes:
        name: Name on the command line.
        surface: What stands for an object's surface.
        borderline: Whether answers too close to a boundary are refused.
        min_points: Fewest scanned points of an object; the seed's chapter 6 calls fewer than 50
            "severely incomplete".
        min_visible: Smallest visible share of the camera-facing surface for an object to be in an
            image. 0.10 is the paper's floor.
        max_rival_visible: Largest visible share of a second instance of the same label before a
            question about "the" object in an image is ambiguous.
        max_unknown: Largest share of a surface whose depth is missing before its visibility counts
            as not available.
        min_count: Smallest count a counting question may have (the paper asks for 2).
        certainty: Certified means this many standard deviations from the boundary.
        interval_sds: Half-width of a 95 % interval in standard deviations.
        max_relative_half_width: A number whose interval is wider than this share of its value is
            borderline.
        min_range_objects: Smallest horizontal range that defines a direction between objects; under
            0.30 m the centres of furniture no longer do.
        min_range_cameras: The same from or to a camera, whose position is a point.
        left_right_dead_zone: "Left or right" is not defined within this angle of straight ahead,
            and beyond 180° less `left_right_back_zone` of straight behind.
        back_from: VSI-Bench: an object is to the back from this turn on, degrees.
        sector_margin_objects: Least angle to a sector's edge for object triples, degrees.
        sector_margin_cameras: The same for cameras, degrees; 4 sd where that is more.
        max_corners_outside: Most corners of the queried box that may lie in another sector.
        vertical_ratio: "Above"/"below" from this ratio of vertical to horizontal offset on.
        vertical_band: The ratio is borderline within this factor on either side.
        front_is_deeper: The released code's reading of "front" between two objects in an image
            (farther from the viewer); everyday English, and `DEFAULT`, mean nearer.
        min_camera_distance: A camera closer than this to an object's box, or inside it, has no
            meaningful distance to it.
        same_depth: Depths within this band are "the same", metres.
        same_visibility: Visible shares within this band are "the same".
        same_size: Sizes within this share of the larger are "the same"; 0: no band.
        same_always_allowed: Whether "same" is an answer even where the text does not offer it.
        min_elevation: Smallest height difference of two cameras that is higher or lower, metres.
        region_gap: Anchor objects within this footprint gap belong to one region, metres.
        region_min_range: A camera closer to a region's centre has no direction to it, metres.
        region_share: Least share of a region's hull inside the answer's sector.
        min_turn: Smallest turn of a camera that is one, degrees.
        max_turn: Largest turn whose sense two images define, degrees.
        min_tilt: Smallest change of pitch that is a tilt, degrees.
        min_move: Smallest displacement that is a move, metres.
        open_turn: Asked openly: a turn dominates from here on, degrees …
        open_move: … and a move from here on, metres …
        open_still: … while the rotations stay below this, degrees.
        room_coverage: Least share of the floor that shown images must cover for its size to be
            asked.
        max_pitch: A camera pitched more steeply than this has no usable heading, degrees; one
            degree of rotation noise moves its heading by six.
        length_decimals: Decimals of an answer in metres; None: not rounded.
        size_decimals: Decimals of an answer in centimetres; None: not rounded.
        area_decimals: Decimals of an answer in square metres; None: not rounded.
        head_noun_is_ambiguous: Whether "table" is ambiguous beside a "coffee table"; VSI-Bench goes
            by equality of labels alone.
        annotated_counts: VSI-Bench: counts and uniqueness from the annotation's counts, the first
            box where boxes outnumber it, sampled absolute distances, room size as read.
    """

    name: str
    surface: Surface = Surface.ORIENTED
    borderline: bool = True
    min_points: int = 50
    min_visible: float = 0.10
    max_rival_visible: float = 0.02
    max_unknown: float = 0.50
    min_count: int = 1
    certainty: float = 4.0
    interval_sds: float = 1.96
    max_relative_half_width: float = 0.20
    min_range_objects: float = 0.30
    min_range_cameras: float = 0.10
    left_right_dead_zone: float = 10.0
    back_from: float = 135.0
    sector_margin_objects: float = 10.0
    sector_margin_cameras: float = 2.0
    max_corners_outside: int = 2
    vertical_ratio: float = 1.0
    vertical_band: float = 1.25
    front_is_deeper: bool = False
    min_camera_distance: float = 0.10
    same_depth: float = 0.15
    same_visibility: float = 0.10
    same_size: float = 0.05
    same_always_allowed: bool = False
    min_elevation: float = 0.15
    region_gap: float = 1.0
    region_min_range: float = 0.50
    region_share: float = 0.75
    min_turn: float = 10.0
    max_turn: float = 150.0
    min_tilt: float = 10.0
    min_move: float = 0.20
    open_turn: float = 15.0
    open_move: float = 0.30
    open_still: float = 8.0
    room_coverage: float = 0.70
    max_pitch: float = 80.0
    length_decimals: int | None = None
    size_decimals: int | None = None
    area_decimals: int | None = None
    head_noun_is_ambiguous: bool = True
    annotated_counts: bool = False


DEFAULT: Final = Policy(name="default")

PAPER: Final = Policy(
    name="paper",
    surface=Surface.AXIS_ALIGNED,
    borderline=False,
    min_count=2,
    vertical_ratio=0.5,
    front_is_deeper=True,
    same_visibility=0.05,
    same_size=0.0,
    same_always_allowed=True,
    length_decimals=2,
    size_decimals=2,
    area_decimals=2,
)

VSI: Final = Policy(
    name="vsi",
    borderline=False,
    left_right_dead_zone=0.0,
    min_range_objects=0.0,
    head_noun_is_ambiguous=False,
    length_decimals=1,
    size_decimals=0,
    area_decimals=1,
    annotated_counts=True,
)

POLICIES: Final[Mapping[str, Policy]] = MappingProxyType(
    {policy.name: policy for policy in (DEFAULT, PAPER, VSI)}
)
