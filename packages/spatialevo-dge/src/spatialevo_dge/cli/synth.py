# SPDX-License-Identifier: Apache-2.0
"""`synth`: make a synthetic room, its truth known by construction, and write it as a bundle."""

from __future__ import annotations

import re
from math import radians
from pathlib import Path
from typing import Annotated

import typer

from spatialevo_dge.cli.errors import MisuseError, one_of
from spatialevo_dge.cli.registry import app

Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same room.")]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="SCENE", help="The bundle's folder.")
]
Shape = Annotated[
    str | None, typer.Option(metavar="SHAPE", help="rectangle, L, T, U or cut-corner.")
]
Furniture = Annotated[
    str | None, typer.Option(metavar="SET", help="living, bedroom, kitchen, office or bathroom.")
]
Size = Annotated[str | None, typer.Option(metavar="WxD", help="Width and depth in metres: 4x5.")]
Cameras = Annotated[int, typer.Option(min=0, help="Number of images.")]
Clutter = Annotated[int, typer.Option(min=0, help="Number of small things strewn about.")]
Yaw = Annotated[float, typer.Option(metavar="DEGREES", help="Turn of the whole room.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a bundle that exists.")]


@app.command()
def synth(  # noqa: PLR0913, PLR0917  (options of a command line)
    output: Output,
    seed: Seed = 0,
    shape: Shape = None,
    furniture: Furniture = None,
    size: Size = None,
    cameras: Cameras = 8,
    clutter: Clutter = 0,
    yaw: Yaw = 0.0,
    overwrite: Overwrite = False,
) -> None:
    """Make a synthetic room with furniture, cameras and images, and write it as a bundle."""
    from spatialevo_dge.cli.console import messages  # noqa: PLC0415
    from spatialevo_dge.cli.folders import require_free  # noqa: PLC0415
    from spatialevo_dge.cli.summary import summary  # noqa: PLC0415
    from spatialevo_dge.synthetic import (  # noqa: PLC0415  (only this command needs it)
        FurnitureSet,
        RoomOptions,
        RoomShape,
        make_room,
        save_room,
    )

    options = RoomOptions(
        shape=None if shape is None else RoomShape(one_of("--shape", shape, RoomShape)),
        furniture=None
        if furniture is None
        else FurnitureSet(one_of("--furniture", furniture, FurnitureSet)),
        size=None if size is None else width_and_depth(size),
        cameras=cameras,
        clutter=clutter,
        yaw=radians(yaw),
    )
    require_free(output, overwrite=overwrite)
    room = make_room(seed, options)
    save_room(room, output, overwrite=overwrite)
    messages().print(f"{output}: {summary(room.scene)}")


def width_and_depth(text: str) -> tuple[float, float]:
    """Read ``WxD``.

    Raises:
        MisuseError: It is something else.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)[x×](\d+(?:\.\d+)?)", text)
    if match is None:
        raise MisuseError(f"--size: expected width and depth in metres such as 4x5, got {text!r}")
    return float(match[1]), float(match[2])
