# SPDX-License-Identifier: Apache-2.0
"""What a run leaves: a configuration, and a line of JSON for each item."""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from spatialevo_dge.viewing.files import write_whole
from spatialevo_eval.benchmark import Item, ItemScore, Json
from spatialevo_eval.images import ImageRef
from spatialevo_eval.models.protocol import Reply, Request

__all__ = [
    "CONFIG",
    "RECORDS",
    "ItemRecord",
    "RunError",
    "append_records",
    "claim",
    "config_hash",
    "prompt_hash",
    "read_config",
    "read_end",
    "read_records",
    "record_of",
    "start",
    "write_end",
]

CONFIG: Final = "config.json"
RECORDS: Final = "records.jsonl"
_END: Final = "end.json"
_LOCK: Final = ".lock"
_FORMAT: Final = 1


class RunError(RuntimeError):
    """A run folder that cannot be used as asked; the message names it and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """One item of a run.

    Attributes:
        item: The item's id.
        kind: Its question type.
        prompt: The texts that the model was given.
        prompt_hash: Of texts and images' names in order, see `prompt_hash`.
        images: Names of the images shown, in order.
        options: The offered answers; empty for open questions.
        reference: The right answer.
        meta: What the benchmark keeps of the item beside.
        reply: What the model said, whole.
        finish: Why the reply ends: ``"stop"``, ``"length"`` or ``"unknown"``.
        tokens: Of the reply; None where unknown.
        parsed: What was read in it; None: nothing.
        value: The score, 0 to 1.
        why: One sentence on the score.
        correction: The defect of a harness that was corrected in reading the reply; else empty.
        seconds: From request to reply.
    """

    item: str
    kind: str
    prompt: str
    prompt_hash: str
    images: tuple[str, ...]
    options: tuple[str, ...]
    reference: str | float
    meta: Mapping[str, Json]
    reply: str
    finish: str
    tokens: int | None
    parsed: str | float | None
    value: float
    why: str
    correction: str
    seconds: float

    @property
    def scene(self) -> str | None:
        """The scene it is about; None where its benchmark knows none."""
        scene = self.meta["scene"] if "scene" in self.meta else None
        return scene if isinstance(scene, str) else None

    @property
    def cluster(self) -> str:
        """What is resampled as one: the scene, or the item where there is none."""
        return f"item {self.item}" if self.scene is None else f"scene {self.scene}"

    @property
    def score(self) -> ItemScore:
        """The score as its benchmark gave it."""
        return ItemScore(
            value=self.value, parsed=self.parsed, why=self.why, correction=self.correction
        )

    def as_item(self, benchmark: str) -> Item:
        """Return the item without its images: enough to score and to aggregate again."""
        return Item(
            id=self.item,
            benchmark=benchmark,
            prompt=self.prompt,
            options=self.options,
            reference=self.reference,
            kind=self.kind,
            meta=self.meta,
        )


def prompt_hash(content: tuple[str | ImageRef, ...]) -> str:
    """Return a hash of what a model is given: texts, and names of images, in order."""
    parts = [part if isinstance(part, str) else {"image": part.name} for part in content]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:16]


def record_of(item: Item, request: Request, reply: Reply, score: ItemScore) -> ItemRecord:
    """Return the record of a reply and its score."""
    return ItemRecord(
        item=item.id,
        kind=item.kind,
        prompt=request.text,
        prompt_hash=prompt_hash(request.content),
        images=tuple(image.name for image in request.images),
        options=item.options,
        reference=item.reference,
        meta=item.meta,
        reply=reply.text,
        finish=reply.finish.value,
        tokens=reply.tokens,
        parsed=_written(score.parsed),
        value=score.value,
        why=score.why,
        correction=score.correction,
        seconds=round(reply.seconds, 4),
    )


def _written(parsed: str | float | None) -> str | float | None:
    """Return what was read as JSON can hold it: a number that is not finite becomes a word."""
    return str(parsed) if isinstance(parsed, float) and not math.isfinite(parsed) else parsed


def config_hash(config: Mapping[str, Json]) -> str:
    """Return a hash of everything that changes a score."""
    text = json.dumps(config, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def start(folder: Path, config: Mapping[str, Json]) -> tuple[ItemRecord, ...]:
    """Make a run folder, or take up one of the same configuration, and return what it holds.

    A last line that a killed run left unfinished is cut off.

    Raises:
        RunError: The folder holds a run of another configuration, or something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CONFIG
    if path.exists():
        _refuse_changes(folder, read_config(folder), config)
    elif (folder / RECORDS).exists():
        raise RunError(f"{folder}: holds {RECORDS} without {CONFIG}; give another folder")
    else:
        whole = {"format": _FORMAT, "hash": config_hash(config), "config": config}
        write_whole(path, f"{json.dumps(whole, indent=2, ensure_ascii=True)}\n".encode())
    _cut_unfinished(folder / RECORDS)
    return tuple(read_records(folder))


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Hold a run folder against other processes; a killed holder lets go of it.

    Raises:
        RunError: Another process writes to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError(f"{folder}: another process is writing this run") from error
        yield


