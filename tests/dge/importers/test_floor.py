# SPDX-License-Identifier: Apache-2.0
"""The floor of a scan: its interval holds the truth, however coarse or noisy the points."""

import numpy as np
import pytest

from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.scene import EXACT, NoiseModel
from support.floors import ROOMS, area_of, furnished_room, placed


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("step", [0.03, 0.10])
def test_the_interval_holds_the_area_and_grows_with_the_spacing(room: str, step: float) -> None:
    points, truth = furnished_room(ROOMS[room], step=step), area_of(ROOMS[room])
    for seed in range(5):
        found = measure_floor(placed(points, seed), EXACT)
        assert abs(found.area - truth) <= found.half_width
        assert found.half_width <= (0.012 if step < 0.05 else 0.075) * truth


def test_noise_widens_the_interval_as_it_moves_the_outline() -> None:
    points = furnished_room(ROOMS["4x5"])
    exact, noisy = (measure_floor(points, noise) for noise in (EXACT, NoiseModel(point_sigma=0.02)))
    assert exact.area == noisy.area
    widened = np.sqrt(noisy.half_width**2 - exact.half_width**2)
    assert widened == pytest.approx(1.96 * 0.9 * 0.02 * 18.0, rel=0.02)
