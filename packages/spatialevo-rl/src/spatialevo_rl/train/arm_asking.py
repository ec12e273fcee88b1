# SPDX-License-Identifier: Apache-2.0
"""Asks many adapters the held-out questions, in as many processes as runs may be at work."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_rl.ablation.plan import Settings
from spatialevo_rl.ablation.records import write_record
from spatialevo_rl.train.arm_evaluation import Examiner
from spatialevo_rl.train.session import configure


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Answers that are not there yet.

    Attributes:
        adapter: Whose; None: the base's.
        step: Optimizer steps it has done.
        whole: Whether every question is asked, or what a curve needs.
        place: The file that they are written to.
    """

    adapter: Path | None
    step: int
    whole: bool
    place: Path


_EXAMINER: Final[list[Examiner]] = []
"""The examiner of this process: it holds model and scenes, and is made once."""


def ask(
    wanted: Sequence[Wanted], settings: Settings, questions: Path, processes: int
) -> Iterator[Wanted]:
    """Ask adapters; yields each when its answers are written.

    Args:
        wanted: Whose answers are missing.
        settings: What the arms have in common.
        questions: The file of held-out questions.
        processes: How many ask at a time; one asks in this process.

    Raises:
        RecordError: A row of the file is damaged, or the oracle answers otherwise today.
    """
    if processes == 1 or len(wanted) < 2:
        for each in wanted:
            if not _EXAMINER:
                _begin(settings, questions)
            _ask(each)
            yield each
        _EXAMINER.clear()
        return
    with ProcessPoolExecutor(
        min(processes, len(wanted)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(settings, questions),
    ) as pool:
        asked = {pool.submit(_ask, each): each for each in wanted}
        try:
            for future in as_completed(asked):
                future.result()
                yield asked[future]
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(settings: Settings, questions: Path) -> None:
    config = configure(settings.recipe, settings.flags)
    _EXAMINER.append(Examiner(config, settings, questions))


def _ask(wanted: Wanted) -> None:
    result = _EXAMINER[0].examine(wanted.adapter, wanted.step, whole=wanted.whole)
    write_record(wanted.place, result)
