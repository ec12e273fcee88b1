# SPDX-License-Identifier: Apache-2.0
"""`import scannetpp`, `import arkitscenes` and `import own`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from spatialevo_dge.cli.errors import MisuseError
from spatialevo_dge.cli.importing import (
    Directories,
    Frames,
    Output,
    Overwrite,
    SelectFrames,
    Visibility,
    frame_selection,
    imports,
)

CaptureName = Annotated[
    Literal["dslr", "iphone"] | None,
    typer.Option("--capture", help="Whose frames; by default the DSLR's, else the iPhone's."),
]
TestFrames = Annotated[
    bool, typer.Option("--test-frames/--no-test-frames", help="Take the benchmark's test views.")
]
AnnotatedBoxes = Annotated[
    bool,
    typer.Option("--annotated-boxes/--fitted-boxes", help="Boxes as annotated, or fitted anew."),
]
Upright = Annotated[
    bool, typer.Option("--upright/--as-taken", help="Turn images that were taken sideways.")
]
OwnFiles = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE...", help="JSON files, see --schema.", show_default=False),
]
OwnOutput = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="OUT", help="The bundle, or a folder for several."),
]


@imports.command("scannetpp")
def scannetpp(  # noqa: PLR0913, PLR0917  (a command's options)
    directories: Directories,
    output: Output,
    frames: Frames = None,
    select: SelectFrames = "even",
    capture: CaptureName = None,
    test_frames: TestFrames = True,
    annotated_boxes: AnnotatedBoxes = True,
    visibility: Visibility = True,
    overwrite: Overwrite = False,
) -> None:
    """Import ScanNet++ scenes: mesh, segments, annotation, DSLR or iPhone cameras."""
    from spatialevo_dge.cli.import_folders import folder_jobs  # noqa: PLC0415
    from spatialevo_dge.cli.imports import run_jobs  # noqa: PLC0415
    from spatialevo_dge.importers import (  # noqa: PLC0415
        Capture,
        ScanNetPPOptions,
        import_scannetpp,
    )
    from spatialevo_dge.importers.scannetpp import scannetpp_folders  # noqa: PLC0415

    options = ScanNetPPOptions(
        frames=frame_selection(frames, select),
        visibility=visibility,
        capture=None if capture is None else Capture(capture),
        test_frames=test_frames,
        annotated_boxes=annotated_boxes,
    )
    jobs = folder_jobs(
        directories,
        scannetpp_folders,
        output,
        lambda folder, images: import_scannetpp(folder, replace(options, images=images)),
    )
    run_jobs(jobs, output, overwrite=overwrite)


@imports.command("arkitscenes")
def arkitscenes(  # noqa: PLR0913, PLR0917  (a command's options)
    directories: Directories,
    output: Output,
    frames: Frames = None,
    select: SelectFrames = "even",
    upright: Upright = True,
    visibility: Visibility = True,
    overwrite: Overwrite = False,
) -> None:
    """Import ARKitScenes videos: annotation, mesh, trajectory, low-resolution images and depth."""
    from spatialevo_dge.cli.import_folders import folder_jobs  # noqa: PLC0415
    from spatialevo_dge.cli.imports import run_jobs  # noqa: PLC0415
    from spatialevo_dge.importers import ARKitScenesOptions, import_arkitscenes  # noqa: PLC0415
    from spatialevo_dge.importers.arkitscenes import arkitscenes_folders  # noqa: PLC0415

    options = ARKitScenesOptions(
        frames=frame_selection(frames, select), visibility=visibility, upright=upright
    )
    jobs = folder_jobs(
        directories,
        arkitscenes_folders,
        output,
        lambda folder, images: import_arkitscenes(folder, replace(options, images=images)),
    )
    run_jobs(jobs, output, overwrite=overwrite)


def _print_schema(wanted: bool) -> None:
    if wanted:
        from spatialevo_dge.importers.own_scene import schema  # noqa: PLC0415

        typer.echo(schema(), nl=False)
        raise typer.Exit


@imports.command("own")
@imports.command("json", hidden=True)  # what `ask` and scripts call the same files
def own(
    files: OwnFiles = None,
    output: OwnOutput = None,
    overwrite: Overwrite = False,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", callback=_print_schema, is_eager=True, help="Print the JSON schema and end."
        ),
    ] = False,
) -> None:
    """Import scenes of one's own: labelled boxes, and where wanted a floor and posed images."""
    del schema  # acted upon before
    from spatialevo_dge.cli.imports import Job, run_jobs  # noqa: PLC0415
    from spatialevo_dge.importers import import_own  # noqa: PLC0415

    if not files or output is None:
        raise MisuseError("import own: name the JSON files and --output, or ask for --schema")
    single = len(files) == 1

    def job(path: Path) -> Job:
        target = output if single else output / path.stem
        return Job(name=path.stem, output=target, load=lambda _: import_own(path))

    run_jobs([job(path) for path in files], output, overwrite=overwrite)
