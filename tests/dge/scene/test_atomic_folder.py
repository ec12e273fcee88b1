# SPDX-License-Identifier: Apache-2.0
"""A folder that two processes write at once is whole, whoever wins."""

from pathlib import Path

import pytest

from spatialevo_dge.atomic_folder import new_folder


def write(target: Path, name: str, *, overwrite: bool, meanwhile: str = "") -> None:
    """Write a folder with one file; another writer may come in between."""
    with new_folder(target, overwrite=overwrite) as folder:
        (folder / name).touch()
        if meanwhile:
            write(target, meanwhile, overwrite=False)


def test_whoever_comes_second_is_told_and_leaves_the_first_alone(tmp_path: Path) -> None:
    target = tmp_path / "room"
    with pytest.raises(FileExistsError, match="appeared"):
        write(target, "second", overwrite=False, meanwhile="first")
    assert [path.name for path in target.iterdir()] == ["first"]
    assert [path.name for path in tmp_path.iterdir()] == ["room"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_name_taken_between_the_look_and_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool
) -> None:
    target = tmp_path / "room"
    target.mkdir()
    (target / "first").touch()
    # the other process's folder is not there yet when we look
    monkeypatch.setattr("spatialevo_dge.atomic_folder.os.path.lexists", lambda path: False)
    if overwrite:
        write(target, "second", overwrite=True)
    else:
        with pytest.raises(FileExistsError, match="appeared"):
            write(target, "second", overwrite=False)
    kept = "second" if overwrite else "first"
    assert [path.name for path in target.iterdir()] == [kept]
