# SPDX-License-Identifier: Apache-2.0
"""Painted rooms: a label's colour is on all of its parts and on nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge.synthetic import RoomOptions, make_room

PLAIN = RoomOptions(
    labels={"chair": 2, "table": 1, "plant": 1}, cameras=3, image_size=(64, 64), spacing=0.3
)
RED = (220, 40, 36)


def test_every_part_of_a_painted_label_has_its_colour() -> None:
    room = make_room(3, replace(PLAIN, paint={"chair": RED}))
    plain = make_room(3, PLAIN)
    for painted, kept in zip(room.construction.objects, plain.construction.objects, strict=True):
        assert painted.label == kept.label
        colours = {part.colour for part in painted.parts}
        if painted.label == "chair":
            assert colours == {RED}
        else:
            assert colours == {part.colour for part in kept.parts}


def test_paint_changes_pixels_of_the_label_alone() -> None:
    room = make_room(3, replace(PLAIN, paint={"chair": RED}))
    plain = make_room(3, PLAIN)
    chairs = [
        place for place, item in enumerate(room.construction.objects) if item.label == "chair"
    ]
    seen = 0
    for painted, kept in zip(room.pictures, plain.pictures, strict=True):
        assert np.array_equal(painted.owners, kept.owners)
        of_chair = np.isin(painted.owners, chairs)
        assert np.array_equal(painted.rgb[~of_chair], kept.rgb[~of_chair])
        shades = painted.rgb[of_chair].astype(float)
        seen += len(shades)
        if len(shades):
            # Faces differ in brightness and outlines are darker, but the hue is one.
            hues = shades / np.linalg.norm(shades, axis=1, keepdims=True)
            assert (hues @ (np.array(RED) / np.linalg.norm(RED))).min() > 0.99
    assert seen > 50


def test_paint_that_is_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match=r"paint: 'chair'"):
        replace(PLAIN, paint={"chair": (0, 0, 256)})
