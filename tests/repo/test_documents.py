# SPDX-License-Identifier: Apache-2.0
"""What the documents show is what runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOX_SESSION = re.compile(r"(?:nox -s|tools/bootstrap\.py) ((?:\w+(?:\(\w+\))? ?)+)")
DGE_COMMAND = re.compile(r"^\$? ?spatialevo-(dge|rl|eval) ([a-z]\w*)", re.MULTILINE)
DOCUMENTS = ("README.md", "AGENTS.md", "CONTRIBUTING.md", ".ci/run")


def blocks(text: str, language: str) -> list[str]:
    return [body for kind, body in BLOCK.findall(text) if kind == language]


@pytest.fixture(scope="session")
def documents(root: Path) -> str:
    package_readmes = sorted((root / "packages").glob("*/README.md"))
    paths = [*(root / name for name in DOCUMENTS), *package_readmes]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.fixture(scope="session")
def sessions(root: Path) -> set[str]:
    listing = subprocess.run(
        [sys.executable, "-m", "nox", "--list"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = re.findall(r"^[*-] (\w+)(\(\w+\))?", listing, re.MULTILINE)
    return {plain for plain, _ in names} | {plain + part for plain, part in names}


def test_python_blocks_run(root: Path, tmp_path: Path) -> None:
    readmes = [root / "README.md", *(root / "packages").glob("*/README.md")]
    programs = [b for path in readmes for b in blocks(path.read_text("utf-8"), "python")]
    assert programs, "README.md shows no Python"
    for program in programs:
        subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=tmp_path, check=True)


def test_sessions_that_documents_name_exist(documents: str, sessions: set[str]) -> None:
    named = {word for group in NOX_SESSION.findall(documents) for word in group.split()}
    assert {"tests", "demo", "lint"} <= named
    assert named - sessions == set()


def test_commands_that_documents_name_exist(documents: str) -> None:
    named = set(DGE_COMMAND.findall(documents))
    assert ("dge", "ask") in named
    for package, command in sorted(named):
        script = Path(sys.executable).with_name(f"spatialevo-{package}")
        subprocess.run([script, command, "--help"], check=True, capture_output=True)


def test_paths_that_the_guide_names_exist(root: Path) -> None:
    guide = (root / "AGENTS.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:native|packages|tests|tools|benchmarks)/[\w./-]+)`", guide)
    assert named
    assert [name for name in named if not (root / name).exists()] == []
