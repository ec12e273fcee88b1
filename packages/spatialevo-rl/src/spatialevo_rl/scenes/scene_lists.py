# SPDX-License-Identifier: Apache-2.0
"""Lists of scenes that a user names as files: what may not train, and which video is which visit.

The ids of a benchmark's scenes are its authors' data and are not shipped with this package. Name
the files themselves: VSI-Bench's ``*_meta_info_*.json`` (their keys are scene ids) or its question
table (a CSV with a column ``scene_name``), one file or a folder of them.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from spatialevo_dge import SceneError


def read_exclusions(path: Path) -> frozenset[str]:
    """Read scene ids that must not be used.

    Args:
        path: A text file with an id a line (``#`` starts a comment); a JSON file with a list of
            ids, or with an object whose keys are ids; a CSV file with a column ``scene_name``; or a
            folder, of which all such files are read.

    Raises:
        SceneError: There is no such file, it holds no id, or it is of another form.
    """
    if path.is_dir():
        files = sorted(item for item in path.iterdir() if item.suffix in {".txt", ".json", ".csv"})
        if not files:
            raise SceneError(path, "folder", "no .txt, .json or .csv file in it")
        return frozenset[str]().union(*map(read_exclusions, files))
    readers = {".json": _json_ids, ".csv": _csv_ids}
    reader = readers[path.suffix] if path.suffix in readers else _text_ids
    found = frozenset(reader(path, _read(path)))
    if not found:
        raise SceneError(path, "ids", "no scene id in it")
    return found


def read_visits(path: Path) -> Mapping[str, str]:
    """Read which ARKitScenes visit each video belongs to.

    The data set's own ``metadata.csv`` has the columns ``video_id`` and ``visit_id``. A video for
    which it states no visit is a space of its own.

    Raises:
        SceneError: There is no such file, or a column is missing.
    """
    visits = {}
    for row in _rows(path, _read(path), ("video_id", "visit_id")):
        video, visit = row["video_id"].strip(), row["visit_id"].strip()
        visits[_whole(video)] = _whole(visit) if _is_stated(visit) else f"video-{_whole(video)}"
    return visits


def _is_stated(visit: str) -> bool:
    try:
        return math.isfinite(float(visit))
    except ValueError:
        return False


def _whole(number: str) -> str:
    """Write 421254.0, as tables of numbers with gaps have it, as 421254."""
    return number.removesuffix(".0")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SceneError(path, "file", str(error)) from error


def _text_ids(_: Path, text: str) -> Iterator[str]:
    for line in text.splitlines():
        scene_id = line.partition("#")[0].strip()
        if scene_id:
            yield scene_id


def _json_ids(path: Path, text: str) -> Iterator[str]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise SceneError(path, "json", str(error)) from error
    if not isinstance(value, list | dict) or not all(isinstance(item, str) for item in value):
        raise SceneError(path, "json", "expected a list of ids, or an object whose keys are ids")
    yield from value


def _csv_ids(path: Path, text: str) -> Iterator[str]:
    for row in _rows(path, text, ("scene_name",)):
        yield row["scene_name"]


def _rows(path: Path, text: str, wanted: tuple[str, ...]) -> Iterator[dict[str, str]]:
    table = csv.DictReader(text.splitlines())
    missing = [name for name in wanted if name not in (table.fieldnames or ())]
    if missing:
        raise SceneError(path, "columns", f"no column {', '.join(missing)}")
    for row in table:
        if any(row[name] is None for name in wanted):
            raise SceneError(path, f"line {table.line_num}", "too few columns")
        yield row
