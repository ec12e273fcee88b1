# SPDX-License-Identifier: Apache-2.0
"""An import that is killed, wherever it is: the same command goes on, to the same bytes."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spatialevo_dge import bundle
from spatialevo_dge.cli.app import run as run_command_line
from spatialevo_dge.synthetic import RoomOptions, make_room
from support.exporters import export_scannet

OPTIONS = RoomOptions(cameras=2, image_size=(64, 48), spacing=0.4, objects=4)
SEEDS = (4, 5, 6)

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from spatialevo_dge.cli.app import run

top, left = sys.argv[1], int(sys.argv[2])
count = 0

def watch(event, arguments):
    global count
    if event in {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}:
        changes = True
    elif event == "open":
        changes = isinstance(arguments[1], str) and arguments[1][0] in "wxa"
    else:
        return
    if changes and isinstance(arguments[0], (str, os.PathLike)):
        if str(arguments[0]).startswith(top):
            count += 1
            if count == left:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
code = run(sys.argv[3:])
print(count)
sys.exit(code)
"""
"""Runs a command line that dies by SIGKILL before its n-th change to a folder; prints how many
changes a whole run makes."""


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three ScanNet scenes whose frames lie in streams: the importer unpacks images."""
    top = tmp_path_factory.mktemp("scans")
    for seed in SEEDS:
        export_scannet(make_room(seed, OPTIONS), top, stream=True)
    return top


@pytest.fixture(scope="module")
def whole(scans: Path) -> Path:
    """Return the store of an import that nobody stopped, beside the scans."""
    store = scans.parent / "whole"
    assert run_command_line(["import", "scannet", str(scans), "-o", str(store)]) == 0
    return store


def killed_at(change: int, scans: Path, store: Path) -> subprocess.CompletedProcess[str]:
    words = ["import", "scannet", str(scans), "-o", str(store)]
    return subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(store.parent / store.name), str(change), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def changes(scans: Path, whole: Path) -> int:
    """Return how often an import of the three scenes changes a folder."""
    finished = killed_at(0, scans, whole.with_name("counted"))
    assert finished.returncode == 0, finished.stderr
    return int(finished.stdout)


def digests(store: Path) -> dict[str, str]:
    """Return the digest of every file by its place in the store."""
    return {
        str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }


def goes_on_after(change: int, scans: Path, whole: Path, command: Callable[..., object]) -> int:
    """Kill an import, look at what it left, run it again; return how many scenes were there."""
    store = whole.with_name(f"killed {change}")
    assert killed_at(change, scans, store).returncode == -signal.SIGKILL
    there = [path for path in store.glob("*") if not path.name.startswith(".")]
    for folder in there:
        bundle.verify(folder)  # never half a bundle
    again = command("import", "scannet", scans, "-o", store)
    assert again.code == 0, again.err
    report = json.loads(store.with_name(f"{store.name}.import-report.json").read_text())
    assert report["there_already"] == sorted(path.name for path in there)
    assert len(report["imported"]) == len(SEEDS) - len(there)
    assert digests(store) == digests(whole)
    assert not list(store.glob(".*")), "what the killed run left is gone"
    return len(there)


def test_killed_in_a_scene_and_between_scenes(command, scans, whole, changes) -> None:
    """Three places: in the first scene, in the middle of the second, at the end of the last."""
    assert changes > 40
    there = [
        goes_on_after(change, scans, whole, command) for change in (2, changes // 2, changes - 2)
    ]
    assert there == sorted(there)
    assert there[0] == 0
    assert {1, 2} & set(there)


@pytest.mark.slow
def test_killed_at_every_change(command, scans, whole, changes) -> None:
    there = [goes_on_after(change, scans, whole, command) for change in range(1, changes + 1)]
    assert there == sorted(there)
    assert set(there) == {0, 1, 2, 3}


def test_two_imports_at_once_leave_each_other_alone(command, scans, whole) -> None:
    """What another process is writing is not taken for something left over."""
    store = whole.with_name("both")
    words = [sys.executable, "-m", "spatialevo_dge", "import", "scannet", str(scans), "-o"]
    other = subprocess.Popen([*words, str(store)], stderr=subprocess.DEVNULL)
    mine = command("import", "scannet", scans, "-o", store)
    other.wait()
    assert digests(store) == digests(whole), mine.err
    assert not list(store.glob(".*"))
