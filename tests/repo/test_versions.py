# SPDX-License-Identifier: Apache-2.0
"""Four distributions, one version, and a tool that moves it."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

import bump

MEND = "move the version with: python tools/bump.py VERSION"


def projects(root: Path) -> dict[str, dict[str, object]]:
    files = sorted((root / "packages").glob("*/pyproject.toml"))
    loaded = [tomllib.loads(path.read_text(encoding="utf-8"))["project"] for path in files]
    return {project["name"]: project for project in loaded}


def pins(root: Path) -> set[str]:
    """Return every version that one of the packages pins another one to."""
    texts = [path.read_text(encoding="utf-8") for path in (root / "packages").glob("*/*.toml")]
    return set(re.findall(r'"spatialevo-\w+(?:\[[\w,]+\])?==([^"]*)"', "\n".join(texts)))


def module_versions(root: Path) -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in root.glob("packages/*/src/*/__init__.py")]
    return set(re.findall(r'^__version__ = "(.*)"$', "\n".join(texts), re.MULTILINE))


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    packages = root / "packages"
    modules = packages.glob("*/src/*/__init__.py")
    for path in [*packages.glob("*/pyproject.toml"), *modules, root / "CHANGELOG.md"]:
        target = tmp_path / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def versions(root: Path) -> set[object]:
    return {project["version"] for project in projects(root).values()}


def test_the_four_packages_have_one_version(root: Path) -> None:
    assert len(projects(root)) == 4
    assert len(versions(root)) == 1, MEND


def test_siblings_are_pinned_to_that_version(root: Path) -> None:
    assert pins(root) == versions(root), MEND


def test_modules_that_state_a_version_state_that_one(root: Path) -> None:
    assert module_versions(root) <= versions(root), MEND


def test_siblings_are_never_left_unpinned(root: Path) -> None:
    for name, project in projects(root).items():
        loose = [
            line
            for line in project["dependencies"]  # type: ignore[attr-defined]
            if line.startswith("spatialevo-") and "==" not in line
        ]
        assert loose == [], f"{name}: {MEND}"


def test_the_changelog_has_the_version_or_is_about_to(root: Path) -> None:
    (version,) = versions(root)
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased\n" in text or f"## {version} (" in text, MEND


def test_bump_moves_everything_together(copy: Path) -> None:
    changed = bump.bump(copy, "7.8.9rc1", "2030-01-02")
    assert {path.name for path in changed} == {"pyproject.toml", "__init__.py", "CHANGELOG.md"}
    assert versions(copy) == pins(copy) == module_versions(copy) == {"7.8.9rc1"}
    changelog = (copy / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased\n\n## 7.8.9rc1 (2030-01-02)\n" in changelog


@pytest.mark.parametrize("version", ["", "1.2", "v1.2.3", "1.2.3 ", "latest"])
def test_bump_refuses_what_is_not_a_version(copy: Path, version: str) -> None:
    before = versions(copy)
    with pytest.raises(ValueError, match="is not a version"):
        bump.bump(copy, version, "2030-01-02")
    assert versions(copy) == before
