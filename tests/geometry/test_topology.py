# SPDX-License-Identifier: Apache-2.0
"""Relations of boxes on arrangements whose truth is plain."""

import math

import numpy as np
import pytest

from spatialevo_geometry.box import OrientedBox
from spatialevo_geometry.topology import box_inside, box_supports, boxes_adjacent


def box(centre, extents, yaw=0.0):
    c, s = math.cos(yaw), math.sin(yaw)
    axes = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    return OrientedBox(centre=np.array(centre, float), axes=axes, extents=np.array(extents, float))


TABLE = box((0.0, 0.0, 0.375), (1.6, 0.8, 0.75))


@pytest.mark.parametrize("yaw", [0.0, 0.3, math.pi / 4])
@pytest.mark.parametrize(
    ("bottom", "x", "expected"),
    [
        (0.75, 0.0, True),
        (0.79, 0.0, True),
        (0.71, 0.0, True),
        (0.81, 0.0, False),
        (0.69, 0.0, False),
        (0.75, 3.0, False),
        (0.0, 0.0, False),
    ],
)
def test_support_needs_contact_from_above(bottom, x, expected, yaw):
    lamp = box((x, 0.0, bottom + 0.2), (0.2, 0.2, 0.4), yaw)
    assert box_supports(TABLE, lamp) is expected
    assert box_supports(lamp, TABLE) is False


def test_support_counts_the_share_of_the_upper_footprint():
    # 0.3 m of the 1 m board lie on the table, whose edge is at x = 0.8.
    board = box((0.8 - 0.3 + 0.5, 0.0, 0.76), (1.0, 0.2, 0.02))
    assert box_supports(TABLE, board, min_overlap=0.29)
    assert not box_supports(TABLE, board, min_overlap=0.31)


def test_flat_upright_box_is_supported_where_it_stands():
    picture = box((0.0, 0.0, 1.0), (0.4, 0.0, 0.5))
    assert box_supports(TABLE, picture)
    assert not box_supports(TABLE, box((0.0, 2.0, 1.0), (0.4, 0.0, 0.5)))
    assert not box_supports(TABLE, TABLE)


def test_inside_with_tolerance():
    drawer = box((0.0, 0.0, 0.375), (1.0, 0.5, 0.3), 0.1)
    assert box_inside(TABLE, drawer)
    assert not box_inside(drawer, TABLE)
    assert not box_inside(TABLE, box((0.0, 0.0, 0.375), (1.7, 0.5, 0.3)))
    assert box_inside(TABLE, box((0.0, 0.0, 0.375), (1.7, 0.5, 0.3)), tolerance=0.06)


def test_adjacency_is_symmetric_and_by_distance():
    chair = box((0.0, 0.4 + 0.1 + 0.25, 0.4), (0.5, 0.5, 0.8))
    assert boxes_adjacent(TABLE, chair, 0.11)
    assert boxes_adjacent(chair, TABLE, 0.11)
    assert not boxes_adjacent(TABLE, chair, 0.09)
    assert boxes_adjacent(TABLE, TABLE, 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: box_supports(TABLE, TABLE, -0.1), "gap_tolerance: expected a finite number >= 0"),
        (lambda: box_supports(TABLE, TABLE, 0.1, 1.5), r"min_overlap: .*got 1\.5"),
        (lambda: box_inside(TABLE, TABLE, math.nan), "tolerance: expected .* got nan"),
        (lambda: boxes_adjacent(TABLE, TABLE, -1.0), "gap: expected .* got -1.0"),
    ],
)
def test_messages(call, message):
    with pytest.raises(ValueError, match=message):
        call()
