# SPDX-License-Identifier: Apache-2.0
"""`import scannet|scannetpp|arkitscenes|own`: stores, resuming, reports, and what `check` says."""

import json
from pathlib import Path

import pytest

from spatialevo_dge import bundle
from spatialevo_dge.synthetic import RoomOptions, make_room
from support.exporters import (
    Faults,
    export_arkitscenes,
    export_own,
    export_scannet,
    export_scannetpp,
)
from support.exporters.arkitscenes import room_for_arkit

OPTIONS = RoomOptions(cameras=3, image_size=(64, 48), spacing=0.4, objects=4)
SOURCES = ["scannet", "scannetpp", "arkitscenes"]


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenes of each data set; one ScanNet scene has its frames in a stream."""
    top = tmp_path_factory.mktemp("originals")
    for seed in (4, 5):
        room = make_room(seed, OPTIONS)
        export_scannet(room, top / "scannet", stream=seed == 5)
        export_scannetpp(room, top / "scannetpp", cameras="iphone")
        export_arkitscenes(room_for_arkit(seed, OPTIONS), top / "arkitscenes")
        export_own(room, top / "own" / str(seed))
    return top


def report_of(store: Path) -> dict[str, object]:
    return json.loads(store.with_name(f"{store.name}.import-report.json").read_text())


@pytest.mark.parametrize("source", SOURCES)
def test_a_folder_of_scenes_becomes_a_store(command, originals, tmp_path, source) -> None:
    store = tmp_path / "store"
    result = command("import", source, originals / source, "-o", store)
    assert result.code == 0, result.err
    names = sorted(path.name for path in store.iterdir())
    assert len(names) == 2
    assert report_of(store)["imported"] == names
    for name in names:
        bundle.verify(store / name)
        checked = command("check", store / name)
        assert checked.code == 0, checked.out
        assert "reprojection" in checked.out
        assert "cameras upright" in checked.out
        for frame in bundle.load(store / name).frames:
            assert frame.image_path.is_file()
            assert frame.depth_path.is_file()
    assert not list(tmp_path.rglob(".*")), "nothing is left over"
    again = command("import", source, originals / source, "-o", store)
    assert again.code == 0
    assert "0 scenes imported, 2 there already, 0 failed" in again.err


@pytest.mark.parametrize("source", ["scannet", "arkitscenes"])
def test_made_images_travel_with_the_bundle(command, originals, tmp_path, source) -> None:
    """Unpacked from a stream, or turned upright: they lie in the bundle, which may be moved."""
    folder = next((originals / source).glob("*5*"))
    command("import", source, folder, "-o", tmp_path / "scene")
    (tmp_path / "scene").rename(tmp_path / "moved")
    for frame in bundle.load(tmp_path / "moved").frames:
        assert frame.image_path.is_relative_to(tmp_path / "moved")
        assert frame.image_path.is_file()
    bundle.verify(tmp_path / "moved")


def test_failures_are_reported_and_the_rest_goes_on(command, originals, tmp_path) -> None:
    room = make_room(6, OPTIONS)
    folder = export_scannet(room, tmp_path / "scans")
    export_scannet(make_room(7, OPTIONS), tmp_path / "scans")
    segments = next(folder.glob("*.segs.json"))
    good = segments.read_text()
    segments.write_text("{}")
    store = tmp_path / "store"
    result = command("import", "scannet", tmp_path / "scans", "-o", store)
    assert result.code == 1
    assert "1 scene imported, 0 there already, 1 failed" in result.err
    assert f"{segments}: sceneId: missing" in result.err
    (failure,) = report_of(store)["failed"]
    assert failure == {
        "scene": folder.name, "error": f"{segments}: sceneId: missing",
        "file": str(segments), "field": "sceneId", "problem": "missing",
    }  # fmt: skip
    segments.write_text(good)
    resumed = command("import", "scannet", tmp_path / "scans", "-o", store)
    assert resumed.code == 0
    assert "1 scene imported, 1 there already, 0 failed" in resumed.err
    assert report_of(store)["failed"] == []


def test_what_is_suspicious_is_told_and_breaks_the_check(command, tmp_path) -> None:
    folder = export_scannet(
        make_room(4, OPTIONS), tmp_path / "scans", faults=Faults(alignment=True)
    )
    result = command("import", "scannet", folder, "-o", tmp_path / "scene")
    assert result.code == 0
    assert "look at reprojection_error" in result.err
    checked = command("check", tmp_path / "scene")
    assert checked.code == 1
    assert "is broken: " in checked.err
    assert "reprojection" in checked.err
    store = tmp_path / "store"
    command("import", "scannet", folder.parent, "-o", store)
    assert "reprojection_error" in [
        item["name"] for item in report_of(store)["suspicious"][folder.name]
    ]


def test_frames_by_coverage(command, originals, tmp_path) -> None:
    scans = originals / "scannet"
    words = ("import", "scannet", scans, "-o", tmp_path / "store", "--frames", 2)
    assert command(*words, "--select", "coverage").code == 0
    assert len(bundle.load(next((tmp_path / "store").iterdir())).frames) == 2
    wrong = command("import", "scannet", scans, "-o", tmp_path / "x", "--select", "coverage")
    assert wrong.code == 2
    assert "--frames N" in wrong.err


def test_scannets_own_table_of_labels(command, originals, tmp_path) -> None:
    table = tmp_path / "scannetv2-labels.combined.tsv"
    folder = next((originals / "scannet").glob("*4*"))
    labels = sorted({item.label for item in make_room(4, OPTIONS).scene.objects})
    lines = ["id\traw_category\tcategory\tnyu40class", f"1\t{labels[0]}\tsettee\totherprop"]
    table.write_text("\n".join(lines) + "\n")
    words = ("import", "scannet", folder, "--labels", table, "-o")
    assert command(*words, tmp_path / "one").code == 0
    assert "settee" in bundle.load(tmp_path / "one").labels
    command(*words, tmp_path / "two", "--label-column", "nyu40class")
    scene = bundle.load(tmp_path / "two")
    assert "otherprop" in scene.labels
    assert labels[0] in {item.source_label for item in scene.objects}
    result = command(*words, tmp_path / "three", "--label-column", "colour")
    assert result.code == 1
    assert "line 1: expected one column 'colour'" in result.err


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1\tchair", "line 3: expected 3 columns, got 2"),
        ("1\tChair\tstool", "line 3: 'chair' is both 'chair' and 'stool'"),
        ("1\t \tstool", "line 3: no label"),
    ],
)
def test_a_damaged_table_is_named(command, originals, tmp_path, line, problem) -> None:
    table = tmp_path / "labels.tsv"
    table.write_text(f"id\traw_category\tcategory\n1\tchair\tchair\n{line}\n")
    folder = next((originals / "scannet").glob("*4*"))
    result = command("import", "scannet", folder, "--labels", table, "-o", tmp_path / "x")
    assert result.code == 1
    assert problem in result.err


class TestOwn:
    def test_the_schema_is_printed(self, command) -> None:
        result = command("import", "own", "--schema")
        assert result.code == 0
        assert json.loads(result.out)["properties"]["format"]["const"] == "spatialevo-own-scene"

    def test_files_become_bundles(self, command, originals, tmp_path) -> None:
        files = sorted((originals / "own").glob("*/scene.json"))
        assert command("import", "own", files[0], "-o", tmp_path / "scene").code == 0
        assert command("import", "json", files[0], "-o", tmp_path / "same").code == 0
        headers = [(tmp_path / name / "scene.json").read_bytes() for name in ("scene", "same")]
        assert headers[0] == headers[1]
        assert len(bundle.load(tmp_path / "scene").frames) == 3

    def test_a_file_may_be_checked_and_asked_as_it_is(self, command, originals) -> None:
        file = originals / "own" / "4" / "scene.json"
        assert command("check", file).code == 0
        assert command("ask", file, "How large is this room?").code == 0

    def test_check_names_the_missing_file_or_the_bad_field(self, command, tmp_path) -> None:
        file = export_own(make_room(4, OPTIONS), tmp_path)
        document = json.loads(file.read_text())
        (tmp_path / document["frames"][1]["image"]).unlink()
        assert "images/001.png: image: " in command("check", file).err
        document["objects"][0]["size"] = [1, 1]
        file.write_text(json.dumps(document))
        result = command("check", file)
        assert result.code == 1
        assert f"{file}: objects[0].size: expected 3 numbers, got 2" in result.err

    def test_without_files_it_says_what_is_missing(self, command) -> None:
        assert command("import", "own").code == 2


@pytest.mark.parametrize(
    ("source", "known_as"),
    [("scannet", "ScanNet"), ("scannetpp", "ScanNet++"), ("arkitscenes", "ARKitScenes")],
)
def test_raw_files_are_recognised(command, originals, source, known_as) -> None:
    folder = next(path for path in (originals / source).iterdir() if path.is_dir())
    result = command("check", folder)
    assert result.code == 1
    assert f"these are {known_as}'s files" in result.err
    assert f"import {source} " in result.err
