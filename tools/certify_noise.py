# SPDX-License-Identifier: Apache-2.0
"""Certify the oracle under noise: noisy scans of synthetic rooms against the rooms themselves.

    python tools/certify_noise.py [--rooms 200] [--questions 60] [--kinds points,poses] [--save DIR]

For each kind of noise (points and depth, whole objects, camera poses) every room is scanned, boxes
are fitted again, visibility is observed again and the floor is measured again; the same questions
then go to the noisy scan and to the exact one. Prints, for each task, with certification and beside
it without: answers; flips (another answer, a legal question refused by any rule but BORDERLINE, an
answer where the exact scan refuses by such a rule); the one-sided 95 % bound of their rate; the
yield among questions legal on the exact scan; for numbers the coverage of the 95 % interval and its
median half-width over the value.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from certification import NOISES, Room, Tally, bound, examine
from spatialevo_dge.tasks import all_tasks

COUNTED: Final = frozenset({"object_counting"})
"""Tasks whose answers noise cannot touch: kept out of the pooled figures."""

HEAD: Final = (
    f"{'task':32s} {'legal':>6s} {'yield':>6s} | {'certified':>9s} {'flips':>5s} {'answer':>6s} "
    f"{'illegal':>7s} {'unfounded':>9s} {'rate':>7s} {'bound':>7s} | {'uncertified':>11s} "
    f"{'flips':>5s} {'rate':>7s} | {'cover':>6s} {'width':>6s}"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="seed of the first room")
    parser.add_argument("--draws", type=int, default=1, help="scans of each room")
    parser.add_argument("--questions", type=int, default=60, help="per task and room, at most")
    parser.add_argument("--kinds", default=",".join(NOISES))
    parser.add_argument("--save", type=Path, help="folder that keeps every room, to go on from")
    parser.add_argument("--show", type=int, default=3, help="flips to print for each kind")
    chosen = parser.parse_args(arguments)
    noises = {kind: NOISES[kind] for kind in chosen.kinds.split(",")}
    found = [
        kept(chosen.save, seed, partial(examine, seed, noises, chosen.draws, chosen.questions))
        for seed in range(chosen.first, chosen.first + chosen.rooms)
    ]
    for kind, noise in noises.items():
        rooms = [room[kind] for room in found]
        print(f"\n{kind}: {noise}\n{chosen.rooms} rooms, {chosen.draws} scan(s) of each\n{HEAD}")
        for line in table(rooms):
            print(line)
        for failure in [item for room in rooms for item in room.failures][: chosen.show]:
            print(failure)
    return 0


def kept(
    folder: Path | None, seed: int, examined: Callable[[], dict[str, Room]]
) -> dict[str, Room]:
    """Return what a folder keeps of a room; if nothing, examine it, and keep that."""
    if folder is None:
        return examined()
    file = folder / f"{seed}.json"
    if file.exists():
        return {kind: Room.read(room) for kind, room in json.loads(file.read_text()).items()}
    rooms = examined()
    folder.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps({kind: asdict(room) for kind, room in rooms.items()}))
    part.rename(file)
    return rooms


def table(rooms: Sequence[Room]) -> list[str]:
    """Write a row for each task, then the label tasks pooled."""
    rows = []
    labels: set[str] = set()
    for task in all_tasks():
        certified = [room.certified[task.id] for room in rooms if task.id in room.certified]
        uncertified = [room.uncertified[task.id] for room in rooms if task.id in room.uncertified]
        if total(certified).numbers == 0 and task.id not in COUNTED:
            labels.add(task.id)
        rows.append(_row(task.id, certified, uncertified))
    pooled = [[_pool(room.certified, labels) for room in rooms]]
    pooled.append([_pool(room.uncertified, labels) for room in rooms])
    return [*rows, _row(f"all {len(labels)} label tasks", *pooled)]


def total(tallies: Sequence[Tally]) -> Tally:
    """Add tallies up."""
    result = Tally()
    for tally in tallies:
        result.add(tally)
    return result


def _pool(tallies: Mapping[str, Tally], tasks: set[str]) -> Tally:
    return total([tally for task, tally in tallies.items() if task in tasks])


def _row(name: str, certified: Sequence[Tally], uncertified: Sequence[Tally]) -> str:
    mine, plain = total(certified), total(uncertified)
    cover, width = math.nan, math.nan
    if mine.numbers:
        cover, width = mine.covered / mine.numbers, float(np.median(mine.widths))
    answer = mine.flips - mine.refused - mine.unfounded
    return (
        f"{name:32s} {mine.legal:6d} {mine.yielded:6.2f} | {mine.certified:9d} {mine.flips:5d} "
        f"{answer:6d} {mine.refused:7d} {mine.unfounded:9d} {mine.rate:7.2%} "
        f"{bound(certified):7.2%} | {plain.certified:11d} {plain.flips:5d} {plain.rate:7.2%} | "
        f"{cover:6.1%} {width:6.1%}"
    )


if __name__ == "__main__":
    sys.exit(main())
