# SPDX-License-Identifier: Apache-2.0
"""Scenes that a model may have trained on and a benchmark asks about.

The scenes of either side come from a file, a training run, a store of scene bundles or a benchmark.
A rescan of a room shows the same room: ScanNet's ``sceneXXXX_YY`` with one XXXX are one space, and
so are all videos of one ARKitScenes visit, where the data set's own table of visits is given.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_dge.bundle import HEADER
from spatialevo_dge.bundle_header import decode_header
from spatialevo_eval.benchmark import Benchmark, Item, LoadOptions

__all__ = ["Leak", "benchmark_scenes", "find_leaks", "read_scenes", "read_visits"]

NO_VISITS: Final[Mapping[str, str]] = {}
_SCANNET: Final = re.compile(r"scene(\d{4})_\d{2}")
_ARKIT: Final = re.compile(r"\d{8}")
_LOG: Final = "log.jsonl"
_COLUMNS: Final = ("scene_id", "scene_name", "scene")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A scene of a benchmark whose room was trained on.

    Attributes:
        scene: The benchmark's scene.
        trained: The training scenes that show the same room; itself, or its rescans.
    """

    scene: str
    trained: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether the very scan was trained on."""
        return self.scene in self.trained


def find_leaks(
    asked: Iterable[str], trained: Iterable[str], visits: Mapping[str, str] = NO_VISITS
) -> tuple[Leak, ...]:
    """Return the asked scenes whose rooms were trained on, by name.

    Args:
        asked: Scenes of a benchmark, as ``scene0000_00`` or ``scannet/scene0000_00``.
        trained: Scenes of training.
        visits: The visit of each ARKitScenes video (`read_visits`).
    """
    by_space: dict[str, set[str]] = {}
    for scene in trained:
        by_space.setdefault(_space(bare(scene), visits), set()).add(bare(scene))
    found = []
    for scene in sorted({bare(each) for each in asked}):
        space = _space(scene, visits)
        if space in by_space:
            found.append(Leak(scene=scene, trained=tuple(sorted(by_space[space]))))
    return tuple(found)


def bare(scene: str) -> str:
    """Return a scene's id without the name of its data set."""
    return scene.rpartition("/")[2].rpartition(":")[2].strip()


def looks_like_arkit(scenes: Iterable[str]) -> bool:
    """Whether some ids may be ARKitScenes videos, whose visits only the data set's table tells."""
    return any(_ARKIT.fullmatch(bare(scene)) for scene in scenes)


def _space(scene: str, visits: Mapping[str, str]) -> str:
    if found := _SCANNET.fullmatch(scene):
        return f"scannet:{found.group(1)}"
    return f"visit:{visits[scene]}" if scene in visits else scene


def benchmark_scenes(benchmark: Benchmark, options: LoadOptions | None = None) -> frozenset[str]:
    """Return the scenes that a benchmark asks about.

    Raises:
        ValueError: It names none.
    """
    scenes = {scene for item in benchmark.load(options) if (scene := _scene(item))}
    if not scenes:
        raise ValueError(f"{benchmark.id}: its items name no scene, so no overlap can be seen")
    return frozenset(scenes)


def _scene(item: Item) -> str | None:
    scene = item.meta["scene"] if "scene" in item.meta else None
    return scene if isinstance(scene, str) else None


def read_scenes(path: Path) -> frozenset[str]:
    """Read scene ids.

    Args:
        path: A training run's folder (its ``log.jsonl``), a folder of scene bundles, a text file
            with an id a line, a JSON file (a list of ids, or an object whose keys are ids), a
            JSONL or CSV file with a field ``scene_id``, ``scene_name`` or ``scene``.

    Raises:
        ValueError: There is no such file or folder, or no scene id in it.
    """
    if path.is_dir():
        found = frozenset(_of_folder(path))
        if not found:
            raise ValueError(
                f"{path}: expected a training run ({_LOG}) or a folder of scene bundles "
                f"(*/{HEADER}), and found neither"
            )
        return found
    readers = {".json": _of_json, ".jsonl": _of_lines, ".csv": _of_table}
    reader = readers[path.suffix] if path.suffix in readers else _of_text
    try:
        found = frozenset(reader(path.read_text(encoding="utf-8"), str(path)))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}: expected a list of scenes") from error
    if not found:
        raise ValueError(f"{path}: no scene id in it")
    return found


def read_visits(path: Path) -> Mapping[str, str]:
    """Read ARKitScenes' ``metadata.csv``: the visit of each video that has one.

    Raises:
        ValueError: It lacks the columns ``video_id`` and ``visit_id``.
        OSError: It cannot be read.
    """
    table = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    if not {"video_id", "visit_id"} <= set(table.fieldnames or ()):
        raise ValueError(f"{path}: expected columns video_id and visit_id")
    rows = ((row["video_id"].strip(), row["visit_id"].strip()) for row in table)
    # A table of numbers with gaps has 421254.0 for 421254, and nan where there is no visit.
    return {
        video.removesuffix(".0"): visit.removesuffix(".0")
        for video, visit in rows
        if visit.lower() not in {"", "nan"}
    }


def _of_folder(folder: Path) -> Iterator[str]:
    log = folder / _LOG
    if log.is_file():
        yield from _of_lines(log.read_text(encoding="utf-8"), str(log))
        return
    for header in sorted([*folder.glob(f"*/{HEADER}"), *folder.glob(f"*/*/{HEADER}")]):
        yield decode_header(header).text("id")


def _of_text(text: str, _: str) -> Iterator[str]:
    for line in text.splitlines():
        if scene := line.partition("#")[0].strip():
            yield scene


def _of_json(text: str, where: str) -> Iterator[str]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{where}: not JSON: {error}") from error
    if not isinstance(value, list | dict) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{where}: expected a list of ids, or an object whose keys are ids")
    yield from value


def _of_lines(text: str, where: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            value = json.loads(line)
        except ValueError as error:
            if number == text.count("\n") + 1:
                return  # a line that is being written
            raise ValueError(f"{where}, line {number}: not JSON: {error}") from error
        if isinstance(value, dict):
            yield from (str(value[name]) for name in _COLUMNS if name in value)


def _of_table(text: str, where: str) -> Iterator[str]:
    table = csv.DictReader(text.splitlines())
    names = [name for name in _COLUMNS if name in (table.fieldnames or ())]
    if not names:
        raise ValueError(f"{where}: expected a column {', '.join(_COLUMNS)}")
    yield from (row[names[0]] for row in table if row[names[0]])
