# SPDX-License-Identifier: Apache-2.0
"""Judging a step's texts: a synchronous batched call, in this process or beside it.

A call with fewer than 64 texts is judged here. Above that, groups are dealt by their slot to this
process and to those of one persistent pool, which open the store themselves; the questions and the
answers of a scene go to the same process, so each keeps its own scenes warm. The result does not
depend on who judged what.
"""

from __future__ import annotations

import atexit
import copy
import copyreg
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from types import MappingProxyType, TracebackType
from typing import Final, Protocol, Self, TypeVar

from spatialevo_rl.records import Attempt, Proposal
from spatialevo_rl.scenes.judging import (
    Episode,
    JudgeItem,
    Rows,
    ScoreItem,
    judge_group,
    score_job,
)
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings

IN_PROCESS: Final = 64
"""Fewer texts than this are judged here: handing them over costs more than judging them."""
MAX_FAULT_SHARE: Final = 0.001
"""Share of texts on which the oracle may raise; a single one never ends a run."""

ItemT = TypeVar("ItemT")
RowT = TypeVar("RowT")


class OracleFailedError(RuntimeError):
    """The oracle raised on too many texts, or one of its processes ended."""


class Shown(Protocol):
    """Anything that shows frames of a scene to a slot: an assignment, or a view."""

    @property
    def scene_id(self) -> str:
        """The scene."""

    @property
    def frames(self) -> tuple[str, ...]:
        """Ids of the frames."""


