# SPDX-License-Identifier: Apache-2.0
"""Scenes of a given size around the corpus' labels, for timing."""

import json
import math
from pathlib import Path

import numpy as np

from spatialevo_dge.scene import FloorPlan, FloorSource, Scene
from support.build import Sighting, frame, item, pose, scene

CORPUS = Path(__file__).parents[1] / "dge/corpus"


def crowded(name: str, objects: int, frames: int) -> Scene:
    """Build a corpus scene filled up to a number of objects, seen whole by every frame.

    Objects stand on a jittered grid, so that most questions have clear answers; fillers have labels
    of their own. Cameras walk round the middle.
    """
    wanted = json.loads((CORPUS / "scenes.json").read_text(encoding="utf-8"))[name]["objects"]
    labels = [label for label, count in wanted.items() for _ in range(count)]
    labels += [f"item {number}" for number in range(max(0, objects - len(labels)))]
    side = math.ceil(math.sqrt(len(labels)))
    random = np.random.default_rng(len(labels))
    items = []
    for number, label in enumerate(labels):
        x, y = divmod(number, side)
        jitter = random.uniform(-0.4, 0.4, size=2)
        extents = random.uniform(0.3, 1.0, size=3)
        centre = (2.0 * x + jitter[0], 2.0 * y + jitter[1], extents[2] / 2)
        items.append(item(number + 1, label, centre, extents, float(random.uniform(0, 90))))
    middle = side - 1.0
    shots = [
        frame(
            f"{number:04}",
            pose(
                (
                    middle + 0.7 * math.cos(number),
                    middle + 0.7 * math.sin(number),
                    1.2 + number % 3,
                ),
                heading=47.0 * number,
                pitch=-10.0,
            ),
        )
        for number in range(frames)
    ]
    sightings = {
        (place, each.id): Sighting(
            share=0.2 + 0.8 * ((place * 7 + each.id * 3) % 10) / 10,
            nearest=0.5 + each.id * 0.3,
            median=0.9 + each.id * 0.3,
        )
        for place in range(frames)
        for each in items
    }
    edge = 2.0 * side
    ring = np.array([(-2.0, -2.0), (edge, -2.0), (edge, edge), (-2.0, edge)])
    floor = FloorPlan(
        area=(edge + 2.0) ** 2, source=FloorSource.CONSTRUCTION, rings=(ring,), height=0.0
    )
    return scene(items, shots, sightings, floor=floor)
