# SPDX-License-Identifier: Apache-2.0
"""`import`: scans and scene metadata in their data set's own files, to bundles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from spatialevo_dge.cli.errors import MisuseError
from spatialevo_dge.cli.registry import app

if TYPE_CHECKING:
    from spatialevo_dge.importers.selection import FrameSelection

imports = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Import scenes from a data set's own files.",
)
app.add_typer(imports, name="import")

Directory = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", help="A scene's folder, or a folder of such folders.", show_default=False
    ),
]
Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="*_meta_info_val.json", show_default=False),
]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="OUT", help="The bundle, or a folder for several."),
]
OutputFolder = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="OUT_DIR", help="Bundles go to OUT_DIR/SCENE_NAME."),
]
Alignment = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|none",
        help="Axis alignment: 16 numbers, or JSON by scene id; none keeps the scan's own axes. "
        "Needed where the scan's .txt has no axisAlignment.",
    ),
]
Frames = Annotated[
    str | None,
    typer.Option(metavar="N|every:K", help="At most N frames, evenly spread, or every K-th."),
]
Visibility = Annotated[
    bool,
    typer.Option("--visibility/--no-visibility", help="Compute what each frame shows."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace bundles that exist.")]


@imports.command("scannet")
def scannet(
    directory: Directory,
    output: Output,
    alignment: Alignment = None,
    frames: Frames = None,
    visibility: Visibility = True,
    overwrite: Overwrite = False,
) -> None:
    """Import ScanNet scenes: mesh, segments, aggregation, record, and exported frames."""
    from spatialevo_dge.cli.imports import Job, import_many, import_one  # noqa: PLC0415
    from spatialevo_dge.importers import ScanNetOptions, import_scannet  # noqa: PLC0415
    from spatialevo_dge.importers.scannet import scene_folders  # noqa: PLC0415

    options = ScanNetOptions(
        alignment=_alignment(alignment), frames=frame_selection(frames), visibility=visibility
    )
    folders = scene_folders([directory]) if directory.is_dir() else []

    def job(folder: Path, target: Path) -> Job:
        return Job(name=folder.name, output=target, load=lambda: import_scannet(folder, options))

    if folders in ([], [directory]):  # a folder without a scene: the importer says so
        import_one(job(directory, output), overwrite=overwrite)
    else:
        jobs = [job(folder, output / folder.name) for folder in folders]
        import_many(jobs, len(jobs), overwrite=overwrite)


@imports.command("vsibench")
def vsibench(files: Files, output: OutputFolder, overwrite: Overwrite = False) -> None:
    """Import VSI-Bench's scene metadata: boxes, counts and room sizes; one bundle per scene."""
    from spatialevo_dge.cli.imports import import_many, vsibench_jobs  # noqa: PLC0415

    jobs, total = vsibench_jobs(files, output)
    import_many(jobs, total, overwrite=overwrite)


def _alignment(text: str | None) -> Path | Literal["none"] | None:
    if text is None:
        return None
    return "none" if text == "none" else Path(text)


def frame_selection(text: str | None) -> FrameSelection:
    """Read ``N`` or ``every:K``.

    Raises:
        MisuseError: It is something else.
    """
    from spatialevo_dge.importers.selection import FrameSelection  # noqa: PLC0415

    if text is None:
        return FrameSelection()
    match = re.fullmatch(r"(every:)?0*([1-9]\d{0,8})", text)
    if match is None:
        raise MisuseError(f"--frames: expected a number such as 20, or every:10, got {text!r}")
    number = int(match[2])
    return FrameSelection(every=number) if match[1] else FrameSelection(at_most=number)
