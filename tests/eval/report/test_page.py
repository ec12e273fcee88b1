# SPDX-License-Identifier: Apache-2.0
"""The report: self-contained, escaped, deterministic, true to the runs, and a browser shows it."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from spatialevo_eval.benchmark import Benchmark, LoadOptions
from spatialevo_eval.published import COLUMNS, PUBLISHED
from spatialevo_eval.records import RunError
from spatialevo_eval.report import write_report
from spatialevo_eval.report.facts import Facts, calibrations
from spatialevo_eval.results import OVERALL, read_result
from spatialevo_eval.run import RunOptions, run_benchmark
from support.eval_runs import pupil, two_models

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
VOID = {"meta", "img", "br", "line", "rect", "path", "circle"}


class Tags(HTMLParser):
    """Collects tags, what they load, and whether they close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.loads += [
            value or "" for name, value in attrs if name in {"src", "href", "xlink:href"}
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def written(small: Benchmark, tmp_path: Path) -> tuple[Facts, str, str]:
    folders = two_models(small, tmp_path)
    page = tmp_path / "report.html"
    facts = write_report(folders, page, "Two <models>", resamples=100)
    return facts, page.read_text("utf-8"), page.with_suffix(".md").read_text("utf-8")


def test_the_page_loads_nothing_and_runs_nothing(written: tuple[Facts, str, str]) -> None:
    _, page, _ = written
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert not tags.seen & {"script", "link", "iframe", "object", "embed"}
    assert tags.loads
    assert all(each.startswith("data:image/jpeg;base64,") for each in tags.loads)
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_every_number_is_the_runs(written: tuple[Facts, str, str], tmp_path: Path) -> None:
    facts, page, text = written
    for name in ("base", "trained"):
        result = read_result(tmp_path / name / "small")
        run = facts.of(name, "small")
        assert run is not None
        assert run.overall.value == result.table.overall
        assert run.overall.low < run.overall.value < run.overall.high
        assert run.overall.clusters == 12
        shown = f"{100 * result.table.overall:.1f}"
        assert shown in page
        assert shown in text
    (_, _, found) = facts.comparisons[0]
    assert found.difference.value == pytest.approx(found.second - found.first)
    assert found.difference.value > 0.2
    assert f"{100 * found.difference.value:+.1f}" in page


def test_published_rows_are_marked(written: tuple[Facts, str, str]) -> None:
    _, page, text = written
    assert page.count("<tr class=published>") == len(PUBLISHED) == 10
    assert text.count("*(published)*") == 10
    assert "were not measured here" in " ".join(page.split())
    assert len(re.findall(r"arXiv 2604\.14144v1, Table 1", page)) == 1


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row.method} {row.size}")
def test_published_averages_are_those_of_their_rows(row: object) -> None:
    assert len(row.values) == len(COLUMNS)  # type: ignore[attr-defined]
    mean = sum(row.values) / len(row.values)  # type: ignore[attr-defined]
    assert round(mean, 1) == pytest.approx(row.average, abs=0.051)  # type: ignore[attr-defined]


def test_the_same_runs_give_the_same_bytes(written: tuple[Facts, str, str], tmp_path: Path) -> None:
    _, page, text = written
    again = tmp_path / "again.html"
    write_report([tmp_path / "base", tmp_path / "trained"], again, "Two <models>", resamples=100)
    assert again.read_text("utf-8") == page
    assert again.with_suffix(".md").read_text("utf-8") == text


def test_calibration_counts_what_it_shows(written: tuple[Facts, str, str], tmp_path: Path) -> None:
    (found,) = calibrations(read_result(tmp_path / "base" / "small"))
    assert found.kind == "distance"
    assert len(found.pairs) + found.others == 24
    assert found.ratio == pytest.approx(
        2.5, abs=0.01
    )  # of three answers two are 2.5 times the truth
    assert found.within(0.101) == pytest.approx(8 / 24)


def test_a_part_and_an_unfinished_run_say_so(small: Benchmark, tmp_path: Path) -> None:
    model = pupil(small, "base", lambda place: True)
    folder = tmp_path / "small"
    run_benchmark(small, model, folder, RunOptions(load=LoadOptions(limit=10)))
    write_report([folder], tmp_path / "page.html", "Part", resamples=20)
    assert "Small, base: a part of the benchmark: 10 items" in (tmp_path / "page.html").read_text()
    (folder / "end.json").unlink()
    write_report([folder], tmp_path / "page.html", "Part", resamples=20)
    assert "unfinished: 10 items so far" in (tmp_path / "page.html").read_text()


def test_two_runs_of_one_name_are_refused(small: Benchmark, tmp_path: Path) -> None:
    model = pupil(small, "base", lambda place: True)
    for name in ("a", "b"):
        run_benchmark(small, model, tmp_path / name, RunOptions())
    with pytest.raises(RunError, match="two runs of base on small"):
        write_report([tmp_path], tmp_path / "page.html", "Twice", resamples=20)


def test_a_wrong_folder_says_what_was_expected(small: Benchmark, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"expected config\.json and records\.jsonl"):
        write_report([tmp_path], tmp_path / "page.html", "None")
    with pytest.raises(RunError, match="no such folder"):
        write_report([tmp_path / "nowhere"], tmp_path / "page.html", "None")


def test_the_overall_is_among_the_intervals(written: tuple[Facts, str, str]) -> None:
    facts, _, _ = written
    assert all(set(run.intervals) == {OVERALL, "colour", "distance"} for run in facts.runs)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
def test_a_browser_shows_it(written: tuple[Facts, str, str], tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    made = subprocess.run(
        [
            str(BROWSER), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={picture}", "--window-size=1200,2400",
            (tmp_path / "report.html").as_uri(),
        ],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert picture.is_file(), made.stderr
    assert "Refused" not in made.stderr
    with Image.open(picture) as shown:
        colours = shown.convert("RGB").getcolors(1 << 24)
    assert colours is not None
    found = {colour for _, colour in colours}
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= found  # both models' bars
