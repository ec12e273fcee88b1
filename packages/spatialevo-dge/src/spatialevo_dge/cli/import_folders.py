# SPDX-License-Identifier: Apache-2.0
"""From the folders named on a command line to the scenes to import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from spatialevo_dge.cli.imports import Job
from spatialevo_dge.scene import Scene


def folder_jobs(
    directories: Sequence[Path],
    find: Callable[[Path], list[Path]],
    output: Path,
    load: Callable[[Path, Path | None], Scene],
) -> list[Job]:
    """Return a job for each scene's folder.

    Args:
        directories: What was named.
        find: Returns the scenes' folders under one of them, or it itself; where there is none it is
            taken as a scene's, so that the importer says what is missing.
        output: The bundle of a single scene that was named itself, else the folder of bundles.
        load: Imports a folder, given a folder for images that have to be made.
    """
    folders = [folder for directory in directories for folder in find(directory) or [directory]]
    single = folders == list(directories) and len(folders) == 1

    def job(folder: Path) -> Job:
        name = folder.absolute().name  # a link keeps the name it was given
        target = output if single else output / name
        return Job(
            name=name, output=target, load=lambda images: load(folder, images), makes_images=True
        )

    return [job(folder) for folder in folders]
