# SPDX-License-Identifier: Apache-2.0
"""The program as a whole: help, errors, exit codes, pipes, terminals of any width."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spatialevo_dge import __version__
from spatialevo_dge.cli import app as application
from spatialevo_dge.cli import main
from spatialevo_dge.cli.app import COMMANDS, run, split_debug
from spatialevo_dge.cli.errors import MisuseError

PROGRAM = [sys.executable, "-m", "spatialevo_dge"]
GAP = "How far is the desk from the stool?"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def in_terminal(words: list[str], columns: int) -> tuple[int, list[str]]:
    """Run the program in a terminal of its own; return its exit code and its lines, plain."""
    pty = pytest.importorskip("pty")
    own, its = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    for name in ("NO_COLOR", "FORCE_COLOR"):
        environment.pop(name, None)
    with subprocess.Popen(
        [*PROGRAM, *words], stdin=its, stdout=its, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        os.close(its)
        shown = b""
        while True:
            try:
                part = os.read(own, 65536)
            except OSError:  # the other side has closed
                break
            if not part:
                break
            shown += part
    os.close(own)
    text = CONTROL.sub("", shown.decode("utf-8")).replace("\r", "")
    return process.returncode, text.splitlines()


def test_help_lists_every_command(command) -> None:
    for words in (["--help"], []):
        result = command(*words)
        assert result.code == 0
        assert result.err == ""
        assert all(f"\n  {name} " in result.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(command, name: str) -> None:
    result = command(name, "--help")
    assert result.code == 0
    assert result.out.startswith(f"Usage: spatialevo-dge {name} ")
    assert "Raises:" not in result.out
    assert max(map(len, result.out.splitlines())) <= 80


def test_the_version_is_the_packages(command) -> None:
    assert command("--version").out == f"spatialevo-dge {__version__}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["aks"], "command: 'aks' is not known; did you mean 'ask'?"),
        (["train"], "command: 'train' is not known; it is one of ask, check, demo"),
        (["--colour"], "--colour"),
        (["check"], "SCENE"),
        (["check", "a", "b"], "b"),
        (
            ["import"],
            "import: from what? Name one of scannet, vsibench, scannetpp, arkitscenes, own",
        ),
        (["import", "scanet"], "scannet"),
    ],
)
def test_misuse_is_one_line(command, words: list[str], told: str) -> None:
    result = command(*words)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("spatialevo-dge: ")
    assert result.err.count("\n") == 1
    assert told in result.err


def test_debug_shows_the_traceback_wherever_it_stands(command) -> None:
    for words in (["--debug", "check", "nowhere"], ["check", "nowhere", "--debug"]):
        with pytest.raises(Exception, match="there is no such folder"):
            command(*words)
    assert split_debug(["ask", "--", "--debug"]) == (["ask", "--", "--debug"], False)


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: object, **__: object) -> None:
        raise ImportError("cannot import name 'thing'")

    monkeypatch.setattr(application, "app", defect)
    with pytest.raises(ImportError):
        run(["tasks"])


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "stopped."),
        (PermissionError(13, "Permission denied", "/a/b"), 1, "/a/b: Permission denied"),
        (ImportError("needs x: pip install 'spatialevo-dge[x]'"), 1, "needs x: pip install"),
        (ValueError("size: expected two\nlengths"), 2, "size: expected two lengths"),
        (MisuseError("--seed: no"), 2, "--seed: no"),
    ],
)
def test_errors_have_their_exit_code(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    told: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(application, "app", fail)
    assert run(["tasks"]) == code
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert message.startswith(f"spatialevo-dge: {told}")


def test_the_entry_point_leaves_with_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", "nowhere"])
    assert left.value.code == 1
    assert "nowhere" in capsys.readouterr().err


def test_a_pipe_gets_plain_text_of_any_length(command) -> None:
    result = command("tasks", "room_size")
    assert "\x1b" not in result.out
    assert max(map(len, result.out.splitlines())) > 100, "nothing is folded or cut in a pipe"


def test_a_closed_pipe_is_nobodys_error() -> None:
    with subprocess.Popen(
        [*PROGRAM, "tasks", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.parametrize("columns", [60, 120])
@pytest.mark.parametrize(
    "words",
    [
        ["ask", "synthetic:7", GAP],
        ["ask", "synthetic:7", "How many aquariums are there in the whole of this very room?"],
        ["check", "synthetic:7"],
        ["tasks"],
    ],
)
def test_a_terminal_gets_whole_words_within_its_width(
    command, words: list[str], columns: int
) -> None:
    code, lines = in_terminal(words, columns)
    assert code == 0
    assert max(map(len, lines)) <= columns
    assert sorted(" ".join(lines).split()) == sorted(command(*words).out.split()), "nothing is lost"


def test_importing_the_command_line_is_quick() -> None:
    program = "import sys, spatialevo_dge.cli.app; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()
    heavy = {"PIL", "lark", "spatialevo_dge.synthetic", "spatialevo_dge.importers", "rich.table"}
    assert heavy & set(loaded) == set()


def test_the_output_may_be_unwritable(command, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text("")
    file = tmp_path / "file"
    file.write_text("")
    result = command("ask", "--batch", questions, "-o", file / "r.jsonl")
    assert result.code == 2
    assert result.err.count("\n") == 1
