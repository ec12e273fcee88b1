# SPDX-License-Identifier: Apache-2.0
"""Print how far boxes fitted to noisy points are from the true ones: longest side, bias and spread.

    python tools/box_bias.py [--draws 4]

Every kind of furniture of five synthetic rooms, turned at random, some of its surface points, noise
on each; raw boxes hold all points, robust ones are the oracle's. Also the correction's worst kinds,
and what is left where a scan is smoother than it says (`stated` over `sigma`).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.cloud import points_of
from spatialevo_dge.importers.robust_box import fit_robustly
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.synthetic import FurnitureSet, RoomOptions, make_room
from spatialevo_geometry import fit_gravity_aligned

COUNTS: Final = (50, 100, 200, 500, 1000)
SIGMAS: Final = (0.005, 0.01, 0.02)


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of the longest side over objects and draws, metres: of each kind of box."""

    raw: NDArray[np.float64]
    robust: NDArray[np.float64]


@cache
def furniture() -> Mapping[str, NDArray[np.float64]]:
    """Return surface points (n, 3) of one object of every label that five rooms hold."""
    found: dict[str, NDArray[np.float64]] = {}
    for seed, use in enumerate(FurnitureSet):
        scene = make_room(seed, RoomOptions(furniture=use, clutter=8, cameras=0)).scene
        for item in scene.objects:
            if scene.cloud is not None and item.label not in found:
                found[item.label] = points_of(scene.cloud, item)
    return found


def errors(
    shapes: Sequence[NDArray[np.float64]], count: int, sigma: float, stated: float, draws: int
) -> Errors:
    """Fit boxes to `count` points of every shape, `draws` times, with noise of `sigma`."""
    raw, robust = [], []
    for points, noisy in _scans(shapes, count, sigma, draws):
        true = fit_gravity_aligned(points).longest_side
        box = fit_gravity_aligned(noisy)
        fit = fit_robustly(noisy, box, NoiseModel(point_sigma=stated))
        raw.append(box.longest_side - true)
        robust.append(fit.box.longest_side - true)
    return Errors(np.array(raw), np.array(robust))


def _scans(
    shapes: Sequence[NDArray[np.float64]], count: int, sigma: float, draws: int
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    generator = np.random.default_rng(count)
    for points in shapes:
        for _ in range(draws):
            angle = generator.uniform(0.0, 2.0 * math.pi)
            cosine, sine = math.cos(angle), math.sin(angle)
            turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
            chosen = generator.permutation(len(points))[:count]
            turned = points[chosen] @ turn.T
            yield turned, turned + sigma * generator.normal(size=turned.shape)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=4)
    draws = parser.parse_args(arguments).draws
    kinds = furniture()
    shapes = list(kinds.values())
    print(f"{len(shapes)} kinds of furniture, {draws} draws; longest side, cm")
    print("points  sigma stated | raw bias    sd | robust bias    sd")
    cases = [(count, sigma, sigma) for sigma in SIGMAS for count in COUNTS]
    cases += [(500, sigma, 0.02) for sigma in (0.0, 0.002, 0.005, 0.01)]
    for count, sigma, stated in cases:
        found = errors(shapes, count, sigma, stated, draws)
        figures = [100 * value for both in (found.raw, found.robust) for value in _summary(both)]
        print(
            f"{count:6d} {100 * sigma:6.1f} {100 * stated:6.1f} | "
            f"{figures[0]:8.2f} {figures[1]:5.2f} | {figures[2]:11.2f} {figures[3]:5.2f}"
        )
    worst = sorted(
        (100 * _summary(errors([points], 200, 0.02, 0.02, 4 * draws).robust)[0], label)
        for label, points in kinds.items()
    )
    print("worst kinds at 200 points, 2 cm: ", end="")
    print(", ".join(f"{label} {bias:+.1f}" for bias, label in (*worst[:4], *worst[-4:])))
    return 0


def _summary(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values.mean()), float(values.std())


if __name__ == "__main__":
    sys.exit(main())
