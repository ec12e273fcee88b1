# SPDX-License-Identifier: Apache-2.0
"""Painted rooms: small, the same every time, one colour to a label."""

import numpy as np
import pytest

from spatialevo_dge.synthetic.painted import (
    IMAGE_SIZE,
    LABELS,
    PAINT,
    make_painted_room,
    painted_options,
)


@pytest.mark.parametrize("seed", [0, 3, 4_000_000])
def test_a_room_holds_what_its_options_say(seed: int) -> None:
    options, room = painted_options(seed), make_painted_room(seed)
    assert options.labels is not None
    assert set(options.labels) <= set(LABELS)
    labels = [item.label for item in room.scene.objects]
    assert {label: labels.count(label) for label in set(labels)} == dict(options.labels)
    assert [picture.rgb.shape for picture in room.pictures] == [(*IMAGE_SIZE[::-1], 3)] * 2


def test_the_same_seed_gives_the_same_pictures() -> None:
    one, other = make_painted_room(5), make_painted_room(5)
    assert all(
        np.array_equal(a.rgb, b.rgb) for a, b in zip(one.pictures, other.pictures, strict=True)
    )


def test_colours_are_far_apart() -> None:
    colours = np.array([PAINT[label] for label in LABELS], float)
    gaps = np.linalg.norm(colours[:, None] - colours[None], axis=2)
    assert gaps[~np.eye(len(LABELS), dtype=bool)].min() > 60
