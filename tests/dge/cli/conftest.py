# SPDX-License-Identifier: Apache-2.0
"""The command line as its user meets it: words in, text and an exit code out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from spatialevo_dge import Scene, bundle
from spatialevo_dge.cli.app import run as run_command_line
from spatialevo_dge.synthetic import make_room

SEED = 7


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs a command line in this process, its output a pipe."""

    def run(*words: object) -> Result:
        capsys.readouterr()
        code = run_command_line([str(word) for word in words])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def scene() -> Scene:
    """The room that most tests ask about, as it is made."""
    return make_room(SEED).scene


@pytest.fixture(scope="session")
def room(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same room as a bundle; nothing may write to it."""
    folder = tmp_path_factory.mktemp("rooms") / "room"
    bundle.save(scene, folder)
    return folder
