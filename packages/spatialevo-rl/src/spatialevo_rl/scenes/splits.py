# SPDX-License-Identifier: Apache-2.0
"""Which scenes train, which choose a checkpoint and which are tested on: by physical space.

Two scans of one room are one space and always on one side: ScanNet's rescans (the XXXX of
``sceneXXXX_YY``), a ScanNet++ scene, all videos of one ARKitScenes visit. A space's side is a hash
of its name, so it never moves when a store grows or shrinks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from spatialevo_dge import SceneError


class Split(StrEnum):
    """What a scene may be used for."""

    TRAIN = "train"
    VALIDATION = "validation"  # a checkpoint is chosen on it
    TEST = "test"  # the table uses it once
    SHIFTED = "shifted"  # synthetic rooms of shapes and furniture that training never has


SEEDS: Final[Mapping[Split, range]] = MappingProxyType(
    {
        Split.TRAIN: range(1_000_000),
        Split.VALIDATION: range(1_000_000, 1_100_000),
        Split.TEST: range(2_000_000, 2_100_000),
        Split.SHIFTED: range(3_000_000, 3_100_000),
    }
)
"""Seeds of synthetic rooms."""

VALIDATION_PERCENT: Final = range(5)
TEST_PERCENT: Final = range(5, 10)

NO_VISITS: Final[Mapping[str, str]] = MappingProxyType({})

_SCANNET: Final = re.compile(r"scene(\d{4})_\d{2}")


def split_of_seed(seed: int) -> Split:
    """Return the split of a synthetic room.

    Raises:
        ValueError: The seed is in no split's range.
    """
    for split, seeds in SEEDS.items():
        if seed in seeds:
            return split
    ranges = ", ".join(f"{split} {seeds.start}-{seeds.stop - 1}" for split, seeds in SEEDS.items())
    raise ValueError(f"seed {seed} is in no split: {ranges}")


def space_of(source: str, scene_id: str, visits: Mapping[str, str] = NO_VISITS) -> str:
    """Return the name of the physical space that a scene shows.

    A scene of any other source than ScanNet and ARKitScenes is a space of its own.

    Args:
        source: The importer that made the scene ("scannet", "arkitscenes" …).
        scene_id: The data set's id of the scene.
        visits: ARKitScenes' visit of each video (`scene_lists.read_visits`).

    Raises:
        SceneError: A ScanNet id is not of the form ``sceneXXXX_YY``, or an ARKitScenes video is not
            among the visits: its space is then unknown, and a guess could put one room on both
            sides.
    """
    if source == "scannet":
        found = _SCANNET.fullmatch(scene_id)
        if found is None:
            raise SceneError(scene_id, "id", "a ScanNet id looks like scene0000_00")
        return f"scannet:{found.group(1)}"
    if source == "arkitscenes":
        if scene_id not in visits:
            raise SceneError(
                scene_id,
                "visit",
                "no visit is known for this ARKitScenes video: name the data set's metadata.csv "
                "(columns video_id, visit_id) as scene_visits",
            )
        return f"arkitscenes:{visits[scene_id]}"
    return f"{source}:{scene_id}"


def split_of_space(space: str) -> Split:
    """Return the split of a physical space: 90 % train, 5 % validation, 5 % test."""
    digest = hashlib.blake2b(space.encode(), digest_size=8).digest()
    percent = int.from_bytes(digest, "little") % 100
    if percent in VALIDATION_PERCENT:
        return Split.VALIDATION
    return Split.TEST if percent in TEST_PERCENT else Split.TRAIN


def excluded_spaces(
    listed: Iterable[str], sources: Iterable[str], visits: Mapping[str, str] = NO_VISITS
) -> frozenset[str]:
    """Return the spaces that listed scene ids stand for, in whichever of the sources.

    A list has bare ids (a benchmark's), so each is read as an id of every source that has such ids.
    """
    spaces = set()
    for source in sources:
        for scene_id in listed:
            if source == "scannet" and _SCANNET.fullmatch(scene_id) is None:
                continue
            if source == "arkitscenes" and scene_id not in visits:
                continue
            spaces.add(space_of(source, scene_id, visits))
    return frozenset(spaces)
