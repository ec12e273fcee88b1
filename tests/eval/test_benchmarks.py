# SPDX-License-Identifier: Apache-2.0
"""The table of benchmarks, others' entry points, and rows from the hub."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from agreement.records import RECORDS
from spatialevo_eval.benchmark import LoadOptions
from spatialevo_eval.benchmarks import BENCHMARKS, GROUP, all_benchmarks, benchmark_named
from spatialevo_eval.fields import media_folder
from spatialevo_eval.hub import fetch_media, hub_rows


class Point:
    name = "guest"
    value = "guest:BENCHMARK"

    def __init__(self, value: object) -> None:
        self._value = value

    def load(self) -> object:
        return self._value


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    def install(value: object) -> None:
        def entry_points(*, group: str) -> list[Point]:
            assert group == GROUP
            return [Point(value)]

        monkeypatch.setattr(metadata, "entry_points", entry_points)

    return install


def test_all_of_both_papers_benchmarks_are_here() -> None:
    assert {
        "vsi_bench", "vsi_bench_debiased", "vsi_bench_pruned", "realworldqa", "embspatial",
        "spatialviz", "stare", "corecognition", "viewspatial", "vstar", "mmstar", "mindcube",
        "erqa", "mmsi_bench", "revsi_32_frame", "dge",
    } <= set(BENCHMARKS)  # fmt: skip
    for name, benchmark in BENCHMARKS.items():
        assert benchmark.id == name
        assert benchmark.source
        assert benchmark.dataset.hub_id or benchmark.rows


def test_another_package_adds_a_benchmark(guest: Callable[[object], None]) -> None:
    added = replace(BENCHMARKS["erqa"], id="guest")
    guest(added)
    assert all_benchmarks()[-1] is added
    assert benchmark_named("guest") is added


def test_an_entry_point_must_be_a_new_benchmark(guest: Callable[[object], None]) -> None:
    guest(BENCHMARKS["erqa"])
    with pytest.raises(ValueError, match="erqa"):
        all_benchmarks()
    guest(object())
    with pytest.raises(TypeError, match="guest:BENCHMARK"):
        all_benchmarks()


def test_an_unknown_benchmark_is_answered_with_the_known() -> None:
    with pytest.raises(ValueError, match="vsi_bench, vsi_bench_debiased"):
        benchmark_named("vsibench")


def test_rows_come_from_the_hub_with_images_undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    records = [{**row, "images": list(row["images"])} for row in RECORDS["erqa"]]
    features = datasets.Features(
        {
            **dict.fromkeys(("question_id", "question", "question_type", "answer"),
                            datasets.Value("string")),
            "images": datasets.List(datasets.Image()),
        }
    )  # fmt: skip
    made = datasets.Dataset.from_list(records, features=features)
    asked = []

    def load_dataset(*arguments: object, **options: object) -> object:
        asked.append((arguments, options))
        return made

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    erqa = BENCHMARKS["erqa"]
    items = list(erqa.load(LoadOptions(revision="abc")))
    assert asked == [(("FlagEval/ERQA", None), {"split": "test", "revision": "abc"})]
    assert [item.id for item in items] == [row["question_id"] for row in records]
    assert items[0].images[0].open().size == (1, 1)


def test_archives_are_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub")
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("scannet/scene0000_00.mp4", "frames")
    fetched = []

    def download(_: str, name: str, **options: object) -> str:
        fetched.append((name, options["revision"]))
        return str(packed)

    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(hub, "list_repo_files", lambda *_, **__: ["README.md", "scannet.zip"])
    monkeypatch.setattr(hub, "hf_hub_download", download)
    vsi = BENCHMARKS["vsi_bench"].dataset
    for _ in range(2):
        folder = fetch_media(vsi, LoadOptions())
    assert fetched == [("scannet.zip", vsi.revision)]
    assert (folder / "scannet" / "scene0000_00.mp4").read_text() == "frames"
    assert folder == media_folder(LoadOptions(), "vsibench")


def test_a_benchmark_made_here_has_no_rows_on_the_hub() -> None:
    pytest.importorskip("datasets")
    with pytest.raises(ValueError, match="hub"):
        list(hub_rows(BENCHMARKS["dge"].dataset, LoadOptions()))
