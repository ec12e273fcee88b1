# SPDX-License-Identifier: Apache-2.0
"""Running imports: progress, skipping what is there already, and the failures at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spatialevo_dge import bundle
from spatialevo_dge.cli.console import messages, progress
from spatialevo_dge.cli.errors import CommandError, DataError, StoppedError
from spatialevo_dge.cli.folders import require_free
from spatialevo_dge.cli.quantities import counted
from spatialevo_dge.cli.summary import summary
from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import import_vsibench
from spatialevo_dge.json_fields import read_json
from spatialevo_dge.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One scene to import.

    Attributes:
        name: The scene, as a message names it.
        output: Its bundle's folder.
        load: Imports it; raises SceneError where its files are at fault.
    """

    name: str
    output: Path
    load: Callable[[], Scene]


@dataclass(slots=True, kw_only=True)
class _Tally:
    written: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)


def import_one(job: Job, *, overwrite: bool) -> None:
    """Import one scene, and say what it holds.

    Raises:
        MisuseError: The output exists.
        SceneError: The scene's files are at fault.
    """
    require_free(job.output, overwrite=overwrite)
    scene = job.load()
    bundle.save(scene, job.output, overwrite=overwrite)
    messages().print(f"{job.output}: {summary(scene)}")
    for frame, reason in scene.skipped_frames.items():
        messages().print(f"  frame {frame} skipped: {reason}")


def import_many(jobs: Iterable[Job], total: int, *, overwrite: bool) -> None:
    """Import scenes one after another; what exists is skipped, what fails is told at the end.

    Raises:
        DataError: Some failed.
        StoppedError: Stopped from the keyboard; the next run goes on.
    """
    tally = _Tally()
    taken: set[Path] = set()
    try:
        with progress("scenes") as bar:
            task = bar.add_task("importing", total=total)
            for job in jobs:
                bar.update(task, description=job.name)
                _import(job, taken, tally, overwrite=overwrite)
                bar.advance(task)
    except KeyboardInterrupt:
        done = counted(tally.written + tally.skipped, "scene")
        raise StoppedError(f"stopped with {done} done; the same command goes on.") from None
    screen = messages()
    screen.print(
        f"{counted(tally.written, 'scene')} imported, {tally.skipped:,} there already, "
        f"{len(tally.failures):,} failed."
    )
    for failure in tally.failures:
        screen.print(f"  {failure}")
    if tally.failures:
        raise DataError(f"{counted(len(tally.failures), 'scene')} could not be imported, see above")


def _import(job: Job, taken: set[Path], tally: _Tally, *, overwrite: bool) -> None:
    try:
        _require_new(job, taken)
        if not overwrite and (job.output / bundle.HEADER).is_file():
            bundle.load(job.output)  # a damaged bundle is a failure, not a scene that is done
            tally.skipped += 1
            return
        require_free(job.output, overwrite=overwrite)
        bundle.save(job.load(), job.output, overwrite=overwrite)
        tally.written += 1
    except (SceneError, CommandError) as error:
        tally.failures.append(str(error))


def _require_new(job: Job, taken: set[Path]) -> None:
    if job.output in taken:
        raise DataError(f"{job.name}: the scene occurs twice in what is imported")
    taken.add(job.output)


def vsibench_jobs(files: Sequence[Path], output: Path) -> tuple[Iterator[Job], int]:
    """Return the jobs of metadata files and their number.

    Raises:
        SceneError: A file is no JSON object.
    """
    total = sum(len(read_json(path)) for path in files)
    return _vsibench_jobs(files, output), total


def _vsibench_jobs(files: Sequence[Path], output: Path) -> Iterator[Job]:
    for path in files:
        try:
            for scene in import_vsibench(path):
                yield _given(scene, output, path)
        except SceneError as error:  # of the scene that came next, not of the one yielded
            yield _failed(error, output)


def _given(scene: Scene, output: Path, source: Path) -> Job:
    if Path(scene.id).name != scene.id or scene.id == "..":
        raise SceneError(source, scene.id, "the scene's name is not a folder's")
    return Job(name=scene.id, output=output / scene.id, load=lambda: scene)


def _failed(error: SceneError, output: Path) -> Job:
    def load() -> Scene:
        raise error

    return Job(name=error.source, output=output / error.field, load=load)
