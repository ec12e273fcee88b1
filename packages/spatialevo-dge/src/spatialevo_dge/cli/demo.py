# SPDX-License-Identifier: Apache-2.0
"""`demo`: a synthetic room, a picture of it, and every task asked twice."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from spatialevo_dge.cli.errors import PROGRAM, DataError, MisuseError
from spatialevo_dge.cli.registry import app

if TYPE_CHECKING:
    from rich.console import Console

    from spatialevo_dge.cli.demonstration.rows import Row
    from spatialevo_dge.scene import Scene
    from spatialevo_dge.synthetic import SyntheticRoom

PICTURE: Final = "room.png"
BUNDLE: Final = "scene"
MOST_VIEWS: Final = 8  # what a picture holds

Seed = Annotated[int, typer.Option(min=0, help="Another seed makes another room.")]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Where the picture and the room go.")
]


@app.command()
def demo(seed: Seed = 7, output: Output = Path("spatialevo-demo")) -> None:
    """Make a room, show it, and ask one legal and one illegal question of every task."""
    from spatialevo_dge.cli.console import console, messages, print_table  # noqa: PLC0415
    from spatialevo_dge.cli.demonstration.layout import as_table, totals  # noqa: PLC0415
    from spatialevo_dge.cli.demonstration.rows import every_task  # noqa: PLC0415
    from spatialevo_dge.synthetic import make_room  # noqa: PLC0415

    screen = console()
    _require_folder(output)
    with messages().status("making a room"):
        room = make_room(seed)
        written = _write_scene(room, output)
    _introduce(room, screen)
    found = _ask(room, seed)
    picture = _write_picture(room, found, output)
    print_table(screen, as_table(found, room.scene.id))
    screen.print()
    for line in (*totals(found), picture, *written):
        screen.print(line, soft_wrap=True)
    wrong = [row for row in found if not row.as_expected or row.as_built is False]
    if wrong or not every_task(found):
        asked = ", ".join(sorted({row.task.id for row in wrong})) or "a task has no question"
        raise DataError(f"demo: not all rulings are as they should be: {asked}")


def _require_folder(output: Path) -> None:
    if output.exists() and not output.is_dir():
        raise MisuseError(f"--output: {str(output)!r} is a file; the demo writes a folder")
    output.mkdir(parents=True, exist_ok=True)


def _write_scene(room: SyntheticRoom, output: Path) -> list[str]:
    """Write the bundle; return lines that say where, and what to do with it."""
    from spatialevo_dge.synthetic import save_room  # noqa: PLC0415

    scene = output / BUNDLE
    save_room(room, scene, overwrite=True)
    again = shlex.join([PROGRAM, "ask", str(scene), "How large is this room?"])
    return [f"scene: {scene}", f"ask it yourself: {again}"]


def _write_picture(room: SyntheticRoom, found: list[Row], output: Path) -> str:
    """Draw the plan and the frames that the table asks about; return a line that says so."""
    from spatialevo_dge.synthetic import picture  # noqa: PLC0415

    shown = frames_asked(found, room.scene)
    picture(room, output / PICTURE, shown[:MOST_VIEWS])
    names = ", ".join(room.scene.frames[index].id for index in shown[:MOST_VIEWS])
    return f"picture: {output / PICTURE}" + (f" (the plan, and frames {names})" if names else "")


def frames_asked(found: list[Row], scene: Scene) -> list[int]:
    """Return the indices of a scene's frames that the rows ask about, in order of the frames."""
    asked = {frame for row in found if row.scene is scene for frame in row.question.frames}
    return [index for index, frame in enumerate(scene.frames) if frame.id in asked]


def _introduce(room: SyntheticRoom, screen: Console) -> None:
    from spatialevo_dge.cli.demonstration.screen import show  # noqa: PLC0415
    from spatialevo_dge.cli.summary import summary  # noqa: PLC0415

    screen.print(summary(room.scene), style="bold")
    if room.pictures:
        fullest = max(room.pictures, key=lambda drawn: len(set(drawn.owners.ravel().tolist())))
        show(screen, fullest.rgb)
    screen.print()


def _ask(room: SyntheticRoom, seed: int) -> list[Row]:
    from spatialevo_dge.cli.console import progress  # noqa: PLC0415
    from spatialevo_dge.cli.demonstration.rows import rows  # noqa: PLC0415
    from spatialevo_dge.tasks import all_tasks  # noqa: PLC0415

    found = []
    with progress("questions") as bar:
        task = bar.add_task("asking", total=2 * len(all_tasks()))
        for row in rows(room, seed):
            found.append(row)
            bar.advance(task)
    return found
