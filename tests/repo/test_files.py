# SPDX-License-Identifier: Apache-2.0
"""Rules on what stands in files: licence line, no machine's paths, the guide's length."""

import re
from pathlib import Path

import pytest

LICENCE_LINE = "SPDX-License-Identifier: Apache-2.0"
CODE = {".py": "# ", ".cpp": "// ", ".hpp": "// ", ".pyi": "# "}
# Spelt in pieces, so that this file passes its own rule.
MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(?:work|root|home|mnt|Users|tmp" + r")/[\w.]")
GUIDE_LINES = 120


def without_licence(path: Path) -> bool:
    lines = path.read_text(encoding="utf-8").splitlines()[:2]
    return CODE[path.suffix] + LICENCE_LINE not in lines


def machine_paths(text: str) -> list[str]:
    return MACHINE_PATH.findall(text)


def test_every_source_file_states_its_licence(root: Path, tracked: tuple[Path, ...]) -> None:
    sources = [path for path in tracked if path.suffix in CODE]
    assert sources
    assert [str(p.relative_to(root)) for p in sources if without_licence(p)] == []


def test_no_file_names_a_path_of_one_machine(root: Path, tracked: tuple[Path, ...]) -> None:
    found = []
    for path in tracked:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an archive
        found += [f"{path.relative_to(root)}: {match}" for match in machine_paths(text)]
    assert found == []


@pytest.mark.parametrize("folder", ["work", "root", "home", "tmp"])
def test_the_check_for_paths_can_fail(folder: str) -> None:
    assert machine_paths(f'open("/{folder}/scene")')
    assert not machine_paths(f"see data/{folder}/scene and https://example.org/{folder}/scene")


def test_the_guide_stays_short(root: Path) -> None:
    assert len((root / "AGENTS.md").read_text(encoding="utf-8").splitlines()) <= GUIDE_LINES
