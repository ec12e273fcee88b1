# SPDX-License-Identifier: Apache-2.0
"""Imports point one way, and only to what a package declares."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

# What each of our packages may import of the others.
MAY_IMPORT = {
    "spatialevo_geometry": set(),
    "spatialevo_dge": {"spatialevo_geometry"},
    "spatialevo_rl": {"spatialevo_dge", "spatialevo_geometry"},
    "spatialevo_eval": {"spatialevo_dge", "spatialevo_geometry"},
}
# Where the import name is not the distribution's name.
DISTRIBUTION = {"PIL": "pillow", "yaml": "pyyaml"}
# Sub-packages that are an extra themselves: what they need, they may import at their top, and
# nothing in the core may import them at its own.
EXTRA_PACKAGES = {"spatialevo_dge": ("llm",), "spatialevo_rl": ("train", "lab")}


def imports(tree: ast.AST, at_import_time: bool) -> Iterator[str]:
    """Yield the top-level modules that a file imports: all, or those that importing it loads."""
    for node in ast.iter_child_nodes(tree):
        if at_import_time and (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types(node)
        ):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
        yield from imports(node, at_import_time)


def modules(tree: ast.AST) -> Iterator[str]:
    """Yield the full names of the modules that importing a file loads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types(node):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        yield from modules(node)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def extra_packages(source: Path) -> tuple[str, ...]:
    """Return the sub-packages of a package that are an extra themselves."""
    return EXTRA_PACKAGES.get(source.name, ())


def package_imports(source: Path, at_import_time: bool = False) -> dict[str, set[str]]:
    """Map each imported top-level name to the files of a package that import it."""
    found: dict[str, set[str]] = {}
    for path in sorted(source.rglob("*.py")):
        if at_import_time and path.relative_to(source).parts[0] in extra_packages(source):
            continue
        for name in imports(ast.parse(path.read_text(encoding="utf-8")), at_import_time):
            found.setdefault(name, set()).add(path.name)
    return found


def wrong_arrows(source: Path) -> list[str]:
    """List imports of our own packages that point against the layers."""
    package = source.name
    ours = {name: files for name, files in package_imports(source).items() if name in MAY_IMPORT}
    return [
        f"{package} ({', '.join(sorted(files))}) imports {name}"
        for name, files in ours.items()
        if name not in MAY_IMPORT[package] | {package}
    ]


def declared(pyproject: Path, extras: bool) -> set[str]:
    """Return the normalised distribution names that a package depends on."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    if extras:
        optional = project.get("optional-dependencies", {})
        lines += [line for group in optional.values() for line in group]
    names = (re.match(r"[\w.-]+", line) for line in lines)
    return {match[0].lower().replace("-", "_") for match in names if match}


def undeclared(source: Path, pyproject: Path, at_import_time: bool) -> list[str]:
    """List third-party imports of a package that its pyproject.toml does not declare."""
    known = declared(pyproject, extras=not at_import_time) | {source.name}
    return [
        f"{source.name} ({', '.join(sorted(files))}) imports {name}"
        for name, files in package_imports(source, at_import_time).items()
        if name not in sys.stdlib_module_names and DISTRIBUTION.get(name, name).lower() not in known
    ]


def source_of(root: Path, package: str) -> tuple[Path, Path]:
    folder = root / "packages" / package.replace("_", "-")
    return folder / "src" / package, folder / "pyproject.toml"


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(root: Path, package: str) -> None:
    source, _ = source_of(root, package)
    assert package_imports(source), f"no sources in {source}"
    assert wrong_arrows(source) == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_everything_imported_is_declared(root: Path, package: str) -> None:
    assert undeclared(*source_of(root, package), at_import_time=False) == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_everything_declared_is_imported(root: Path, package: str) -> None:
    source, pyproject = source_of(root, package)
    imported = {DISTRIBUTION.get(name, name).lower() for name in package_imports(source)}
    assert declared(pyproject, extras=False) - imported - set(MAY_IMPORT) == set()


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_optional_dependencies_are_imported_inside_functions_only(root: Path, package: str) -> None:
    assert undeclared(*source_of(root, package), at_import_time=True) == []


@pytest.mark.parametrize("package", EXTRA_PACKAGES)
def test_the_core_imports_no_extra_at_its_top(root: Path, package: str) -> None:
    source, _ = source_of(root, package)
    wanted = {f"{source.name}.{extra}" for extra in extra_packages(source)}
    found = [
        f"{path.relative_to(source)} imports {name}"
        for path in sorted(source.rglob("*.py"))
        if path.relative_to(source).parts[0] not in extra_packages(source)
        for name in modules(ast.parse(path.read_text(encoding="utf-8")))
        if any(name == extra or name.startswith(f"{extra}.") for extra in wanted)
    ]
    assert found == []


def test_the_checks_can_fail(tmp_path: Path) -> None:
    source = tmp_path / "spatialevo_dge"
    source.mkdir()
    (source / "task.py").write_text(
        "import torch\nimport spatialevo_rl\n\ndef late():\n    from spatialevo_eval import cli\n"
    )
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text('[project]\ndependencies = ["numpy>=2"]\n')
    assert wrong_arrows(source) == [
        "spatialevo_dge (task.py) imports spatialevo_rl",
        "spatialevo_dge (task.py) imports spatialevo_eval",
    ]
    assert "spatialevo_dge (task.py) imports torch" in undeclared(source, pyproject, False)
    assert len(undeclared(source, pyproject, at_import_time=True)) == 2
