# SPDX-License-Identifier: Apache-2.0
"""The command line: runs, reports and comparisons, and errors of one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from spatialevo_eval.benchmark import Benchmark
from spatialevo_eval.cli import run_command_line
from spatialevo_eval.records import read_records
from support.chat_server import chat_server
from support.eval_runs import two_models
from support.scripted_model import answer
from support.small_benchmark import picture


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = run_command_line([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def test_list_names_every_benchmark(small: Benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "list")
    assert (code, err) == (0, "")
    assert "vsi_bench " in out
    assert "nyu-visionx/VSI-Bench" in out
    assert any(line.startswith("small ") and "made here" in line for line in out.splitlines())


def test_run_report_and_compare(
    small: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with chat_server(answer) as (url, log):
        words = ("run", "small", "--model", "served", "--backend", "openai", "--url", url)
        code, out, _ = said(capsys, *words, "-o", tmp_path / "one")
        assert code == 0
        assert len(log.bodies) == 2 * 48  # with images and blind
        rows = {line.split()[0]: line.split()[1:3] for line in out.splitlines()[1:]}
        assert rows == {
            "small": ["48", "48"],
            "small.blind": ["48", "48"],
            "small.most_frequent": ["48", "48"],
        }
        code, out, _ = said(capsys, *words, "-o", tmp_path / "one")
        assert {line.split()[2] for line in out.splitlines()[1:]} == {"0"}
        assert len(log.bodies) == 2 * 48
        code, _, err = said(capsys, *words, "-o", tmp_path / "one", "--temperature", "0.5")
        assert code == 1
        assert "generation.temperature was 0.0 and is 0.5" in err
        code, _, _ = said(
            capsys, *words, "-o", tmp_path / "two", "--name", "other", "--no-baselines",
            "--limit", "48",
        )  # fmt: skip
        assert code == 0
        assert [path.name for path in (tmp_path / "two").iterdir()] == ["small"]
    page = tmp_path / "page.html"
    code, out, _ = said(capsys, "report", tmp_path / "one", tmp_path / "two", "-o", page)
    assert (code, out.split()) == (0, [str(page), str(page.with_suffix(".md"))])
    assert "served" in page.read_text()
    code, out, _ = said(capsys, "compare", tmp_path / "one", tmp_path / "two")
    assert code == 0
    assert out.splitlines()[1].split()[-6:] == ["+0.0", "[0.0,", "0.0]", "1.000", "0", "0"] or (
        "+0.0" in out
    )


def test_compare_tells_a_better_model(
    small: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, trained = two_models(small, tmp_path)
    code, out, _ = said(capsys, "compare", base, trained)
    assert code == 0
    (line,) = out.splitlines()[1:]
    assert line.startswith("Small")
    assert "< 0.001" in line
    _, out, _ = said(capsys, "compare", base, trained, "--by-task")
    rows = out.splitlines()[3:]
    assert [row.split()[1] for row in rows] == ["colour", "distance"]
    assert all(row.split()[2].startswith("+") for row in rows)
    code, _, err = said(capsys, "compare", base / "small", trained / "nowhere")
    assert code == 1
    assert "no such folder" in err


def test_leakage_prints_overlaps_and_fails(
    small: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = tmp_path / "trained.txt"
    trained.write_text("scene-3\nscene-99\n")
    code, out, _ = said(capsys, "leakage", "small", trained)
    assert (code, out) == (
        1, "scene-3: trained on\n1 of 12 scenes overlap with 2 of training\n",
    )  # fmt: skip
    trained.write_text("scene-99\n")
    assert said(capsys, "leakage", "small", trained)[:2] == (
        0, "0 of 12 scenes overlap with 1 of training\n",
    )  # fmt: skip


def test_rows_may_come_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shown.png").write_bytes(picture(1).data)
    row = {
        "image": {"bytes": None, "path": str(tmp_path / "shown.png")},
        "question": "Is it red? Answer yes or no.", "answer": "No",
    }  # fmt: skip
    (tmp_path / "rows.jsonl").write_text(f"{json.dumps(row)}\n")
    with chat_server(lambda question: "No.") as (url, log):
        code, _, err = said(
            capsys, "run", "realworldqa", "--model", "served", "--backend", "openai",
            "--url", url, "--rows", tmp_path / "rows.jsonl", "-o", tmp_path / "out",
        )  # fmt: skip
    assert (code, err) == (0, "")
    assert len(log.bodies) == 2
    (record,) = read_records(tmp_path / "out" / "realworldqa")
    assert record.value == 1.0
    assert len(record.images) == 1


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["rnu"], 2, "command: no 'rnu'; did you mean 'run'?"),
        (["run", "vsi-bensh", "--model", "m", "-o", "out"], 2, "did you mean 'vsi_bench'?"),
        (["run", "zzz", "--model", "m", "-o", "out"], 2, "benchmark: no 'zzz'; there is vsi_bench"),
        (["run", "vsi_bench", "-o", "out"], 2, "Missing option '--model'"),
        (["run", "vsi_bench", "--model", "./nowhere", "-o", "out"], 1, "no such folder"),
        (["run", "vstar", "--model", "m", "-o", "out", "--backend", "vlm"], 2, "mean 'vllm'?"),
        (["run", "vstar", "--model", "m", "-o", "o", "--backend", "openai"], 1, "name the server"),
        (["report", "nowhere"], 1, "nowhere: no such folder"),
        (["leakage", "vsi_bench", "nowhere.txt"], 2, "nowhere.txt"),
        (["leakage", "vsi_bensh", "nowhere.txt"], 2, "did you mean 'vsi_bench'?"),
    ],
)
def test_errors_are_one_line(
    words: list[str], code: int, expected: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    found, _, err = said(capsys, *words)
    assert found == code, err
    assert err.startswith("spatialevo-eval: ")
    assert expected in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub.errors", None)
    with chat_server(answer) as (url, _):
        code, _, err = said(
            capsys, "run", "vstar", "--model", "m", "--backend", "openai", "--url", url,
            "-o", tmp_path / "out",
        )  # fmt: skip
    assert code == 1
    assert err == (
        "spatialevo-eval: this needs huggingface_hub, which is not installed: "
        "pip install 'spatialevo-eval[hub]'\n"
    )
