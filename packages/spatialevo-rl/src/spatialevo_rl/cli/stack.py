# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl stack`: which parts of the training stack are installed."""

from rich.console import Console
from rich.table import Table

from spatialevo_rl.cli.registry import app
from spatialevo_rl.stack import components


@app.command()
def stack() -> None:
    """Show which parts of the training stack are installed, beside what is required."""
    table = Table("extra", "distribution", "required", "installed", "")
    for part in components():
        state = "ok" if part.satisfied else "missing" if part.installed is None else "wrong version"
        table.add_row(part.extra, part.name, str(part.required), part.installed or "-", state)
    Console().print(table)
