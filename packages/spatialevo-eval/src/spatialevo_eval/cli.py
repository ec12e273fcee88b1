# SPDX-License-Identifier: Apache-2.0
"""The command `spatialevo-eval`: run benchmarks, and read what was run.

Exit codes: 0 done, 1 bad data or items without a reply, 2 misuse, 130 stopped. `--debug` shows
tracebacks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from spatialevo_dge.cli.console import console, print_table, table
from spatialevo_dge.cli.reporting import STOPPED
from spatialevo_eval.benchmarks import all_benchmarks
from spatialevo_eval.choosing import benchmarks_of, one_of
from spatialevo_eval.cli_errors import PROGRAM, REPORTER
from spatialevo_eval.leakage import (
    benchmark_scenes,
    find_leaks,
    looks_like_arkit,
    read_scenes,
    read_visits,
)
from spatialevo_eval.lmms_tasks import write_task
from spatialevo_eval.provenance import here
from spatialevo_eval.records import RunError
from spatialevo_eval.report import write_report
from spatialevo_eval.report.markup import percent, probability, signed
from spatialevo_eval.report.tables import span
from spatialevo_eval.results import Result, compare_results, differences, find_runs, read_result
from spatialevo_eval.running import app as running

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.registered_commands += running.registered_commands

COMMANDS: Final = ("list", "run", "report", "compare", "leakage", "lmms-tasks", "provenance")


def print_version(wanted: bool) -> None:
    """Print this distribution's version and leave, where `--version` was given."""
    if wanted:
        typer.echo(f"spatialevo-eval {metadata.version('spatialevo-eval')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=print_version, is_eager=True)] = (
        False
    ),
) -> None:
    """Benchmarks of spatial reasoning, scored by the SpatialEvo oracle."""


@app.command("list")
def list_command() -> None:
    """List the benchmarks."""
    screen, laid = console(), table("benchmark", "title", "data", "images", "scorings")
    for each in all_benchmarks():
        data = each.dataset
        where = f"{data.hub_id} {data.config or ''}".strip() if data.hub_id else "made here"
        frames = f"{each.frame_sampling.count} frames" if each.frame_sampling else "images"
        laid.add_row(each.id, each.title, where, frames, ", ".join(("own", *each.variants)))
    print_table(screen, laid)


@app.command()
def report(
    folders: Annotated[list[Path], typer.Argument(help="Runs, or folders that hold them.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page.")] = Path("report.html"),
    title: Annotated[str, typer.Option(help="Its heading.")] = "Spatial reasoning, evaluated",
) -> None:
    """Write one page that needs no network, and its tables as Markdown beside it."""
    write_report(folders, output, title)
    typer.echo(f"{output}\n{output.with_suffix('.md')}")


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A run, or a folder of one model's runs.")],
    second: Annotated[Path, typer.Argument(help="The other.")],
    by_task: Annotated[bool, typer.Option("--by-task", help="Each row's difference too.")] = False,
) -> None:
    """Compare two models on the same items: paired intervals and a paired test."""
    pairs = _pairs(first, second)
    screen = console()
    laid = table(
        "benchmark", "first", "second", "difference", "95 %", "p", "better", "worse", "p, McNemar"
    )
    for one, other in pairs:
        found = compare_results(one, other)
        laid.add_row(
            one.benchmark.title,
            percent(found.first),
            percent(found.second),
            signed(found.difference.value),
            span(found.difference),
            probability(found.p_value),
            str(found.better),
            str(found.worse),
            probability(found.mcnemar),
        )
    print_table(screen, laid)
    if by_task:
        rows = table("benchmark", "task", "difference", "95 %")
        for one, other in pairs:
            for name, found_row in differences(one, other).items():
                rows.add_row(one.benchmark.title, name, signed(found_row.value), span(found_row))
        print_table(screen, rows)


@app.command()
def leakage(
    asked: Annotated[
        str, typer.Argument(help="A benchmark, or a file or folder that lists its scenes.")
    ],
    trained: Annotated[
        Path, typer.Argument(help="A training run, a store of scenes, or a file that lists them.")
    ],
    visits: Annotated[
        Path | None, typer.Option(help="ARKitScenes' metadata.csv: which videos show one room.")
    ] = None,
) -> None:
    """Report scenes of a benchmark whose rooms were trained on; exit code 1 where there are any."""
    in_file = Path(asked).exists()
    benchmarks = () if in_file else benchmarks_of([asked])
    seen = read_scenes(trained)
    wanted = read_scenes(Path(asked)) if in_file else benchmark_scenes(benchmarks[0])
    known = read_visits(visits) if visits is not None else {}
    leaks = find_leaks(wanted, seen, known)
    for leak in leaks:
        how = "trained on" if leak.exact else f"same room as {', '.join(leak.trained)}"
        typer.echo(f"{leak.scene}: {how}")
    typer.echo(f"{len(leaks)} of {len(wanted)} scenes overlap with {len(seen)} of training")
    if visits is None and looks_like_arkit(wanted) and looks_like_arkit(seen):
        typer.echo(
            "ARKitScenes: other videos of one room were not looked for; name --visits metadata.csv",
            err=True,
        )
    if leaks:
        raise typer.Exit(1)


@app.command("lmms-tasks")
def lmms_tasks(
    benchmarks: Annotated[list[str], typer.Argument(help="Ids, as `list` shows them.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Takes a folder a task.")],
) -> None:
    """Write benchmarks as task files of lmms-eval, for its `--include_path`."""
    for benchmark in benchmarks_of(benchmarks):
        typer.echo(write_task(benchmark, output))


@app.command()
def provenance() -> None:
    """Print, as JSON, the software and machine that a result made here would carry."""
    record = asdict(here())
    typer.echo(json.dumps({**record, "versions": dict(record["versions"])}, indent=2))


def _pairs(first: Path, second: Path) -> list[tuple[Result, Result]]:
    """Return the runs of both sides that are of one benchmark and alike in showing images."""
    ours, theirs = ([read_result(run) for run in find_runs(each)] for each in (first, second))
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])]
    found = [
        (one, other)
        for one in ours
        for other in theirs
        if not one.is_baseline and not other.is_baseline and one.benchmark.id == other.benchmark.id
    ]
    if not found:
        raise RunError(f"{first} and {second}: no benchmark was run in both")
    return found


def run_command_line(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; expected errors become one line on stderr."""
    words = [word for word in arguments if word != "--debug"]
    try:
        if words and not words[0].startswith("-"):
            one_of("command", words[0], COMMANDS)
        command: Any = app
        code = command(words or ["--help"], prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except REPORTER.expected as error:
        if len(words) < len(arguments) or not REPORTER.is_expected(error):
            raise
        return REPORTER.report(error)
    if code == STOPPED:  # typer has swallowed a KeyboardInterrupt
        REPORTER.report(KeyboardInterrupt())
    return code if isinstance(code, int) else 0


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    sys.exit(run_command_line(sys.argv[1:] if arguments is None else arguments))
