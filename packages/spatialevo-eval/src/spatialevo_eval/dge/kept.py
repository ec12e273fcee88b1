# SPDX-License-Identifier: Apache-2.0
"""Drawn questions kept on disk: drawing them anew takes many seconds, and gives the same ones.

A file's name holds a hash of all that determines its questions: the plan and the portion, every
source file of the oracle and of this drawing, and the versions of what they stand on. A file that
is missing, damaged or of other sources is drawn anew; a folder that cannot be written costs time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from spatialevo_dge import Illegal, Legal
from spatialevo_dge.answer import Choice, Direction
from spatialevo_dge.tasks import all_tasks
from spatialevo_dge.viewing.files import write_whole
from spatialevo_eval.dge import rooms
from spatialevo_eval.dge.questions import Asked, Portion, draw

__all__ = ["Drawn", "drawn"]

_SOURCES: Final = ("spatialevo_geometry", "spatialevo_dge", "spatialevo_eval.dge")
_LIBRARIES: Final = ("numpy", "lark", "rapidfuzz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A question as `Asked` has it, its ruling reduced to what scoring needs.

    Attributes:
        seed: The room's.
        frames: Ids of the images shown.
        task: The task's id.
        text: The question.
        legal: Whether it has an answer.
        reference: The answer; of an illegal question the rule and what breaks it.
        truth: Unit, value and options of the answer; of an illegal question the rules broken.
        group: Kind of answer, or the rule broken.
    """

    seed: int
    frames: tuple[str, ...]
    task: str
    text: str
    legal: bool
    reference: str
    truth: Mapping[str, str | float | tuple[str, ...]]
    group: str


def drawn(plan: str, task: str, portion: Portion) -> tuple[Drawn, ...]:
    """Return a task's questions, from the disk where they have been drawn before.

    Args:
        plan: Name of the rooms' plan.
        task: The task's id.
        portion: How many.
    """
    path = _folder() / f"{plan}-{task}-{_key(plan, portion)}.json"
    known = _read(path)
    if known is not None:
        return known
    found = tuple(_plain(asked) for asked in draw(plan, task, portion))
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _written(found))
    return found


def _plain(asked: Asked) -> Drawn:
    reference, truth = _truth(asked.ruling)
    return Drawn(
        seed=asked.seed,
        frames=asked.frames,
        task=asked.task,
        text=asked.text,
        legal=isinstance(asked.ruling, Legal),
        reference=reference,
        truth=truth,
        group=asked.group,
    )


def _truth(ruling: Legal | Illegal) -> tuple[str, Mapping[str, str | float | tuple[str, ...]]]:
    """Return the reference as text, and what scoring needs of the ruling."""
    if isinstance(ruling, Illegal):
        broken = tuple(dict.fromkeys(each.rule.value for each in (ruling.violation, *ruling.also)))
        return f"{ruling.rule.value}: {ruling.violation.entity}", {"rules": broken}
    answer = ruling.answer
    options = answer.options if isinstance(answer, Direction | Choice) else ()
    return answer.render(), {"unit": answer.unit, "value": answer.value, "options": options}


def _folder() -> Path:
    """Return where questions are kept: ``$XDG_CACHE_HOME``, or ``~/.cache``."""
    home = os.environ["XDG_CACHE_HOME"] if os.environ.get("XDG_CACHE_HOME") else "~/.cache"
    return Path(home).expanduser() / "spatialevo" / "questions"


def _key(plan: str, portion: Portion) -> str:
    asked = rooms.PLANS[plan]
    tasks = tuple(task.id for task in all_tasks())  # another package's changes what a text means
    parts = (_sources(), tasks, asked.labels, asked.count, portion)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@cache
def _sources() -> str:
    """Return a hash of the code and the libraries that draw questions (some 50 ms)."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}\0".encode())
    for package in _SOURCES:
        for name, file in sorted(_files(files(package), package)):
            digest.update(name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _files(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_file():
            yield f"{name}/{each.name}", each
        elif each.name != "__pycache__":
            yield from _files(each, f"{name}/{each.name}")


def _written(found: tuple[Drawn, ...]) -> bytes:
    text = json.dumps([asdict(each) for each in found], ensure_ascii=True, allow_nan=False)
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}\n".encode()


def _read(path: Path) -> tuple[Drawn, ...] | None:
    """Return the questions of a file; None where there is none, or it is damaged."""
    try:
        digest, _, text = path.read_text(encoding="ascii").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    text = text.removesuffix("\n")
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        return None
    rows: Any = json.loads(text)
    return tuple(
        Drawn(**{**row, "frames": tuple(row["frames"]), "truth": _tuples(row["truth"])})
        for row in rows
    )


def _tuples(truth: Mapping[str, Any]) -> Mapping[str, str | float | tuple[str, ...]]:
    """Return a truth with tuples where JSON has lists."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in truth.items()
    }
