# SPDX-License-Identifier: Apache-2.0
"""Splits: by physical space, all rescans of a room together, benchmark rooms left out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_dge import SceneError
from spatialevo_rl.scenes.scene_lists import read_exclusions, read_visits
from spatialevo_rl.scenes.splits import (
    SEEDS,
    Split,
    excluded_spaces,
    space_of,
    split_of_seed,
    split_of_space,
)


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_rescans_of_a_room_are_on_one_side(room: int, one: int, other: int) -> None:
    spaces = {space_of("scannet", f"scene{room:04d}_{scan:02d}") for scan in (one, other)}
    assert len(spaces) == 1
    assert len({split_of_space(space) for space in spaces}) == 1


def test_videos_of_a_visit_are_on_one_side() -> None:
    visits = {"41069021": "421254", "41069025": "421254", "42444946": "421379"}
    spaces = [space_of("arkitscenes", video, visits) for video in visits]
    assert spaces == ["arkitscenes:421254", "arkitscenes:421254", "arkitscenes:421379"]


def test_split_is_the_hash_of_the_space() -> None:
    for space in ("scannet:0000", "scannet:0013", "scannet:0024", "scannetpp:0a5c013435"):
        digest = hashlib.blake2b(space.encode(), digest_size=8).digest()
        percent = int.from_bytes(digest, "little") % 100
        expected = "validation" if percent < 5 else "test" if percent < 10 else "train"
        assert split_of_space(space) == expected
    # Pinned: a change of the hash would move scenes from test to training.
    assert split_of_space("scannet:0013") is Split.TEST
    assert split_of_space("scannet:0024") is Split.VALIDATION
    assert split_of_space("scannet:0000") is Split.TRAIN


def test_shares_are_ninety_five_and_five() -> None:
    found = Counter(split_of_space(f"space:{number}") for number in range(20_000))
    assert abs(found[Split.TRAIN] / 20_000 - 0.90) < 0.01
    assert abs(found[Split.VALIDATION] / 20_000 - 0.05) < 0.006
    assert abs(found[Split.TEST] / 20_000 - 0.05) < 0.006


def test_seeds_are_disjoint_and_as_decided() -> None:
    assert [split_of_seed(seed) for seed in (0, 999_999, 1_000_000, 1_099_999, 2_000_000)] == [
        Split.TRAIN,
        Split.TRAIN,
        Split.VALIDATION,
        Split.VALIDATION,
        Split.TEST,
    ]
    assert split_of_seed(3_000_000) is Split.SHIFTED
    for gap in (-1, 1_100_000, 2_100_000, 4_000_000):
        with pytest.raises(ValueError, match="in no split"):
            split_of_seed(gap)
    ranges = sorted(SEEDS.values(), key=lambda seeds: seeds.start)
    assert all(one.stop <= other.start for one, other in pairwise(ranges))


def test_a_space_that_is_unknown_is_an_error() -> None:
    with pytest.raises(SceneError, match=r"my_scan: id: a ScanNet id looks like scene0000_00"):
        space_of("scannet", "my_scan")
    with pytest.raises(SceneError, match=r"41069021: visit: .*metadata.csv"):
        space_of("arkitscenes", "41069021", {})


def test_listed_ids_take_their_whole_room_with_them() -> None:
    visits = {"41069021": "421254", "41069025": "421254"}
    listed = {"scene0011_01", "41069025", "0a5c013435"}
    spaces = excluded_spaces(listed, {"scannet", "arkitscenes", "scannetpp"}, visits)
    assert space_of("scannet", "scene0011_00") in spaces
    assert space_of("arkitscenes", "41069021", visits) in spaces
    assert space_of("scannetpp", "0a5c013435") in spaces
    assert space_of("scannet", "scene0012_00") not in spaces


def test_lists_are_read_in_every_form(tmp_path: Path) -> None:
    ids = {"scene0011_00", "scene0012_00"}
    (tmp_path / "ids.txt").write_text("scene0011_00  # a kitchen\n\n# none\nscene0012_00\n")
    (tmp_path / "meta.json").write_text(json.dumps({name: {"room_size": 1.0} for name in ids}))
    (tmp_path / "list.json").write_text(json.dumps(sorted(ids)))
    (tmp_path / "questions.csv").write_text(
        "id,scene_name,question\n1,scene0011_00,How many?\n2,scene0012_00,Which?\n"
    )
    for name in ("ids.txt", "meta.json", "list.json", "questions.csv"):
        assert read_exclusions(tmp_path / name) == ids, name
    (tmp_path / "more.txt").write_text("scene0099_00\n")
    assert read_exclusions(tmp_path) == ids | {"scene0099_00"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", "# nothing\n", "ids: no scene id in it"),
        ("broken.json", "{", "json: "),
        ("number.json", "[1]", "json: expected a list of ids"),
        ("other.csv", "id,scene\n1,a\n", "columns: no column scene_name"),
    ],
)
def test_a_bad_list_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(SceneError, match=message) as caught:
        read_exclusions(tmp_path / name)
    assert caught.value.source.endswith(name)


def test_a_missing_list_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"nowhere\.txt: file: "):
        read_exclusions(tmp_path / "nowhere.txt")
    with pytest.raises(SceneError, match=r"folder: no .txt, .json or .csv file"):
        read_exclusions(tmp_path)


def test_vsi_benchs_own_files_are_a_list(test_data: Callable[[str], Path]) -> None:
    """Scene metadata and questions as published; the ids are all the data sets' own."""
    listed = read_exclusions(test_data("vsibench"))
    assert len(listed) >= 165
    spaces = excluded_spaces(listed, {"scannet", "scannetpp"})
    assert any(space.startswith("scannet:") for space in spaces)


def test_visits_are_read_from_the_data_sets_table(tmp_path: Path) -> None:
    path = tmp_path / "metadata.csv"
    path.write_text(
        "video_id,visit_id,fold\n41069021,421254.0,Training\n41069025,421254.0,Training\n"
        "47333462,,Validation\n47333463,NA,Validation\n"
    )
    visits = read_visits(path)
    assert visits["41069021"] == visits["41069025"] == "421254"
    assert visits["47333462"] != visits["47333463"]
    path.write_text("video,visit\n1,2\n")
    with pytest.raises(SceneError, match="no column video_id, visit_id"):
        read_visits(path)
