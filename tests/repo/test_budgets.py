# SPDX-License-Identifier: Apache-2.0
"""Sizes that make one look. What is over budget is listed with its size; the list shrinks."""

import ast
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 400
TASK_FILE_LINES = 120
FUNCTION_LINES = 60
PARAMETERS = 6
# "path" or "path::function" -> its size today. Bring it down and take it out.
ALLOWED: dict[str, int] = {}

SUFFIXES = {".py", ".pyi", ".cpp", ".hpp"}


def over_budget(path: Path, name: str) -> Iterator[tuple[str, int, int]]:
    """Yield what in a file exceeds its budget: where, its size, the budget."""
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    budget = TASK_FILE_LINES if _is_task(path) else FILE_LINES
    if lines > budget and path.suffix != ".pyi":
        yield name, lines, budget
    if path.suffix == ".py":
        yield from over_budget_functions(text, name)


def _is_task(path: Path) -> bool:
    return path.parent.parent.name == "tasks" and path.suffix == ".py" and "src" in path.parts


def over_budget_functions(text: str, name: str) -> Iterator[tuple[str, int, int]]:
    """Yield the functions over budget; a test's own builder may take what its table holds."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        where = f"{name}::{node.name}"
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES:
            yield where, lines, FUNCTION_LINES
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        count = sum(argument.arg not in {"self", "cls"} for argument in arguments)
        if count > PARAMETERS and not _is_command(node) and not name.startswith("tests/"):
            yield f"{where}()", count, PARAMETERS


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell a command-line entry, whose parameters are its options, from a function to call."""
    return any("command" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_sizes_stay_within_their_budgets(root: Path, tracked: tuple[Path, ...]) -> None:
    found = {
        where: (size, budget)
        for path in tracked
        if path.suffix in SUFFIXES
        for where, size, budget in over_budget(path, path.relative_to(root).as_posix())
    }
    grown = [f"{w}: {s} > {b}" for w, (s, b) in found.items() if s > ALLOWED.get(w, b)]
    assert not grown, "is each one thing? Split it where it has a seam\n" + "\n".join(grown)
    shrunk = {w: found.get(w, (0, 0))[0] for w, s in ALLOWED.items() if found.get(w, (0, 0))[0] < s}
    assert shrunk == {}, "the allow-list only shrinks: lower or remove these entries"


def test_the_budgets_can_be_exceeded(tmp_path: Path) -> None:
    task = tmp_path / "src" / "tasks" / "scene" / "long.py"
    task.parent.mkdir(parents=True)
    body = "def f(a, b, c, d, e, f, g):\n" + "    pass\n" * (TASK_FILE_LINES + 1)
    task.write_text(body)
    assert sorted(over_budget(task, "long.py")) == [
        ("long.py", TASK_FILE_LINES + 2, TASK_FILE_LINES),
        ("long.py::f", TASK_FILE_LINES + 2, FUNCTION_LINES),
        ("long.py::f()", 7, PARAMETERS),
    ]