def _read_only(record: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(record)


def _read_only_parts(
    proxy: MappingProxyType[object, object],
) -> tuple[Callable[..., MappingProxyType[object, object]], tuple[object]]:
    return _read_only, (dict(proxy),)


# Read-only mappings are parts of rulings and of records, and Python does not pickle them by itself.
copyreg.pickle(MappingProxyType, _read_only_parts)


class OraclePool:
    """Judges and scores groups; one a rank."""

    def __init__(
        self,
        store: SceneStore,
        settings: EpisodeSettings,
        processes: int = 1,
        *,
        episode: Episode | None = None,
    ) -> None:
        """Start the processes, which then open the store in the background.

        Args:
            store: The scenes.
            settings: Prompts and rewards.
            processes: Processes beside this one; 0: everything is judged here.
            episode: Functions that judge and score; None: those of `spatialevo_rl.episode`.

        Raises:
            ValueError: `processes` is negative.
        """
        if processes < 0:
            raise ValueError(f"processes: expected at least 0, got {processes}")
        self._store = store
        self._episode = episode or _own_episode(settings)
        self._workers = [_start(store, self._episode) for _ in range(processes)]
        self._background = ThreadPoolExecutor(1, thread_name_prefix="prefetch")
        self._ahead: Future[None] | None = None
        self._first_fault = ""
        self.seconds = 0.0
        """Seconds that callers have waited for `judge` and `score` (see `waiting`)."""
        self.texts = 0
        """Texts judged and scored."""
        self.faults = 0
        """Texts on which the oracle raised; their rows are void."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def judge(self, groups: Sequence[JudgeItem]) -> list[tuple[Proposal, ...]]:
        """Judge questioner groups, in their order.

        Raises:
            OracleFailedError: The oracle has raised on more than 0.1 % of the texts so far (and on
                more than one), or one of its processes ended.
            SceneError: A scene's data are missing or damaged.
        """
        sizes = [len(completions) for _, completions, _ in groups]
        slots = [assignment.slot for assignment, _, _ in groups]
        with self.waiting():
            return self._run(_judge_here, groups, slots, sum(sizes))

    def score(self, groups: Sequence[ScoreItem]) -> list[tuple[Attempt, ...]]:
        """Score solver groups, in their order; see `judge`."""
        sizes = [len(completions) for _, completions, _, _ in groups]
        slots = [assignment.slot for _, _, assignment, _ in groups]
        with self.waiting():
            return self._run(_score_here, groups, slots, sum(sizes))

    def prefetch(self, views: Iterable[Shown]) -> None:
        """Load scenes and images of coming views in the background, in every process.

        The iterable is gone through in the background too: a generator that draws the next step's
        views (`Assigner.view`) draws them there, feasible tasks included.

        Raises:
            SceneError: What the prefetch before this one came upon.
        """
        if self._ahead is not None:
            self._ahead.result()
        self._ahead = self._background.submit(self._fetch, views)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Add the time that a block takes to `seconds`: whatever else a step waits for."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - start

    def process_ids(self) -> tuple[int, ...]:
        """Return the ids of the processes beside this one; waits until they have started."""
        with _named_loss():
            return tuple(worker.submit(os.getpid).result() for worker in self._workers)

    def close(self) -> None:
        """End the processes; work that has not begun is dropped."""
        self._background.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.shutdown(wait=True, cancel_futures=True)

    def _run(
        self,
        run: Callable[[list[ItemT], SceneStore, Episode], list[Rows[RowT]]],
        items: Sequence[ItemT],
        slots: Sequence[int],
        texts: int,
    ) -> list[tuple[RowT, ...]]:
        lanes = 1 if texts < IN_PROCESS else 1 + len(self._workers)
        places: list[list[int]] = [[] for _ in range(lanes)]
        for place, slot in enumerate(slots):
            places[slot % lanes].append(place)
        parts = [[items[place] for place in lane] for lane in places]
        with _named_loss():
            futures = [
                worker.submit(_run_in_worker, run, part)
                for worker, part in zip(self._workers, parts[1:], strict=False)
            ]
            done = [run(parts[0], self._store, self._episode), *(f.result() for f in futures)]
        found = {
            place: rows
            for lane, results in zip(places, done, strict=True)
            for place, rows in zip(lane, results, strict=True)
        }
        ordered = [found[place] for place in range(len(items))]
        self._count(texts, [fault for rows in ordered for fault in rows.faults])
        return [rows.rows for rows in ordered]

    def _count(self, texts: int, faults: list[str]) -> None:
        self.texts += texts
        self.faults += len(faults)
        if faults and not self._first_fault:
            self._first_fault = faults[0]
        if self.faults > max(1.0, MAX_FAULT_SHARE * self.texts):
            raise OracleFailedError(
                f"the oracle raised on {self.faults} of {self.texts} texts, more than "
                f"{MAX_FAULT_SHARE:.1%}; the first: {self._first_fault}"
            )

    def _fetch(self, views: Iterable[Shown]) -> None:
        for place, view in enumerate(views):
            self._store.images(view.scene_id, view.frames)
            lane = getattr(view, "slot", place) % (1 + len(self._workers))
            if lane:
                with _named_loss():
                    self._workers[lane - 1].submit(_warm_in_worker, view.scene_id)


def _own_episode(settings: EpisodeSettings) -> Episode:
    from spatialevo_rl.episode import judge_completions, score_group  # noqa: PLC0415

    return Episode(judge=judge_completions, score=score_group, settings=settings)


@contextmanager
def _named_loss() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise OracleFailedError(
            "a process of the oracle's pool ended: memory ran out and the system killed it, or it "
            "could not start (then its message is above); oracle_processes=0 judges in the "
            "training process"
        ) from error


def _judge_here(
    items: list[JudgeItem], store: SceneStore, episode: Episode
) -> list[Rows[Proposal]]:
    return [judge_group(item, store.scene(item[0].scene_id), episode) for item in items]


def _score_here(items: list[ScoreItem], store: SceneStore, episode: Episode) -> list[Rows[Attempt]]:
    return [score_job(item, store.scene(item[2].scene_id), episode) for item in items]


def _start(store: SceneStore, episode: Episode) -> ProcessPoolExecutor:
    """Start one process; a pool of one each, so that a slot's work finds its scene warm."""
    worker = ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn"), initializer=_open, initargs=(store, episode)
    )
    worker.submit(os.getpid)
    return worker


class _Worker:
    """What a process of the pool holds."""

    store: SceneStore
    episode: Episode


def _open(store: SceneStore, episode: Episode) -> None:
    _Worker.store = copy.copy(store)  # with caches that nobody else holds on to
    _Worker.episode = episode
    atexit.register(_forget)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the run, and the run ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _forget() -> None:
    """Let go of scenes before the interpreter ends, as native objects in them want."""
    del _Worker.store
    gc.collect()


def _end_with_parent() -> None:
    """End this process with the one that started it, even where that is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _run_in_worker(
    run: Callable[[list[ItemT], SceneStore, Episode], list[Rows[RowT]]], items: list[ItemT]
) -> list[Rows[RowT]]:
    return run(items, _Worker.store, _Worker.episode)


def _warm_in_worker(scene_id: str) -> None:
    _Worker.store.scene(scene_id)
