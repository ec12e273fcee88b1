# SPDX-License-Identifier: Apache-2.0
"""The report of runs: whole, unfinished, empty, resumed, collapsed; what it says and escapes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from spatialevo_rl.json_records import RecordError
from spatialevo_rl.redaction import REMOVED
from spatialevo_rl.report.held_out import gains_of, headline
from spatialevo_rl.report.page import duration, page, write_page
from spatialevo_rl.report.run import NotARunError, read_run
from spatialevo_rl.report.samples import samples
from spatialevo_rl.rollout_log import RolloutLog
from support.simulated_run import TASKS, write_held_out, write_run

_VOID = {"meta", "img", "br"}


class Outline(HTMLParser):
    """Elements that are open, and what is loaded from anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(text: str) -> Outline:
    found = Outline()
    found.feed(text)
    found.close()
    assert found.open == []
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_run(tmp_path_factory.mktemp("runs") / "lab <7>", steps=70)
    write_held_out(made, steps=(0, 35, 70))
    return made


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return page(read_run(folder))


def test_the_page_is_one_small_file_that_loads_nothing(text: str) -> None:
    found = outline(text)
    assert found.scripts == 1
    assert found.loaded
    assert all(each.startswith("data:image/jpeg;base64,") for each in found.loaded)
    assert len(text) < 2_000_000
    assert not re.search(r"https?://|url\(|@import", text)


def test_the_text_of_a_model_stays_text(text: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert "lab &lt;7&gt;" in text


def test_what_a_person_looks_for_is_there(text: str) -> None:
    for wanted in (
        "Reward by role",
        "own reward and true reward",
        "Curriculum: share of each task",
        "Entropy of the policy",
        "KL against the base model",
        "Groups without any advantage",
        "Oracle&#x27;s share",
        "Held-out skill over the steps",
        "void solver groups",
        "Does the questioner look?",
        "None was raised.",
        "completion 1 of the questioner",
        "two windows: false",
        "margin",
        *TASKS,
    ):
        assert wanted in text, wanted


def test_gain_is_written_only_where_it_is_shown(folder: Path, tmp_path: Path) -> None:
    assert headline(read_run(folder)).endswith(": gain")
    same = write_run(tmp_path / "same", steps=2)
    write_held_out(same, steps=(0, 2), gain=0.0)
    run = read_run(same)
    assert headline(run).endswith(": no effect shown")
    for row in gains_of(run):
        assert row.gain is not None
        assert row.gain.low is not None
        assert row.gain.high is not None
        holds = row.gain.low <= 0 <= row.gain.high
        assert (row.words == "no effect shown") is holds


def test_the_same_folder_gives_the_same_bytes(folder: Path, text: str, tmp_path: Path) -> None:
    write_page(read_run(folder), tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == text


def test_samples_cover_every_task_and_the_ends(folder: Path) -> None:
    found = samples(read_run(folder))
    assert len(found) == 12
    assert {found[0].step, found[-1].step} == {0, 69}
    assert {each.first.task for each in found} == set(TASKS)
    assert all(each.asked and each.groups for each in found)


def test_an_unfinished_run_says_so(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run", steps=3, planned=10))
    said = page(run)
    assert "Unfinished: 3 of 10 steps are in the log." in said
    assert "Not measured: the run holds no evaluation." in said
    outline(said)


def test_a_run_without_a_step_says_so(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run", steps=0, planned=10))
    said = page(run)
    assert "No step of this run is finished yet." in said
    outline(said)


def test_a_run_killed_in_a_line_is_reported(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", steps=3)
    for name in ("log.jsonl", "steps.jsonl", "timing.jsonl"):
        path = folder / name
        path.write_bytes(path.read_bytes()[:-20])
    run = read_run(folder)
    assert [each.step for each in run.steps] == [0, 1]
    outline(page(run))


def test_a_resumed_run_counts_each_step_once(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", steps=4)
    log = RolloutLog(folder)
    log.append(list(log.steps())[2:])  # a resume that did not cut the log
    run = read_run(folder)
    assert [each.step for each in run.steps] == [0, 1, 2, 3]
    assert "2 steps were written twice by a resumed run" in page(run)


def test_a_collapse_is_seen(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", steps=30, collapse=True)
    write_held_out(folder, steps=(0, 30), gain=-0.2, look=False)
    run = read_run(folder)
    said = page(run)
    assert headline(run).endswith(": loss")
    assert "12, from 18 to 29" in said  # the alarm's steps
    assert "use label_source: oracle" in said
    assert "it learnt the data, not to look" in said
    assert "compared with: no idea" in said


def test_other_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotARunError, match="no such folder"):
        read_run(tmp_path / "none")
    with pytest.raises(NotARunError, match=r"holds none of config\.yaml, steps\.jsonl"):
        read_run(tmp_path)


def test_a_damaged_config_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("seed: [1")
    with pytest.raises(RecordError, match=r"config\.yaml: record: not YAML"):
        read_run(tmp_path)


def test_no_secret_reaches_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(tmp_path / "run", steps=1)
    with (folder / "config.yaml").open("a") as file:
        file.write("judge_url: https://host/?key=sk-4f9c2a7b1e6d8053\n")
    monkeypatch.setenv("JUDGE_API_KEY", "sk-4f9c2a7b1e6d8053")
    said = page(read_run(folder))
    assert "sk-4f9c2a7b1e6d8053" not in said
    assert REMOVED in said


def test_times_as_a_person_says_them() -> None:
    assert [duration(seconds) for seconds in (4.26, 47.0, 560.0, 11_100.0)] == [
        "4.3 s", "47 s", "9 min 20 s", "3 h 05 min",
    ]  # fmt: skip
