# SPDX-License-Identifier: Apache-2.0
"""The command `spatialevo-eval run`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from spatialevo_dge.cli.console import console, print_table, progress, table
from spatialevo_eval.benchmark import Benchmark, Generation, LoadOptions
from spatialevo_eval.choosing import ModelChoice, benchmarks_of, model_of, rows_of
from spatialevo_eval.models import Model
from spatialevo_eval.models.baselines import MOST_FREQUENT, MostFrequent
from spatialevo_eval.records import RunError
from spatialevo_eval.report.markup import percent
from spatialevo_eval.report.tables import span
from spatialevo_eval.results import OVERALL, intervals, read_result
from spatialevo_eval.run import Outcome, RunOptions, run_benchmark

app = typer.Typer()
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a command line asks for.

    Attributes:
        output: The folder that takes a folder a run.
        options: Which items, and how they are asked.
        baselines: Whether the blind model and the most frequent answer are run too.
    """

    output: Path
    options: RunOptions
    baselines: bool


@app.command()
def run(  # noqa: PLR0913, PLR0917 - the options of a command line
    benchmarks: Annotated[list[str], typer.Argument(help="Ids, as `list` shows them.")],
    model: Annotated[str, typer.Option(help="A folder, hub id or the back end's name.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Takes a folder a benchmark.")],
    backend: Annotated[str, typer.Option(help="Or vllm, openai, lmms-eval.")] = "transformers",
    name: Annotated[str, typer.Option(help="What tables call the model.")] = "",
    url: Annotated[str | None, typer.Option(help="Server, as http://localhost:8000/v1.")] = None,
    in_flight: Annotated[int, typer.Option(help="Requests at a time to a server.")] = 64,
    timeout: Annotated[float, typer.Option(help="Seconds for a server's reply.")] = 300.0,
    batch: Annotated[int, typer.Option(help="Requests in a pass of transformers.")] = 8,
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    device: Annotated[str | None, typer.Option(help="cpu, cuda …; transformers only.")] = None,
    model_revision: Annotated[str | None, typer.Option(help="Of a hub id.")] = None,
    engine_args: Annotated[str, typer.Option(help="JSON, for vLLM or lmms-eval.")] = "{}",
    limit: Annotated[int | None, typer.Option(min=1, help="Items at most, from the front.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only these question types.")] = None,
    frames: Annotated[int | None, typer.Option(min=1, help="Frames of a video.")] = None,
    media: Annotated[Path | None, typer.Option(help="Folder with unpacked videos.")] = None,
    revision: Annotated[str | None, typer.Option(help="Of the data set.")] = None,
    rows: Annotated[Path | None, typer.Option(help="JSON lines in place of the hub.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Of a reply.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, help="0 is greedy.")] = None,
    seed: Annotated[int, typer.Option(help="Of sampling.")] = 0,
    scoring: Annotated[str, typer.Option(help="A variant, as `list` shows them.")] = "",
    baselines: Annotated[bool, typer.Option(help="Run the baselines too.")] = True,
) -> None:
    """Ask a model the items of benchmarks; the same command goes on with a run that was killed."""
    chosen = benchmarks_of(benchmarks)
    asked = model_of(
        ModelChoice(
            model=model,
            backend=backend,
            revision=model_revision,
            dtype=dtype,
            device=device,
            batch=batch,
            url=url,
            in_flight=in_flight,
            timeout=timeout,
            engine_args=engine_args,
        )
    )
    load = LoadOptions(
        limit=limit, kinds=tuple(kind or ()), revision=revision, media=media, frames=frames
    )
    options = RunOptions(load=load, name=name, seed=seed, scoring=scoring)
    plans = []
    for benchmark in chosen:
        own = replace(options, generation=_generation(benchmark, max_tokens, temperature))
        own = _with_rows(benchmark, own, rows)
        plans.append((benchmark, Plan(output=output, options=own, baselines=baselines)))
    outcomes = [each for one, plan in plans for each in _run_all(one, asked, plan)]
    _show(outcomes)
    complaints = [outcome.complaint() for outcome in outcomes if outcome.failed]
    for complaint in complaints:
        typer.echo(complaint, err=True)
    if complaints:
        raise typer.Exit(1)


def _generation(
    benchmark: Benchmark, max_tokens: int | None, temperature: float | None
) -> Generation:
    own = benchmark.generation
    return Generation(
        max_tokens=own.max_tokens if max_tokens is None else max_tokens,
        temperature=own.temperature if temperature is None else temperature,
    )


def _with_rows(benchmark: Benchmark, options: RunOptions, rows: Path | None) -> RunOptions:
    """Settle where the rows come from, and which state of them."""
    if rows is not None:
        records, digest = rows_of(rows)
        return replace(options, load=replace(options.load, records=records), dataset=digest)
    if not benchmark.dataset.hub_id:
        return options
    commit = _commit(benchmark, options.load)
    return replace(options, load=replace(options.load, revision=commit), dataset=commit)


def _commit(benchmark: Benchmark, load: LoadOptions) -> str:
    """Return the commit of the rows that are read; a commit that is named needs no network.

    Raises:
        RunError: The hub cannot be reached.
    """
    asked = load.revision or benchmark.dataset.revision
    if _COMMIT.fullmatch(asked):
        return asked
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415 - the extra `hub`

    from spatialevo_eval.hub import resolve_revision  # noqa: PLC0415 - the extra `hub`

    # What it raises without a network is of its HTTP client, which changed with its versions; the
    # client's base class is among the bases of its own errors.
    bases: tuple[Any, ...] = HfHubHTTPError.__mro__
    client = tuple(base for base in bases if base.__name__ == "HTTPError")
    try:
        return resolve_revision(benchmark.dataset, load)
    except (*client, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise RunError(
            f"{benchmark.dataset.hub_id}: the hub tells no commit ({reason}); name one with "
            "--revision where the data set is cached, or its rows with --rows"
        ) from error


def _run_all(benchmark: Benchmark, model: Model, plan: Plan) -> list[Outcome]:
    """Run a benchmark, and its baselines."""
    options = plan.options
    found = [_run(benchmark, model, plan.output / benchmark.id, options)]
    if plan.baselines:
        folder = plan.output / f"{benchmark.id}.blind"
        options = replace(options, keep_images=False)
        found.append(_run(benchmark, model, folder, replace(options, blind=True)))
        constant = MostFrequent(benchmark, benchmark.load(options.load))
        folder = plan.output / f"{benchmark.id}.most_frequent"
        named = replace(options, name=MOST_FREQUENT)
        found.append(_run(benchmark, constant, folder, named))
    return found


def _run(benchmark: Benchmark, model: Model, folder: Path, options: RunOptions) -> Outcome:
    with progress("items") as bar:
        task = bar.add_task(folder.name, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return run_benchmark(benchmark, model, folder, options, advance)


def _show(outcomes: list[Outcome]) -> None:
    screen, laid = console(), table("run", "items", "asked now", "score", "95 %")
    for outcome in outcomes:
        cells = (outcome.folder.name, str(len(outcome.records)), str(outcome.asked))
        if outcome.records:
            overall = intervals(read_result(outcome.folder), 200)[OVERALL]
            laid.add_row(*cells, percent(overall.value), span(overall))
        else:
            laid.add_row(*cells, "–", "")
    print_table(screen, laid)
