# SPDX-License-Identifier: Apache-2.0
"""`view`: a scene, and the evidence of a ruling on it, as a page for a browser or a picture."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from spatialevo_dge.cli.ask import frame_ids
from spatialevo_dge.cli.errors import MisuseError, one_of
from spatialevo_dge.cli.registry import app
from spatialevo_dge.question import Question
from spatialevo_dge.tasks import tasks_by_id
from spatialevo_dge.thresholds import DEFAULT, POLICIES

if TYPE_CHECKING:
    from spatialevo_dge.scene import Scene

SceneName = Annotated[
    str, typer.Argument(metavar="SCENE", help="A bundle's folder, or synthetic:SEED.")
]
Text = Annotated[
    str | None, typer.Option("--question", metavar="TEXT", help="Is ruled on, its evidence drawn.")
]
Frames = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="Ids of the frames shown with it, in order, comma-separated."),
]
TaskId = Annotated[
    str | None, typer.Option(metavar="TASK", help="The task that the question is meant for.")
]
PolicyName = Annotated[
    str, typer.Option(metavar="POLICY", help=f"Thresholds: {', '.join(POLICIES)}.")
]
Page = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="The page: one HTML file, works offline."),
]
Picture = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A picture for a paper: one PNG file.")
]


@app.command()
def view(  # noqa: PLR0913, PLR0917  (options of a command line)
    scene: SceneName,
    question: Text = None,
    frames: Frames = None,
    task: TaskId = None,
    policy: PolicyName = DEFAULT.name,
    output: Page = None,
    picture: Picture = None,
) -> None:
    """Look at a scene and at what a ruling on a question was computed from.

    The page holds the scan's points, boxes with labels, cameras, the images and the evidence:
    the measured segment, the sector, the depths. The picture holds the plan and the images.
    """
    _require_places(output, picture)
    if task is not None and question is None:
        raise MisuseError("--task: there is no question that could be meant for it")
    asked = None
    if question is not None:
        asked = Question(
            text=question,
            frames=frame_ids(frames),
            task=None if task is None else one_of("--task", task, tasks_by_id()),
        )
    rules = POLICIES[one_of("--policy", policy, POLICIES)]
    from spatialevo_dge.cli.console import messages  # noqa: PLC0415
    from spatialevo_dge.viewing import subject_of, write_page, write_picture  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        subject = subject_of(
            _opened(scene, Path(folder)),
            asked,
            policy=rules,
            frames=frame_ids(frames) if asked is None else (),
        )
        if output is not None:
            write_page(subject, output)
            messages().print(f"{output}: page written")
        if picture is not None:
            write_picture(subject, picture)
            messages().print(f"{picture}: picture written")


def _opened(name: str, folder: Path) -> Scene:
    """Load a scene; a synthetic room is written first, so that it has its images."""
    from spatialevo_dge.cli.scenes import SYNTHETIC, open_scene, seed_of  # noqa: PLC0415

    if not name.startswith(SYNTHETIC):
        return open_scene(name)
    from spatialevo_dge.scene import Scene  # noqa: PLC0415
    from spatialevo_dge.synthetic import make_room, save_room  # noqa: PLC0415  (only rooms need it)

    save_room(make_room(seed_of(name)), folder / "room")
    return Scene.load(folder / "room")


def _require_places(output: Path | None, picture: Path | None) -> None:
    """Refuse, before any work is done, outputs that cannot be written."""
    if output is None and picture is None:
        raise MisuseError("view: where does it go? Give -o PAGE.html, --picture FILE.png or both")
    if picture is not None and picture.suffix.lower() != ".png":
        raise MisuseError(f"--picture: it is a PNG file; expected a name in .png, got {picture}")
    for name, path in (("--output", output), ("--picture", picture)):
        if path is None:
            continue
        if path.is_dir():
            raise MisuseError(f"{name}: {str(path)!r} is a folder; give a file's name")
        if not path.parent.is_dir():
            raise MisuseError(f"{name}: there is no folder {str(path.parent)!r}")
