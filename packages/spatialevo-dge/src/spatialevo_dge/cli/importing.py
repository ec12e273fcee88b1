# SPDX-License-Identifier: Apache-2.0
"""`import`: scans and scene metadata in their data set's own files, to bundles."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from spatialevo_dge.cli.errors import MisuseError
from spatialevo_dge.cli.registry import app

if TYPE_CHECKING:
    from spatialevo_dge.importers.selection import FrameSelection

imports = typer.Typer(add_completion=False, rich_markup_mode=None)
app.add_typer(imports, name="import")


@imports.callback(invoke_without_command=True, help="Import scenes from a data set's own files.")
def source(context: typer.Context) -> None:
    """Import scenes from a data set's own files.

    Raises:
        MisuseError: The data set is not named.
    """
    if context.invoked_subcommand is None:
        sources = [command.name for command in imports.registered_commands if not command.hidden]
        raise MisuseError(f"import: from what? Name one of {', '.join(map(str, sources))}")


Directories = Annotated[
    list[Path],
    typer.Argument(
        metavar="DIR...", help="Scenes' folders, or folders of such folders.", show_default=False
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
    typer.Option(metavar="N|every:K", help="At most N frames, see --select; or every K-th."),
]
SelectFrames = Annotated[
    Literal["even", "coverage"],
    typer.Option(
        "--select", help="N frames evenly spread, or those that show most of objects and floor."
    ),
]
LabelMap = Annotated[
    Path | None,
    typer.Option("--labels", metavar="TSV", help="scannetv2-labels.combined.tsv; maps labels."),
]
LabelColumn = Annotated[
    str, typer.Option(metavar="NAME", help="The column of --labels to take labels from.")
]
Visibility = Annotated[
    bool,
    typer.Option("--visibility/--no-visibility", help="Compute what each frame shows."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace bundles that exist.")]


@imports.command("scannet")
def scannet(  # noqa: PLR0913, PLR0917  (a command's options)
    directories: Directories,
    output: Output,
    alignment: Alignment = None,
    frames: Frames = None,
    select: SelectFrames = "even",
    labels: LabelMap = None,
    label_column: LabelColumn = "category",
    visibility: Visibility = True,
    overwrite: Overwrite = False,
) -> None:
    """Import ScanNet scenes: mesh, segments, aggregation, record, frames exported or as .sens."""
    from spatialevo_dge.cli.import_folders import folder_jobs  # noqa: PLC0415
    from spatialevo_dge.cli.imports import run_jobs  # noqa: PLC0415
    from spatialevo_dge.importers import ScanNetOptions, import_scannet  # noqa: PLC0415
    from spatialevo_dge.importers.scannet import scene_folders  # noqa: PLC0415

    options = ScanNetOptions(
        alignment=_alignment(alignment),
        frames=frame_selection(frames, select),
        visibility=visibility,
        label_map=labels,
        label_column=label_column,
    )
    jobs = folder_jobs(
        directories,
        lambda directory: scene_folders([directory]),
        output,
        lambda folder, images: import_scannet(folder, replace(options, images=images)),
    )
    run_jobs(jobs, output, overwrite=overwrite)


@imports.command("vsibench")
def vsibench(files: Files, output: OutputFolder, overwrite: Overwrite = False) -> None:
    """Import VSI-Bench's scene metadata: boxes, counts and room sizes; one bundle per scene."""
    from spatialevo_dge.cli.imports import import_many, vsibench_jobs  # noqa: PLC0415

    jobs, total = vsibench_jobs(files, output)
    import_many(jobs, total, output, overwrite=overwrite)


def _alignment(text: str | None) -> Path | Literal["none"] | None:
    if text is None:
        return None
    return "none" if text == "none" else Path(text)


def frame_selection(text: str | None, select: str = "even") -> FrameSelection:
    """Read ``N`` or ``every:K``, and how N are chosen.

    Raises:
        MisuseError: It is something else, or coverage without a number.
    """
    from spatialevo_dge.importers.selection import FrameSelection, SelectBy  # noqa: PLC0415

    by = SelectBy(select)
    match = None if text is None else re.fullmatch(r"(every:)?0*([1-9]\d{0,8})", text)
    if text is not None and match is None:
        raise MisuseError(f"--frames: expected a number such as 20, or every:10, got {text!r}")
    if by is SelectBy.COVERAGE and (match is None or match[1]):
        raise MisuseError("--select coverage: say how many with --frames N")
    if match is None:
        return FrameSelection()
    number = int(match[2])
    return FrameSelection(every=number) if match[1] else FrameSelection(at_most=number, by=by)
