# SPDX-License-Identifier: Apache-2.0
"""The page in a browser, where one is installed: it draws, and the console holds no error."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dge.viewing.subjects import DIRECTION, hostile_subject
from spatialevo_dge import Scene
from spatialevo_dge.viewing import subject_of, write_page
from spatialevo_dge.viewing.page import page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --use-angle=swiftshader --enable-unsafe-swiftshader "
    "--enable-logging=stderr --window-size=900,900 --virtual-time-budget=15000 --dump-dom"
)
HARMLESS = re.compile(r"GPU stall|willReadFrequently|software WebGL", re.IGNORECASE)

pytestmark = [
    pytest.mark.extra("view"),
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]


def opened(path: Path, profile: Path) -> tuple[str, list[str]]:
    """Open a page and return its document once it is drawn, and what the console says."""
    assert BROWSER is not None
    result = subprocess.run(
        [BROWSER, *FLAGS.split(), f"--user-data-dir={profile}", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "HOME": str(profile)},
        check=True,
    )
    said = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
    return result.stdout, [line for line in said if not HARMLESS.search(line)]


def test_the_scene_and_its_evidence_are_drawn(room: Scene, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_page(subject_of(room, DIRECTION), path)
    document, complaints = opened(path, tmp_path / "profile")
    assert complaints == []
    drawn = re.search(r'data-drawn="(\d+)"', document)
    assert drawn
    assert int(drawn[1]) > 10
    assert "front-left" in document


def test_hostile_text_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_page(hostile_subject(), path)
    document, complaints = opened(path, tmp_path / "profile")
    assert complaints == []
    assert re.search(r'data-drawn="\d+"', document)
    assert "<a " not in document.partition("<main>")[0]


def test_the_browser_refuses_a_script_that_is_not_ours(room: Scene, tmp_path: Path) -> None:
    """The page's own policy is the second lock; and the check of the console can fail."""
    path = tmp_path / "page.html"
    text = page(subject_of(room))
    path.write_text(
        text.replace("<main>", "<main><script>document.title = 'owned'</script>", 1),
        encoding="utf-8",
    )
    document, complaints = opened(path, tmp_path / "profile")
    assert "Content Security Policy" in " ".join(complaints)
    assert "<title>owned" not in document
