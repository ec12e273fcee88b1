# SPDX-License-Identifier: Apache-2.0
"""Official files damaged at random from a seed, one damage at a time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WRONG = (None, True, {})
"""Of types that fields do not take but for the one they have."""


@dataclass(frozen=True)
class Layout:
    """What the damage of one format has to know.

    Attributes:
        required: Patterns of files without which, or cut short, a scene cannot be read.
        whole: Patterns of files that may be absent but not cut short.
        optional: Patterns of files that may be absent, or whose lines are not counted anywhere.
        fields: For each pattern of JSON files the paths of fields that are read; ``*`` is any item.
    """

    required: tuple[str, ...]
    whole: tuple[str, ...]
    optional: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Damage:
    """One damage.

    Attributes:
        kind: In one word.
        file: Relative to the scene's folder.
        structural: Whether it has to be noticed.
    """

    kind: str
    file: str
    structural: bool


KINDS = ("truncated", "missing", "emptied", "key removed", "wrong type", "bit flipped", "noise",
         "line removed")  # fmt: skip
NEEDS_FIELDS = {"key removed", "wrong type"}


@contextmanager
def damaged(folder: Path, layout: Layout, dice: random.Random) -> Iterator[Damage]:
    """Damage one file of a folder; it is whole again afterwards."""
    kind = dice.choice(KINDS)
    patterns = (
        layout.fields
        if kind in NEEDS_FIELDS
        else (
            *layout.required,
            *layout.whole,
            *layout.optional,
        )
    )
    pattern = dice.choice(list(patterns))
    path = dice.choice(sorted(folder.glob(pattern)))
    good = path.read_bytes()
    structural = kind in NEEDS_FIELDS or kind in _noticed(pattern, layout)
    damage = Damage(kind, path.relative_to(folder).as_posix(), structural)
    if kind == "missing":
        path.unlink()
    else:
        path.write_bytes(_spoilt(kind, good, layout.fields.get(pattern, ()), dice))
    try:
        yield damage
    finally:
        path.write_bytes(good)


def _noticed(pattern: str, layout: Layout) -> set[str]:
    if pattern in layout.required:
        return {"truncated", "missing", "emptied"}
    return {"truncated", "emptied"} if pattern in layout.whole else set()


def _spoilt(kind: str, good: bytes, fields: tuple[str, ...], dice: random.Random) -> bytes:
    if kind in NEEDS_FIELDS:
        return _with_field_spoilt(kind, good, dice.choice(fields), dice)
    if kind == "emptied":
        return b""
    if kind == "truncated":
        return good[: dice.randrange(len(good.rstrip()))]
    if kind == "line removed":
        lines = good.splitlines(keepends=True)
        del lines[dice.randrange(len(lines))]
        return b"".join(lines)
    bad = bytearray(good)
    # The first bytes matter most: headers, keys, lengths.
    start = dice.randrange(min(dice.choice([300, len(good)]), len(good)))
    if kind == "bit flipped":
        bad[start] ^= 1 << dice.randrange(8)
    else:
        noise = dice.randbytes(dice.randint(1, 64))
        bad[start : start + len(noise)] = noise
    return bytes(bad)


def _with_field_spoilt(kind: str, good: bytes, field: str, dice: random.Random) -> bytes:
    document = json.loads(good)
    holder: Any = document
    *steps, last = field.split("/")
    for step in steps:
        holder = holder[_key(step, holder, dice)]
    last = _key(last, holder, dice)
    if kind == "key removed":
        del holder[last]
    else:
        holder[last] = dice.choice(
            [value for value in WRONG if type(value) is not type(holder[last])]
        )
    return json.dumps(document).encode()


def _key(step: str, holder: Any, dice: random.Random) -> Any:
    if isinstance(holder, list):
        return dice.randrange(len(holder)) if step == "*" else int(step)
    return dice.choice(list(holder)) if step == "*" else step
