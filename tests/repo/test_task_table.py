# SPDX-License-Identifier: Apache-2.0
"""The table of tasks is what is on disk, and no code branches on a task's name."""

import ast
from pathlib import Path

import pytest

from spatialevo_dge import TASKS

FOLDERS = ("scene", "frame", "pair")
IDS = {task.id for task in TASKS}


def task_comparisons(source: str) -> list[int]:
    """Return the lines that compare something with a task's id or match on one."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        compared = (
            [node.left, *node.comparators]
            if isinstance(node, ast.Compare)
            else [node.value]
            if isinstance(node, ast.MatchValue)
            else []
        )
        literals = {n.value for part in compared for n in ast.walk(part) if _is_text(n)}
        if literals & IDS:
            lines.append(node.lineno)
    return lines


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_there_are_sixteen_tasks_with_names_of_their_own() -> None:
    assert len(TASKS) == len(IDS) == 16


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_table_lists_the_files_on_disk(root: Path, folder: str) -> None:
    tasks = root / "packages/spatialevo-dge/src/spatialevo_dge/tasks" / folder
    files = {path.stem for path in tasks.glob("*.py")} - {"__init__"}
    assert files == {task.id for task in TASKS if task.view == folder}


def test_no_code_branches_on_the_name_of_a_task(root: Path) -> None:
    sources = sorted((root / "packages").glob("*/src/**/*.py"))
    found = [
        f"{path.relative_to(root)}:{line}"
        for path in sources
        for line in task_comparisons(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "put what differs into the task's own file"


@pytest.mark.parametrize(
    "source",
    [
        'if task == "room_size": pass',
        'x = task.id in ("room_size", "other")',
        'match task:\n    case "room_size": pass',
    ],
)
def test_the_check_for_branches_can_fail(source: str) -> None:
    assert len(task_comparisons(source)) == 1