def read_config(folder: Path) -> Mapping[str, Json]:
    """Return the configuration of a run.

    Raises:
        RunError: The folder is no run's, or its configuration is damaged.
    """
    path = folder / CONFIG
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(
            f"{folder}: not a run's folder: expected {CONFIG} and {RECORDS} in it, "
            "or folders that hold them"
        ) from error
    except ValueError as error:
        raise RunError(f"{path}: not JSON: {error}") from error
    if not isinstance(whole, dict) or whole.keys() != {"format", "hash", "config"}:
        raise RunError(f"{path}: expected an object with format, hash and config")
    if whole["format"] != _FORMAT:
        raise RunError(f"{path}: format {whole['format']}; this version writes {_FORMAT}")
    config: Mapping[str, Json] = whole["config"]
    if config_hash(config) != whole["hash"]:
        raise RunError(f"{path}: the configuration was edited: its hash is another")
    return config


def write_end(folder: Path, items: int) -> None:
    """Write that a run went through all its items, and how many they are."""
    write_whole(folder / _END, f'{{"items": {items}}}\n'.encode())


def read_end(folder: Path) -> int | None:
    """Return of how many items a run is; None where it has not gone through them all.

    Raises:
        RunError: The file is damaged.
    """
    path = folder / _END
    if not path.exists():
        return None
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["items"])
    except (ValueError, TypeError, KeyError) as error:
        raise RunError(f"{path}: expected an object with items: {error}") from error


def append_records(file: int, records: Iterable[ItemRecord]) -> None:
    """Write records, a line each, all in one call: a kill finds all of them written, or none.

    Args:
        file: Descriptor of a file opened for appending.
        records: What is written.
    """
    lines = [
        json.dumps(asdict(record), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        for record in records
    ]
    data = "".join(f"{line}\n" for line in lines).encode("ascii")
    while data:
        data = data[os.write(file, data) :]


def read_records(folder: Path) -> Iterator[ItemRecord]:
    """Yield the records of a run in the order in which they were written.

    A last line without its newline is one that a run is writing, or was killed at: it is left out.

    Raises:
        RunError: A line is damaged, or an item is there twice.
    """
    path = folder / RECORDS
    if not path.exists():
        return
    seen = set()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            record = _record(line, f"{path}, line {number}")
            if record.item in seen:
                raise RunError(f"{path}, line {number}: item {record.item!r} is there twice")
            seen.add(record.item)
            yield record


def _record(line: bytes, where: str) -> ItemRecord:
    try:
        values: Any = json.loads(line)
        lists = {name: tuple(values[name]) for name in ("images", "options")}
        return ItemRecord(**{**values, **lists})
    except (ValueError, TypeError, KeyError) as error:
        raise RunError(f"{where}: not a record: {error}") from error


def _cut_unfinished(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb+") as file:
        data = file.read()
        file.truncate(data.rfind(b"\n") + 1)


def _refuse_changes(folder: Path, old: Mapping[str, Json], new: Mapping[str, Json]) -> None:
    before, after = dict(_flat("", old)), dict(_flat("", new))
    names = [*before, *(name for name in after if name not in before)]
    changed = [
        f"{name} was {_shown(before, name)} and is {_shown(after, name)}"
        for name in names
        if _shown(before, name) != _shown(after, name)
    ]
    if changed:
        raise RunError(
            f"{folder}: holds a run of another configuration: {'; '.join(changed)}. "
            "Give another folder, or the old configuration to go on with it"
        )


def _flat(prefix: str, value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else name, inner)
    else:
        yield prefix, value


def _shown(values: Mapping[str, Json], name: str) -> str:
    return json.dumps(values[name], sort_keys=True) if name in values else "not there"
