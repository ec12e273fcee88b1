# SPDX-License-Identifier: Apache-2.0
"""Everything that a report consists of: missing images made, page and picture written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from spatialevo_dge import SceneError
from spatialevo_rl.report.curves import curriculum, learning
from spatialevo_rl.report.held_out import progress
from spatialevo_rl.report.page import write_page
from spatialevo_rl.report.png import write_picture
from spatialevo_rl.report.run import Run, read_run
from spatialevo_rl.report.samples import Sample, samples
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.settings import SceneSettings
from spatialevo_rl.thumbnails import keep_thumbnail, thumbnail_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a report is.

    Attributes:
        run: The run, as read.
        files: The page, and the picture where the run has a step.
        notes: What a reader should know.
    """

    run: Run
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def write_report(
    folder: Path, page: Path | None = None, store: SceneStore | None = None
) -> Written:
    """Write a run's page, and its learning curve beside it.

    Args:
        folder: The run.
        page: The page; ``report.html`` in the run's folder where None.
        store: The run's scenes, for images that were not kept; opened as the settings say where
            None.

    Raises:
        NotARunError: The folder is not a run's.
        RecordError: A file of it is damaged.
        OSError: A file cannot be written.
    """
    run = read_run(folder)
    path = folder / "report.html" if page is None else page
    notes = _keep_images(run, store) if run.steps else ()
    write_page(run, path)
    if not run.steps:
        notes = () if run.rounds else ("no step of the run is finished yet",)
        return Written(run=run, files=(path,), notes=notes)
    picture = path.with_name(f"{path.stem}.png")
    write_picture((*progress(run), *learning(run)[:4], *curriculum(run)[:1]), picture)
    return Written(run=run, files=(path, picture), notes=notes)


def _keep_images(run: Run, store: SceneStore | None) -> tuple[str, ...]:
    """Make the small images that the gallery wants and the run did not keep."""
    wanted = [each for each in samples(run) if not _kept(run, each)]
    if not wanted:
        return ()
    try:
        if store is None:
            store = open_store(scene_settings(run.folder / "config.yaml"))
        for each in wanted:
            first = each.first
            images = store.images(first.scene_id, first.frames)
            for frame, image in zip(first.frames, images, strict=True):
                keep_thumbnail(run.folder, first.scene_id, frame, image)
    except SceneError as error:
        return (f"the gallery lacks images: {error}",)
    return ()


def _kept(run: Run, sample: Sample) -> bool:
    scene, frames = sample.first.scene_id, sample.first.frames
    return all(thumbnail_path(run.folder, scene, frame).is_file() for frame in frames)


def scene_settings(path: Path) -> SceneSettings:
    """Read from a run's config.yaml where its scenes come from."""
    values: Mapping[str, Any] = {}
    if path.exists():
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = {field.name for field in fields(SceneSettings)}
    return SceneSettings(**{key: value for key, value in values.items() if key in names})
