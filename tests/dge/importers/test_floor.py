# SPDX-License-Identifier: Apache-2.0
"""The floor of a scan: its interval holds the truth, however coarse or noisy the points."""

import numpy as np
import pytest

from known_floors import ROOMS, area_of, furnished_room, placed
from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.scene import EXACT, NoiseModel


@pytest.mark.parametrize(("step", "widest"), [(0.03, 0.012), (0.10, 0.075)])
def test_the_interval_holds_the_area_and_grows_with_the_spacing(step: float, widest: float) -> None:
    """Of 25 floors at random yaws, all but one: it is a 95 % interval."""
    held = 0
    for outline in ROOMS.values():
        points, truth = furnished_room(outline, step=step), area_of(outline)
        for seed in range(5):
            found = measure_floor(placed(points, seed), EXACT)
            held += abs(found.area - truth) <= found.half_width
            assert found.half_width <= widest * truth
    assert held >= 24


@pytest.mark.parametrize("step", [0.03, 0.10])
def test_where_no_wall_is_the_floor_ends_between_two_points(step: float) -> None:
    points, truth = furnished_room(ROOMS["4x5"], step=step, missing=(1,)), area_of(ROOMS["4x5"])
    whole = measure_floor(furnished_room(ROOMS["4x5"], step=step), EXACT)
    for seed in range(5):
        found = measure_floor(placed(points, seed), EXACT)
        assert abs(found.area - truth) <= found.half_width
        assert found.half_width > whole.half_width + 4.0 * step  # the wall is 5 m long


def test_noise_widens_the_interval_as_it_moves_the_outline() -> None:
    points = furnished_room(ROOMS["4x5"])
    exact, noisy = (measure_floor(points, noise) for noise in (EXACT, NoiseModel(point_sigma=0.02)))
    assert exact.area == noisy.area
    widened = np.sqrt(noisy.half_width**2 - exact.half_width**2)
    assert widened == pytest.approx(1.96 * 0.9 * 0.02 * 18.0, rel=0.02)
