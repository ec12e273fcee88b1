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
        _one(task_named(one_of("task", task, tasks_by_id())), as_json=as_json)
    elif as_json:
        typer.echo(json.dumps([_record(item) for item in all_tasks()], indent=2))
    else:
        _list()


def _list() -> None:
    from rich.text import Text  # noqa: PLC0415  (not for --json)

    from spatialevo_dge.cli.console import console  # noqa: PLC0415
    from spatialevo_dge.cli.examples import EXAMPLE_SCENE, example_of  # noqa: PLC0415

    screen = console()
    for kind, heading in HEADINGS.items():
        screen.print(Text(heading, style="bold"))
        for item in all_tasks():
            if item.view is kind:
                screen.print(Text.assemble("  ", (item.id, "cyan"), f"  {item.title}"))
                example = example_of(item)
                if example is not None:
                    screen.print(Text(f"    {example.answer_kind}. {example.text}", style="dim"))
        screen.print()
    screen.print(f"The examples are about the scene {EXAMPLE_SCENE}; one task: tasks TASK.")


def _one(task: SpatialTask[Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_record(task), indent=2, ensure_ascii=False))
        return
    from rich.text import Text  # noqa: PLC0415  (not for --json)

    from spatialevo_dge.cli.console import console  # noqa: PLC0415
    from spatialevo_dge.cli.examples import example_of  # noqa: PLC0415
    from spatialevo_dge.cli.requirements import needs, rules  # noqa: PLC0415

    screen = console()
    example = example_of(task)
    screen.print(Text.assemble((task.id, "bold cyan"), f"  {task.title}"))
    screen.print(f"images: {IMAGES[task.view]}")
    if example is not None:
        screen.print(f"answer: {example.answer_kind}")
        screen.print(Text("\nwordings, and any paraphrase of them", style="bold"))
        for text in example.wordings:
            screen.print(f"  {text}")
        screen.print(Text("\ntry it", style="bold"))
        screen.print(f"  {example.command}", soft_wrap=True)
    screen.print(Text("\nthe scene must hold", style="bold"))
    for need in needs(task):
        screen.print(f"  {need}")
    screen.print(Text("\nit is refused as", style="bold"))
    for rule in rules(task):
        screen.print(Text.assemble("  ", (rule.value, "red"), f": {rule.sentence}"))


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
