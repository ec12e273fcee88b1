# SPDX-License-Identifier: Apache-2.0
"""A round's phases, each sealed as a file; what is sealed is never done again.

    RUN/rounds/round-1/proposals.jsonl   a line a visit (growing as proposals.jsonl.part)
    RUN/rounds/round-1/ran.jsonl         a line a visit (growing as ran.jsonl.part)
    RUN/rounds/round-1/samples.jsonl     what is learnt, in the order of learning
    RUN/rounds/round-1/filters.json      how many each filter rejected
    RUN/rounds/round-1/labels.jsonl      the samples with confidence and difficulty
    RUN/rounds/round-1/feedback.json     what the next round hears
    RUN/rounds/round-1/round.json        the round in numbers: the last file of a round

Learning has files and checkpoints of its own (`spatialevo_rl.train.supervised`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Generic, TypeVar

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.json_lines import JsonLines, write_lines
from spatialevo_rl.json_records import RecordError, from_json, to_json
from spatialevo_rl.ouroboros.records import (
    Feedback,
    Filtered,
    Judged,
    Ran,
    RoundRecord,
    Sample,
    Visited,
)
from spatialevo_rl.redaction import redacted

ROUNDS: Final = "rounds"
PROPOSALS: Final = "proposals.jsonl"
RAN: Final = "ran.jsonl"
SAMPLES: Final = "samples.jsonl"
FILTERS: Final = "filters.json"
LABELS: Final = "labels.jsonl"
FEEDBACK: Final = "feedback.json"
RECORD: Final = "round.json"

T = TypeVar("T")
ItemT = TypeVar("ItemT")


class RoundFolder:
    """The files of one round."""

    def __init__(self, run: Path, number: int) -> None:
        """Name the round; nothing is written."""
        self.path = run / ROUNDS / f"round-{number}"

    def growing(self, name: str, record: type[T]) -> Growing[T]:
        """Return a file that grows line by line until it is sealed."""
        self.path.mkdir(parents=True, exist_ok=True)
        return Growing(self.path / name, record)

    def rows(self, name: str, record: type[T]) -> tuple[T, ...]:
        """Read a sealed file of lines.

        Raises:
            RecordError: It is damaged, or not there.
        """
        path = self.path / name
        if not path.is_file():
            raise RecordError(str(path), "", "it is not there, though a later phase needs it")
        return tuple(from_json(record, value, where) for where, value in JsonLines(path).lines())

    def seal_rows(self, name: str, rows: Iterable[object]) -> None:
        """Write a file of lines, whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_lines(self.path / name, rows)

    def seal(self, name: str, record: object) -> None:
        """Write a file of one record, whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        text = json.dumps(redacted(to_json(record)), ensure_ascii=True, allow_nan=False, indent=1)
        write_whole(self.path / name, f"{text}\n".encode("ascii"))

    def record(self, name: str, record: type[T]) -> T:
        """Read a file of one record.

        Raises:
            RecordError: It is damaged, or not there.
        """
        path = self.path / name
        try:
            value = json.loads(path.read_bytes())
        except FileNotFoundError as error:
            raise RecordError(str(path), "", "it is not there") from error
        except (ValueError, RecursionError) as error:
            raise RecordError(str(path), "", f"not JSON: {error}") from error
        return from_json(record, value, str(path))

    def has(self, name: str) -> bool:
        """Whether a phase's file is sealed."""
        return (self.path / name).is_file()

    # The files by what they hold.

    def proposals(self) -> tuple[Visited, ...]:
        """Read what was proposed."""
        return self.rows(PROPOSALS, Visited)

    def ran(self) -> tuple[Ran, ...]:
        """Read what the programs gave."""
        return self.rows(RAN, Ran)

    def samples(self) -> tuple[Sample, ...]:
        """Read what is learnt."""
        return self.rows(SAMPLES, Sample)

    def filters(self) -> Filtered:
        """Read what the filters did."""
        return self.record(FILTERS, Filtered)

    def labels(self) -> tuple[Judged, ...]:
        """Read confidences and difficulties."""
        return self.rows(LABELS, Judged)

    def feedback(self) -> Feedback:
        """Read what the next round hears."""
        return self.record(FEEDBACK, Feedback)


class Growing(Generic[T]):
    """A file of lines that a phase adds to, and that gets its name when the phase is done."""

    def __init__(self, path: Path, record: type[T]) -> None:
        self._path, self._record = path, record
        self._lines = JsonLines(path.with_name(f"{path.name}.part"))

    def done(self) -> tuple[T, ...]:
        """Return what is there already; a line that a kill cut short is left out, and cut off."""
        part = self._lines.path
        if part.exists():
            content = part.read_bytes()
            self._lines.truncate(content.rfind(b"\n") + 1)
        return tuple(from_json(self._record, v, where) for where, v in self._lines.lines())

    def add(self, rows: Iterable[object]) -> None:
        """Add lines."""
        self._lines.append(rows)

    def seal(self) -> None:
        """Give the file its name."""
        self._lines.offset()  # on the disk
        if not self._lines.path.exists():
            self._lines.path.touch()
        self._lines.path.replace(self._path)


def grow(
    folder: RoundFolder,
    name: str,
    record: type[T],
    work: tuple[Sequence[ItemT], int],
    make: Callable[[Sequence[ItemT], tuple[T, ...]], Iterable[T]],
) -> Iterator[int]:
    """Do a phase item by item; yield how many are done.

    Args:
        folder: The round's.
        name: The phase's file.
        record: Its lines.
        work: The items, one a line, and how many are handed over at once.
        make: Turns items, and what was done before an interruption (in the first call), into lines.
    """
    if folder.has(name):
        yield len(work[0])
        return
    items, block = work
    file = folder.growing(name, record)
    before = file.done()
    yield len(before)
    start = len(before)
    while start < len(items):
        part = items[start : start + block]
        file.add(make(part, before))
        before = ()
        start += len(part)
        yield start
    file.seal()


def finished(run: Path) -> tuple[RoundRecord, ...]:
    """Read the finished rounds of a run, in order; none where it has none.

    Raises:
        RecordError: A file is damaged.
    """
    found = []
    for number in range(1, 10_000):
        folder = RoundFolder(run, number)
        if not folder.has(RECORD):
            break
        found.append(folder.record(RECORD, RoundRecord))
    return tuple(found)
