# SPDX-License-Identifier: Apache-2.0
"""`spatialevo-rl plan`: memory and time of a recipe, without a GPU."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Annotated, Any, Final

import typer

from spatialevo_rl.cli.registry import app
from spatialevo_rl.cli.settings import SETTINGS, values_of
from spatialevo_rl.plan.advice import plan_of
from spatialevo_rl.plan.text import lines
from spatialevo_rl.plan.workload import (
    Assumptions,
    known_settings,
    parse_gpus,
    usual_gpus,
    workload_of,
)

_DEFAULT: Final = Assumptions()
_DIVISORS: Final = ("tflops", "bandwidth", "link", "utilisation", "decoding")
"""Speeds: time is divided by them."""


@app.command(context_settings=SETTINGS)
def plan(
    context: typer.Context,
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a YAML file.")] = "spatialevo-7b",
    gpus: Annotated[
        str,
        typer.Option(
            help="How many, and GB of each; as many as the recipe's rows are for if not given, of "
            "80 GB, or of the size in the recipe's name."
        ),
    ] = "",
) -> None:
    """Print memory and time of a recipe, and which setting to turn where it does not fit.

    Needs no GPU, no torch and no weights. Any setting of the recipe can be overridden, as in
    `--max_completion_length 512`; so can any assumption, as in `--tflops 990`.
    """
    names = {field.name for field in fields(Assumptions)}
    given = values_of(recipe, context.args, {*names, *known_settings()})
    if "proposer" in given:
        raise ValueError(f"{recipe}: plan knows the joint update, and this is a loop of rounds")
    settings = {key: value for key, value in given.items() if key not in names}
    assumed = replace(_DEFAULT, **{key: _number(key, given[key]) for key in names & set(given)})
    work = workload_of(settings)
    where = parse_gpus(gpus) if gpus else usual_gpus(work, recipe)
    found = plan_of(work, where, assumed)
    for line in lines(found, recipe):
        typer.echo(line)
    if settings.get("use_cpu"):
        typer.echo("\nThe recipe runs on a CPU (use_cpu); this is its plan for a GPU.")
    if not found.fits:
        raise typer.Exit(code=1)


def _number(name: str, value: Any) -> Any:
    wanted = type(getattr(_DEFAULT, name))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name}: expected a number of at least 0, got {value!r}")
    if name in _DIVISORS and value == 0:
        raise ValueError(f"{name}: expected a number above 0, got {value!r}")
    return wanted(value)
