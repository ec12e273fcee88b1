# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl warmup`: make the lab's base model."""

from __future__ import annotations

import typer

from spatialevo_rl.cli.registry import app


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    }
)
def warmup(context: typer.Context) -> None:
    """Make the lab's base model; `spatialevo-rl warmup --help` lists its options.

    It stands in for the pre-training that a real model has behind it.
    """
    from spatialevo_rl.lab.warmup import main  # noqa: PLC0415  (heavy)

    main(context.args)
