# SPDX-License-Identifier: Apache-2.0
"""`ask`: one question about one scene, or a file of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from spatialevo_dge.cli.errors import MisuseError, one_of
from spatialevo_dge.cli.registry import app
from spatialevo_dge.json_fields import plain_json
from spatialevo_dge.judge import judge
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Ruling
from spatialevo_dge.tasks import tasks_by_id
from spatialevo_dge.thresholds import DEFAULT, POLICIES

SceneName = Annotated[
    str | None,
    typer.Argument(metavar="SCENE", help="A bundle's folder or synthetic:N.", show_default=False),
]
Text = Annotated[
    str | None, typer.Argument(metavar="QUESTION", help="In plain English.", show_default=False)
]
Frames = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="Ids of the frames shown with it, in order, comma-separated."),
]
TaskId = Annotated[
    str | None,
    typer.Option(metavar="TASK", help="The task it is meant for; the wording decides without."),
]
PolicyName = Annotated[
    str, typer.Option(metavar="POLICY", help=f"Thresholds: {', '.join(POLICIES)}.")
]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="TEXT",
        help="An offered answer, or a candidate of 'which of these …'; may be repeated.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the ruling as one JSON object.")]
BatchFile = Annotated[
    Path | None, typer.Option("--batch", metavar="FILE", help="Questions, one JSON object a line.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Rulings of --batch.")
]


@app.command()
def ask(  # noqa: PLR0913, PLR0917  (options of a command line)
    scene: SceneName = None,
    question: Text = None,
    frames: Frames = None,
    task: TaskId = None,
    policy: PolicyName = DEFAULT.name,
    option: Options = None,
    as_json: AsJson = False,
    batch: BatchFile = None,
    output: Output = None,
) -> None:
    """Ask a question about a scene: the answer, its margin and why, or the rule that refuses it.

    A file of questions: ask --batch questions.jsonl -o rulings.jsonl. Each line holds id, scene,
    question and may hold options, frames, task, policy. A stopped run goes on where it was.
    """
    if batch is not None:
        given = {
            "SCENE": scene,
            "QUESTION": question,
            "--frames": frames,
            "--task": task,
            "--option": option,
            "--policy": policy != DEFAULT.name,
            "--json": as_json,
        }
        _ask_batch(batch, output, [name for name, value in given.items() if value])
        return
    if scene is None or question is None:
        missing = "SCENE" if scene is None else "QUESTION"
        raise MisuseError(
            f'ask: {missing} is missing; expected ask SCENE "question", or ask --batch'
        )
    if output is not None:
        raise MisuseError("--output: rulings of single questions are printed; -o goes with --batch")
    _ask_one(
        scene,
        Question(
            text=question,
            frames=frame_ids(frames),
            task=None if task is None else one_of("--task", task, tasks_by_id()),
            options=tuple(option or ()),
        ),
        one_of("--policy", policy, POLICIES),
        as_json=as_json,
    )


def frame_ids(text: str | None) -> tuple[str, ...]:
    """Split the ids of `--frames`.

    Raises:
        MisuseError: One of them is empty.
    """
    ids = () if text is None else tuple(part.strip() for part in text.split(","))
    if "" in ids:
        raise MisuseError(f"--frames: an id is empty in {text!r}")
    return ids


def ruling_json(ruling: Ruling) -> str:
    """Write a ruling as JSON on one line."""
    return json.dumps(plain_json(ruling.to_json()), ensure_ascii=False, allow_nan=False)


def _ask_one(scene_name: str, question: Question, policy: str, *, as_json: bool) -> None:
    from spatialevo_dge.cli.scenes import open_scene  # noqa: PLC0415

    scene = open_scene(scene_name)
    ruling = judge(question, scene, POLICIES[policy])
    if as_json:
        typer.echo(ruling_json(ruling))
        return
    from spatialevo_dge.cli.console import console, print_indented  # noqa: PLC0415  (not for --json)
    from spatialevo_dge.cli.ruling_text import ruling_lines  # noqa: PLC0415

    screen = console()
    for line, indent in ruling_lines(ruling, scene):
        print_indented(screen, line, indent)


def _ask_batch(questions: Path, output: Path | None, given: list[str]) -> None:
    from spatialevo_dge.cli.batch import rule_on_file  # noqa: PLC0415

    if given:
        raise MisuseError(f"--batch: {given[0]} is said in the file, line by line, not beside it")
    if output is None:
        raise MisuseError("--batch: where do the rulings go? Give -o FILE")
    rule_on_file(questions, output)
