# SPDX-License-Identifier: Apache-2.0
"""`tasks`: what can be asked, in which words, and when it is refused."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

import typer

from spatialevo_dge.cli.errors import one_of
from spatialevo_dge.cli.registry import app
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks import all_tasks, task_named, tasks_by_id
from spatialevo_dge.view import ViewKind

IMAGES: Final = {
    ViewKind.SCENE: "none, or any number",
    ViewKind.FRAME: "one",
    ViewKind.PAIR: "two",
}
HEADINGS: Final = {
    ViewKind.SCENE: "Asked about the scene, with or without images",
    ViewKind.FRAME: "Asked with one image",
    ViewKind.PAIR: "Asked with two images",
}

TaskName = Annotated[
    str | None, typer.Argument(metavar="TASK", help="Tell all about one task.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def tasks(task: TaskName = None, as_json: AsJson = False) -> None:
    """List the tasks: what each asks, with how many images, how it answers, an example."""
    if task is not None:
        chosen = task_named(one_of("task", task, tasks_by_id()))
        if as_json:
            _print_json(_record(chosen))
        else:
            _one(chosen)
    elif as_json:
        _print_json([_record(item) for item in all_tasks()])
    else:
        _list()


def _print_json(record: object) -> None:
    typer.echo(json.dumps(record, indent=2, ensure_ascii=False))


def _list() -> None:
    from rich.text import Text  # noqa: PLC0415  (not for --json)

    from spatialevo_dge.cli.console import console, print_indented  # noqa: PLC0415
    from spatialevo_dge.cli.examples import EXAMPLE_SCENE, example_of  # noqa: PLC0415

    screen = console()
    for kind, heading in HEADINGS.items():
        screen.print(Text(heading, style="bold"))
        for item in all_tasks():
            if item.view is not kind:
                continue
            example = example_of(item)
            answer = "" if example is None else f"; answer: {example.answer_kind}"
            print_indented(screen, Text.assemble((item.id, "cyan"), f"  {item.title}{answer}"), 2)
            if example is not None:
                print_indented(screen, Text(min(example.wordings, key=len), style="dim"), 4)
        screen.print()
    screen.print(f"The examples are about the scene {EXAMPLE_SCENE}; more on one: tasks TASK.")


def _one(task: SpatialTask[Any]) -> None:
    from rich.text import Text  # noqa: PLC0415  (not for --json)

    from spatialevo_dge.cli.console import console, print_indented  # noqa: PLC0415
    from spatialevo_dge.cli.examples import example_of  # noqa: PLC0415
    from spatialevo_dge.cli.requirements import needs, rules  # noqa: PLC0415

    screen = console()
    example = example_of(task)
    screen.print(Text.assemble((task.id, "bold cyan"), f"  {task.title}"))
    screen.print(f"images: {IMAGES[task.view]}")
    sections: dict[str, list[Text | str]] = {}
    if example is not None:
        screen.print(f"answer: {example.answer_kind}")
        sections["wordings, and paraphrases of them"] = list(example.wordings)
    sections["the scene must hold"] = list(needs(task))
    sections["it is refused as"] = [
        Text.assemble((rule.value, "red"), f": {rule.sentence}") for rule in rules(task)
    ]
    if example is not None:
        screen.print(Text("\ntry it", style="bold"))
        screen.print(f"  {example.command}", soft_wrap=True)  # to be copied: in one line
    for heading, lines in sections.items():
        screen.print(Text(f"\n{heading}", style="bold"))
        for line in lines:
            print_indented(screen, line, 2)


def _record(task: SpatialTask[Any]) -> dict[str, Any]:
    from spatialevo_dge.cli.examples import example_of  # noqa: PLC0415
    from spatialevo_dge.cli.requirements import needs, rules  # noqa: PLC0415

    example = example_of(task)
    return {
        "id": task.id,
        "title": task.title,
        "view": task.view.value,
        "images": IMAGES[task.view],
        "answer": None if example is None else example.answer_kind,
        "example": None if example is None else example.text,
        "wordings": [] if example is None else list(example.wordings),
        "command": None if example is None else example.command,
        "needs": list(needs(task)),
        "rules": [rule.value for rule in rules(task)],
    }
