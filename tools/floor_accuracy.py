# SPDX-License-Identifier: Apache-2.0
"""Measure floors of rooms whose area is known, and print the worst error of many seeds.

    python tools/floor_accuracy.py [--seeds 20] [--steps 0.03,0.05,0.08,0.10]

Five rooms (one of them with a slanted wall) with furniture and no floor under it, each seed at
another yaw, place and order of the points: with all walls and with one missing, exact and with
independent noise. `held` is the share of intervals that hold the true area.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from known_floors import ROOMS, area_of, furnished_room, placed
from spatialevo_dge.importers.floor import measure_floor
from spatialevo_dge.scene import NoiseModel


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--steps", default="0.03,0.05,0.08,0.10", help="spacings, metres")
    parser.add_argument("--sigmas", default="0,0.02", help="of the points, metres")
    chosen = parser.parse_args(arguments)
    print(f"{'spacing':>7s} {'sigma':>6s} {'walls':11s} | {'worst':>6s} {'median':>6s} {'room':8s} "
          f"| {'held':>5s} {'half-width':>10s}")  # fmt: skip
    for step in (float(text) for text in chosen.steps.split(",")):
        for sigma in (float(text) for text in chosen.sigmas.split(",")):
            for missing in ((), (1,)):
                print(row(step, sigma, missing, chosen.seeds), flush=True)
    return 0


def row(step: float, sigma: float, missing: tuple[int, ...], seeds: int) -> str:
    """Measure every room `seeds` times and write the worst, in shares of the true area."""
    errors, widths = [], []
    for outline in ROOMS.values():
        points, truth = furnished_room(outline, step=step, missing=missing), area_of(outline)
        for seed in range(seeds):
            moved = placed(points, seed)
            moved = moved + sigma * np.random.default_rng(seed).normal(size=moved.shape)
            found = measure_floor(moved, NoiseModel(point_sigma=sigma))
            errors.append(found.area / truth - 1.0 if found else -1.0)
            widths.append(found.half_width / truth if found else 0.0)
    off = np.abs(errors)
    worst = list(ROOMS)[int(off.argmax()) // seeds]
    held = float(np.mean(off <= np.array(widths)))
    return (
        f"{step:7.2f} {sigma:6.3f} {'one missing' if missing else 'all':11s} | {off.max():6.2%} "
        f"{np.median(off):6.2%} {worst:8s} | {held:5.0%} {float(np.median(widths)):10.2%}"
    )


if __name__ == "__main__":
    sys.exit(main())
