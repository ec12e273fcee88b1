# SPDX-License-Identifier: Apache-2.0
"""Findings as a table, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import typer
from rich.text import Text

from spatialevo_dge.cli.console import console, print_table, table
from spatialevo_dge.cli.finding import Finding, State
from spatialevo_dge.scene import Scene

_STYLES: Final[Mapping[State, str]] = {
    State.OK: "green",
    State.LOOK: "yellow",
    State.BROKEN: "bold red",
    State.ABSENT: "dim",
}


def print_findings(scene: Scene, found: Sequence[Finding]) -> None:
    """Print a table, one finding a row."""
    rows = table("", scene.id, f"from {scene.source}")
    for finding in found:
        rows.add_row(
            Text(finding.state.value, style=_STYLES[finding.state]), finding.name, finding.text
        )
    print_table(console(), rows)


def print_json(scene: Scene, found: Sequence[Finding]) -> None:
    """Print one JSON object."""
    findings = {item.name: {"state": item.state.value, "text": item.text} for item in found}
    record = {"scene": scene.id, "source": scene.source, "findings": findings}
    typer.echo(json.dumps(record, indent=2, ensure_ascii=False))
