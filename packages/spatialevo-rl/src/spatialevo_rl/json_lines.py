# SPDX-License-Identifier: Apache-2.0
"""A file of JSON lines that grows, survives a kill, and can be cut back to where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.json_records import RecordError, to_json
from spatialevo_rl.redaction import redacted


def json_line(record: object) -> str:
    """Write a record as one line, its newline included and secrets of the environment left out."""
    value = redacted(to_json(record))
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"{text}\n"


def write_lines(path: Path, records: Iterable[object]) -> None:
    """Write a file of one line a record, whole or not at all.

    Raises:
        OSError: The file cannot be written.
    """
    write_whole(path, "".join(map(json_line, records)).encode("ascii"))


class JsonLines:
    """One growing file; a line is written with its newline or does not count.

    Attributes:
        path: The file; made when the first line is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, records: Iterable[object]) -> None:
        """Add one line a record.

        Raises:
            OSError: The file cannot be written.
        """
        lines = [json_line(each) for each in records]
        if not lines:
            return
        with self.path.open("ab") as file:
            file.write("".join(lines).encode("ascii"))

    def offset(self) -> int:
        """Return the file's length in bytes, 0 where there is none, once it is on the disk."""
        if not self.path.exists():
            return 0
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
            return file.seek(0, os.SEEK_END)

    def truncate(self, offset: int) -> None:
        """Cut the file back to a length that `offset` returned.

        Raises:
            RecordError: The file is shorter: it is not the one that the offset came from.
        """
        if self.require(offset) > offset:
            with self.path.open("rb+") as file:
                file.truncate(offset)
                os.fsync(file.fileno())

    def require(self, offset: int) -> int:
        """Return the file's length, which is no less than one that `offset` returned.

        Raises:
            RecordError: The file is shorter: it is not the one that the offset came from.
        """
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < offset:
            problem = f"holds {size} bytes; the checkpoint was written when it held {offset}"
            raise RecordError(str(self.path), "", problem)
        return size

    def damaged(self) -> tuple[int, ...]:
        """Return the numbers of whole lines that are no JSON object, as far as their ends tell.

        The last one is looked at in full. One without its newline is unfinished, not damaged.
        """
        if not self.path.exists():
            return ()
        found, last, count = [], b"{}", 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                last, count = line, count + 1
                if not (line.startswith(b"{") and line.endswith(b"}\n")):
                    found.append(count)
        if count not in found and not _is_json(last):
            found.append(count)
        return tuple(found)

    def lines(self, starts: tuple[bytes, ...] = (b"",)) -> Iterator[tuple[str, object]]:
        """Yield file and line number, and what JSON gave, for each whole line.

        A last line without its newline is one that a run is writing, or was killed at: it is left
        out.

        Args:
            starts: Lines that begin with none of these are skipped unread.

        Raises:
            RecordError: A line is not JSON.
            OSError: The file cannot be read.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return
                if not line.startswith(starts):
                    continue
                where = f"{self.path}, line {number}"
                try:
                    yield where, json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise RecordError(where, "", f"not JSON: {error}") from error


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
