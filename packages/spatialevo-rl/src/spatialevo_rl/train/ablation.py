# SPDX-License-Identifier: Apache-2.0
"""Runs every arm for every seed, holds what came out to the same questions, and writes the table.

Each run is a process of its own. All of it lies in one folder, and the same command goes on where
it was stopped, however that was: finished runs and answers are left as they are, a run that was
killed goes on from its own checkpoint, one that outlived this process is waited for.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from spatialevo_rl.ablation.arms import BASE, MAIN, Arm, Kind
from spatialevo_rl.ablation.page import Log, write_page
from spatialevo_rl.ablation.plan import (
    SETTINGS,
    Job,
    Settings,
    held_out_file,
    jobs_of,
    questions_file,
)
from spatialevo_rl.ablation.records import (
    HeldOutResult,
    Point,
    Training,
    read_record,
    write_record,
)
from spatialevo_rl.ablation.summary import Answered, summarise
from spatialevo_rl.ablation.table import write_table
from spatialevo_rl.rollout_log import RolloutLog
from spatialevo_rl.train.ablation_runs import AblationError, Kept, Runs
from spatialevo_rl.train.arm_asking import Wanted, ask
from spatialevo_rl.train.arm_evaluation import adapter_digest, write_held_out
from spatialevo_rl.train.questions import write_questions
from spatialevo_rl.train.session import configure
from spatialevo_rl.train.static import file_digest

_POLL: Final = 1.0  # seconds
_TAIL: Final = 12  # lines of a failed run's log that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """What is run.

    Attributes:
        out: The folder of everything.
        settings: What the arms have in common.
        arms: The arms.
        seeds: Seeds of each, from 0.
        jobs: Runs at a time, and processes that ask.
    """

    out: Path
    settings: Settings
    arms: tuple[Arm, ...]
    seeds: int
    jobs: int = 1


def run_ablation(ablation: Ablation, console: Console) -> tuple[Path, ...]:
    """Run an ablation to its end; goes on where it was stopped.

    Returns:
        The table and the page.

    Raises:
        AblationError: The folder is in use or holds other settings, or a run failed.
        SceneError: There are no such scenes.
    """
    out = ablation.out
    out.mkdir(parents=True, exist_ok=True)
    with _alone(out):
        _settle(ablation)
        runs = Runs(out=out, settings=ablation.settings)
        jobs = jobs_of(ablation.arms, ablation.seeds)
        for job in jobs:
            runs.check(job)
        _make_files(ablation, console)
        _run_all(_Queue(runs=runs, jobs=jobs, at_once=ablation.jobs), console)
        answered = _ask_all(ablation, runs, jobs, console)
        summary = summarise(answered, ablation.arms)
        logs = [
            Log(arm=job.arm.name, steps=tuple(RolloutLog(job.folder(out)).steps()))
            for job in jobs
            if job.arm.kind is Kind.GRPO
        ]
        table = write_table(out / "table.md", summary)
        page = write_page(out / "report.html", summary, logs)
    return table, page


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    with (out / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AblationError(f"{out}: another ablation is at work in this folder") from None
        yield


def _settle(ablation: Ablation) -> None:
    """Write the settings, or compare them with those that the folder was begun with."""
    path = ablation.out / SETTINGS
    if not path.exists():
        write_record(path, ablation.settings)
        return
    different = ablation.settings.differences(read_record(path, Settings))
    if different:
        raise AblationError(
            f"{ablation.out}: this folder was begun with other settings: {'; '.join(different)}; "
            "give what it had, or another -o"
        )


def _make_files(ablation: Ablation, console: Console) -> None:
    settings, out = ablation.settings, ablation.out
    config = configure(settings.recipe, settings.flags)
    path = questions_file(out)
    if any(arm.uses_questions for arm in ablation.arms) and not path.exists():
        console.print(f"making {path.name}")
        write_questions(config, settings.questions, path, console.print)
    if not held_out_file(out).exists():
        console.print(f"making {held_out_file(out).name}")
        write_held_out(config, settings, held_out_file(out))


# The runs.


@dataclass(slots=True, kw_only=True)
class _Queue:
    """Runs that wait, and those at work.

    Attributes:
        runs: Where they are.
        jobs: All of them.
        at_once: At most so many.
        working: Processes by run; None where one that outlived its ablation holds the lock.
        failed: Runs that ended badly.
    """

    runs: Runs
    jobs: Sequence[Job]
    at_once: int
    working: dict[Job, subprocess.Popen[bytes] | None] = field(default_factory=dict)
    failed: list[Job] = field(default_factory=list)

    def waiting(self) -> list[Job]:
        """Return the runs that may begin now: what a failed run was to give never comes."""
        missing = [job for job in self.jobs if job in self.working or not self.runs.finished(job)]
        return [
            job
            for job in missing
            if job not in self.working
            and job not in self.failed
            and not any(job.needs(other) for other in missing)
        ]

    def begin(self, job: Job) -> None:
        """Start a run, or find that it is at work already."""
        out = self.runs.out
        log = job.log(out)
        log.parent.mkdir(parents=True, exist_ok=True)
        lock = log.with_suffix(".lock").open("w")
        if not _free(lock):
            lock.close()
            self.working[job] = None
            return
        main = self._main(job)
        words = [sys.executable, "-m", "spatialevo_rl", *self.runs.command(job, main)]
        with lock, log.open("ab") as file:
            file.write(f"$ {' '.join(words)}\n".encode())
            file.flush()
            self.working[job] = subprocess.Popen(  # noqa: S603  (our own command)
                words,
                stdout=file,
                stderr=subprocess.STDOUT,
                pass_fds=(lock.fileno(),),  # held for as long as the run lives, even without us
                env=os.environ | {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")},
            )

    def _main(self, job: Job) -> Training | None:
        for other in self.jobs:
            if job.needs(other):
                return self.runs.training(other)
        return None

    def collect(self) -> list[Job]:
        """Return the runs that ended since the last time."""
        ended = [job for job, process in self.working.items() if self._ended(job, process)]
        for job in ended:
            del self.working[job]
            if not self.runs.finished(job):
                self.failed.append(job)
        return ended

    def _ended(self, job: Job, process: subprocess.Popen[bytes] | None) -> bool:
        if process is not None:
            return process.poll() is not None
        with job.log(self.runs.out).with_suffix(".lock").open("w") as lock:
            return _free(lock)

    def stop(self) -> None:
        """End the runs that this process started, and wait for them."""
        for process in self.working.values():
            if process is not None:
                process.terminate()
        for process in self.working.values():
            if process is not None:
                process.wait()


def _free(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run_all(queue: _Queue, console: Console) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        whole = progress.add_task("runs", total=len(queue.jobs))
        bars = {}
        try:
            while queue.working or queue.waiting():
                for job in queue.waiting()[: queue.at_once - len(queue.working)]:
                    queue.begin(job)
                    bars[job] = progress.add_task(job.name, total=queue.runs.steps(job))
                time.sleep(_POLL)
                for job in queue.working:
                    done, steps = queue.runs.done(job), queue.runs.steps(job)
                    progress.update(bars[job], completed=done, total=steps)
                for job in queue.collect():
                    progress.remove_task(bars.pop(job))
                    console.print(f"{job.name}: {'failed' if job in queue.failed else 'done'}")
                over = sum(queue.runs.finished(job) for job in queue.jobs)
                progress.update(whole, completed=over)
        finally:
            queue.stop()
    if queue.failed:
        raise AblationError(_failure(queue.failed, queue.runs.out))


def _failure(failed: Sequence[Job], out: Path) -> str:
    log = failed[0].log(out)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
    names = ", ".join(job.name for job in failed)
    return f"{names}: ended without a last checkpoint; {log} ends in: {' | '.join(lines)}"


# The questions.


def _ask_all(
    ablation: Ablation, runs: Runs, jobs: Sequence[Job], console: Console
) -> tuple[Answered, ...]:
    """Ask every adapter, or read what it answered before."""
    trained = {job: runs.training(job) for job in jobs if job.arm.name == MAIN}
    wanted: list[Kept | None] = [None]
    for job in jobs:
        main = next((took for other, took in trained.items() if job.needs(other)), None)
        wanted.extend(runs.kept(job, main))
    missing = [_wanted(ablation, kept) for kept in wanted if _known(ablation, kept) is None]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(
            "held-out questions", total=len(wanted), completed=len(wanted) - len(missing)
        )
        path = held_out_file(ablation.out)
        for _ in ask(missing, ablation.settings, path, ablation.jobs):
            progress.advance(bar)
    return tuple(
        Answered(point=_point(kept), result=read_record(_place(ablation, kept), HeldOutResult))
        for kept in wanted
    )


def _point(kept: Kept | None) -> Point:
    if kept is None:
        return Point(arm=BASE, seed=-1, step=0, label=BASE, training=None)
    return kept.point


def _place(ablation: Ablation, kept: Kept | None) -> Path:
    folder = ablation.out / "evaluations"
    if kept is None:
        return folder / "base.json"
    part = "whole" if kept.whole else "curve"
    point = kept.point
    return folder / point.arm / f"seed-{point.seed}" / f"step-{point.step}-{part}.json"


def _known(ablation: Ablation, kept: Kept | None) -> HeldOutResult | None:
    """Return what an adapter answered before, if it and the questions are still the same."""
    path = _place(ablation, kept)
    if not path.exists():
        return None
    found = read_record(path, HeldOutResult)
    adapter = "" if kept is None else adapter_digest(kept.adapter)
    questions = file_digest(held_out_file(ablation.out))
    return found if (found.adapter, found.questions) == (adapter, questions) else None


def _wanted(ablation: Ablation, kept: Kept | None) -> Wanted:
    place = _place(ablation, kept)
    if kept is None:
        return Wanted(adapter=None, step=0, whole=True, place=place)
    return Wanted(adapter=kept.adapter, step=kept.point.step, whole=kept.whole, place=place)
