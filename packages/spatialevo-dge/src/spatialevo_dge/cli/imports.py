# SPDX-License-Identifier: Apache-2.0
"""Running imports: progress, skipping what is there already, and the failures at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_dge import bundle
from spatialevo_dge.atomic_folder import passing_folder, remove_left
from spatialevo_dge.cli.console import messages, progress
from spatialevo_dge.cli.errors import DataError, StoppedError
from spatialevo_dge.cli.folders import require_free
from spatialevo_dge.cli.import_report import ImportReport, suspects_of
from spatialevo_dge.cli.quantities import counted
from spatialevo_dge.cli.reporting import CommandError
from spatialevo_dge.cli.summary import summary
from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import import_vsibench, save_import
from spatialevo_dge.json_fields import read_json
from spatialevo_dge.scene import Scene

IMAGES: Final = "images"
"""Kind of the passing folder that an importer makes images in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One scene to import.

    Attributes:
        name: The scene, as a message names it.
        output: Its bundle's folder.
        load: Imports it, given a folder for images that have to be made; raises SceneError where
            its files are at fault.
        makes_images: Whether the importer may need that folder; else it is given None.
    """

    name: str
    output: Path
    load: Callable[[Path | None], Scene]
    makes_images: bool = False


def run_jobs(jobs: Sequence[Job], output: Path, *, overwrite: bool) -> None:
    """Import one scene as the output itself, several into it.

    Raises:
        MisuseError: The output of a single scene exists.
        SceneError: A single scene's files are at fault.
        DataError: Some of several failed.
    """
    if len(jobs) == 1 and jobs[0].output == output:
        import_one(jobs[0], overwrite=overwrite)
    else:
        import_many(jobs, len(jobs), output, overwrite=overwrite)


def import_one(job: Job, *, overwrite: bool) -> None:
    """Import one scene, and say what it holds.

    Raises:
        MisuseError: The output exists.
        SceneError: The scene's files are at fault.
    """
    require_free(job.output, overwrite=overwrite)
    scene = _save(job, overwrite=overwrite)
    messages().print(f"{job.output}: {summary(scene)}")
    for frame, reason in scene.skipped_frames.items():
        messages().print(f"  frame {frame} skipped: {reason}")
    for item in suspects_of(scene):
        limits = f"{item.plausible.low:g} to {item.plausible.high:g} {item.plausible.unit}".strip()
        messages().print(f"  look at {item.name}: {item.value:.3g}, plausible are {limits}")


def import_many(jobs: Iterable[Job], total: int, output: Path, *, overwrite: bool) -> None:
    """Import scenes one after another; what exists is skipped, what fails is told at the end.

    The report is written beside the output, also when the run is stopped.

    Raises:
        DataError: Some failed.
        StoppedError: Stopped from the keyboard; the next run goes on.
    """
    report = ImportReport()
    taken: set[Path] = set()
    try:
        with progress("scenes") as bar:
            task = bar.add_task("importing", total=total)
            for job in jobs:
                bar.update(task, description=job.name)
                _import(job, taken, report, overwrite=overwrite)
                bar.advance(task)
    except KeyboardInterrupt:
        report.write(output)
        done = counted(len(report.written) + len(report.there), "scene")
        raise StoppedError(f"stopped with {done} done; the same command goes on.") from None
    report.show(report.write(output))
    if report.failed:
        raise DataError(f"{counted(len(report.failed), 'scene')} could not be imported, see above")


def _import(job: Job, taken: set[Path], report: ImportReport, *, overwrite: bool) -> None:
    try:
        _require_new(job, taken)
        if not overwrite and (job.output / bundle.HEADER).is_file():
            bundle.load(job.output)  # a damaged bundle is a failure, not a scene that is done
            remove_left(job.output, IMAGES)  # killed after the bundle was whole
            report.there.append(job.name)
            return
        require_free(job.output, overwrite=overwrite)
        report.add(job.name, _save(job, overwrite=overwrite))
    except (SceneError, CommandError, OSError) as error:
        report.fail(job.name, error)


def _save(job: Job, *, overwrite: bool) -> Scene:
    made = passing_folder(job.output, IMAGES) if job.makes_images else nullcontext()
    with made as images:
        scene = job.load(images)
        save_import(scene, job.output, images=images, overwrite=overwrite)
    return scene


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
    return Job(name=scene.id, output=output / scene.id, load=lambda _: scene)


def _failed(error: SceneError, output: Path) -> Job:
    def load(_: Path | None) -> Scene:
        raise error

    return Job(name=error.source, output=output / error.field, load=load)
