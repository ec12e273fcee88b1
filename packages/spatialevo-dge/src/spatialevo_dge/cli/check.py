# SPDX-License-Identifier: Apache-2.0
"""`check`: is a scene whole and plausible?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spatialevo_dge.cli.errors import DataError
from spatialevo_dge.cli.registry import app

SceneName = Annotated[
    str,
    typer.Argument(
        metavar="SCENE", help="A bundle's folder, an own-scene JSON, or synthetic:SEED."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(scene: SceneName, as_json: AsJson = False) -> None:
    """Verify every byte of a scene and look for what cannot be; exit 1 where it is broken."""
    from spatialevo_dge.cli.findings import examine  # noqa: PLC0415
    from spatialevo_dge.cli.findings_table import print_findings, print_json  # noqa: PLC0415
    from spatialevo_dge.cli.scenes import SYNTHETIC, bundle_folder, is_own, open_scene  # noqa: PLC0415

    loaded = open_scene(scene)
    on_disk = not (scene.startswith(SYNTHETIC) or is_own(scene))
    folder: Path | None = bundle_folder(scene) if on_disk else None
    found = examine(loaded, folder)
    (print_json if as_json else print_findings)(loaded, found)
    broken = [finding.name for finding in found if finding.state.is_broken]
    if broken:
        raise DataError(f"scene {scene!r} is broken: {', '.join(broken)}")
