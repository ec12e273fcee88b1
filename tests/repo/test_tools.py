# SPDX-License-Identifier: Apache-2.0
"""The scripts that keep the repository: what they count and what they refuse."""

import json
import sys
from pathlib import Path

import pytest

import bootstrap
import extras
import tally


def signature(key: str) -> str:
    name, _, part = key.partition("__")
    return f"{name}({part})" if part else name


def write_nox(folder: Path, name: str, **results: str) -> None:
    sessions = [
        {"name": key, "signatures": [signature(key)], "result": result}
        for key, result in results.items()
    ]
    (folder / name).write_text(json.dumps({"sessions": sessions}))


def write_junit(folder: Path, name: str, *cases: str) -> None:
    body = "".join(f"<testcase>{f'<{case}/>' if case else ''}</testcase>" for case in cases)
    (folder / name).write_text(f"<testsuites><testsuite>{body}</testsuite></testsuites>")


def test_tests_count_by_test_and_other_sessions_as_one(tmp_path: Path) -> None:
    write_junit(tmp_path, "tests-dge.xml", "", "", "skipped")
    write_nox(tmp_path, "a.json", tests__dge="success", lint="success")
    assert tally.tally(tmp_path) == {"passed": 3, "skipped": 1}


def test_a_failed_test_counts_once_with_its_session(tmp_path: Path) -> None:
    write_junit(tmp_path, "tests-dge.xml", "", "failure", "error")
    write_nox(tmp_path, "a.json", tests__dge="failed")
    assert tally.tally(tmp_path) == {"passed": 1, "failed": 2}
    assert tally.main(tmp_path) == 1


@pytest.mark.parametrize("result", ["failed", "aborted"])
def test_a_session_that_did_not_finish_is_a_failure(tmp_path: Path, result: str) -> None:
    write_junit(tmp_path, "tests-dge.xml", "")
    write_nox(tmp_path, "a.json", tests__dge=result)
    assert tally.tally(tmp_path)["failed"] == 1


def test_a_session_that_failed_once_failed(tmp_path: Path) -> None:
    write_nox(tmp_path, "a.json", lint="failed")
    write_nox(tmp_path, "b.json", lint="success")
    assert tally.tally(tmp_path) == {"failed": 1}


def test_a_session_that_was_skipped_shows(tmp_path: Path) -> None:
    write_nox(tmp_path, "a.json", acceptance="skipped", lint="success")
    assert tally.tally(tmp_path) == {"passed": 1, "skipped": 1}


def test_nothing_run_is_not_a_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tally.main(tmp_path) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


def test_an_old_interpreter_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert bootstrap.missing().startswith("Python 3.10.4 is too old")


def test_a_missing_compiler_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    assert bootstrap.missing().startswith("no C++ compiler")


@pytest.mark.parametrize(
    ("filename", "release"),
    [
        ("pip-26.1.2-py3-none-any.whl", (26, 1, 2)),
        ("pip-9.0.3-py2.py3-none-any.whl", (9, 0, 3)),
        ("pip-26.0b1-py3-none-any.whl", ()),
        ("pip-26.1.tar.gz", ()),
    ],
)
def test_final_releases_of_pip_are_ordered(filename: str, release: tuple[int, ...]) -> None:
    assert bootstrap.release(filename) == release


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ((), ("train",)),
        (("--max_steps", "3"), ("train",)),
        (("--recipe", "spatialevo-7b"), ("train", "deepspeed", "vllm")),
        (("--recipe=spatialevo-7b", "--no_use_vllm"), ("train", "deepspeed")),
        (("--recipe", "spatialevo-7b", "--dry-run", "--layers", "1"), ("train",)),
        (("--recipe", "spatialevo-3b-24gb"), ("train", "vllm")),
    ],
)
def test_what_a_training_command_needs_beside_the_package(
    words: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    assert extras.extras(words) == needed
