# SPDX-License-Identifier: Apache-2.0
"""A file of questions to a file of rulings: streamed, all or nothing, and resumable.

What is done is kept beside the output, in ``OUTPUT.partial``: a first line that says which
questions about which scenes it belongs to, then one ruling a line. The output takes its name when
the last ruling is written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, Final

from spatialevo_dge import __version__
from spatialevo_dge.cli.batch_lines import BatchLine, read_lines
from spatialevo_dge.cli.console import messages, progress
from spatialevo_dge.cli.errors import DataError, MisuseError, StoppedError
from spatialevo_dge.cli.quantities import counted
from spatialevo_dge.cli.scenes import cached_scenes, identity
from spatialevo_dge.errors import SceneError
from spatialevo_dge.json_fields import plain_json, read_bytes
from spatialevo_dge.judge import judge
from spatialevo_dge.ruling import Ruling
from spatialevo_dge.scene import Scene

SCENES_KEPT: Final = 16
"""Scenes held in memory; questions usually come scene by scene."""


def rule_on_file(questions: Path, output: Path) -> None:
    """Judge every question of a file.

    Args:
        questions: One JSON object a line.
        output: One ruling a line, in the same order.

    Raises:
        DataError: A line is malformed, or a scene cannot be read.
        MisuseError: A partial output belongs to other questions.
        StoppedError: Stopped from the keyboard; the next run goes on.
    """
    _require_writable(output)
    if output.exists() and output.samefile(questions):
        raise MisuseError(f"--output: {str(output)!r} is the file of questions itself")
    data = read_bytes(questions)
    lines = read_lines(questions, data)
    partial = output.with_name(f"{output.name}.partial")
    with _opened(partial, _fingerprint(data, lines)) as file:
        done, legal = _done(file, lines, partial)
        if done:
            messages().print(f"{done:,} of {len(lines):,} were done already; going on.")
        try:
            legal += _judge_rest(lines, done, file, cached_scenes(SCENES_KEPT))
        except KeyboardInterrupt:
            kept = f"what is done is kept in {partial}; the same command goes on from there"
            raise StoppedError(f"stopped; {kept}.") from None
    _publish(partial, output)
    counts = f"{legal:,} legal, {len(lines) - legal:,} illegal"
    messages().print(f"{counted(len(lines), 'ruling')} in {output}: {counts}.")


def _judge_rest(
    lines: tuple[BatchLine, ...], done: int, file: BinaryIO, scene_named: Callable[[str], Scene]
) -> int:
    legal = 0
    with progress("questions") as bar:
        task = bar.add_task("judging", total=len(lines), completed=done)
        for line in lines[done:]:
            ruling = _ruling(line, scene_named)
            legal += ruling.legal
            file.write(_encode({"id": line.id, **ruling.to_json()}))
            bar.advance(task)
    return legal


def _ruling(line: BatchLine, scene_named: Callable[[str], Scene]) -> Ruling:
    try:
        return judge(line.question, scene_named(line.scene), line.policy)
    except SceneError as error:
        raise DataError(f"question {line.id!r}: {error}") from error


def _encode(record: object) -> bytes:
    text = json.dumps(plain_json(record), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def _fingerprint(data: bytes, lines: Iterable[BatchLine]) -> bytes:
    """Say what a partial output depends on: the version, the questions and the scenes."""
    digest = hashlib.sha256(data)
    for name in dict.fromkeys(line.scene for line in lines):
        digest.update(f"{name}\0{identity(name)}\0".encode())
    return _encode({"spatialevo-dge": __version__, "batch": digest.hexdigest()})


def _require_writable(output: Path) -> None:
    if output.is_dir():
        raise MisuseError(f"--output: {str(output)!r} is a folder")
    if not output.parent.is_dir():
        raise MisuseError(f"--output: there is no folder {str(output.parent)!r}")


def _opened(partial: Path, fingerprint: bytes) -> BinaryIO:
    """Open the partial output after its first line; start one where there is none."""
    try:
        file = partial.open("r+b")
    except FileNotFoundError:
        file = partial.open("w+b")
    first = file.readline()
    if not first.endswith(b"\n"):  # new, or stopped while the first line was written
        file.seek(0)
        file.truncate()
        file.write(fingerprint)
    elif first != fingerprint:
        file.close()
        why = "belongs to other questions, other scenes or another version"
        raise MisuseError(f"--output: {str(partial)!r} {why}; remove it, or give another -o")
    return file


def _done(file: BinaryIO, lines: tuple[BatchLine, ...], partial: Path) -> tuple[int, int]:
    """Count the rulings that are there, cut off a half-written one, and leave the file at its end.

    Returns:
        How many there are, and how many of them are legal.

    Raises:
        DataError: A ruling is not that of its question.
    """
    done, legal, end = 0, 0, file.tell()
    for text in iter(file.readline, b""):
        if not text.endswith(b"\n"):
            break
        if done == len(lines) or not text.startswith(start := _start(lines[done])):
            raise DataError(f"{partial}:{done + 2}: not a ruling on question {done + 1}; remove it")
        legal += text.startswith(b"true", len(start))
        done, end = done + 1, file.tell()
    file.seek(end)
    file.truncate()
    return done, legal


def _start(line: BatchLine) -> bytes:
    """Return how the ruling on a question starts, up to the value of ``legal``."""
    return _encode({"id": line.id, "legal": True}).removesuffix(b"true}\n")


def _publish(partial: Path, output: Path) -> None:
    """Give the rulings their name, without the first line of the partial output."""
    whole = output.with_name(f".{output.name}.{os.getpid()}.whole")
    try:
        with partial.open("rb") as source, whole.open("wb") as target:
            source.readline()
            target.writelines(source)
            target.flush()
            os.fsync(target.fileno())
        whole.replace(output)
    finally:
        whole.unlink(missing_ok=True)
    partial.unlink()
